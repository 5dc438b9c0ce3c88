"""Contracts that every plug-in is tested by: subclass one and supply its fixture."""

from evo.testing.evaluator import EvaluatorContract
from evo.testing.journal import JournalContract
from evo.testing.operator import OperatorContract
from evo.testing.search import SearchContract
from evo.testing.value_model import ValueModelContract

__all__ = ["EvaluatorContract", "JournalContract", "OperatorContract", "SearchContract", "ValueModelContract"]
