"""Workers read a long context piece by piece, each handing its notes to the next; a manager answers from the last."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task
from evo.design.member import consult, joined
from evo.design.parameter import Int
from evo.design.replies import LONGEST

DECLARATION = Component(
    slot="workflow",
    name="chain_of_agents",
    purpose="workers pass notes along a long context, a manager answers from them",
    use="ChainOfAgents",
    source="Zhang et al., Chain of Agents: LLMs Collaborating on Long-Context Tasks (2024), arXiv:2406.02818",
    parameters=(
        Int("words", default=800, low=50, high=4000, log=True),
        Int("workers", default=8, low=1, high=32, log=True),
    ),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class ChainOfAgents:
    """Pieces have `words` words, or more where that would take more than `workers` workers."""

    def __init__(self, words: int, workers: int, reasoning: Reasoning, model: Model) -> None:
        self._words, self._workers, self._model = words, workers, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The manager's answer; a context that is one piece it reads itself."""
        parts = pieces(task.context, self._words, self._workers)
        if len(parts) < 2:
            return Answer((await consult(agent, task.goal, task.context)).text)
        notes = ""
        for part in parts:
            prompt = joined(
                f"Text:\n{part}",
                f"Notes on what stood before it:\n{notes}" if notes else "",
                f"Question: {task.goal}",
                "Do not answer yet. Write notes for the next reader: all that helps to answer, from the notes and the text.",
            )
            notes = (await self._model.ask(prompt, role="worker"))[:LONGEST].strip() or notes
        return Answer((await consult(agent, task.goal, f"Notes on a long text:\n{notes}")).text)


def pieces(text: str, words: int, most: int) -> list[str]:
    """`text` cut between words into at most `most` pieces of nearly equal length, of `words` words if that suffices."""
    found = text.split(" ")
    n = min(most, -(-len(found) // words))
    size = -(-len(found) // n)
    return [" ".join(found[start : start + size]) for start in range(0, len(found), size)]
