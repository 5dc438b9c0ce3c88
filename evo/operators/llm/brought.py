"""What the components of designs have brought so far, in lines that a model reads."""

from collections.abc import Sequence

from evo.operators.llm.prompt import one_line
from evo.types import Event
from evo.value.designs import Designs
from evo.value.effects import ComponentEffect, Effects, JudgedDesign, PairEffect, effects, telling
from evo.value.swaps import Estimate

FIRST = 12
"""Designs judged before anything is said."""

LEAST_NEW = 8
GROWTH = 8
"""It is reckoned anew when so many more designs were judged, or one in so many of all, whichever is more."""

MOST_LINES = 16
MOST_PAIRS = 4
MOST_UNCLEAR = 4
MOST_DESIGNS = 1_000

_NAME = 48


class Brought:
    """A learner: what it says follows from the events told, and changes only now and then.

    Args:
        stages: names of the search stages in climbing order.
    """

    def __init__(self, stages: Sequence[str]) -> None:
        self._designs = Designs(stages, MOST_DESIGNS)
        self._next = FIRST
        self._known: tuple[JudgedDesign, ...] = ()
        self._lines: tuple[str, ...] | None = ()

    def tell(self, event: Event) -> None:
        """Takes in one event. Told twice, the second time changes nothing."""
        self._designs.tell(event)
        if self._designs.n >= self._next:
            self._next = self._designs.n + max(LEAST_NEW, self._designs.n // GROWTH)
            self._known = tuple(self._designs.judged)
            self._lines = None  # reckoned when it is asked for: at a replay nobody asks

    def lines(self) -> tuple[str, ...]:
        """The clear effects first, the largest first; empty for programs and while little is known."""
        if self._lines is None:
            self._lines = tuple(_said(effects(self._known, most=MOST_DESIGNS, pairs=60)))
        return self._lines


def _said(found: Effects) -> list[str]:
    ranked = sorted(
        (one for one in found.components if one.score is not None), key=lambda one: telling(one.score)
    )
    clear = [_component(one) for one in ranked if _clear(one.score)]
    clear += [
        f"- `{_name(one.parameter)}` from {one.best.low:g} to {one.best.high:g}: {one.best.score} (best of its ranges)"
        for one in found.parameters
        if one.best.score.clear
    ]
    together = [_pair(one) for one in found.pairs if one.score.clear][:MOST_PAIRS]
    failing = [
        _failing(one) for one in found.components if _clear(one.ok) and one.ok is not None and one.ok.mean < 0
    ]
    unclear = [f"{_component(one)}, not clear yet" for one in ranked if not _clear(one.score)][:MOST_UNCLEAR]
    room = MOST_LINES - len(together) - len(failing[:MOST_PAIRS])
    return [*clear[:room], *together, *failing[:MOST_PAIRS], *unclear][:MOST_LINES]


def _clear(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.clear


def _component(one: ComponentEffect) -> str:
    swaps = f", {one.swaps} swaps with all else equal" if one.swaps else ""
    return f"- `{_name(one.slot, one.component)}`: {one.score} ({one.n_ok} designs{swaps})"


def _pair(one: PairEffect) -> str:
    names = f"`{_name(one.slot, one.component)}` with `{_name(one.other_slot, one.other_component)}`"
    return f"- {names}: {one.score} beyond what each brings alone"


def _failing(one: ComponentEffect) -> str:
    share = "" if one.ok is None else f"{-one.ok.mean:.0%} ± {one.ok.half_width:.0%}"
    return f"- `{_name(one.slot, one.component)}`: {share} more of its designs fail"


def _name(slot: str, component: str | None = None) -> str:
    """Names come from candidates: they are kept short, and cannot end the quotation they stand in."""
    whole = slot if component is None else f"{slot}={component or 'nothing'}"
    return one_line(whole, _NAME).replace("`", "'")
