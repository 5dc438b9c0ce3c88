"""What the operators on agent designs share: reading parents, and handing out only what is valid and new."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from evo.design.catalogue import Catalogue
from evo.design.component import Part
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.parts import DESIGN, described
from evo.design.rules import broken
from evo.design.space import repair
from evo.document import DESIGN_FILES
from evo.errors import InvalidCandidate
from evo.operators.chance import Chance
from evo.operators.region import mutable_paths
from evo.types import Candidate, Event, Problem, Proposal, ProposeTask

REMEMBERED = 256
"""Parents whose designs are kept as they were read."""


class Designs:
    """The designs of a run, as an operator on them needs them.

    What was proposed before is known from told events alone, so a resumed run goes on as it would have.

    Args:
        problem: says which components there are, see `Catalogue.of`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.catalogue = Catalogue.of(problem)
        self._read: OrderedDict[str, Design] = OrderedDict()
        self._proposed: set[str] = set()

    def tell(self, event: Event) -> None:
        """Notes what was proposed."""
        if isinstance(event, Proposal) and event.candidate is not None:
            self._proposed.add(event.candidate.id)

    def read(self, task: ProposeTask, parent: Candidate) -> Design:
        """The design of `parent`.

        Raises:
            InvalidCandidate: it is none, a broken one, or one that may not be changed.
        """
        if not mutable_paths(
            {name: "" for name in DESIGN_FILES if name in parent.files}, self.problem.mutable
        ):
            raise InvalidCandidate(
                f"{task.operator} changes {DESIGN}; {parent.id} has {', '.join(sorted(parent.files)) or 'no files'}, "
                f"of which {', '.join(self.problem.mutable)} may be changed. Use an operator for other files"
            )
        if parent.id not in self._read:
            try:
                self._read[parent.id] = Design.load(parent.files, self.catalogue)
            except InvalidDesign as error:
                raise InvalidCandidate(
                    f"{task.operator} cannot change {parent.id}: {error.faults[0]}"
                ) from error
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        return self._read[parent.id]

    def child(self, task: ProposeTask, design: Design, changed: Design) -> Candidate | None:
        """`changed` as a child of `design`, the first parent; None if it was proposed before or is not valid."""
        files = changed.files()
        made = Candidate.of(files, _parents(task), task.operator, described(Design.diff(design, changed)))
        if made.id in (design.id, *task.parents) or (made.id in self._proposed and not task.independent):
            return None
        try:
            Design.load(files, self.catalogue)
        except InvalidDesign:
            return None
        return made


def with_parts(
    design: Design,
    parts: Mapping[str, Part],
    rng: np.random.Generator,
    keep: frozenset[str],
    mend: bool = True,
) -> Design | None:
    """`design` with other parts, repaired so that they fit together, with the files they use and its budget.

    Args:
        design: that is changed; its catalogue holds all components of `parts`.
        parts: of every slot.
        rng: chooses among repairs.
        keep: slots that a repair leaves alone.
        mend: repair; without it what does not fit is refused.

    Returns:
        None if it does not fit.
    """
    uses = design.flow.uses
    fitting = repair(parts, design.catalogue, rng, keep, uses) if mend else dict(parts)
    if fitting is None or broken(fitting, design.catalogue, uses):
        return None
    changed = replace(design, parts=fitting)
    used = frozenset(path for slot in fitting for path in changed.files_of(slot))
    return replace(changed, texts={path: text for path, text in design.texts.items() if path in used})


def several(more: float, vain: float, chance: Chance) -> int:
    """How many places to change: one, and one more with probability `more` as often as that holds.

    Args:
        more: in [0, 1).
        vain: share of the attempts that brought nothing new, in [0, 1): what lies near was tried before,
            so the steps become larger.
        chance: of the proposal.
    """
    n = 1
    while chance.true(more + (1 - more) * vain):
        n += 1
    return n


def _parents(task: ProposeTask) -> tuple[str, ...]:
    return task.parents or tuple(judged.candidate.id for judged in task.relatives)
