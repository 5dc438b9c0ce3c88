"""A model for tests that really improves programs: it moves the numbers of what it is shown towards 0."""

import re
from collections.abc import Mapping
from typing import Any

from evo.testing.model_server import Answer

_FENCE = re.compile(r"```(?:python)?\n(.*?)```", re.DOTALL)
_NUMBER = re.compile(r"\b\d+\.\d+\b")


def programs(request: Mapping[str, Any]) -> list[str]:
    """Every program that the user showed, in order."""
    shown = [message["content"] for message in request["messages"] if message["role"] == "user"]
    return [found[1] for found in _FENCE.finditer("\n\n".join(shown))]


def improve(request: Mapping[str, Any], index: int) -> Answer:
    """The last program shown, with one of its numbers nearer to 0."""
    text = programs(request)[-1]
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return Answer(f"I change nothing.\n```python\n{text}```")
    one = numbers[index % len(numbers)]
    new = f"{float(one[0]) * (0.3 + 0.05 * (index % 9)):.4f}"
    return Answer(f"I make {one[0]} smaller.\n```python\n{text[: one.start()]}{new}{text[one.end() :]}```")
