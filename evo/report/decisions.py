"""What a search knew and when, as the page of a run shows it: plain values, filled in by whoever has the run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


def _none() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """What was expected of each judged candidate just before its verdict, and what came; ``[n]`` each.

    Attributes:
        label: number of the judgement, ascending.
        mean, std: of the predicted score.
        ok: predicted chance of a score.
        score: NaN where it failed.
        audit: True where it was judged whatever was expected of it.
        surplus: candidates that were proposed for one that is judged, at that time.
        skill, bound: of the predictions so far, and the least that it is at 80 % confidence.
        best: score before it; NaN before the first.
        worth: by which candidates are chosen; higher is better.
    """

    label: np.ndarray = field(default_factory=_none)
    mean: np.ndarray = field(default_factory=_none)
    std: np.ndarray = field(default_factory=_none)
    ok: np.ndarray = field(default_factory=_none)
    score: np.ndarray = field(default_factory=_none)
    audit: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    surplus: np.ndarray = field(default_factory=_none)
    skill: np.ndarray = field(default_factory=_none)
    bound: np.ndarray = field(default_factory=_none)
    best: np.ndarray = field(default_factory=_none)
    worth: np.ndarray = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of a search tree; `parent` is empty at a root, `score` None before it is known."""

    id: str
    parent: str
    visits: float
    value: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How varied a group was when `judged` candidates were judged; `diversity` in [0, 1]."""

    judged: int
    group: int
    members: int
    diversity: float
    best: float | None


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell of a grid of behaviours: its place on each axis (-1: no value there), and its best candidate."""

    place: tuple[int, ...]
    labels: tuple[str, ...]
    candidate: str
    score: float
    children: int
    kept: int


@dataclass(frozen=True, slots=True)
class FrontMember:
    """A candidate that no other beats on every objective."""

    candidate: str
    score: float
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Lags:
    """Judgements that came in between asking for a candidate and having it.

    Attributes:
        over_time: ``(last proposal of a span, median, 90 % quantile)``, in order.
    """

    n: int
    median: float
    p90: float
    most: float
    over_time: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """All of it; what a search does not have is empty.

    Attributes:
        judgements: None without a value model.
        n_screened: candidates that were proposed and never judged, those that may still be left out.
        n_proposed: candidates that could have been judged.
        axes: metrics on the axes of `cells`.
        lags: None without proposals.
        note: why nothing else is known, in a sentence.
    """

    judgements: Judgements | None = None
    n_screened: int = 0
    n_proposed: int = 0
    tree: tuple[NodeRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    cells: tuple[CellRow, ...] = ()
    axes: tuple[str, ...] = ()
    front: tuple[FrontMember, ...] = ()
    lags: Lags | None = None
    note: str = ""
