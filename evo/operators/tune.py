"""Tunes the numbers in a program: candidates that differ in nothing else share one study."""

import heapq
import json
import logging
import warnings
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from evo.errors import InvalidCandidate
from evo.identity import candidate_id
from evo.operators.chance import Chance
from evo.operators.constants import Number, note_of, numbers, with_values
from evo.operators.local_search import Values, difference_step, like, sparse_step
from evo.operators.offspring import require_parents
from evo.operators.program import Program, Unreadable, reader
from evo.operators.region import Edit, mutable_paths
from evo.types import Candidate, Evaluation, Event, Judged, Problem, Proposal, ProposeTask, Step

if TYPE_CHECKING:
    from types import ModuleType

Rank = tuple[int, float]
"""How good a trial is: the furthest stage it was judged at, then the score there."""

FAILED: Rank = (-1, 0.0)
"""Rank of what gave no score: below everything that did."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Values that were tried, and how good they were; `rank` is None while that is not known."""

    values: Values
    rank: Rank | None = None


@dataclass(slots=True)
class Study:
    """All trials of one skeleton, by candidate id, in the order in which they were told."""

    trials: dict[str, Trial] = field(default_factory=dict)

    def best(self, n: int) -> list[Trial]:
        """Up to `n` judged trials, the best first."""
        judged = (trial for trial in self.trials.values() if trial.rank is not None)
        return heapq.nlargest(n, judged, key=lambda trial: trial.rank or FAILED)

    def latest(self, n: int) -> list[Trial]:
        """Up to `n` judged trials, the latest first."""
        judged = (trial for trial in reversed(self.trials.values()) if trial.rank is not None)
        return list(islice(judged, n))


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """A candidate's numbers.

    Attributes:
        study: hash of the candidate with its numbers blanked out: what siblings share.
        programs: the files that hold numbers, by path.
        numbers: each with the path of its file.
    """

    study: str
    programs: Mapping[str, Program]
    numbers: Sequence[tuple[str, Number]]

    @property
    def values(self) -> Values:
        """The numbers' values, in order."""
        return tuple(number.value for _, number in self.numbers)


@dataclass
class Tune:
    """Gives the numbers of its parent other values, near the parent's own.

    Most children come from a sparse step (`evo.operators.local_search`); once a study knows enough,
    some follow a difference between good siblings, and some are asked from Optuna (multivariate TPE)
    for a few of the numbers, with the others as the parent has them. What is known of a study comes
    from told events alone, so a resumed run goes on as it would have.

    Attributes:
        model: probability that Optuna is asked, from `enough` judged siblings on.
        difference: probability of a difference step, from `enough` judged siblings on.
        enough: judged siblings that a study needs before they are learnt from.
        history: trials given to Optuna, half of them the best, half the latest: its cost grows with them.
        together: most numbers that Optuna is asked for at once.
        attempts: draws before the operator gives up finding values that were not tried yet.
    """

    problem: Problem
    model: float = 0.4
    difference: float = 0.25
    enough: int = 8
    history: int = 50
    together: int = 6
    attempts: int = 20
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="refine", init=False)

    def __post_init__(self) -> None:
        self._stages = {
            stage.name: place for place, stage in enumerate(self.problem.stages) if stage.split == "search"
        }
        self._read = reader()
        self._studies: dict[str, Study] = {}
        self._study_of: dict[str, str] = {}
        self._lifted: OrderedDict[str, Lifted] = OrderedDict()

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child that differs from its parent in numbers alone.

        Raises:
            InvalidCandidate: the mutable region holds no number, or every value drawn was tried before.
        """
        (parent,) = require_parents(task, 1)
        lifted = self._lift(parent, task)
        study = self._with_parent(lifted, task.relatives[0])
        known = {trial.values for trial in study.trials.values()}
        chance = Chance(task.seed)
        for _ in range(self.attempts):
            values = (
                sparse_step(lifted.values, chance)
                if task.independent
                else self._draw(lifted.values, study, chance)
            )
            if values not in known:
                child = self._child(task, parent, lifted, values)
                if child.id != parent.id:
                    return child
        raise InvalidCandidate(
            f"{task.operator} found no values for the {len(lifted.values)} numbers of {parent.id} that were not "
            f"tried before, in {self.attempts} attempts"
        )

    def tell(self, event: Event) -> None:
        """Learns from an event; what is told twice counts once."""
        if isinstance(event, Proposal) and event.candidate is not None:
            self._told_proposal(event.candidate)
        elif isinstance(event, Evaluation) and event.stage in self._stages and event.status != "lost":
            self._told_evaluation(event)

    def _told_proposal(self, candidate: Candidate) -> None:
        memo = _read_memo(candidate.memo)
        if memo is None or candidate.id in self._study_of:
            return
        study = self._studies.setdefault(memo.study, Study())
        self._study_of[candidate.id] = memo.study
        study.trials[candidate.id] = Trial(memo.values)
        parent = candidate.parents[0] if candidate.parents else ""
        if parent and parent not in self._study_of:
            self._study_of[parent] = memo.study
            study.trials[parent] = Trial(memo.start, memo.start_rank)

    def _told_evaluation(self, evaluation: Evaluation) -> None:
        study = self._studies.get(self._study_of.get(evaluation.candidate, ""))
        if study is None:
            return
        trial = study.trials[evaluation.candidate]
        rank = self._rank(evaluation)
        if trial.rank is None or trial.rank[0] <= rank[0]:
            study.trials[evaluation.candidate] = Trial(trial.values, rank)

    def _known_rank(self, evaluation: Evaluation) -> Rank | None:
        """None for a parent that is not judged yet."""
        return None if evaluation.is_pending else self._rank(evaluation)

    def _rank(self, evaluation: Evaluation) -> Rank:
        if evaluation.score is None:
            return FAILED
        return self._stages.get(evaluation.stage, 0), evaluation.score

    def _with_parent(self, lifted: Lifted, parent: Judged) -> Study:
        """The study that `parent` belongs to, with `parent` in it; the told state is not changed."""
        study = self._studies.get(lifted.study, Study())
        if parent.candidate.id in study.trials:
            return study
        return Study(
            {**study.trials, parent.candidate.id: Trial(lifted.values, self._known_rank(parent.evaluation))}
        )

    def _draw(self, start: Values, study: Study, chance: Chance) -> Values:
        good = [trial for trial in study.best(self.history // 4) if trial.rank != FAILED]
        if len(good) >= self.enough:
            if chance.true(self.model):
                return self._ask_optuna(start, study, chance)
            if chance.true(self.difference / (1 - self.model)):
                return difference_step(start, [trial.values for trial in good], chance)
        return sparse_step(start, chance)

    def _ask_optuna(self, start: Values, study: Study, chance: Chance) -> Values:
        """`start` with a few numbers as Optuna's sampler wants them after the study's trials."""
        optuna = optuna_module()
        places = sorted(chance.shuffled(range(len(start)))[: 1 + chance.below(self.together)])
        best = study.best(self.history // 2)
        trials = list(dict.fromkeys([*best, *study.latest(self.history // 2)]))
        ranges = {
            str(place): _range(start[place], [trial.values[place] for trial in best[:8]]) for place in places
        }
        distributions = {
            name: optuna.distributions.IntDistribution(low, high)
            if isinstance(low, int)
            else optuna.distributions.FloatDistribution(low, high)
            for name, (low, high) in ranges.items()
        }
        # the sampler looks at the order alone, so places in it stand for ranks
        order = {
            trial: float(place)
            for place, trial in enumerate(sorted(trials, key=lambda trial: trial.rank or FAILED))
        }
        told = [
            ({str(place): trial.values[place] for place in places}, order[trial])
            for trial in reversed(trials)
            if all(ranges[str(place)][0] <= trial.values[place] <= ranges[str(place)][1] for place in places)
        ]
        params = ask_sampler(distributions, told, chance.below(2**31))
        return tuple(
            like(value, params[str(place)]) if place in places else value for place, value in enumerate(start)
        )

    def _lift(self, candidate: Candidate, task: ProposeTask) -> Lifted:
        """The numbers of `candidate`, remembered for the next time.

        Raises:
            InvalidCandidate: it has none.
        """
        if candidate.id not in self._lifted:
            self._lifted[candidate.id] = self._lift_now(candidate)
            if len(self._lifted) > 64:
                self._lifted.popitem(last=False)
        lifted = self._lifted[candidate.id]
        if not lifted.numbers:
            raise InvalidCandidate(
                f"{task.operator} found no numbers in the mutable region of {candidate.id}; "
                "it changes int and float literals of Python files that parse"
            )
        return lifted

    def _lift_now(self, candidate: Candidate) -> Lifted:
        programs: dict[str, Program] = {}
        found: list[tuple[str, Number]] = []
        blank = dict(candidate.files)
        for path in mutable_paths(candidate.files, self.problem.mutable, suffix=".py"):
            try:
                program = self._read(candidate.files[path])
            except Unreadable:
                continue  # what does not parse holds no numbers that we could find
            programs[path] = program
            here = [number for number in numbers(program) if _tunable(number)]
            found += [(path, number) for number in here]
            zero = [(number, 0 if number.is_whole else 0.0) for number in here]
            blank[path] = program.source.replace(with_values(program, zero, ""))
        return Lifted(candidate_id(blank), programs, found)

    def _child(self, task: ProposeTask, parent: Candidate, lifted: Lifted, values: Values) -> Candidate:
        changed = [
            (path, number, value)
            for (path, number), value in zip(lifted.numbers, values, strict=True)
            if value != number.value
        ]
        files, notes = dict(parent.files), []
        for path, program in lifted.programs.items():
            here = [(number, value) for where, number, value in changed if where == path]
            notes += [note_of(program, number, value) for number, value in here]
            edits: list[Edit] = with_values(program, here, "")
            files[path] = program.source.replace(edits)
        note = "; ".join(notes[:3]) + (f"; {len(notes) - 3} more" if len(notes) > 3 else "")
        memo = Memo(lifted.study, values, lifted.values, self._known_rank(task.relatives[0].evaluation))
        parents = task.parents or (parent.id,)
        return Candidate.of(files, parents, task.operator, note, memo.text())


@dataclass(frozen=True, slots=True)
class Memo:
    """What a child carries so that a study can be rebuilt from the journal."""

    study: str
    values: Values
    start: Values
    start_rank: Rank | None

    def text(self) -> str:
        """As JSON."""
        return json.dumps(
            {"study": self.study, "values": self.values, "start": self.start, "start_rank": self.start_rank}
        )


def _read_memo(text: str) -> Memo | None:
    """The memo that `Memo.text` wrote; None if `text` is another operator's."""
    if not text.startswith('{"study": '):
        return None
    memo = json.loads(text)
    rank = memo["start_rank"]
    start_rank = None if rank is None else (rank[0], rank[1])
    return Memo(memo["study"], tuple(memo["values"]), tuple(memo["start"]), start_rank)


def _tunable(number: Number) -> bool:
    return number.role == "value" or (number.role == "power" and not number.is_whole)


def _range(value: float, tried: Sequence[float]) -> tuple[float, float]:
    """Where to look for a number: around `value`, as wide as it is large, and over all that did well."""
    if isinstance(value, int):
        width = max(3, abs(value))
        low = max(0, value - width) if value >= 0 else value - width
        return int(min([low, *tried])), int(max([value + width, *tried]))
    spread = max(abs(value), 0.05)
    return float(min([value - spread, *tried])), float(max([value + spread, *tried]))


def ask_sampler(
    distributions: Mapping[str, Any], told: Sequence[tuple[Mapping[str, Any], float]], seed: int
) -> dict[str, Any]:
    """What Optuna's multivariate TPE asks for next.

    Args:
        distributions: name -> Optuna's distribution.
        told: values by name, within the distributions, each with how good they were: higher is better.
        seed: of the sampler.
    """
    optuna = optuna_module()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some versions call multivariate sampling experimental
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=4)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.add_trials(
        [
            optuna.trial.create_trial(params=dict(params), distributions=dict(distributions), value=value)
            for params, value in told
        ]
    )
    return dict(study.ask(dict(distributions)).params)


def optuna_module() -> "ModuleType":
    """Optuna, imported when it is first needed: it costs most of a second."""
    import optuna

    # a study is made for every question; saying so each time would drown the run's own output
    logging.getLogger("optuna.storages._in_memory").setLevel(logging.WARNING)
    return optuna
