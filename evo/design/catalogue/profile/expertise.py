"""Tells every node in which field it is an expert, and how such an expert works."""

from evo.design.component import Component
from evo.design.parameter import Choice, Flag

DECLARATION = Component(
    slot="profile",
    name="expertise",
    purpose="the field in which the model is an expert, and how experts work there",
    use="Expertise",
    source="Xu et al., ExpertPrompting (2023), arXiv:2305.14688",
    parameters=(
        Choice(
            "field",
            default="mathematics",
            choices=("mathematics", "logic", "programming", "language", "planning", "games", "science"),
        ),
        Flag("habits", default=True),
    ),
)

FIELDS = {
    "mathematics": ("a mathematician", "You write every calculation down and check it by another way."),
    "logic": ("a logician", "You go through all cases, and rule out what contradicts itself."),
    "programming": (
        "a programmer",
        "You go through a procedure step by step, with the values of all variables.",
    ),
    "language": ("a linguist", "You read word by word and letter by letter, and keep to the wording."),
    "planning": ("a planner of operations", "You ask what must come before what, and what cannot be undone."),
    "games": (
        "a player of text adventures",
        "You explore, read what is seen closely, and do nothing twice in vain.",
    ),
    "science": ("a natural scientist", "You form a hypothesis, and test it by one change at a time."),
}
"""Field -> its expert, and what such an expert does."""


class Expertise:
    """The same for all roles.

    Args:
        field: one of `FIELDS`.
        habits: also says how such an expert works.
    """

    def __init__(self, field: str, habits: bool) -> None:
        who, how = FIELDS[field]
        self._text = f"You are {who} of long experience." + (f" {how}" if habits else "")

    async def system(self, role: str) -> str:
        """Who the model is."""
        return self._text
