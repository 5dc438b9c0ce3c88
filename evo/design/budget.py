"""The budget that a design sets itself: limits of what it may use in one case, beside those of its problem.

A design's file may say ``budget: {calls: 20, tokens: 8000}``. Of a limit of its own and the problem's the lower
holds, and going beyond it ends the case with a status and no score.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from evo.design.component import shown
from evo.design.faults import Fault, brief
from evo.design.parameter import Float, Int
from evo.errors import one_of

BUDGET = "budget"
"""Where it stands in a design's file, beside the slots."""

Limits: TypeAlias = "Mapping[str, int | float]"
"""Name of a limit -> what may be used in one case; what is not there is not limited."""

LIMITS: Mapping[str, Int | Float] = {
    one.name: one  # the default is the most there is: no limit of its own
    for one in (
        Int("calls", 1_000_000, 1, 1_000_000),
        Int("tokens", 1_000_000_000, 1, 1_000_000_000),
        Float("usd", 10_000.0, 1e-6, 10_000.0),
        Float("seconds", 1e6, 1e-3, 1e6),
        Int("steps", 1_000_000, 1, 1_000_000),
    )
}
"""What can be limited: calls of models, their tokens in and out, dollars and seconds, and steps in the world."""


def read_budget(node: Any) -> tuple[dict[str, int | float], list[Fault]]:
    """The limits in a design's file, in the order of `LIMITS`, and what is wrong with them; null sets no limit."""
    if node is None:
        return {}, []
    if not isinstance(node, Mapping):
        rule = f"it must be a mapping of limits, got {brief(node)}"
        return {}, [Fault(BUDGET, rule, f"Write {BUDGET}: {{calls: 20}}, with any of {', '.join(LIMITS)}.")]
    faults = [
        Fault(BUDGET, f"there is no limit of {brief(name)}", one_of(str(name)[:60], list(LIMITS)))
        for name in node
        if name not in LIMITS
    ]
    found: dict[str, int | float] = {}
    for name, limit in LIMITS.items():
        if node.get(name) is None:
            continue
        try:
            found[name] = limit.read(node[name])
        except ValueError as error:
            fix = f"Leave {name} out where the problem's own limit is enough."
            faults.append(Fault(BUDGET, f"{name} must be {error}", fix))
    return found, faults


def told(limits: Limits) -> str:
    """Limits in one line, as in ``calls 20, usd 0.5``; empty if there are none."""
    return ", ".join(f"{name} {shown(limit)}" for name, limit in limits.items())


def budget_schema() -> dict[str, Any]:
    """As JSON Schema; null is as good as nothing."""
    properties: dict[str, Any] = {}
    for name, limit in LIMITS.items():
        schema = limit.schema()
        properties[name] = {"type": [schema["type"], "null"]} | {
            key: schema[key] for key in ("minimum", "maximum")
        }
    return {
        "description": "what the design may use in one case, at most",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": properties,
    }
