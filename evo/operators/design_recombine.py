"""Slots change hands between two designs, with the files that stand behind them."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from evo.design.component import Part
from evo.design.design import Design
from evo.design.parts import OPEN, normal
from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.designs import Designs, several, with_parts
from evo.operators.offspring import require_parents
from evo.types import Candidate, Event, Problem, ProposeTask, Step


@dataclass
class DesignRecombine:
    """Makes a child of the first parent with one slot or a few of the second.

    Every component fits its slot, so what may not fit are needs: a slot that is needed comes from the
    second parent too, or else it is repaired as in `DesignMutate`. Where both have the same component, the
    child takes some of the other's values. The budget is the first parent's.

    Attributes:
        more: probability of one more slot, as long as it holds; it grows when nothing new is found.
        attempts: draws before the operator gives up finding a design that was not proposed yet.
    """

    problem: Problem
    more: float = 0.4
    attempts: int = 30
    n_parents: int = field(default=2, init=False)
    step: Step = field(default="recombine", init=False)

    def __post_init__(self) -> None:
        self._designs = Designs(self.problem)

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child of the task's two parents, drawn from ``task.seed`` alone.

        Raises:
            InvalidCandidate: a parent is no valid design, both are the same, or everything drawn was
                proposed before.
        """
        one, other = require_parents(task, 2)
        mine, theirs = (self._designs.read(task, parent) for parent in (one, other))
        slots = [slot for slot in mine.parts if _differs(slot, mine, theirs)]
        if not slots:
            raise InvalidCandidate(
                f"{task.operator} needs two designs with different slots; {one.id} and {other.id} have the same"
            )
        chance = Chance(task.seed)
        for attempt in range(self.attempts):
            chosen = chance.shuffled(slots)[: several(self.more, attempt / self.attempts, chance)]
            child = self._child(task, mine, theirs, chosen, chance)
            if child:
                return child
        raise InvalidCandidate(
            f"{task.operator} found no exchange between {one.id} and {other.id}, which differ in "
            f"{', '.join(slots)}, that is valid and was not proposed before, in {self.attempts} attempts"
        )

    def tell(self, event: Event) -> None:
        """Notes what was proposed."""
        self._designs.tell(event)

    def _child(
        self, task: ProposeTask, mine: Design, theirs: Design, slots: list[str], chance: Chance
    ) -> Candidate | None:
        texts = _texts(mine, theirs, slots)
        if texts is None:
            return None
        own = {path: text for path, text in texts.items() if path.startswith("components/")}
        catalogue, faults = self._designs.catalogue.with_own(own)
        if faults:
            return None
        flow = theirs.flow if "workflow" in slots else mine.flow
        basis = replace(mine, texts=MappingProxyType(texts), catalogue=catalogue, flow=flow)
        taken = {slot: _mixed(slot, mine, theirs, chance) for slot in slots}
        changed = with_parts(basis, {**mine.parts, **taken}, chance.generator, frozenset(slots))
        return None if changed is None or changed == theirs else self._designs.child(task, mine, changed)


def _differs(slot: str, one: Design, other: Design) -> bool:
    if one.parts[slot] != other.parts[slot]:
        return True
    return any(one.texts.get(path) != other.texts.get(path) for path in one.files_of(slot))


def _texts(mine: Design, theirs: Design, slots: list[str]) -> dict[str, str] | None:
    """The files of both; None if a file that comes along would change a slot that stays."""
    texts = dict(mine.texts)
    kept = {path for slot in mine.parts if slot not in slots for path in mine.files_of(slot)}
    for slot in slots:
        for path in theirs.files_of(slot):
            if path in kept and texts[path] != theirs.texts[path]:
                return None
            texts[path] = theirs.texts[path]
    return texts


def _mixed(slot: str, mine: Design, theirs: Design, chance: Chance) -> Part:
    """The other's part, or the own one with some of the other's values if the component is the same."""
    one, other = mine.parts[slot], theirs.parts[slot]
    names = [
        name
        for name in dict.fromkeys((*one.values, *other.values))
        if one.values.get(name) != other.values.get(name)
    ]
    if one.use != other.use or one.use == OPEN or len(names) < 2:
        return other
    defaults = {parameter.name: parameter.default for parameter in theirs.catalogue.parameters(slot, one.use)}
    values = dict(one.values)
    for name in chance.shuffled(names)[: 1 + chance.below(len(names))]:
        values[name] = other.values.get(name, defaults[name])
    return normal(slot, one.use, values, theirs.catalogue)
