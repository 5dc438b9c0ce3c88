"""What a design may ask for, read from bytes that may be anything."""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from evo.design.component import SLOTS
from evo.design.contracts import Message
from evo.llm.question import Question

_SPEAKERS = get_args(Message.__annotations__["role"])
_ROLE = re.compile(r"[\w .-]{0,40}")


def order_of(body: bytes) -> Mapping[str, Any]:
    """A request as it came; empty if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def asked(order: Mapping[str, Any]) -> Question | None:
    """A call of a model; None if it is none."""
    model, node, role = (order.get(name) for name in ("model", "node", "role"))
    said, heat = order.get("messages"), order.get("temperature")
    if not (isinstance(model, str) and node in SLOTS and isinstance(role, str) and _ROLE.fullmatch(role)):
        return None
    if not isinstance(said, list) or not 0 < len(said) <= 1000:
        return None
    for one in said:
        if not (isinstance(one, list) and len(one) == 2 and one[0] in _SPEAKERS and isinstance(one[1], str)):
            return None
    if heat is not None:
        if isinstance(heat, bool) or not isinstance(heat, int | float) or not 0 <= heat <= 10:
            return None
        heat = float(heat)
    return Question(model, str(node), role, tuple((who, clean(text)) for who, text in said), heat)


def clean(untrusted: str) -> str:
    """A text that can be sent on: without halves of characters, which JSON can hold and UTF-8 cannot."""
    return untrusted.encode("utf-8", "replace").decode()
