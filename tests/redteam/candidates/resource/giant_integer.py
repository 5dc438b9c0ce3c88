# verdict: invalid
"""Returns an integer of 50,000 digits with the guard against them lifted."""
import sys

sys.set_int_max_str_digits(0)


def solve(weights, hints):
    return [10**50_000] + [1] * (len(weights) - 1)
