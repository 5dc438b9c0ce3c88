"""A design as a small picture: its workflow, the slots that it calls, and what needs what."""

import html
from collections.abc import Iterator, Mapping

from evo.design.budget import Limits, told
from evo.design.catalogue import Catalogue
from evo.design.component import SLOTS, Need, Part, shown
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.parts import OPEN
from evo.design.rules import OFF, components
from evo.document import DESIGN_FILES
from evo.types import Problem

WIDTH = 760
ROW = 62
"""Pixels from one slot to the next."""

BOX = 46
_LEFT, _RIGHT, _WIDE = 16, 320, 370
_CALLER = 200
"""Width of the workflow's box."""

_LONGEST = 62
"""Letters of a line of parameters."""

STYLE = """
.design{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.design rect{fill:#fff;stroke:#8b94a1;stroke-width:1.2}
.design .workflow rect{stroke:#0f6fb8;stroke-width:2}
.design .off rect{fill:none;stroke:#d5d8dc;stroke-dasharray:4 4}
.design text{fill:#1b2330;font-size:14px;font-weight:600}
.design .slot{fill:#5c6675;font-size:11px;font-weight:400}
.design .values{fill:#5c6675;font-size:11.5px;font-weight:400}
.design .off text{fill:#8b94a1;font-weight:400}
.design path{fill:none;stroke:#0f6fb8;stroke-width:1.6}
.design .need{stroke:#c2510c;stroke-dasharray:5 4}
@media (prefers-color-scheme:dark){
.design rect{fill:#191f27;stroke:#7b8694}.design .workflow rect{stroke:#5db1ee}.design .off rect{stroke:#2c3440}
.design text{fill:#e8ebef}.design .slot,.design .values{fill:#a3adba}.design .off text{fill:#7b8694}
.design path{stroke:#5db1ee}.design .need{stroke:#f2935a}}
"""
"""The report's colours; the picture stands alone, so it brings them along."""


def graph(design: Design) -> str:
    """`design` as one ``<svg>`` element that needs nothing else.

    Lines run from the workflow to the slots that it calls, with the number of places where an open one does
    so; dashed lines run from a component to what it needs.
    """
    slots = [slot for slot in SLOTS if slot != "workflow"]
    height = ROW * len(slots) + 16
    middles = {slot: 16 + BOX / 2 + ROW * place for place, slot in enumerate(slots)}
    middle = height / 2
    parts = [_call(middle, middles[slot], _times(design, slot)) for slot in slots if _is_called(design, slot)]
    parts += [_need(middles[one], middles[other]) for one, other in _needs(design) if one in middles]
    parts.append(_box("workflow", design.parts["workflow"], _LEFT, middle, _CALLER))
    parts += _limits(design.budget, middle + BOX / 2)
    parts += [_box(slot, design.parts[slot], _RIGHT, middles[slot], _WIDE) for slot in slots]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="design" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'aria-label="{_escape(describe(design))}"><style>{STYLE}</style>{"".join(parts)}</svg>'
    )


def drawing(files: Mapping[str, str], problem: Problem) -> str:
    """The picture of a candidate; empty if it is no valid design for `problem`."""
    if not any(name in files for name in DESIGN_FILES):
        return ""
    try:
        return graph(Design.load(files, Catalogue.of(problem)))
    except InvalidDesign:
        return ""


def describe(design: Design) -> str:
    """The design in a sentence, for readers who do not see it."""
    filled = [f"{slot} {part}" for slot, part in design.parts.items() if part.use != OFF]
    most = f" At most {told(design.budget)} in a case." if design.budget else ""
    return f"Agent design: {', '.join(filled)}.{most}"


def _is_called(design: Design, slot: str) -> bool:
    if design.parts[slot].use == OFF:
        return False
    if slot == "profile":
        return True  # it speaks before whatever asks a model, whoever does; else it would be idle
    workflow = design.parts["workflow"].use
    if workflow == OPEN:
        return design.flow.uses is None or slot in design.flow.uses
    component = design.catalogue.component("workflow", workflow)
    if slot == "model":
        return "model" in component.needs
    return component.uses is None or slot in component.uses


def _times(design: Design, slot: str) -> int:
    return sum(n for call, n in design.flow.calls.items() if call.partition(".")[0] == slot)


def _needs(design: Design) -> Iterator[tuple[str, str]]:
    """Pairs of slots, the one with the need first, each once."""
    found = [
        (slot, Need.of(text).slot)
        for slot, component in components(design.parts, design.catalogue)
        for text in component.needs
    ]
    models = [("model", node) for node in design.parts["model"].values]
    pairs = [pair for pair in (*found, *models) if set(pair) <= set(SLOTS) and "workflow" not in pair]
    return iter({frozenset(pair): pair for pair in pairs if len(set(pair)) == 2}.values())


def _call(start: float, end: float, times: int) -> str:
    left, right = _LEFT + _CALLER, _RIGHT
    bend = (left + right) / 2
    count = (
        f'<text class="slot" x="{right - 8}" y="{end - 5:.0f}" text-anchor="end">×{times}</text>'
        if times > 1
        else ""
    )
    return f'<path d="M{left} {start:.0f}C{bend:.0f} {start:.0f} {bend:.0f} {end:.0f} {right} {end:.0f}"/>{count}'


def _need(start: float, end: float) -> str:
    edge = _RIGHT + _WIDE
    out = edge + 14 + min(46.0, abs(end - start) / 6)
    return f'<path class="need" d="M{edge} {start:.0f}C{out:.0f} {start:.0f} {out:.0f} {end:.0f} {edge} {end:.0f}"/>'


def _box(slot: str, part: Part, x: float, middle: float, wide: float) -> str:
    kind = "off" if part.use == OFF else "workflow" if slot == "workflow" else "on"
    values = ", ".join(f"{name} {shown(value)}" for name, value in part.values.items())
    room = int(_LONGEST * wide / _WIDE)
    values = values if len(values) <= room else values[: room - 1] + "…"
    top = middle - BOX / 2
    lines = (
        f'<text class="slot" x="{x + 10}" y="{top + 17:.0f}">{_escape(slot)}</text>'
        f'<text x="{x + 82}" y="{top + 18:.0f}">{_escape(part.use[:28])}</text>'
        f'<text class="values" x="{x + 10}" y="{top + 36:.0f}">{_escape(values)}</text>'
    )
    return f'<g class="{kind}"><rect x="{x}" y="{top:.0f}" width="{wide}" height="{BOX}" rx="7"/>{lines}</g>'


def _limits(budget: Limits, top: float) -> Iterator[str]:
    """The design's own budget below its workflow, a line each."""
    for place, (name, limit) in enumerate(budget.items(), 1):
        text = f"at most {shown(limit)} {name}"
        yield f'<text class="values" x="{_LEFT + 10}" y="{top + 16 * place:.0f}">{_escape(text)}</text>'


def _escape(text: str) -> str:
    """Text as it can stand in an element or an attribute, without letters that XML does not have."""
    return html.escape("".join(letter if letter.isprintable() else " " for letter in text))
