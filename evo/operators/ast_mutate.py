"""Genetic improvement: small, type-respecting random changes to a program's syntax tree."""

from dataclasses import dataclass, field

from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.expression_edits import EXPRESSION_EDITS
from evo.operators.offspring import child_of, editable, grown, limits_of, require_parents
from evo.operators.program import Program, reader
from evo.operators.region import Edit
from evo.operators.statement_edits import STATEMENT_EDITS
from evo.types import Candidate, Problem, ProposeTask, Step

_EDITS = {**EXPRESSION_EDITS, **STATEMENT_EDITS}


@dataclass
class AstMutate:
    """Changes one parent by one edit, or a few.

    The weights say how often each kind of edit is tried; they need not sum to 1.

    Attributes:
        constant: another value for a number.
        replace: another expression of the same type, from the program or new.
        grow: something built around an expression.
        shrink: a part of an expression in its place.
        operator: another operator, or another function of the same kind.
        condition: a condition negated, extended or exchanged.
        bounds: a loop that runs longer, shorter or from elsewhere.
        arguments: arguments of a call swapped or exchanged.
        delete: a statement taken out.
        swap: two statements of a block exchanged.
        move: a statement moved within its block.
        copy: a statement copied to somewhere else.
        insert: a new assignment to something that is known there.
        wrap: a statement repeated in a loop or put under a condition.
        more_edits: probability of each further edit, so that a child has 1 / (1 - more_edits) on average.
        growth: size of a child against the largest seed.
        attempts: edits tried before the operator gives up.
    """

    problem: Problem
    constant: float = 3.0
    replace: float = 3.0
    grow: float = 3.0
    shrink: float = 1.0
    operator: float = 2.0
    condition: float = 1.0
    bounds: float = 1.0
    arguments: float = 0.5
    delete: float = 1.0
    swap: float = 0.25
    move: float = 0.25
    copy: float = 0.5
    insert: float = 2.0
    wrap: float = 1.0
    more_edits: float = 0.25
    growth: float = 3.0
    attempts: int = 30
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="mutate", init=False)

    def __post_init__(self) -> None:
        self._limits = limits_of(self.problem, self.growth)
        self._read = reader()
        self._weights = {kind: float(getattr(self, kind)) for kind in _EDITS}

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child of the task's parent, drawn from ``task.seed`` alone.

        Raises:
            InvalidCandidate: the parent has no readable Python file, or no edit gave a new program.
        """
        (parent,) = require_parents(task, 1)
        chance = Chance(task.seed)
        programs = editable(task, parent, self.problem, self._read)
        path = chance.weighted({path: 1.0 + len(program.places) for path, program in programs.items()})
        program = programs[path]
        for _ in range(self.attempts):
            edits = self._draw(program, chance)
            text = grown(program, edits, self._limits) if edits else None
            if text is not None:
                note = "; ".join(dict.fromkeys(edit.note for edit in edits))
                child = child_of(task, parent, path, text, note=note)
                if child.id != parent.id:
                    return child
        raise InvalidCandidate(
            f"{task.operator} found no change of {path} that gives another program in {self.attempts} attempts; "
            "there may be too little code in the mutable region"
        )

    def _draw(self, program: Program, chance: Chance) -> list[Edit]:
        """One or more edits that do not touch each other."""
        edits: list[Edit] = []
        while True:
            kind = chance.weighted(self._weights)
            new = _EDITS[kind](program, chance)
            if new and not any(edit.span.overlaps(other.span) for edit in new for other in edits):
                edits += new
            if not chance.true(self.more_edits):
                return edits
