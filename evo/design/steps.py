"""What planners that use a model say to it about steps and about what can be done."""

from collections.abc import Sequence

from evo.design.contracts import Spec
from evo.design.member import joined
from evo.design.places import possible
from evo.design.situation import Situation
from evo.design.talk import offered

SHOWN = 40
"""Actions that a prompt names."""


def on_steps(most: int) -> str:
    """How steps are to be written, so that `evo.design.replies.listed` reads them."""
    return (
        f"Write at most {most} short steps, the next one first: a numbered list, a line each, nothing else. "
        "Where actions are listed, use their exact words."
    )


def on_tools(tools: Sequence[Spec], state: str = "") -> str:
    """What can be done: tools with their arguments and, unless `state` says it, the world's actions."""
    is_said = bool(Situation.of(state).actions)
    actions = possible(tools)
    others = [spec for spec in tools if spec.arguments or spec.purpose]
    lines = "\n".join(f"- {action}" for action in actions[:SHOWN])
    more = f"\n(and {len(actions) - SHOWN} more)" if len(actions) > SHOWN else ""
    said = f"Possible actions:\n{lines}{more}" if actions and not is_said else ""
    return joined(said, offered(others))
