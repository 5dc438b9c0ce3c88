"""What a search knows beyond its decisions, for reports; a search that has nothing of a kind gives none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.roles import Search
from evo.search.adaptive import GroupState
from evo.search.core import Core
from evo.search.map_elites import UNDECLARED, Cell, MapElites
from evo.search.pareto import FrontRow
from evo.search.screen import Outlook

OFFERS: Mapping[str, type] = {"history": GroupState, "grid": Cell, "front": FrontRow}
"""Method that a search may have -> the records it lists."""


@dataclass(frozen=True, slots=True)
class Insight:
    """A search looked into.

    Attributes:
        screened: whether it has a value model, and asks it.
        idle: it has one that is not asked, since judging is quicker.
        outlooks: what its value model expected of each judged candidate, and what came.
        states: how varied its groups were over the run.
        cells: of its grid; `axes` names the metrics on them.
        front: candidates that are not dominated.
        tree: nodes as its ``tree_rows`` gives them, with ``id, parent, visits, value, score``.
    """

    screened: bool = False
    idle: bool = False
    outlooks: Sequence[Outlook] = ()
    states: Sequence[GroupState] = ()
    cells: Sequence[Cell] = ()
    axes: Sequence[str] = ()
    front: Sequence[FrontRow] = ()
    tree: Sequence[Any] = ()


def is_open(search: Search) -> bool:
    """Whether `insight` can have anything to say of `search`, now or later."""
    core = getattr(search, "_core", None)
    screened = isinstance(core, Core) and core.screen is not None
    return screened or any(hasattr(search, name) for name in (*OFFERS, "tree_rows"))


def n_waiting(search: Search) -> int | None:
    """Candidates that wait to be judged, those that were screened out not among them; None if it is not known."""
    core = getattr(search, "_core", None)
    return core.frontier.n_waiting if isinstance(core, Core) else None


def insight(search: Search) -> Insight:
    """What `search` knows after the events that it was told; changes nothing in it."""
    core = getattr(search, "_core", None)
    screen = core.screen if isinstance(core, Core) else None
    return Insight(
        screened=screen is not None and not screen.is_idle,
        idle=screen is not None and screen.is_idle,
        outlooks=screen.outlooks() if screen is not None else (),
        states=_listed(search, "history"),
        cells=_listed(search, "grid"),
        axes=(tuple(search.metrics) or UNDECLARED) if isinstance(search, MapElites) else (),
        front=_listed(search, "front"),
        tree=list(search.tree_rows()) if hasattr(search, "tree_rows") else (),
    )


def _listed(search: Search, name: str) -> list[Any]:
    """The rows of one of `OFFERS`; none of a search whose method of that name means something else."""
    method = getattr(search, name, None)
    rows = list(method()) if callable(method) else []
    return rows if all(isinstance(row, OFFERS[name]) for row in rows) else []
