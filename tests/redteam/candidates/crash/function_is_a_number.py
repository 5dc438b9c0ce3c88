# verdict: crashed invalid
"""Defines the function's name as something that cannot be called."""
solve = 42
