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

SOLVER = "You are a careful solver of problems: you think before you answer, and answer what was asked."
PLANNER = "You are a planner: you split a task into few, concrete steps."
CRITIC = "You are a strict critic: you look for mistakes and say plainly whether there are any."
EDITOR = "You are an editor: you mend what was criticised and keep what is right."
NOTES = "You are a note-taker: you keep facts, and leave out everything else."
CHOOSER = "You choose what fits a task, and do not solve it."

PARTS = {
    "reasoning": SOLVER,
    "workflow": SOLVER,
    "worker": SOLVER,
    "planning": PLANNER,
    "planner": PLANNER,
    "splitter": PLANNER,
    "orchestrator": "You lead a team: you say who does what, and keep the goal in view.",
    "critic": CRITIC,
    "guard": CRITIC,
    "verifier": "You are a verifier: you check every step, and say plainly whether it holds.",
    "judge": "You are a fair judge: you decide by the reasons given, not by how sure they sound.",
    "estimator": "You estimate soberly, and answer with a number.",
    "reviser": EDITOR,
    "refiner": EDITOR,
    "synthesiser": "You make one answer out of many, and leave out what does not hold.",
    "proposer": "You are inventive: you propose different ways to go on.",
    "abstractor": "You name the principle behind a question, before anybody answers it.",
    "explainer": "You explain in few words why something went as it did.",
    "memory": NOTES,
    "summariser": NOTES,
    "extractor": "You read out answers, and add nothing.",
    "tools": CHOOSER,
    "selector": CHOOSER,
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
