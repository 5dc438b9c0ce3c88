"""Failed candidates that wait to be repaired."""

from evo.search.population import Node, Population
from evo.types import Plan, Proposal, Reply

CAPACITY = 64
"""The most recent failures that are remembered."""

MAX_DEPTH = 2
"""A candidate that is the repair of a repair is not repaired again."""

_FAILED = ("invalid", "crashed", "timeout", "memory")


class Repairs:
    """Offers each failed candidate that a language model had a hand in once, the most recent first.

    One for which no model answered is offered again.
    """

    def __init__(self, plan: Plan, population: Population) -> None:
        self._population = population
        self._authors = {name for name, share in plan.operators.items() if share.models}
        self._menders = {name for name, share in plan.operators.items() if share.repairs}
        self._waiting: dict[int, Node] = {}  # by index, in the order in which they failed
        self._taken: dict[int, int] = {}  # number of a task in flight in this process -> index
        self._depth: dict[int, int] = {}  # index of a repaired candidate -> repairs that led to it

    def newest(self) -> Node | None:
        """The most recent failure that nobody is repairing, if any."""
        taken = set(self._taken.values())
        return next((self._waiting[index] for index in reversed(self._waiting) if index not in taken), None)

    def take(self, number: int, node: Node) -> None:
        """Task `number`, asked for in this process, repairs `node`."""
        self._taken[number] = node.index

    def bought(self, reply: Reply) -> None:
        """A model answered: the repair is paid for, and the failure is not offered again."""
        broken = self._population.find(reply.repairs)
        if broken is not None:
            self._waiting.pop(broken.index, None)

    def finished(self, proposal: Proposal, node: Node | None) -> None:
        """A proposal was told, with the new candidate that it made, if any."""
        self._taken.pop(proposal.number, None)
        if proposal.operator not in self._menders:
            return
        broken = self._population.find(proposal.repairs)
        if broken is not None and proposal.status != "lost":
            self._waiting.pop(broken.index, None)
        if node is not None:
            self._depth[node.index] = 1 + (self._depth.get(broken.index, 0) if broken else 0)

    def failed(self, node: Node) -> None:
        """A candidate was refused by a stage."""
        if (
            self._menders
            and node.operator in self._authors
            and node.status in _FAILED
            and self._depth.get(node.index, 0) < MAX_DEPTH
        ):
            self._waiting[node.index] = node
            if len(self._waiting) > CAPACITY:
                del self._waiting[next(iter(self._waiting))]

    def is_failed(self, candidate: str) -> bool:
        """Whether there is such a candidate, and it has failed."""
        node = self._population.find(candidate)
        return node is not None and node.status in _FAILED
