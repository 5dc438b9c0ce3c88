"""Which operator makes the next candidate, and which language model it asks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evo.errors import ConfigError
from evo.search.bandit import Bandit
from evo.search.population import Node
from evo.search.seeding import weighted
from evo.types import OperatorShare, Plan, Proposal

LOST_IN_A_ROW = 3
"""An arm rests after so many proposals in a row for which no model answered."""

REST = 50
"""Tasks that pass before a resting arm is tried again."""


@dataclass(frozen=True, slots=True)
class Arm:
    """An operator with the model that it asks; `model` is empty for one that needs none.

    Attributes:
        place: among `OperatorMix.arms`.
        weight: the operator's weight times the model's share of the operator's models.
        share: of the operator, as the plan has it.
    """

    place: int
    operator: str
    model: str
    weight: float
    share: OperatorShare


class OperatorMix:
    """Draws arms in proportion to their weights, or by what they have brought so far.

    Attributes:
        arms: all of the run, also those of the cold start's operator, which is never drawn.
        bandit: None without `Plan.bandit`.
    """

    def __init__(self, plan: Plan) -> None:
        _check(plan)
        self.arms = _arms(plan)
        names = [(arm.operator, arm.model) for arm in self.arms]
        self.bandit = Bandit(names, plan.limits, plan.share_at) if plan.bandit else None
        self._places = {(arm.operator, arm.model): arm.place for arm in self.arms}
        self._drawn = [arm for arm in self.arms if arm.operator != plan.starter]
        self._lost = [0] * len(self.arms)  # proposals in a row
        self._rests_until = [0] * len(self.arms)  # number of a task

    def draw(
        self,
        rng: np.random.Generator,
        number: int = 0,
        repairs: bool = False,
        max_parents: int | None = None,
        step: str = "",
    ) -> Arm | None:
        """The arm for task `number`; None if there is none that fits.

        Args:
            rng: all that is random comes from here.
            number: of the task; it decides who rests.
            repairs: there is a failed candidate, so that operators which repair count too.
            max_parents: only those that take no more parents.
            step: of a chain, or empty: only operators that make it or repair, if there are any.
        """
        fitting = [
            arm
            for arm in self._drawn
            if (repairs or not arm.share.repairs)
            and (max_parents is None or arm.share.n_parents <= max_parents)
        ]
        if step:
            able = [arm for arm in fitting if arm.share.step == step]
            fitting = able + [arm for arm in fitting if arm.share.repairs] if able else fitting
        fitting = [arm for arm in fitting if number >= self._rests_until[arm.place]] or fitting
        if not fitting:
            return None
        if self.bandit is not None:
            return self.arms[self.bandit.draw(rng, [(arm.place, arm.weight) for arm in fitting])]
        return fitting[weighted(rng, [arm.weight for arm in fitting])]

    def tell(self, proposal: Proposal, node: Node | None) -> None:
        """A proposal came, with the new candidate that it made, if any; to be told once."""
        place = self._places.get((proposal.operator, proposal.model))
        if place is None:
            return  # a seed, or an operator that the run had before it was resumed with others
        if proposal.model:
            self._lost[place] = self._lost[place] + 1 if proposal.status == "lost" else 0
            resting = self._lost[place] >= LOST_IN_A_ROW
            self._rests_until[place] = proposal.number + 1 + REST if resting else 0
        if self.bandit is not None:
            self.bandit.proposed(place, proposal, None if node is None else node.index)


def _arms(plan: Plan) -> tuple[Arm, ...]:
    arms: list[Arm] = []
    for name, share in plan.operators.items():
        if share.weight > 0 or name == plan.starter:
            for model, part in _parts(name, share, plan.model_weights).items():
                if part > 0:
                    arms.append(Arm(len(arms), name, model, share.weight * part, share))
    return tuple(arms)


def _parts(name: str, share: OperatorShare, weights: Mapping[str, float]) -> dict[str, float]:
    """Of each of an operator's models its part of the operator's weight; they sum to 1."""
    if not share.models:
        return {"": 1.0}
    found = {model: weights.get(model, 1.0) for model in share.models}
    total = sum(found.values())
    if not (all(0 <= weight < float("inf") for weight in found.values()) and total > 0):
        raise ConfigError(
            f"the models of operators.{name} need finite weights of at least 0, one of them above 0, got "
            f"{found}. Set their weights where the run's models are listed"
        )
    return {model: weight / total for model, weight in found.items()}


def _check(plan: Plan) -> None:
    shares = plan.operators
    for name, share in shares.items():
        if not 0 <= share.weight < float("inf"):
            raise ConfigError(
                f"operators.{name}.weight must be a finite number of at least 0, got {share.weight}. "
                f"Set it with: evo run operators.{name}.weight=1"
            )
    if plan.cold_start and plan.starter not in shares:
        raise ConfigError(
            f"the cold start needs an operator of the run, got {plan.starter!r}. "
            f"Choices: {', '.join(shares) or 'none'}."
        )
    drawn = [name for name, share in shares.items() if share.weight > 0 and name != plan.starter]
    if all(shares[name].repairs for name in drawn):
        only = "; those that only repair or only begin do not count" if shares else ""
        raise ConfigError(
            f"operators needs one with a weight above 0, got {', '.join(shares) or 'none'}{only}. "
            "Set it with: evo run operators.ast.mutate.weight=1"
        )
