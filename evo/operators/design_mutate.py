"""Random changes to a design without a model: another component in a slot, or other values for one."""

from dataclasses import dataclass, field

from evo.design.component import SLOTS, Part
from evo.design.design import Design
from evo.design.parameter import drawn
from evo.design.parts import OPEN, normal
from evo.design.space import Space
from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.designs import Designs, several, with_parts
from evo.operators.offspring import require_parents
from evo.types import Candidate, Event, Problem, ProposeTask, Step


@dataclass
class DesignMutate:
    """Puts a random component into a slot, or redraws the values of the one that is there.

    What then does not fit is repaired: a slot that is needed is filled, what nobody calls leaves.

    Attributes:
        component: how often a component is exchanged, against `parameters`.
        parameters: how often values are drawn anew.
        more: probability of one more slot, as long as it holds; it grows when nothing new is found.
        attempts: draws before the operator gives up finding a design that was not proposed yet.
    """

    problem: Problem
    component: float = 2.0
    parameters: float = 1.0
    more: float = 0.2
    attempts: int = 40
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="mutate", init=False)

    def __post_init__(self) -> None:
        self._designs = Designs(self.problem)

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child that differs in a slot or a few, drawn from ``task.seed`` alone.

        Raises:
            InvalidCandidate: the parent is no valid design, or everything drawn was proposed before.
        """
        (parent,) = require_parents(task, 1)
        design = self._designs.read(task, parent)
        space = Space(design.catalogue, base=design)
        chance = Chance(task.seed)
        free = self._slots(design, space)
        for attempt in range(self.attempts):
            slots = chance.shuffled(free)[: several(self.more, attempt / self.attempts, chance)]
            parts = {**design.parts, **{slot: self._drawn(slot, design, space, chance) for slot in slots}}
            changed = with_parts(design, parts, chance.generator, frozenset(slots))
            child = changed and self._designs.child(task, design, changed)
            if child:
                return child
        raise InvalidCandidate(
            f"{task.operator} found no valid change to {parent.id} that was not proposed before, "
            f"in {self.attempts} attempts"
        )

    def tell(self, event: Event) -> None:
        """Notes what was proposed."""
        self._designs.tell(event)

    def _slots(self, design: Design, space: Space) -> list[str]:
        """Slots in which there is anything to draw."""
        return [
            slot
            for slot in SLOTS
            if len(space.components[slot]) > 1
            or (design.parts[slot].use != OPEN and design.catalogue.parameters(slot, design.parts[slot].use))
        ]

    def _drawn(self, slot: str, design: Design, space: Space, chance: Chance) -> Part:
        now = design.parts[slot].use
        parameters = design.catalogue.parameters(slot, now) if now != OPEN else ()
        exchanges = len(space.components[slot]) > 1
        ways = {"component": self.component * exchanges, "parameters": self.parameters * bool(parameters)}
        if not any(ways.values()):
            return design.parts[slot]
        if chance.weighted(ways) == "component":
            return space.draw_part(slot, chance.generator, other_than=now)
        values = {**design.parts[slot].values}
        fresh = drawn(parameters, chance.generator)
        for one in chance.shuffled(parameters)[: 1 + chance.below(len(parameters))]:
            values[one.name] = fresh.get(one.name, one.default)
        return normal(slot, now, values, design.catalogue)
