"""evo: evolutionary search over agent designs and programs."""

import sys
from types import ModuleType
from typing import Any

from evo import search
from evo.errors import InvalidCandidate
from evo.types import Candidate, Case, Evaluation, Problem, Stage

__all__ = [
    "Candidate",
    "Case",
    "Evaluation",
    "InvalidCandidate",
    "Problem",
    "Run",
    "Stage",
    "__version__",
    "search",
]

__version__ = "0.1.0"


class _Search(ModuleType):
    """Lets ``evo.search`` be both the package of searches and the call that starts one."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from evo.api import search as start  # brings Arrow and Hydra, which cost a second

        return start(*args, **kwargs)


sys.modules["evo.search"].__class__ = _Search


def __getattr__(name: str) -> Any:
    """``evo.Run``, imported on first use for the same reason."""
    if name == "Run":
        from evo.api import Run

        return Run
    raise AttributeError(f"module 'evo' has no attribute {name!r}")
