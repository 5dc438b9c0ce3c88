"""What a run begins with: the seeds, and then the cold start."""

from evo.search.population import Node
from evo.types import Plan


class Opening:
    """Knows which of the first tasks are still to be asked for, and when all of them are judged.

    The seeds have the first numbers, the candidates of the cold start those that follow. Neither the
    cold start nor what comes after it is asked for before all that came earlier was told, and judged
    to its end or failed.
    """

    def __init__(self, plan: Plan) -> None:
        self.n_seeds = plan.n_seeds
        self.size = plan.n_seeds + plan.cold_start
        self._untold = list(range(self.size))
        self._open: set[int] = set()  # indices of candidates that are not judged to their end

    @property
    def over(self) -> bool:
        """Whether all seeds and all of the cold start are done."""
        return not self._untold and not self._open

    def due(self) -> list[int]:
        """Numbers of the tasks to ask for next, if they are not in flight."""
        seeds = [number for number in self._untold if number < self.n_seeds]
        return seeds if seeds or self._open else self._untold

    def told(self, number: int) -> None:
        """A proposal with this number came; to be told once."""
        if number < self.size:
            self._untold.remove(number)

    def waits(self, node: Node) -> None:
        """A candidate was made that has to be judged."""
        if 0 <= node.number < self.size:
            self._open.add(node.index)

    def settled(self, node: Node) -> None:
        """A candidate is judged to its end."""
        self._open.discard(node.index)
