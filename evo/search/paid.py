"""Replies of language models that were paid for and not used yet."""

from evo.types import Plan, Reply


class Paid:
    """The first reply to each task that a process before this one asked for and did not finish.

    Only those whose operator and model the run still has: for the others nobody could read the reply.
    """

    def __init__(self, plan: Plan) -> None:
        self._n_seeds = plan.n_seeds
        self._models = {name: share.models or ("",) for name, share in plan.operators.items()}
        self._replies: dict[int, Reply] = {}

    def add(self, reply: Reply) -> None:
        """Takes in a reply whose task is neither finished nor in flight; only a task's first one counts."""
        if (
            reply.role in ("propose", "fix")
            and reply.number >= self._n_seeds
            and reply.asked in self._models.get(reply.operator, ())
        ):
            self._replies.setdefault(reply.number, reply)

    def drop(self, number: int) -> None:
        """The task was asked for again, or is finished."""
        self._replies.pop(number, None)

    def waiting(self) -> list[Reply]:
        """One for each task to ask for again, by number."""
        return [self._replies[number] for number in sorted(self._replies)] if self._replies else []
