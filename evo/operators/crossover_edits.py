"""Ways to make one program of two relatives. Each returns no edits where it finds nothing to do."""

import ast
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher

from evo.identity import normalise
from evo.operators.chance import Chance
from evo.operators.constants import numbers, with_values
from evo.operators.grammar import sort_of
from evo.operators.local_search import like
from evo.operators.program import Program
from evo.operators.region import Edit, Span
from evo.operators.scope import FUNCTION_TYPES
from evo.operators.typed import fits
from evo.operators.writing import clipped, indentation, insertion, lines_of, replacement, written

_TRIES = 10
"""Pairs that are looked at before an edit gives up."""

_BEYOND = 0.25
"""How far past either parent a blended number may lie, as a share of their difference."""

_KEPT = (*FUNCTION_TYPES, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


def mix_lines(program: Program, donor: Program, chance: Chance) -> list[Edit]:
    """Takes over each stretch of lines in which the two differ with probability one half.

    Relatives share most of their lines, so improvements that each made on its own come together.
    """
    hunks = _hunks(program, donor)
    taken = [hunk for hunk in hunks if chance.true(0.5)]
    if not hunks or len(taken) in (0, len(hunks)):
        taken = [chance.pick(hunks)] if len(hunks) > 1 else []
    return [
        Edit(span, text, f"line {program.source.line_of(span.start)}: {note}") for span, text, note in taken
    ]


def take_function(program: Program, donor: Program, chance: Chance) -> list[Edit]:
    """Takes over a function that both have and that differs."""
    theirs = {node.name: node for node in donor.tree.body if isinstance(node, FUNCTION_TYPES)}
    pairs = [
        (node, theirs[node.name])
        for node in program.statements
        if isinstance(node, FUNCTION_TYPES)
        and node in program.tree.body
        and node.name in theirs
        and program.text(node) != donor.text(theirs[node.name])
    ]
    if not pairs:
        return []
    mine, other = chance.pick(pairs)
    lines = program.source.lines(program.source.span(mine))
    return [
        Edit(lines, lines_of(donor, other), f"line {mine.lineno}: function {mine.name} from the other parent")
    ]


def take_statement(program: Program, donor: Program, chance: Chance) -> list[Edit]:
    """Puts a statement of the other parent beside or in the place of one that sets the same thing."""
    mine = [statement for statement in program.statements if not isinstance(statement, _KEPT)]
    own_texts = {ast.dump(statement) for statement in mine}
    theirs = [
        statement
        for statement in donor.statements
        if not isinstance(statement, (*_KEPT, ast.Return)) and ast.dump(statement) not in own_texts
    ]
    if not mine or not theirs:
        return []
    new = chance.pick(theirs)
    alike = [statement for statement in mine if _subject(statement) == _subject(new)] or mine
    place = chance.pick(alike)
    text = written(program, new, indentation(program, place))
    if isinstance(place, ast.Return) or chance.true(0.5):
        note = f"line {place.lineno}: inserted `{clipped(text)}` from the other parent"
        return [insertion(program, place, text, not isinstance(place, ast.Return) and chance.true(0.5), note)]
    note = f"line {place.lineno}: `{clipped(program.text(place))}` -> `{clipped(text)}` from the other parent"
    return [Edit(program.source.lines(program.source.span(place)), text, note)]


def take_expression(program: Program, donor: Program, chance: Chance) -> list[Edit]:
    """Puts an expression of the other parent in the place of one of the same type."""
    own = set(program.spellings.values())
    new = [
        place
        for place, text in donor.spellings.items()
        if text not in own and sort_of(donor.type_of(place.node)) is not None
    ]
    for place in chance.shuffled(program.places)[: _TRIES if new else 0]:
        kind, names = program.type_of(place.node), program.names_at(place)
        found = [
            other.node
            for other in new
            if fits(kind, donor.type_of(other.node)) and donor.free_names(other.node) <= names
        ]
        if found:
            return [replacement(program, place, chance.pick(found))]
    return []


def blend_constants(program: Program, donor: Program, chance: Chance) -> list[Edit]:
    """Gives numbers values of the other parent, or in between, where the two have the same form."""
    mine, theirs = numbers(program), numbers(donor)
    if len(mine) != len(theirs) or _skeleton(program) != _skeleton(donor):
        return []
    different = [(one, other) for one, other in zip(mine, theirs, strict=True) if one.value != other.value]
    share = chance.between(-_BEYOND, 1 + _BEYOND)
    whole = chance.true(0.5)  # values as they are, or everything on one line between the parents
    changes = []
    for one, other in different:
        if whole and chance.true(0.5):
            changes.append((one, like(one.value, other.value)))
        elif not whole:
            changes.append((one, like(one.value, one.value + share * (other.value - one.value))))
    changes = [(number, value) for number, value in changes if value != number.value]
    return with_values(
        program, changes, f"{len(changes)} of {len(mine)} numbers moved towards the other parent"
    )


CROSSOVER_EDITS: Mapping[str, Callable[[Program, Program, Chance], list[Edit]]] = {
    "lines": mix_lines,
    "function": take_function,
    "statement": take_statement,
    "expression": take_expression,
    "constants": blend_constants,
}


def _hunks(program: Program, donor: Program) -> list[tuple[Span, str, str]]:
    """Where the lines differ: the span in `program`, the text in `donor`, and what it means."""
    mine, theirs = program.source.line_spans(), donor.source.line_spans()
    matcher = SequenceMatcher(
        None,
        [program.source.slice(span) for span in mine],
        [donor.source.slice(span) for span in theirs],
        autojunk=False,
    )
    found = []
    for tag, first, last, other_first, other_last in matcher.get_opcodes():
        start = mine[first].start if first < len(mine) else len(program.source.data)
        span = Span(start, mine[last - 1].end if last > first else start)
        if tag != "equal" and program.source.mutable(span):
            text = "".join(donor.source.slice(line) for line in theirs[other_first:other_last])
            found.append(
                (
                    span,
                    text,
                    f"{last - first} lines replaced by {other_last - other_first} of the other parent",
                )
            )
    return found


def _subject(statement: ast.stmt) -> str:
    """What `statement` is about: its kind, and what it assigns to."""
    target = getattr(statement, "target", None) or next(iter(getattr(statement, "targets", ())), None)
    return f"{type(statement).__name__} {ast.unparse(target) if target is not None else ''}"


def _skeleton(program: Program) -> str:
    blank = [(number, 0 if number.is_whole else 0.0) for number in numbers(program)]
    return normalise("blank.py", program.source.replace(with_values(program, blank, "")))
