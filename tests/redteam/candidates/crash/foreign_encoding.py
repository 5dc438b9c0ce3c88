# -*- coding: utf-7 -*-
# verdict: crashed invalid ok
# score: 64
"""Declares an encoding that it is not written in."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
