"""From edits to a child: whatever an operator on syntax trees proposes is checked here before it leaves."""

import ast
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evo.errors import InvalidCandidate
from evo.operators.program import Program, Unreadable, parse
from evo.operators.region import Edit, mutable_paths, outside
from evo.operators.scope import analyse
from evo.operators.seed import seed_files
from evo.operators.tree import below
from evo.types import Candidate, Judged, Problem, ProposeTask

MIN_NODES = 250
"""A small seed may grow to this many nodes whatever the growth allowed."""

MAX_DEPTH = 40
"""Levels of nesting in a child's syntax tree, unless its parent was as deep."""


_LITTLE = 200
"""Letters of new text that are not measured in a program well below its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a child may be: so many nodes in one file, so many levels."""

    nodes: int
    depth: int = MAX_DEPTH


def limits_of(problem: Problem, growth: float) -> Limits:
    """`growth` times the largest Python file of the problem's seeds, and at least `MIN_NODES` nodes."""
    largest = 0
    for seed in problem.seeds:
        files = seed_files(problem, seed)
        for path in mutable_paths(files, problem.mutable, suffix=".py"):
            try:
                largest = max(largest, _measure(parse(files[path]))[0])
            except Unreadable:
                continue  # a broken seed sets no size
    return Limits(max(MIN_NODES, int(growth * largest)))


def grown(program: Program, edits: Sequence[Edit], limits: Limits) -> str | None:
    """The text with `edits` made, or None if it is no better than broken.

    It must parse and compile, use no name that may be unbound where the parent did not, stay within
    `limits` (or no larger than its parent), and differ from the parent inside the region alone.
    """
    try:
        text = program.source.replace(edits)
        tree = parse(text)
        if not _surely_small(program, edits, limits) and _too_large(program, tree, limits):
            return None
        if analyse(tree).unbound - program.scopes.unbound or outside(text) != program.source.outside():
            return None
        _compile(tree)
    except (ValueError, SyntaxError, RecursionError):
        return None  # edits that overlap, leave the region or make no program
    return text


def editable(
    task: ProposeTask, parent: Candidate, problem: Problem, read: Callable[[str], Program]
) -> dict[str, Program]:
    """The Python files of `parent` that have something to change, by path.

    Raises:
        InvalidCandidate: there are none.
    """
    paths = mutable_paths(parent.files, problem.mutable, suffix=".py")
    if not paths:
        raise InvalidCandidate(
            f"{task.operator} changes Python files that match {', '.join(problem.mutable)}; the parent has "
            f"{', '.join(sorted(parent.files)) or 'no files'}. Use an operator for other files"
        )
    found, reasons = {}, []
    for path in paths:
        try:
            program = read(parent.files[path])
        except Unreadable as error:
            reasons.append(f"{path}: {error}")
            continue
        if program.places or program.blocks:
            found[path] = program
        else:
            reasons.append(f"{path}: its mutable region holds no code")
    if not found:
        raise InvalidCandidate(f"{task.operator} cannot change {parent.id}: {'; '.join(reasons)}")
    return found


def require_parents(task: ProposeTask, n: int) -> list[Candidate]:
    """The first `n` parents of `task`; the last one again where there are fewer.

    Raises:
        InvalidCandidate: there are none.
    """
    return [judged.candidate for judged in require_judged(task, n)]


def require_judged(task: ProposeTask, n: int) -> list[Judged]:
    """The same with their evaluations.

    Raises:
        InvalidCandidate: there are none.
    """
    if not task.relatives:
        raise InvalidCandidate(f"{task.operator} needs {n} parents, task {task.number} carries none")
    found = list(task.relatives[:n])
    return found + [found[-1]] * (n - len(found))


def child_of(task: ProposeTask, parent: Candidate, path: str, text: str, *, note: str) -> Candidate:
    """`parent` with the file at `path` replaced; its own parents are those of the task."""
    parents = task.parents or tuple(judged.candidate.id for judged in task.relatives)
    return Candidate.of({**parent.files, path: text}, parents, task.operator, note)


def _surely_small(program: Program, edits: Sequence[Edit], limits: Limits) -> bool:
    """Whether there is no need to measure: hardly a node takes less than a letter, and a little text nests little."""
    added = sum(len(edit.text) for edit in edits)
    return added <= _LITTLE and program.n_nodes + added <= limits.nodes and 2 * program.depth <= limits.depth


def _too_large(program: Program, tree: ast.Module, limits: Limits) -> bool:
    nodes, depth = _measure(tree)
    return nodes > max(limits.nodes, program.n_nodes) or depth > max(limits.depth, program.depth)


def _measure(tree: ast.AST) -> tuple[int, int]:
    """Number of nodes and levels."""
    nodes, depth, level = 0, 0, [tree]
    while level:
        nodes, depth = nodes + len(level), depth + 1
        level = [child for node in level for child in below(node)]
    return nodes, depth


def _compile(tree: ast.Module) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as "is" with a literal: the judge will see what it is worth
        compile(tree, "candidate", "exec", dont_inherit=True)
