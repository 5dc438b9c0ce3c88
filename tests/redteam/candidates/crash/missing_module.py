# verdict: crashed
"""Imports a module that does not exist."""
import redteam_no_such_module


def solve(weights, hints):
    return redteam_no_such_module.solve(weights)
