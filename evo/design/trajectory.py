"""What an agent did in a case: kept with the evaluation, shown to operators, exported for those who train models.

The texts in it come from candidates, worlds and models; nothing in it is trusted.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEPT_BYTES = 60 << 10
"""Of all trajectories of an evaluation; beyond it conversations are left out first, those of later cases first."""
CASE_BYTES = 256 << 10
"""Of one case while it runs; what comes later is not written down."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call of a model: who asked, what was said, what it answered."""

    node: str
    role: str
    messages: tuple[tuple[str, str], ...]
    reply: str


@dataclass(slots=True)
class Trajectory:
    """One case.

    Attributes:
        steps: actions in the world with what was seen after each; a restart is the action ``(restart)``.
        calls: of models, in the order of their answers.
        status, score: the verdict.
        is_cut: more happened than was written down.
    """

    case: str
    goal: str = ""
    answer: str = ""
    status: str = ""
    score: float | None = None
    steps: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Spoken] = field(default_factory=list)
    is_cut: bool = False
    _size: int = 0

    def stepped(self, action: str, seen: str) -> None:
        """Writes down a step."""
        if self._room(len(action) + len(seen)):
            self.steps.append((action, seen))

    def spoke(self, call: Spoken) -> None:
        """Writes down a call."""
        if self._room(len(call.reply) + sum(len(text) for _, text in call.messages)):
            self.calls.append(call)

    def _room(self, size: int) -> bool:
        self._size += size + 32
        self.is_cut |= self._size > CASE_BYTES
        return not self.is_cut

    def summary(self, limit: int) -> str:
        """The case in a few lines of at most about `limit` characters: what was done, and what was said at the end."""
        score = self.status if self.score is None else f"score {self.score:g}"
        lines = [f"Case {self.case}: {score}.", f"Goal: {_cut(self.goal, limit // 3)}"]
        if self.steps:
            lines.append(f"Actions: {_cut(' > '.join(action for action, _ in self.steps), limit // 3)}")
            lines.append(f"Last seen: {_cut(self.steps[-1][1], limit // 6)}")
        if self.answer:
            lines.append(f"Answer: {_cut(self.answer, limit // 6)}")
        return "\n".join(lines)


def kept(trajectories: Sequence[Trajectory]) -> str:
    """All of them as JSON text of at most `KEPT_BYTES`: verdicts, answers and actions, then conversations as they fit."""
    rows = [_row(one) for one in trajectories]
    room = KEPT_BYTES - len(_text(rows))
    while room < 0 and any(row.get("actions") for row in rows):
        longest = max(rows, key=lambda row: len(_text(row.get("actions", []))))
        room += len(_text(longest["actions"]))
        longest["actions"] = []
    if room < 0:
        return ""
    for row, one in zip(rows, trajectories, strict=True):
        calls = [
            {"node": call.node, "role": call.role, "messages": [*call.messages, ("assistant", call.reply)]}
            for call in one.calls
        ]
        size = len(_text(calls)) + 16
        if calls and size <= room:
            row["calls"] = calls
            room -= size
    return _text(rows)


def joined(first: str, second: str) -> str:
    """Two texts of `kept` as one; without conversations, or empty, where that is too long."""
    if not first or not second:
        return first or second
    rows = [*json.loads(first), *json.loads(second)]
    for left_out in ("", "calls", "actions"):
        for row in rows:
            row.pop(left_out, None)
        if len(text := _text(rows)) <= KEPT_BYTES:
            return text
    return ""


def chats(artefact: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The conversations in a text of `kept`: of each its row (case, status, score) and ``node, role, messages``.

    Raises:
        ValueError: it is no such text.
    """
    rows = json.loads(artefact)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "case" in row for row in rows):
        raise ValueError("no trajectories")
    for row in rows:
        for call in row.get("calls", ()):
            yield (
                row,
                {**call, "messages": [{"role": who, "content": text} for who, text in call["messages"]]},
            )


def worst(trajectories: Iterable[Trajectory], n: int) -> list[Trajectory]:
    """The first `n` to learn from: failures first, then the lowest scores."""
    order = sorted(trajectories, key=lambda one: (one.score is not None, one.score or 0.0))
    return order[:n]


def _row(one: Trajectory) -> dict[str, Any]:
    row: dict[str, Any] = {"case": one.case, "status": one.status, "score": one.score}
    row |= {"answer": _cut(one.answer, 400)} if one.answer else {}
    row |= {"actions": [_cut(action, 120) for action, _ in one.steps]} if one.steps else {}
    return row | ({"cut": True} if one.is_cut else {})


def _cut(text: str, limit: int) -> str:
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    half = max(1, (limit - 5) // 2)
    return f"{text[:half]} ... {text[-half:]}"


def _text(value: Sequence[Any] | Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
