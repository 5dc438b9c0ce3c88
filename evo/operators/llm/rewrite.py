"""``llm.rewrite``: a model writes the whole mutable part of the parent anew."""

from dataclasses import dataclass, field

from evo.operators.llm.diff import LlmDiff


@dataclass
class LlmRewrite(LlmDiff):
    """As `LlmDiff`, but asks for the whole part that may change: what small models do best."""

    template: str = field(default="rewrite", init=False)
