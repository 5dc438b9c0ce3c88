"""What agents and models said to each other in a run, as chat lines for those who train models.

A line is one JSON object. ``"kind": "supervised"`` holds one conversation of one of the best designs, in a case
that it played as well as anybody, and better than the worst was played: ``messages`` as chat models take them, the last one the model's.
``"kind": "preference"`` holds two of the same case and the same node, ``chosen`` of the design that scored higher
there and ``rejected`` of the one that scored lower. Only cases of the search split are told.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evo.design.trajectory import chats
from evo.errors import RunError
from evo.store.archive import RunView

BEST, REST = 10, 40
"""Designs whose conversations are read: the best, and those from the other end of the ranking."""


@dataclass(frozen=True, slots=True)
class _Talk:
    candidate: str
    case: str
    node: str
    role: str
    score: float
    messages: Sequence[dict[str, str]]


def lines(view: RunView, stages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of a run, supervised ones first.

    Args:
        view: the run.
        stages: that judge on the search split.

    Raises:
        RunError: no conversation was kept.
    """
    ranking = [one.id for one in view.archive.top(1_000_000)]
    best = ranking[:BEST]
    rest = ranking[max(BEST, len(ranking) - REST) :]
    talks = [talk for name in [*best, *rest] for talk in _talks(view, name, stages)]
    if not talks:
        raise RunError(
            f"{view.folder} holds no conversations: its designs asked no model, or it is no run of agent designs."
        )
    top: dict[str, float] = {}
    for talk in talks:
        top[talk.case] = max(top.get(talk.case, talk.score), talk.score)
    lowest, highest = min(talk.score for talk in talks), max(talk.score for talk in talks)
    for talk in talks:
        is_success = talk.score == top[talk.case] and (talk.score > lowest or lowest == highest)
        if talk.candidate in best and is_success:
            yield {"kind": "supervised", **_about(talk), "messages": list(talk.messages)}
    yield from _pairs(talks)


def _talks(view: RunView, candidate: str, stages: Sequence[str]) -> Iterator[_Talk]:
    """The conversations of the last evaluation on the search split that was ``ok``."""
    judged = [one for one in view.evaluations(candidate) if one.stage in stages and one.status == "ok"]
    if not judged or not judged[-1].artefact:
        return
    try:
        found = list(chats(judged[-1].artefact))
    except ValueError:
        return
    for row, talk in found:
        if row.get("status") == "ok":
            yield _Talk(candidate, row["case"], talk["node"], talk["role"], row["score"], talk["messages"])


def _pairs(talks: Sequence[_Talk]) -> Iterator[dict[str, Any]]:
    """Of every case and node, each better conversation's last beside the worst design's."""
    last: dict[tuple[str, str, str], dict[str, _Talk]] = defaultdict(dict)
    for talk in talks:
        last[talk.case, talk.node, talk.role][talk.candidate] = talk
    for by_design in last.values():
        worst = min(by_design.values(), key=lambda talk: talk.score)
        for talk in by_design.values():
            if talk.score > worst.score:
                yield {
                    "kind": "preference",
                    **_about(talk),
                    "chosen": list(talk.messages),
                    "rejected": list(worst.messages),
                    "rejected_candidate": worst.candidate,
                    "rejected_score": worst.score,
                }


def _about(talk: _Talk) -> dict[str, Any]:
    return {
        "case": talk.case,
        "candidate": talk.candidate,
        "score": talk.score,
        "node": talk.node,
        "role": talk.role,
    }
