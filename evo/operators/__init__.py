"""Make candidates out of candidates."""
