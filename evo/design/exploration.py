"""Search in the real world by beginning anew: what the planners share that try actions before they advise them.

A world that can ``restart`` can be searched like a tree: a place is the path of actions that leads to it, and
backtracking is beginning anew and replaying another path. Every step of that is a real step and counts.
"""

import heapq
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from evo.design.contracts import Plan, Seen, World
from evo.design.situation import Situation

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A place that was reached.

    Attributes:
        path: actions from the beginning of the case.
        texts: what was seen on the way, the beginning first: one more than actions.
        gain: sum of the rewards on the way.
        actions: what can be done here.
        is_over: the case is over here.
        rank: the lowest is expanded first.
    """

    path: Path
    texts: tuple[str, ...]
    gain: float = 0.0
    actions: tuple[str, ...] = ()
    is_over: bool = False
    rank: float = 0.0


Rate = Callable[[str, Sequence[Node]], Awaitable[Sequence[float]]]
"""(goal, new nodes) -> their ranks."""


class Exploration:
    """A tree of places, grown best first; it is kept between plans, so that no place is expanded twice.

    A case that the search itself ends with a gain stays as it is. Otherwise it is begun anew, and the plan
    is the path to the place with the lowest rank, of equals the one that was found first. No plan leads again
    to a place that an earlier one led to.

    Args:
        world: that is searched, with ``restart``.
        rate: gives new nodes their ranks.
        steps: that the search may make in the world in all, those on the way back to a place included.
        expansions: places that a plan may expand; those that lead nowhere new are not counted.
        branching: actions of a place that are tried, those first that share words with the goal.
        depth: length of a path.

    Attributes:
        expanded: paths of the places that were expanded, in that order.
    """

    def __init__(
        self, world: World, rate: Rate, *, steps: int, expansions: int, branching: int, depth: int
    ) -> None:
        self._world, self._rate = world, rate
        self._left = steps
        self._expansions, self._branching, self._depth = expansions, branching, depth
        self._open: list[tuple[float, int, Node]] = []
        self._found: dict[Path, Node] = {}
        self._known: set[tuple[str, tuple[str, ...], float]] = set()
        self._blocked: set[Path] = set()
        self._at: Path | None = None
        self._goal = ""
        self._promise: Node | None = None
        self._advised: set[Path] = {()}
        self._carried_out = 0
        self.expanded: list[Path] = []

    async def plan(self, goal: str, state: str) -> Plan:
        """The way to the best place; the rest of the last plan while that is being followed."""
        self._goal = goal or self._goal
        rest = self._rest(Situation.of(state).seen)
        return Plan(rest) if rest else await self._searched()

    async def revise(self, feedback: str) -> Plan:
        """Another way: the step that failed is not taken again."""
        if self._promise is not None:
            path, left = self._promise.path, Situation.of(feedback).plan
            failed = self._carried_out
            if left and len(left) < len(path) and path[-len(left) :] == left:
                failed = len(path) - len(left) - 1
            self._blocked.add(path[: failed + 1])
        return await self._searched()

    def _rest(self, seen: str) -> Path:
        """What is left of the last plan, if `seen` stands where it leads through."""
        if self._promise is None:
            return ()
        texts, at = self._promise.texts, self._carried_out
        for place in (at + 1, at, *range(at + 2, len(texts))):
            if place < len(texts) and texts[place].strip() == seen.strip():
                self._carried_out = place
                return self._promise.path[place:]
        return ()

    async def _searched(self) -> Plan:
        self._at = None  # others have acted since
        left = self._expansions
        while left > 0 and (node := await self._next()) is not None:
            before = len(self._found)
            if await self._expand(node):
                self._promise = None
                return Plan()
            left -= len(self._found) > before
        return await self._promised()

    async def _next(self) -> Node | None:
        """The most promising place that is not expanded; at first the beginning."""
        if not self._found:
            seen = await self._world.restart()
            root = Node((), (seen.text,), 0.0, tuple(await self._world.actions()), seen.done)
            self._at, self._found[()] = (), root
            self._known.add((root.texts[0], root.actions, 0.0))
            return None if root.is_over else root
        while self._open and self._left > len(self._open[0][2].path):
            node = heapq.heappop(self._open)[2]
            if not self._is_blocked(node.path):
                return node
        return None

    async def _expand(self, node: Node) -> bool:
        """Tries the actions of a place; whether one of them brought the case to a good end."""
        self.expanded.append(node.path)
        children: list[Node] = []
        for action in self._tried(node.actions):
            path = (*node.path, action)
            if path in self._found or self._is_blocked(path) or not await self._go(node.path):
                continue
            seen = await self._step(action)
            self._at = path
            actions = () if seen.done else tuple(await self._world.actions())
            child = Node(path, (*node.texts, seen.text), node.gain + seen.reward, actions, seen.done)
            if seen.done and seen.reward > 0:
                return True
            place = (seen.text, actions, child.gain)
            if place not in self._known and not child.is_over:
                self._known.add(place)
                children.append(child)
        for child, rank in zip(children, await self._rate(self._goal, children), strict=True):
            ranked = replace(child, rank=rank)
            self._found[child.path] = ranked
            if len(child.path) < self._depth:
                heapq.heappush(self._open, (rank, len(self._found), ranked))
        return False

    async def _go(self, path: Path) -> bool:
        """Goes to a place, from here or from the beginning; whether it is there, with a step left."""
        begins = self._at is None or path[: len(self._at)] != self._at
        if self._left <= len(path) - (0 if begins else len(self._at or ())):
            return False
        if begins:
            if (await self._world.restart()).done:
                self._left = 0  # nothing can be done any more
                return False
            self._at = ()
        for action in path[len(self._at or ()) :]:
            if (await self._step(action)).done:
                self._at = None
                return False
            self._at = (*(self._at or ()), action)
        return True

    async def _step(self, action: str) -> Seen:
        self._left -= 1
        return await self._world.step(action)

    async def _promised(self) -> Plan:
        """The way to the best place, from the beginning; nothing if plans have led to all of them."""
        nodes = [
            node
            for path, node in self._found.items()
            if path not in self._advised and not self._is_blocked(path)
        ]
        self._promise, self._carried_out = min(nodes, key=lambda node: node.rank, default=None), 0
        if self._at or (self._promise and self._at is None):
            await self._world.restart()
        if self._promise is None:
            return Plan()
        path = self._promise.path
        self._advised.update(path[:n] for n in range(len(path) + 1))
        return Plan(path)

    def _tried(self, actions: Sequence[str]) -> list[str]:
        wanted = words(self._goal)
        return sorted(actions, key=lambda action: -len(words(action) & wanted))[: self._branching]

    def _is_blocked(self, path: Path) -> bool:
        return any(path[: len(blocked)] == blocked for blocked in self._blocked)


def words(text: str) -> frozenset[str]:
    """The words of a text that mean something: of at least three letters, in lower case."""
    return frozenset(re.findall(r"[^\W_]{3,}", text.casefold()))


def unseen(goal: str, texts: Sequence[str]) -> int:
    """How many words of the goal were not seen yet."""
    return len(words(goal) - words(" ".join(texts)))
