"""Tells each node who else is on the team, what they do, and which of them it is."""

from evo.design.component import Component
from evo.design.parameter import Text

DECLARATION = Component(
    slot="profile",
    name="roster",
    purpose="who is on the team, and which of them speaks",
    use="Roster",
    source="Hong et al., MetaGPT (2023), arXiv:2308.00352; profile as a module: Hassouna et al., LLM-Agent-UMF (2024), arXiv:2409.11393",
    parameters=(
        Text(
            "team",
            default="planner: splits the task into steps\nreasoning: works out the answer\ncritic: looks for mistakes\njudge: decides when the others disagree",
        ),
    ),
)


class Roster:
    """Reads the team from lines such as ``critic: looks for mistakes``.

    Args:
        team: a line for each member, its role, a colon and what it does; lines without a colon are rules for all.
    """

    def __init__(self, team: str) -> None:
        lines = [line.strip() for line in team.splitlines() if line.strip()]
        self._rules = [line for line in lines if ":" not in line]
        pairs = (line.partition(":") for line in lines if ":" in line)
        self._does = {role.strip(): what.strip() for role, _, what in pairs}

    async def system(self, role: str) -> str:
        """The team with the part of `role`; one that is not on the list is told the others alone."""
        others = [f"- {name}: {what}" for name, what in self._does.items() if name != role]
        own = self._does.get(role, "")
        parts = [
            f"You are the {role.replace('_', ' ')} of a team." if role else "You are one of a team.",
            f"Your part: {own}. Leave the rest to the others." if own else "",
            "The others:\n" + "\n".join(others) if others else "",
            *self._rules,
        ]
        return "\n".join(part for part in parts if part)
