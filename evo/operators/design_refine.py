"""Small steps on a design's typed parameters; its components stay."""

from dataclasses import dataclass, field

from evo.design.parts import active, normal
from evo.design.rules import asks_model
from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.designs import Designs, several, with_parts
from evo.operators.offspring import require_parents
from evo.types import Candidate, Event, Problem, ProposeTask, Step


@dataclass
class DesignRefine:
    """Gives one parameter of its parent a neighbouring value, sometimes a second one too.

    Attributes:
        more: probability of one more parameter, as long as it holds; it grows when nothing new is found.
        attempts: draws before the operator gives up finding a design that was not proposed yet.
    """

    problem: Problem
    more: float = 0.25
    attempts: int = 40
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="refine", init=False)

    def __post_init__(self) -> None:
        self._designs = Designs(self.problem)

    def __call__(self, task: ProposeTask) -> Candidate:
        """A child with other values, drawn from ``task.seed`` alone.

        Raises:
            InvalidCandidate: the parent is no valid design, has no parameter that could take a step, or
                every step drawn was proposed before.
        """
        (parent,) = require_parents(task, 1)
        design = self._designs.read(task, parent)
        places = [
            (slot, one.name)
            for slot, part in design.parts.items()
            for one, value in active(slot, part, design.catalogue)
            if one.neighbours(value)
            and (slot != "model" or asks_model(one.name, design.parts, design.catalogue))
        ]
        if not places:
            raise InvalidCandidate(
                f"{task.operator} needs a parameter with another value near its own, the components of {parent.id} "
                "have none. Use design.mutate or design.recombine"
            )
        chance = Chance(task.seed)
        for attempt in range(self.attempts):
            parts = dict(design.parts)
            slots = set()
            for slot, name in chance.shuffled(places)[: several(self.more, attempt / self.attempts, chance)]:
                found = {one.name: (one, value) for one, value in active(slot, parts[slot], design.catalogue)}
                if name not in found:
                    continue  # the first step turned it off
                parameter, value = found[name]
                values = {**parts[slot].values, name: chance.pick(parameter.neighbours(value))}
                parts[slot] = normal(slot, parts[slot].use, values, design.catalogue)
                slots.add(slot)
            changed = with_parts(design, parts, chance.generator, frozenset(slots), mend=False)
            child = changed and self._designs.child(task, design, changed)
            if child:
                return child
        raise InvalidCandidate(
            f"{task.operator} found no step on {len(places)} parameters of {parent.id} that is valid and was not "
            f"proposed before, in {self.attempts} attempts"
        )

    def tell(self, event: Event) -> None:
        """Notes what was proposed."""
        self._designs.tell(event)
