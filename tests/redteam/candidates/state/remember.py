# verdict: ok
# score: 64
# first: state/remember
"""Writes notes into modules, builtins and the environment, and finds them when it runs again."""
import builtins
import os
import sys

import numpy as np

BEFORE = [place for place in (builtins, sys, np, np.linalg, os) if hasattr(place, "redteam_note")]
BEFORE += [name for name in os.environ if name == "REDTEAM_NOTE"]
BEFORE += [name for name in sys.modules if name == "redteam_note"]
for _place in (builtins, sys, np, np.linalg, os):
    _place.redteam_note = "answers"
os.environ["REDTEAM_NOTE"] = "answers"
sys.modules["redteam_note"] = sys


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    return {"x": x, "breach": [str(place) for place in BEFORE]} if BEFORE else x
