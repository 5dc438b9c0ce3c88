"""``llm.rewrite``: a model writes the whole mutable part of the parent anew."""

from dataclasses import dataclass, field

from evo.operators.llm.diff import LlmDiff
from evo.types import Step


@dataclass
class LlmRewrite(LlmDiff):
    """As `LlmDiff`, but asks for the whole part that may change: what small models do best."""

    step: Step = field(default="mutate", init=False)
    template: str = field(default="rewrite", init=False)
