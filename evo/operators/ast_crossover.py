"""Genetic improvement from two parents: functions, statements, expressions and numbers change hands."""

from dataclasses import dataclass, field

from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.crossover_edits import CROSSOVER_EDITS
from evo.operators.offspring import child_of, editable, grown, limits_of, require_parents
from evo.operators.program import reader
from evo.types import Candidate, Problem, ProposeTask, Step


@dataclass
class AstCrossover:
    """Makes a child of the first parent with parts of the second.

    The weights say how often each way is tried; they need not sum to 1.

    Attributes:
        lines: stretches of lines in which the two differ, each taken over or not.
        function: a function that both have.
        statement: a statement, beside or in the place of one that sets the same thing.
        expression: an expression of the same type.
        constants: numbers, where the two differ in nothing else.
        growth: size of a child against the largest seed.
        attempts: ways tried before the operator gives up.
    """

    problem: Problem
    lines: float = 3.0
    function: float = 1.0
    statement: float = 1.0
    expression: float = 2.0
    constants: float = 3.0
    growth: float = 3.0
    attempts: int = 30
    n_parents: int = field(default=2, init=False)
    step: Step = field(default="recombine", init=False)

    def __post_init__(self) -> None:
        self._limits = limits_of(self.problem, self.growth)
        self._read = reader()
        self._weights = {kind: float(getattr(self, kind)) for kind in CROSSOVER_EDITS}

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child of the task's two parents, drawn from ``task.seed`` alone.

        Raises:
            InvalidCandidate: the parents are the same program, share no readable Python file, or
                nothing that could be exchanged gave a new program.
        """
        one, other = require_parents(task, 2)
        if one.id == other.id:
            raise InvalidCandidate(f"{task.operator} needs two different parents, both are {one.id}")
        chance = Chance(task.seed)
        mine, theirs = (editable(task, parent, self.problem, self._read) for parent in (one, other))
        shared = [path for path in mine if path in theirs]
        if not shared:
            raise InvalidCandidate(
                f"{task.operator} needs a Python file that both parents have and that can be changed in both; "
                f"{one.id} and {other.id} share none"
            )
        different = [path for path in shared if one.files[path] != other.files[path]]
        path = chance.pick(different or shared)
        program, donor = mine[path], theirs[path]
        for _ in range(self.attempts):
            kind = chance.weighted(self._weights)
            edits = CROSSOVER_EDITS[kind](program, donor, chance)
            text = grown(program, edits, self._limits) if edits else None
            if text is not None:
                note = "; ".join(dict.fromkeys(edit.note for edit in edits))
                child = child_of(task, one, path, text, note=note)
                if child.id not in (one.id, other.id):
                    return child
        raise InvalidCandidate(
            f"{task.operator} found nothing in {path} of {other.id} that makes another program of {one.id}, "
            f"in {self.attempts} attempts"
        )
