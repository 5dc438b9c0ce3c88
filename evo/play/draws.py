"""What worlds and designs draw from: the same for every evaluation of a design, whoever plays it.

A repeat (`evo.types.EvaluateTask`) has the same worlds, and designs that draw anew.
"""

import hashlib

import numpy as np


def world_seed(seed: int, case: str) -> int:
    """Of the world in the case of that name; `seed` is the evaluator's."""
    return _drawn(f"{seed}:world {case}")


def design_seed(seed: int, case: str, repeat: int = 0) -> int:
    """Of a design in the case of that name; it tells nothing about the world's, and is another in each repeat."""
    return _drawn(f"{seed}:design {case}" + (f" {repeat}" if repeat else ""))


def generator(seed: int, case: str) -> np.random.Generator:
    """For the judge of a case, and for the one who varies it."""
    return np.random.default_rng(_drawn(f"{seed}:{case}"))


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")
