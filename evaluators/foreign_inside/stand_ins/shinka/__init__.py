"""Stands in for ShinkaEvolve where it is not installed: what its problems' evaluators import, and no more."""
