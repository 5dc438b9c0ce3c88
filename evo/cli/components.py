"""What the components of a run's designs have brought, read from its journal."""

from collections.abc import Iterator

from evo.report.summary import ComponentRow
from evo.store.archive import RunView
from evo.store.journal import read_events
from evo.store.schema import WITHOUT_BULK
from evo.types import SPLITS
from evo.value.designs import Designs
from evo.value.effects import MOST_DESIGNS, Effects, effects
from evo.value.slots import slots_of


def effects_of(view: RunView, *, pairs: int = 200) -> Effects | None:
    """The effects in a run; None if its candidates are no designs."""
    if not _is_of_designs(view):
        return None
    designs = Designs(_stages(view), MOST_DESIGNS)
    for event in read_events(view.folder, columns=(*WITHOUT_BULK, "files")):
        designs.tell(event)
    return effects(designs.judged, pairs=pairs)


def component_rows(view: RunView) -> tuple[ComponentRow, ...]:
    """For the page of a run; none for a run of programs."""
    found = effects_of(view, pairs=100)
    if found is None:
        return ()
    rows = [
        ComponentRow(
            one.slot, one.component or "nothing", one.n, one.swaps, one.score.mean, one.score.half_width
        )
        for one in found.components
        if one.score is not None
    ]
    for parameter in found.parameters:
        for part in parameter.ranges:
            between = f"{part.low:g}" if part.low == part.high else f"{part.low:g} to {part.high:g}"
            rows.append(
                ComponentRow(parameter.parameter, between, part.n, 0, part.score.mean, part.score.half_width)
            )
    return tuple(rows)


def children_of(view: RunView) -> Iterator[tuple[str, float | None, float | None]]:
    """Of each judged child in a run its operator, its score and the best score of its parents."""
    last = next(reversed(_stages(view)), "")
    scores = {one.id: one.scores.get(last) for one in view.archive.standings()}
    for one in view.archive.standings():
        waits = one.status in (None, "lost") or (one.status == "ok" and scores[one.id] is None)
        if one.parents and not waits:
            known = [score for name in one.parents if (score := scores.get(name)) is not None]
            yield one.operator, scores[one.id], max(known, default=None)


def _is_of_designs(view: RunView) -> bool:
    best = view.archive.champion()
    first = best or next((one for one in view.archive.standings() if one.number is not None), None)
    return first is not None and slots_of(view.candidate(first.id).files) is not None


def _stages(view: RunView) -> tuple[str, ...]:
    """Search stages that some candidate passed, in climbing order: as the one that passed most has them."""
    passed = (
        tuple(name for name in one.scores if name not in SPLITS[1:]) for one in view.archive.standings()
    )
    return max(passed, key=len, default=())
