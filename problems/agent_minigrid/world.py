"""MiniGrid and BabyAI levels as a world in words: rooms, what is in them, and walks instead of single steps.

What is seen is the room that the agent stands in, as if it had looked round: what is straight ahead, then the
things and doors of the room. An action is a walk ("go to red box", "go through blue door") or a deed at what is
ahead ("pick up red ball", "open blue door"). The walks are carried out in MiniGrid, step by step, and its own
verifier decides whether the mission is done.
"""

import contextlib
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from evo.design.contracts import Seen
from evo.design.environment import Opening
from evo.errors import MissingExtra
from evo.types import Case, Evaluation

Cell = tuple[int, int]

_AROUND: tuple[Cell, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""Steps by direction, as MiniGrid numbers them: east, south, west, north."""

_SIDES = ("east", "south", "west", "north")
_LEFT, _RIGHT, _FORWARD, _PICK_UP, _DROP, _TOGGLE = range(6)


def require() -> None:
    """Refuses to begin where the levels cannot be played.

    Raises:
        MissingExtra: the package is not installed.
    """
    if find_spec("minigrid") is None:
        raise MissingExtra(
            'problem agent_minigrid needs minigrid. Install it with: pip install "evo-search[agents]"'
        )


class Levels:
    """One player. Everything follows from the level, its own seed and the actions."""

    def __init__(self) -> None:
        require()
        self._made: dict[str, Any] = {}
        self._env: Any = None
        self._left = 0
        self._reward = 0.0
        self._is_over = False
        self._rooms: dict[Cell, int] = {}

    def reset(self, case: Case, seed: int) -> Opening:
        """See `evo.design.environment.Environment`."""
        told: Mapping[str, Any] = case.inputs if isinstance(case.inputs, Mapping) else case.inputs[0]
        self._env = self._level(told["level"])
        with contextlib.redirect_stdout(
            io.StringIO()
        ):  # BabyAI prints what it rejected while it draws a level
            self._env.reset(seed=told["seed"])
        self._left, self._reward, self._is_over, self._rooms = told["steps"], 0.0, False, {}
        return Opening(self._env.mission, self._look())

    def step(self, action: str) -> Seen:
        """See `evo.design.environment.Environment`."""
        if self._is_over:
            return Seen("It is over.", 0.0, True)
        self._left -= 1
        said = ""
        if action in (known := dict(self._deeds())):
            for move in known[action]:
                self._move(move)
                if self._is_over:
                    break
        else:
            said = "That is not possible here.\n"
        self._is_over = self._is_over or self._left <= 0
        return Seen(said + self._look(), self._reward, self._is_over)

    def actions(self) -> Sequence[str]:
        """See `evo.design.environment.Environment`; in alphabetical order."""
        return () if self._is_over else sorted(name for name, _ in self._deeds())

    def result(self, answer: str) -> Evaluation:
        """MiniGrid's own reward: 0 if the mission is not done, else nearer to 1 the fewer steps it took."""
        return Evaluation.ok(self._reward, solved=self._reward > 0, moves=int(self._env.step_count))

    def close(self) -> None:
        """Ends the levels."""
        for env in self._made.values():
            env.close()
        self._made.clear()

    def _level(self, name: str) -> Any:
        if name not in self._made:
            import gymnasium  # late: costs 0.6 s with MiniGrid
            import minigrid  # noqa: F401  registers its levels

            env = gymnasium.make(name).unwrapped
            env.gen_obs = dict  # type: ignore[attr-defined]  # nobody looks at the pictures
            self._made[name] = env
        return self._made[name]

    def _move(self, move: int) -> None:
        _, reward, is_done, is_late, _ = self._env.step(move)
        self._reward = max(self._reward, float(reward))
        self._is_over = self._is_over or is_done or is_late

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def _at(self) -> Cell:
        x, y = self._env.agent_pos
        return int(x), int(y)

    @property
    def _ahead(self) -> Cell:
        dx, dy = _AROUND[self._env.agent_dir]
        return self._at[0] + dx, self._at[1] + dy

    def _look(self) -> str:
        things = self._things()
        ahead = next((name for name, cell in things.items() if cell == self._ahead), "")
        found = [f"Ahead: {ahead or 'nothing'}."]
        lines = [self._described(name, cell) for name, cell in things.items()]
        found.append(
            f"You are in {self._room()}. " + (f"You see: {', '.join(lines)}." if lines else "It is empty.")
        )
        if (held := self._env.carrying) is not None:
            found.append(f"You carry: {held.color} {held.type}.")
        return "\n".join(found)

    def _described(self, name: str, cell: Cell) -> str:
        thing = self._env.grid.get(*cell)
        if thing.type != "door":
            return name
        state = "open" if thing.is_open else "locked" if thing.is_locked else "closed"
        return f"{state} {name} to the {self._side_of(cell)}"

    def _side_of(self, door: Cell) -> str:
        """On which side of the room a door lies."""
        floor = self._floor(self._at)
        sides = zip(_AROUND, _SIDES, strict=True)
        return next(side for (dx, dy), side in sides if (door[0] - dx, door[1] - dy) in floor)

    def _room(self) -> str:
        """Rooms are numbered as they are found; one that is joined by a gap in a wall is the same room."""
        cells = self._floor(self._at)
        corner = min(cells)
        return f"room {self._rooms.setdefault(corner, len(self._rooms) + 1)}"

    def _floor(self, start: Cell) -> set[Cell]:
        """The cells of the room around `start`: all within walls and doors."""
        found, queue = {start}, deque([start])
        while queue:
            for cell in _beside(queue.popleft()):
                thing = self._env.grid.get(*cell)
                if cell not in found and (thing is None or thing.type not in ("wall", "door")):
                    found.add(cell)
                    queue.append(cell)
        return found

    def _things(self) -> dict[str, Cell]:
        """Name -> cell of what is in the room, its doors included; equal things are numbered, left to right."""
        cells = self._floor(self._at)
        cells |= {near for cell in cells for near in _beside(cell)}
        found: dict[str, Cell] = {}
        for cell in sorted(cells):
            thing = self._env.grid.get(*cell)
            if thing is None or thing.type in ("wall", "floor"):
                continue
            name = thing.type if thing.type in ("goal", "lava") else f"{thing.color} {thing.type}"
            n = sum(known == name or known.startswith(f"{name} ") for known in found)
            found[f"{name} {n + 1}" if n else name] = cell
        return found

    # -- what can be done --------------------------------------------------------------------------

    def _deeds(self) -> Iterator[tuple[str, list[int]]]:
        """Every possible action with the moves that it is made of."""
        held = self._env.carrying
        for name, cell in self._things().items():
            thing = self._env.grid.get(*cell)
            if thing.type == "lava":
                continue
            if thing.type == "goal":
                if (walk := self._walk({cell})) is not None:
                    yield "go to goal", walk
                continue
            if cell != self._ahead and (walk := self._walk_before(cell)):
                yield f"go to {name}", walk
            if thing.type == "door" and thing.is_open and (walk := self._walk_through(cell)):
                yield f"go through {name}", walk
            if cell == self._ahead:
                yield from self._deeds_at(name, thing)
            if held is not None and thing.type != "door" and (walk := self._walk_to_put(cell)) is not None:
                yield f"put {held.color} {held.type} next to {name}", walk
        if held is not None and (turns := self._turns_to_drop()) is not None:
            yield f"drop {held.color} {held.type}", turns

    def _deeds_at(self, name: str, thing: Any) -> Iterator[tuple[str, list[int]]]:
        if thing.type == "door":
            held = self._env.carrying
            has_key = held is not None and held.type == "key" and held.color == thing.color
            verb = "close" if thing.is_open else "unlock" if thing.is_locked and has_key else "open"
            yield f"{verb} {name}", [_TOGGLE]
        elif thing.type == "box":
            yield f"open {name}", [_TOGGLE]
        if thing.can_pickup() and self._env.carrying is None:
            yield f"pick up {name}", [_PICK_UP]

    def _walk_before(self, cell: Cell) -> list[int] | None:
        """Moves to stand before a cell, facing it."""
        return self._walk(set(_beside(cell)), facing=cell)

    def _walk_through(self, door: Cell) -> list[int] | None:
        """Moves through an open door to the cell behind it."""
        floor = self._floor(self._at)
        for cell in _beside(door):
            behind = (2 * door[0] - cell[0], 2 * door[1] - cell[1])
            if cell in floor and self._is_free(behind):
                return self._walk({behind})
        return None

    def _walk_to_put(self, target: Cell) -> list[int] | None:
        """Moves to put down what is carried beside `target`."""
        for spot in _beside(target):
            if self._env.grid.get(*spot) is None and spot != self._at:
                walk = self._walk_before(spot) if spot != self._ahead else []
                if walk is not None:
                    return [*walk, _DROP]
        return None

    def _turns_to_drop(self) -> list[int] | None:
        """Moves to drop what is carried on a free cell beside the agent."""
        for n, moves in ((0, []), (-1, [_LEFT]), (1, [_RIGHT]), (2, [_RIGHT, _RIGHT])):
            dx, dy = _AROUND[(self._env.agent_dir + n) % 4]
            if self._env.grid.get(self._at[0] + dx, self._at[1] + dy) is None:
                return [*moves, _DROP]
        return None

    def _is_free(self, cell: Cell) -> bool:
        thing = self._env.grid.get(*cell)
        return thing is None or (thing.can_overlap() and thing.type != "lava")

    def _walk(self, goals: set[Cell], facing: Cell | None = None) -> list[int] | None:
        """The fewest moves to one of `goals`, turns included, and to face a cell; None if there is no way."""
        start = (self._at, int(self._env.agent_dir))
        before: dict[tuple[Cell, int], tuple[tuple[Cell, int], int]] = {}
        queue, known = deque([start]), {start}
        while queue:
            at, to = state = queue.popleft()
            front = (at[0] + _AROUND[to][0], at[1] + _AROUND[to][1])
            if at in goals and (facing is None or front == facing):
                moves: list[int] = []
                while state != start:
                    state, move = before[state]
                    moves.append(move)
                return moves[::-1]
            turns = ((at, (to - 1) % 4), _LEFT), ((at, (to + 1) % 4), _RIGHT)
            ahead = (((front, to), _FORWARD),) if self._is_free(front) else ()
            for following, move in (*ahead, *turns):
                if following not in known:
                    known.add(following)
                    before[following] = (state, move)
                    queue.append(following)
        return None


def _beside(cell: Cell) -> list[Cell]:
    return [(cell[0] + dx, cell[1] + dy) for dx, dy in _AROUND]


__all__ = ["Levels", "require"]
