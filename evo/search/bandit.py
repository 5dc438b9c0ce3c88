"""Shares out proposals over operators and models by what they bring for what they cost."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low
from sys import float_info

import numpy as np

from evo.search.costs import Costs
from evo.search.seeding import weighted
from evo.types import Evaluation, Proposal

DISCOUNT = 0.995
"""What a finished proposal still counts once another has finished: memory reaches back two hundred."""

FLOOR = 0.1
"""Share of the draws that go by the weights alone, whatever was learnt."""

TICKETS = 32
"""Most samples that an arm has in one draw, against one sample of the arm with the least weight."""

PRIOR_SUCCESSES = 0.3
"""What is believed of an arm before it was tried weighs as much as so many successes."""

FIRST_MEAN = 0.25
"""Mean reward that is believed before anything is known, with the weight of one proposal."""

TYPICAL = 0.25
"""Reward of a gain of the usual size; one that is four times as large, or larger, has reward 1."""

GAINS = 16
"""The usual size of a gain is the median of so many, the last ones."""

EFFORT = 0.3
"""Share of the mean cost that a proposal is charged on top of what it used: it took a place and time,
even where neither is limited. Without it an arm that only fails, and so is never judged, is a bargain."""

RECENT = 100
"""Proposals that an arm's present share is counted over."""


@dataclass(frozen=True, slots=True)
class ArmRecord:
    """What an arm was asked for and what it brought, for reports.

    Attributes:
        operator, model: the arm; `model` is empty for an operator that needs none.
        proposals: finished ones, failures and duplicates included.
        reward: mean over those that are judged to the end or failed, in [0, 1]; None before any is.
        cost: mean share of the run's budget that one of them used; None where nothing is known.
        share: of the last hundred proposals of the run.
    """

    operator: str
    model: str
    proposals: int
    reward: float | None
    cost: float | None
    share: float


class _Tally:
    """Sums of one arm, each proposal counting less the longer ago it finished."""

    __slots__ = ("cost", "costed", "finished", "reward", "totals")

    def __init__(self) -> None:
        self.finished = self.reward = 0.0  # how many, and the sum of their rewards
        self.costed = self.cost = 0.0  # how many have a known cost, and the sum of these
        self.totals = [0.0, 0.0, 0.0, 0.0]  # the same without forgetting

    def fade(self) -> None:
        self.finished *= DISCOUNT
        self.reward *= DISCOUNT
        self.costed *= DISCOUNT
        self.cost *= DISCOUNT

    def add(self, reward: float, cost: float | None) -> None:
        new = (1.0, reward, 0.0 if cost is None else 1.0, cost or 0.0)
        self.finished += new[0]
        self.reward += new[1]
        self.costed += new[2]
        self.cost += new[3]
        self.totals = [total + value for total, value in zip(self.totals, new, strict=True)]


class Bandit:
    """Discounted Thompson sampling on improvement per unit of cost.

    *Reward* of a finished proposal, with gain g over its best parent: ``min(1, g / (4 s))``, s the
    median of the last sixteen gains above 0, this one among them; 0 without a gain. A median takes no
    notice of one huge early gain, and follows when gains become small.

    *Cost* of a proposal: the sum over the run's limits of the share that it and the judging of its
    candidate used. A sum, because each limit can end the run: whatever uses more of any of them is
    dearer. An unknown price is left out; if nothing is known, the arm's cost is believed to be the mean.

    *Draw*: each arm's reward is believed to be Beta-distributed, ``Beta(a + R, b + N - R)`` after
    discounted N proposals with rewards R in sum; a = 0.3 and a / (a + b) the mean over all arms. The
    largest sample divided by the arm's cost wins: its mean, as strongly drawn towards the mean of all,
    and `EFFORT` of that. An arm has samples in proportion to its weight, so that the weights decide
    among arms of which nothing, or the same, is known; and one draw in ten goes by the weights alone.

    Source: Xia et al., Thompson Sampling for Budgeted Multi-Armed Bandits, IJCAI 2015 (reward over
    cost); Raj and Kalyani, Taming Non-stationary Bandits, arXiv 1707.09727 (discounted Beta counts).
    The rest, and all constants, are ours.

    Args:
        arms: ``(operator, model)``; a place in this list names an arm from here on.
        limits: of the run, name -> limit, as `evo.types.Plan.limits`.
        shares: stage -> what a judgement there counts as, as `evo.types.Plan.share_at`; 1 where it is not named.
    """

    def __init__(
        self,
        arms: Sequence[tuple[str, str]],
        limits: Mapping[str, float],
        shares: Mapping[str, Fraction] | None = None,
    ) -> None:
        self._arms = list(arms)
        self._costs = Costs(limits, shares)
        self._tallies = [_Tally() for _ in arms]
        self._proposals = [0 for _ in arms]
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._gains: deque[float] = deque(maxlen=GAINS)
        self._open: dict[int, tuple[int, float | None]] = {}  # key of a candidate -> arm, cost so far

    def proposed(self, place: int, proposal: Proposal, candidate: int | None) -> None:
        """Takes in a finished proposal.

        Args:
            place: of its arm.
            proposal: what was tried, and its bill.
            candidate: key of the candidate that will be judged; None if there is none that is new.
        """
        self._proposals[place] += 1
        self._recent.append(place)
        cost = self._cost(proposal)
        if candidate is None:
            self._learn(place, 0.0, cost)
        else:
            self._open[candidate] = (place, cost)

    def judged(self, candidate: int, evaluation: Evaluation) -> None:
        """Adds what judging cost to the candidate's account, unless what it cost before is unknown."""
        place, cost = self._open.get(candidate, (0, None))
        if cost is not None:
            self._open[candidate] = (place, cost + (self._cost(evaluation) or 0.0))

    def settled(self, candidate: int, gain: float) -> None:
        """The candidate is judged to its end, `gain` above its best parent, 0 if it is not above."""
        if candidate in self._open:
            place, cost = self._open.pop(candidate)
            self._learn(place, min(gain, float_info.max), cost)

    def dropped(self, candidate: int) -> None:
        """The candidate will not be judged: it says nothing of its arm."""
        self._open.pop(candidate, None)

    def draw(self, rng: np.random.Generator, arms: Sequence[tuple[int, float]]) -> int:
        """Place of one of `arms`, which are given as (place, weight), with a weight above 0 in all."""
        weights = [weight for _, weight in arms]
        if rng.random() < FLOOR:
            return arms[weighted(rng, weights)][0]
        mean, cost = self._means()
        prior = PRIOR_SUCCESSES / mean  # proposals that the belief before any is worth
        least = min(weights)
        owners: list[int] = []
        successes: list[float] = []
        failures: list[float] = []
        costs: list[float] = []
        for place, weight in arms:
            tally = self._tallies[place]
            n = min(TICKETS, round(weight / least))
            own_cost = (prior * cost + tally.cost) / (prior + tally.costed)
            owners += [place] * n
            successes += [PRIOR_SUCCESSES + tally.reward] * n
            failures += [prior - PRIOR_SUCCESSES + tally.finished - tally.reward] * n
            costs += [own_cost + EFFORT * cost] * n
        samples = rng.beta(successes, np.maximum(failures, 1e-9)) / costs
        return owners[int(samples.argmax())]

    def arms(self) -> list[ArmRecord]:
        """All arms with what they brought so far, in the order they were given."""
        counts, n_recent = Counter(self._recent), max(1, len(self._recent))
        records = []
        for place, (operator, model) in enumerate(self._arms):
            finished, reward, costed, cost = self._tallies[place].totals
            records.append(
                ArmRecord(
                    operator,
                    model,
                    self._proposals[place],
                    reward / finished if finished else None,
                    cost / costed if costed else None,
                    counts[place] / n_recent,
                )
            )
        return records

    def _learn(self, place: int, gain: float, cost: float | None) -> None:
        reward = 0.0
        if gain > 0:
            self._gains.append(gain)
            reward = min(1.0, TYPICAL * (gain / median_low(self._gains)))
        for tally in self._tallies:
            tally.fade()
        self._tallies[place].add(reward, cost)

    def _means(self) -> tuple[float, float]:
        """Mean reward and mean cost over all arms; the cost is 1 where none is known or all are free."""
        finished = reward = costed = cost = 0.0
        for tally in self._tallies:
            finished += tally.finished
            reward += tally.reward
            costed += tally.costed
            cost += tally.cost
        return (FIRST_MEAN + reward) / (1 + finished), cost / costed if cost > 0 else 1.0

    def _cost(self, event: Proposal | Evaluation) -> float | None:
        """The share of the limits that `event` used; 1 a proposal without limits, None if unknown."""
        if not self._costs.limited:
            return 1.0 if isinstance(event, Proposal) else 0.0
        return self._costs.of(event)
