# verdict: crashed
"""Leaves with success while it is imported."""
raise SystemExit
