"""Lets calls pass by a list of rules: which tool or action, with which arguments, on which condition, what instead."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Allow, Call, Deny, Replace
from evo.design.parameter import Choice, Text
from evo.design.policy import rules as read

DECLARATION = Component(
    slot="guard",
    name="privileges",
    purpose="rules allow, deny or replace calls by their names, arguments and history",
    use="Privileges",
    source="Shi et al., Progent: Programmable Privilege Control for LLM Agents (2025), arXiv:2504.11703",
    parameters=(
        Choice("otherwise", default="allow", choices=("allow", "deny")),
        Text(
            "rules",
            default='deny python when code matches "\\b(open|exec|eval|__import__|socket|subprocess)\\b"  # no files and no processes',
            longest=4000,
            form="rules",
        ),
    ),
)


class Privileges:
    """The first rule that fits decides.

    Args:
        otherwise: what is done with a call that no rule fits.
        rules: see `evo.design.policy`.

    Raises:
        ValueError: a rule cannot be read. A guard that does not understand its rules must not let calls pass.
    """

    def __init__(self, otherwise: str, rules: str) -> None:
        self._is_open = otherwise == "allow"
        self._rules = read(rules)

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        """What the rules say."""
        for rule in self._rules:
            if rule.fits(call, trace):
                return rule.verdict()
        return Allow() if self._is_open else Deny(f"No rule allows {call.name}. Do something else.")
