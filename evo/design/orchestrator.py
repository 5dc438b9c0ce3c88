"""Who hands out work in a team: asked for subtasks, told what came of them, asked for the answer."""

from collections.abc import Sequence

from evo.design.contracts import Model, Task, Thought
from evo.design.member import joined, numbered, shown
from evo.design.replies import counted, final, listed

DONE = "DONE"
"""What the orchestrator says instead of subtasks once it knows enough."""


class Orchestrator:
    """One task's orchestrator.

    Args:
        task: the whole of it.
        model: that it speaks with.
        members: subtasks that it may hand out at once.
    """

    def __init__(self, task: Task, model: Model, members: int) -> None:
        self._task, self._model, self._members = task, model, members
        self._results: list[str] = []
        self._answers: list[str] = []

    async def subtasks(self) -> tuple[str, ...]:
        """What to hand out now; empty once there are results that suffice. At first never empty."""
        told = (
            f"Give each of {self._members} workers one subtask: a numbered list, a line each, nothing else."
        )
        if self._results:
            told = f"Check the results. If they suffice, reply {DONE}. Otherwise: {told}"
        reply = await self._model.ask(joined(self._known(), told), role="orchestrator")
        if self._results and (not reply.strip() or DONE in reply):
            return ()
        return listed(reply.replace(DONE, ""), self._members) or (self._task.goal,)

    def hear(self, subtasks: Sequence[str], thoughts: Sequence[Thought]) -> None:
        """Takes in what came of the subtasks."""
        self._results += [
            f"{subtask}\n   {shown(thought)}" for subtask, thought in zip(subtasks, thoughts, strict=True)
        ]
        self._answers += [thought.text for thought in thoughts]

    async def answer(self) -> str:
        """The answer to the task; what workers said most often if there is none."""
        told = "Answer the question from these results. End with a line 'Answer: ...'."
        reply = await self._model.ask(joined(self._known(), told), role="orchestrator")
        return final(reply) or counted(self._answers)[0]

    def _known(self) -> str:
        results = f"Results so far:\n{numbered(self._results)}" if self._results else ""
        return joined(f"Question: {self._task.goal}", self._task.context, results)
