"""Reasoning by a rule, and tools of one, for tests of what workflows make of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evo.design.contracts import Spec, Thought


class Thinker:
    """Thinks by a rule of (question, context); `asked` is what it was asked."""

    def __init__(self, rule: Callable[[str, str], str] | Sequence[str]) -> None:
        self.rule = rule
        self.asked: list[tuple[str, str]] = []

    async def think(self, question: str, context: str) -> Thought:
        self.asked.append((question, context))
        if callable(self.rule):
            return Thought(self.rule(question, context))
        return Thought(self.rule[min(len(self.asked), len(self.rule)) - 1])


class Adder:
    """Offers one tool that adds two numbers."""

    def __init__(self) -> None:
        self.called: list[Mapping[str, Any]] = []

    async def specs(self, situation: str) -> Sequence[Spec]:
        return (Spec("add", "adds", {"a": "a number", "b": "a number"}),)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        self.called.append(arguments)
        return str(arguments.get("a", 0) + arguments.get("b", 0))
