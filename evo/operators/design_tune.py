"""Tunes the typed parameters of a design: designs that differ in nothing else share one study."""

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from evo.design.component import Part
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.parameter import Choice, Flag, Float, Int, Parameter, Value
from evo.design.parts import active, normal
from evo.design.rules import asks_model
from evo.errors import InvalidCandidate
from evo.identity import candidate_id
from evo.operators.chance import Chance
from evo.operators.designs import Designs, with_parts
from evo.operators.offspring import require_parents
from evo.operators.tune import FAILED, Rank, ask_sampler, optuna_module
from evo.types import Candidate, Evaluation, Event, Judged, Problem, Proposal, ProposeTask, Step

Place = tuple[str, str]
"""A slot, and the name of a parameter there."""

Tunable = Int | Float | Choice | Flag
"""Parameters that have other values than those that a person or a model writes."""


@dataclass(slots=True)
class Trial:
    """The values of a design, and how good they were; `rank` is None while that is not known."""

    values: Mapping[Place, Value]
    rank: Rank | None = None


Study = dict[str, Trial]
"""Candidate id -> its trial, in the order in which they were told."""


@dataclass
class DesignTune:
    """Gives a few parameters of its parent other values; its components and files stay.

    Once a study knows enough, Optuna (multivariate TPE) is asked for the values, with the other parameters
    as the parent has them; until then, and now and then later, each value is drawn: a neighbour or any.
    What is known of a study comes from told events alone, whichever operator made a sibling.

    Attributes:
        model: probability that Optuna is asked, from `enough` judged siblings on.
        enough: judged siblings that a study needs before they are learnt from.
        history: trials given to Optuna, half of them the best, half the latest: its cost grows with them.
        together: most parameters that are changed at once.
        attempts: draws before the operator gives up finding a design that was not proposed yet.
    """

    problem: Problem
    model: float = 0.75
    enough: int = 8
    history: int = 60
    together: int = 4
    attempts: int = 40
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="refine", init=False)

    def __post_init__(self) -> None:
        self._designs = Designs(self.problem)
        self._stages = {
            stage.name: place for place, stage in enumerate(self.problem.stages) if stage.split == "search"
        }
        self._studies: dict[str, Study] = {}
        self._study_of: dict[str, str] = {}

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child with other values, drawn from ``task.seed`` and the study of its parent.

        Raises:
            InvalidCandidate: the parent is no valid design, has no parameter to tune, or everything drawn
                was proposed before.
        """
        (parent,) = require_parents(task, 1)
        design = self._designs.read(task, parent)
        places = tunable(design)
        if not places:
            raise InvalidCandidate(
                f"{task.operator} needs a parameter that is a number, a choice or a flag, the components of "
                f"{parent.id} have none. Use design.mutate or design.recombine"
            )
        trials = [] if task.independent else self._trials(design, task.relatives[0])
        chance = Chance(task.seed)
        for _ in range(self.attempts):
            chosen = chance.shuffled(list(places))[: 1 + chance.below(min(self.together, len(places)))]
            is_asked = len(trials) >= self.enough and chance.true(self.model)
            values = (
                self._asked(chosen, places, trials, chance) if is_asked else _drawn(chosen, places, chance)
            )
            child = self._child(task, design, values, chance)
            if child:
                return child
        raise InvalidCandidate(
            f"{task.operator} found no values for {len(places)} parameters of {parent.id} that are valid and were "
            f"not proposed before, in {self.attempts} attempts"
        )

    def tell(self, event: Event) -> None:
        """Learns from an event; what is told twice counts once."""
        self._designs.tell(event)
        if isinstance(event, Proposal) and event.candidate is not None:
            self._told_proposal(event.candidate)
        elif isinstance(event, Evaluation) and event.stage in self._stages and event.status != "lost":
            self._told_evaluation(event)

    def _told_proposal(self, candidate: Candidate) -> None:
        if candidate.id in self._study_of:
            return
        try:
            design = Design.load(candidate.files, self._designs.catalogue)
        except InvalidDesign:
            return  # it is refused elsewhere, and nobody judges it
        name = skeleton(design)
        self._study_of[candidate.id] = name
        self._studies.setdefault(name, {})[candidate.id] = Trial(_values(design))

    def _told_evaluation(self, evaluation: Evaluation) -> None:
        study = self._studies.get(self._study_of.get(evaluation.candidate, ""), {})
        trial = study.get(evaluation.candidate)
        rank = self._rank(evaluation)
        if trial is not None and (trial.rank is None or trial.rank[0] <= rank[0]):
            trial.rank = rank

    def _rank(self, evaluation: Evaluation) -> Rank:
        if evaluation.score is None:
            return FAILED
        return self._stages.get(evaluation.stage, 0), evaluation.score

    def _trials(self, design: Design, parent: Judged) -> list[Trial]:
        """Judged trials of the study, the parent's included, each once: the best and the latest."""
        study = self._studies.get(skeleton(design), {})
        judged = [trial for trial in study.values() if trial.rank is not None]
        if parent.candidate.id not in study and not parent.evaluation.is_pending:
            judged.append(Trial(_values(design), self._rank(parent.evaluation)))
        half = self.history // 2
        best = heapq.nlargest(half, judged, key=lambda trial: trial.rank or FAILED)
        found = {id(trial): trial for trial in (*best, *islice(reversed(judged), half))}
        return list(found.values())

    def _asked(
        self,
        chosen: Sequence[Place],
        places: Mapping[Place, tuple[Tunable, Value]],
        trials: Sequence[Trial],
        chance: Chance,
    ) -> dict[Place, Value]:
        """Values for `chosen` as Optuna's sampler wants them after `trials`."""
        parameters = {place: places[place][0] for place in chosen}
        names = {place: ".".join(place) for place in chosen}
        # a parameter that does not count in a trial, because another turns it off, tells nothing about it
        known = [trial for trial in trials if all(place in trial.values for place in chosen)]
        known.sort(key=lambda trial: trial.rank or FAILED)
        told = [
            (
                {name: _coded(parameters[place], trial.values[place]) for place, name in names.items()},
                float(order),  # the sampler looks at the order alone
            )
            for order, trial in enumerate(known)
        ]
        distributions = {name: _distribution(parameters[place]) for place, name in names.items()}
        found = ask_sampler(distributions, told, chance.below(2**31))
        return {place: _decoded(parameters[place], found[name]) for place, name in names.items()}

    def _child(
        self, task: ProposeTask, design: Design, values: Mapping[Place, Value], chance: Chance
    ) -> Candidate | None:
        parts: dict[str, Part] = dict(design.parts)
        for slot in dict.fromkeys(slot for slot, _ in values):
            own = {name: value for where, name, value in _flat(values) if where == slot}
            parts[slot] = normal(slot, parts[slot].use, {**parts[slot].values, **own}, design.catalogue)
        changed = with_parts(design, parts, chance.generator, frozenset(parts), mend=False)
        return None if changed is None else self._designs.child(task, design, changed)


def tunable(design: Design) -> dict[Place, tuple[Tunable, Value]]:
    """The parameters that count in a design and have other values, with those that they have."""
    return {
        (slot, one.name): (one, value)
        for slot, part in design.parts.items()
        for one, value in active(slot, part, design.catalogue)
        if _has_others(one) and (slot != "model" or asks_model(one.name, design.parts, design.catalogue))
        if isinstance(one, Tunable)
    }


def skeleton(design: Design) -> str:
    """Hash of a design without its tunable values: what siblings share, their budget included."""
    fixed = {
        slot: [
            part.use,
            sorted(
                (one.name, str(value))
                for one, value in active(slot, part, design.catalogue)
                if not isinstance(one, Tunable)
            ),
        ]
        for slot, part in design.parts.items()
    }
    return candidate_id({"skeleton": json.dumps([fixed, dict(design.budget)]), **design.texts})


def _has_others(parameter: Parameter) -> bool:
    return isinstance(parameter, Tunable) and (
        not isinstance(parameter, Choice) or len(parameter.choices) > 1
    )


def _values(design: Design) -> dict[Place, Value]:
    return {place: value for place, (_, value) in tunable(design).items()}


def _flat(values: Mapping[Place, Value]) -> list[tuple[str, str, Value]]:
    return [(slot, name, value) for (slot, name), value in values.items()]


def _drawn(
    chosen: Sequence[Place], places: Mapping[Place, tuple[Tunable, Value]], chance: Chance
) -> dict[Place, Value]:
    """Each a neighbour of what it was, or any value."""
    found: dict[Place, Value] = {}
    for place in chosen:
        parameter, value = places[place]
        near = parameter.neighbours(value)
        found[place] = chance.pick(near) if near and chance.true(0.5) else parameter.draw(chance.generator)
    return found


def _distribution(parameter: Tunable) -> Any:
    """As Optuna has it; numbers that are choices are steps of a ladder."""
    known = optuna_module().distributions
    if isinstance(parameter, Int):
        return known.IntDistribution(parameter.low, parameter.high, log=parameter.log)
    if isinstance(parameter, Float):
        return known.FloatDistribution(float(parameter.low), float(parameter.high), log=parameter.log)
    if isinstance(parameter, Choice) and parameter.is_ladder:
        return known.IntDistribution(0, len(parameter.choices) - 1)
    return known.CategoricalDistribution(parameter.grid())


def _coded(parameter: Tunable, value: Value) -> Any:
    if isinstance(parameter, Choice) and parameter.is_ladder:
        return parameter.choices.index(value)
    return value


def _decoded(parameter: Tunable, value: Any) -> Value:
    """The value that Optuna means; a number with three digits, as drawn ones have."""
    if isinstance(parameter, Choice) and parameter.is_ladder:
        return parameter.choices[int(value)]
    if isinstance(parameter, Float):
        return min(max(float(f"{value:.3g}"), float(parameter.low)), float(parameter.high))
    return parameter.read(value)
