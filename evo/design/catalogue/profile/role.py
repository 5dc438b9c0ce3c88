"""Tells each node which part it plays, in one line."""

from evo.design.component import Component
from evo.design.parameter import Prompt

DECLARATION = Component(
    slot="profile",
    name="role",
    purpose="one line on the part that a node plays",
    use="Role",
    source="Kong et al., Better Zero-Shot Reasoning with Role-Play Prompting (2023), arXiv:2308.07702",
    parameters=(Prompt(),),
)

PARTS = {
    "planner": "You are a planner: you split a task into few, concrete steps.",
    "critic": "You are a strict critic: you look for mistakes and say plainly whether there are any.",
    "verifier": "You are a verifier: you check every step, and say plainly whether it holds.",
    "judge": "You are a fair judge: you decide by the reasons given, not by how sure they sound.",
    "reviser": "You are an editor: you mend what was criticised and keep what is right.",
    "proposer": "You are inventive: you propose different ways to go on.",
    "summariser": "You are a note-taker: you keep facts, and leave out everything else.",
    "extractor": "You read out answers, and add nothing.",
    "selector": "You choose what fits a task, and do not solve it.",
    "world": "You predict what follows from an action, soberly.",
}
"""Role -> what is said to it."""

OTHERS = "You are a careful and capable {role}."


class Role:
    """The system prompt is the same for every question that a role is asked.

    Args:
        prompt: what is said to every role, in the place of `PARTS`; ``{role}`` in it is the role's name.
    """

    def __init__(self, prompt: str) -> None:
        self._prompt = prompt

    async def system(self, role: str) -> str:
        """What is said to `role`."""
        text = self._prompt or PARTS.get(role, OTHERS)
        return text.replace("{role}", role.replace("_", " ") or "assistant")
