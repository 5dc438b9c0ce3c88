"""Stands in for OpenEvolve where it is not installed: what its problems' evaluators import, and no more."""
