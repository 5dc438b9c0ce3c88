"""evo: evolutionary search over agent designs and programs."""

from evo.errors import InvalidCandidate
from evo.types import Candidate, Case, Evaluation, Problem, Stage

__all__ = ["Candidate", "Case", "Evaluation", "InvalidCandidate", "Problem", "Stage", "__version__"]

__version__ = "0.1.0"
