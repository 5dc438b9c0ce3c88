"""Turns changed syntax back into text, touching as little of the file as can be."""

import ast

from evo.operators.program import Place, Program
from evo.operators.region import Edit, Span

_SELF_CONTAINED = (
    ast.Name,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.Tuple,
    ast.GeneratorExp,
)
"""What needs no parentheses anywhere."""

_ROOMY = frozenset(
    [
        (ast.Assign, "value"),
        (ast.AugAssign, "value"),
        (ast.Return, "value"),
        (ast.If, "test"),
        (ast.While, "test"),
        (ast.For, "iter"),
        (ast.Call, "args"),
        (ast.keyword, "value"),
        (ast.List, "elts"),
        (ast.Subscript, "slice"),
    ]
)
"""Where arithmetic, comparisons and conditions need no parentheses."""

_NOTE = 40
"""Letters of a piece of code that a note shows."""


def clipped(text: str) -> str:
    """`text` on one line, cut to what fits in a note."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _NOTE else f"{flat[: _NOTE - 3]}..."


def replacement(program: Program, place: Place, new: ast.expr, what: str = "") -> Edit:
    """The edit that puts `new` where the expression at `place` stands."""
    span = program.source.span(place.node)
    text = _in_place(program, place, span, new)
    old = program.source.slice(span)
    return Edit(span, text, what or f"line {place.node.lineno}: `{clipped(old)}` -> `{clipped(text)}`")


def constant_text(value: float) -> str:
    """`value` as Python text that reads back as the same number."""
    text = repr(value)
    return {"inf": "1e309", "-inf": "-1e309", "nan": "(1e309 - 1e309)"}.get(text, text)


def indentation(program: Program, statement: ast.stmt) -> str:
    """The white space in front of `statement`."""
    span = program.source.span(statement)
    return program.source.slice(Span(program.source.lines(span).start, span.start))


def newline(program: Program) -> str:
    """How the file ends its lines."""
    return "\r\n" if b"\r\n" in program.source.data else "\n"


def lines_of(program: Program, statement: ast.stmt) -> str:
    """The whole lines of `statement`, the last one ended."""
    text = program.source.slice(program.source.lines(program.source.span(statement)))
    return text if text.endswith(("\n", "\r")) else text + newline(program)


def written(program: Program, statement: ast.stmt, indent: str) -> str:
    """`statement`, which may be new, as whole lines behind `indent`."""
    end = newline(program)
    return "".join(
        f"{indent}{line}{end}" for line in ast.unparse(ast.fix_missing_locations(statement)).split("\n")
    )


def insertion(program: Program, neighbour: ast.stmt, text: str, after: bool, note: str) -> Edit:
    """The edit that puts whole lines of `text` before or after `neighbour`."""
    lines = program.source.lines(program.source.span(neighbour))
    if not after:
        return Edit(Span(lines.start, lines.start), text, note)
    ended = program.source.slice(lines).endswith(("\n", "\r"))
    return Edit(Span(lines.end, lines.end), text if ended else newline(program) + text, note)


def _in_place(program: Program, place: Place, span: Span, new: ast.expr) -> str:
    text = ast.unparse(new)
    if isinstance(new, ast.Constant):
        bare = not (isinstance(new.value, int | float) and isinstance(place.parent, ast.Attribute))
        bare = bare and not text.startswith("-")
    else:
        bare = isinstance(new, _SELF_CONTAINED)
    roomy = (type(place.parent), place.field) in _ROOMY and not isinstance(
        new, ast.Lambda | ast.NamedExpr | ast.Yield | ast.Starred
    )
    data = program.source.data
    enclosed = data[span.start - 1 : span.start] == b"(" and data[span.end : span.end + 1] == b")"
    return text if bare or roomy or enclosed else f"({text})"
