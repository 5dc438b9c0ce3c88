"""What a run's search knew and when, read by telling a search like it the events of the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from evo import config as configuration
from evo.assembly import build_search, plan_of_record
from evo.errors import ConfigError, PluginError
from evo.report.decisions import CellRow, Decisions, FrontMember, GroupRow, Judgements, Lags, NodeRow
from evo.roles import Search
from evo.search.insight import Insight, insight, is_open
from evo.search.screen import Outlook
from evo.store.archive import RunView
from evo.store.journal import read_events
from evo.store.schema import WITHOUT_BULK
from evo.types import Problem

ROOMY = 100_000
"""Candidates that may wait in the replayed search: how many could in the run, its pool alone knew. With so
much room nothing is dropped, which changes what is expected of no candidate that was judged."""

WAITING = 64
"""Of a run that goes on, proposals that may still be judged: the last so many that were not."""

SPANS = 60
"""Points of a graph of lags."""


IDLE = (
    "The value model was not asked: judging a candidate took less than search.value.least_seconds, so it was the "
    "cheaper way to know."
)


def decisions_of(
    view: RunView, problem: Problem, lags: Sequence[int], ended: bool, search: Search | None = None
) -> Decisions:
    """What the run's search knew.

    Args:
        view: the run.
        problem: of the run.
        lags: judgements that each proposal came too late to know, in order.
        ended: whether nothing more is to be judged.
        search: of the run, if it is at hand; else one like it is told what the journal holds.
    """
    stale = lags_of(lags)
    if search is None:
        try:
            search = _as_it_was(view, problem)
        except (ConfigError, PluginError) as error:
            return Decisions(lags=stale, note=f"The search cannot be built as it was: {error}")
    if not is_open(search):
        return Decisions(lags=stale)
    found = insight(search)
    screened, proposed = screened_out(view, found.outlooks, ended)
    return replace(
        _plain(found),
        lags=stale,
        note=IDLE if found.idle else "",
        n_screened=len(screened),
        n_proposed=proposed,
    )


def _as_it_was(view: RunView, problem: Problem) -> Search:
    """A search like the run's, which knows what that knew; one with nothing to say is told nothing."""
    config = configuration.from_plain(view.config)
    search = build_search(config, replace(plan_of_record(config, problem), frontier=ROOMY))
    if is_open(search):
        # With the candidates' files and the cases, which searches and value models look at.
        for event in read_events(view.folder, columns=(*WITHOUT_BULK, "cases", "files")):
            search.tell(event)
    return search


def screened_out(view: RunView, outlooks: Sequence[Outlook], ended: bool) -> tuple[list[str], int]:
    """Candidates that were proposed and not judged because others promised more.

    Returns:
        their ids, and how many candidates were proposed in all.
    """
    told = [one for one in view.archive.standings() if one.number is not None]
    if not any(one.surplus > 1 for one in outlooks):
        return [], len(told)
    unjudged = [one.id for one in told if one.status is None]
    return unjudged if ended else unjudged[:-WAITING], len(told)


def fate_of(view: RunView, candidate: str) -> str:
    """Why a candidate has no verdict on all cases, in words; empty if it has one, or failed."""
    standing = view.archive.standing(candidate)
    if standing.status is not None:
        share = view.archive.raced(standing.stage or "")
        if standing.status != "ok" or share == 1:
            return ""
        n = len(view.evaluation(candidate, standing.stage).cases)
        ended = (view.folder / "outcome.json").is_file()
        why = "stopped in the race" if ended else "stopped in the race, or still in it,"
        score = "" if standing.score is None else f" {standing.score:.10g}"
        return (
            f"{why} after {n} of {round(n / share)} cases: its score{score} is not comparable with one on all"
        )
    if not isinstance((view.config.get("search") or {}).get("value"), dict):
        return "not judged: it waits, or waited when the run ended"
    waiting = [one.id for one in view.archive.standings() if one.status is None][-WAITING:]
    ended = (view.folder / "outcome.json").is_file()
    if candidate in waiting and not ended:
        return "not judged yet: it waits, or was screened out"
    return "not judged: screened out, the value model expected less of it than of others"


def lags_of(lags: Sequence[int]) -> Lags | None:
    """In one record; None for a run without proposals."""
    if not lags:
        return None
    values = np.array(lags)
    spans = [part for part in np.array_split(np.arange(len(values)), SPANS) if part.size]
    over_time = tuple(
        (int(part[-1]) + 1, float(np.median(values[part])), float(np.quantile(values[part], 0.9)))
        for part in spans
    )
    return Lags(
        len(values),
        float(np.median(values)),
        float(np.quantile(values, 0.9)),
        float(values.max()),
        over_time,
    )


def _plain(found: Insight) -> Decisions:
    return Decisions(
        judgements=judgements_of(found.outlooks) if found.screened else None,
        tree=tuple(NodeRow(row.id, row.parent or "", row.visits, row.value, row.score) for row in found.tree),
        groups=tuple(
            GroupRow(row.judged, row.group, row.members, row.diversity, row.best) for row in found.states
        ),
        cells=tuple(
            CellRow(row.place, row.labels, row.candidate, row.score, row.children, row.kept)
            for row in found.cells
        ),
        axes=tuple(found.axes),
        front=tuple(FrontMember(row.id, row.score, row.measures) for row in found.front),
    )


def judgements_of(outlooks: Iterable[Outlook]) -> Judgements:
    """Column by column."""
    rows = list(outlooks)

    def column(name: str) -> np.ndarray:
        values = [getattr(row, name) for row in rows]
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    names = ("label", "mean", "std", "ok", "score", "surplus", "skill", "bound", "best", "worth")
    audit = np.array([row.audit for row in rows], dtype=bool)
    return Judgements(audit=audit, **{name: column(name) for name in names})
