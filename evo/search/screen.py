"""What of all that was proposed is worth its evaluation: the value model at the frontier."""

import math
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from evo.roles import ValueModel
from evo.search.costs import Costs
from evo.search.gate import Gate
from evo.search.limits import at_least, share
from evo.search.population import Node
from evo.search.seeding import generator
from evo.types import Evaluation, Plan, Proposal

MOST = 8.0
"""Candidates proposed for one that is judged, where the value model's skill is full and nothing else is set."""

FULL_SKILL = 0.4
"""A lower bound of the skill from which on screening is as hard as it gets."""

AUDITS = 0.1
"""Share of the judgements that goes to candidates drawn at random, where nothing else is set."""

CREDIT = 0.3
"""The skill that a value model is credited with at first, where no proposal asks a language model and nothing
else is set."""

RECENT = 100
"""Judged candidates whose scores say what a poor one is."""

LEAVING = 32
"""So many times the frontier are remembered of what was dropped."""

PROBED = 8
"""Candidates whose first verdict tells how long judging takes, where that matters."""

HISTORY = 5000
"""Judgements that are kept for the report; of more, every second one is forgotten."""


@dataclass(frozen=True, slots=True)
class Screening:
    """A value model and how much is made of it; it stands in the place of a bare one in any search.

    Attributes:
        model: what predicts.
        audits: share of the judgements that goes to candidates drawn at random, in [0, 1]. Without any, what
            the model is wrong about is noticed only among what it likes.
        most: candidates proposed for one that is judged, where the model's skill is full; at least 1, which
            judges everything.
        credit: the skill that the model is credited with until it has shown its own, in [0, 1]; with 0 it has
            to earn its say from the first. None for `CREDIT`, or 0 where proposals ask language models.
        least_seconds: that a judgement takes, by the mean of the first `PROBED`; where it takes less, judging
            is the cheaper way to know, and the model is not asked in this run. 0 asks it in every run.
    """

    model: ValueModel
    audits: float = AUDITS
    most: float = MOST
    credit: float | None = None
    least_seconds: float = 0.0

    def __post_init__(self) -> None:
        share("search.value.audits", self.audits, example=AUDITS)
        at_least("search.value.most", self.most, 1, example=MOST)
        share("search.value.credit", self.credit or 0.0, example=CREDIT)
        at_least("search.value.least_seconds", self.least_seconds, 0, example=0.5)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was expected of a candidate just before it was judged, and what came, for reports.

    Attributes:
        label: number of the judgement, from 0.
        mean, std, ok: see `evo.types.Forecast`.
        score: None if it failed.
        audit: it was drawn to be judged whatever was expected of it.
        surplus: candidates that were proposed for one that is judged, at that time.
        skill, bound: of the gate at that time (`evo.search.gate.Gate`).
        best: score so far; None before the first.
        worth: its acquisition at that time, by which it is chosen or dropped.
    """

    label: int
    mean: float
    std: float
    ok: float
    score: float | None
    audit: bool
    surplus: float
    skill: float
    bound: float
    best: float | None
    worth: float


class Screen:
    """Holds the candidates that wait for their first stage, and says which come first and which never.

    Before the value model was fitted, and when it has no skill (`evo.search.gate.Gate`), everything proposed is
    judged, in order. With skill, or on credit, `surplus` candidates are proposed for each that is judged: those with the best
    acquisition are, and after every judgement the worst of what waits is dropped. An audit is judged
    whatever is expected of it: one judgement in ten (`Screening.audits`), drawn when it was proposed. So are seeds, and what a
    cold start made.

    *Acquisition*: the logarithm of the chance to be ``ok`` times the expected improvement on the best
    score; where only time is limited, less that of the expected seconds.

    Everything here follows from the events told, not from what was handed out to be judged: a resumed
    run screens as the uninterrupted one.

    Source: expected improvement: Jones, Schonlau and Welch, Journal of Global Optimization 13 (1998).
    Screening that follows a measured skill, and audits, are ours.

    Args:
        run_seed: audits are drawn from it and the proposals' numbers.
        plan: of the run.
        value: what predicts; bare, it is listened to as `Screening` does by default.
    """

    def __init__(self, run_seed: int, plan: Plan, value: ValueModel | Screening) -> None:
        self._rules = value if isinstance(value, Screening) else Screening(value)
        self.value = self._rules.model
        self.gate = Gate(_credit(self._rules, plan))
        self._run_seed = run_seed
        self._plan = plan
        self._opening = plan.n_seeds + plan.cold_start
        self._per_second = "seconds" in plan.limits and "evaluations" not in plan.limits
        self._prices = _Prices(plan)
        self._probe = _Probe(plan.stages[0], self._rules.least_seconds)
        self._pool: dict[int, Node] = {}  # index -> what waits for its first verdict
        self._audits: set[int] = set()
        self._forecasts: dict[int, np.ndarray] = {}  # by the present fit
        self._fit = -1
        self._opened = False  # whether anything was ever screened
        self._leaving: deque[Node] = deque()
        self._forgotten: set[int] = set()  # indices of what the value model cannot be asked about any more
        self._best = -math.inf
        self._scores: deque[float] = deque(maxlen=RECENT)
        self._history: list[Outlook] = []
        self._stride = 1
        self.n_judged = self.n_dropped = 0
        self.dropped: set[int] = set()
        """Indices of candidates that will not be judged unless they are proposed again."""

    # -- how many -----------------------------------------------------------------------------------

    @property
    def surplus(self) -> float:
        """Candidates to propose for each that is judged, at least 1.

        No more is spent on proposals than on judging what is chosen of them.
        """
        if not self.value.n_fits or not self._probe.is_slow:
            return 1.0  # nothing was learnt yet, or is to be
        wanted = 1 + (self._rules.most - 1) * min(1.0, self.gate.bound / FULL_SKILL)
        return max(1.0, min(wanted, self._prices.ratio))

    @property
    def is_idle(self) -> bool:
        """Whether judging has turned out to be too quick for a value model to pay."""
        return self._probe.is_slow is False

    @property
    def n_waiting(self) -> int:
        """Candidates without a first verdict, those in a judge's hands among them."""
        return len(self._pool)

    # -- events -------------------------------------------------------------------------------------

    def proposed(self, proposal: Proposal, node: Node) -> None:
        """A new candidate waits, or one that was dropped was proposed again."""
        if self.is_idle:
            self._pool[node.index] = node
            return
        self.value.tell(replace(proposal, status="ok"))
        self._forgotten.discard(node.index)
        self.dropped.discard(node.index)
        self._pool[node.index] = node
        if node.number >= self._opening:
            rng = generator(self._run_seed, proposal.number, stream=2)
            if rng.random() < self._rules.audits / self.surplus:
                self._audits.add(node.index)

    def spent(self, event: Proposal | Evaluation) -> None:
        """A finished proposal or judgement was paid for."""
        self._prices.add(event)
        if isinstance(event, Evaluation):
            self._probe.add(event)

    def judged(self, node: Node, evaluation: Evaluation) -> list[Node]:
        """A stage's verdict on `node`, to be told before anything else changes for it.

        Returns:
            What is dropped now.
        """
        if self.is_idle:
            self._leave(node)
            return []
        if evaluation.score is None or evaluation.stage == self._plan.stages[-1]:
            self._compare(node, evaluation)
        self.value.tell(evaluation)
        self._leave(node)
        self.dropped.discard(node.index)
        return self._prune()

    def stopped(self, node: Node, evaluation: Evaluation) -> None:
        """`node` was stopped in a race, and all its cases would have given it about this `evaluation`.

        Without it the model would learn from those alone who came far. It is graded by them too, in the gate and
        in its intervals: who finishes was picked by the outcome, and whose predictions came true is asked of all.
        That the score is about right makes skill look smaller than it is, not larger. The best score is only
        that of one who finished.
        """
        if self.is_idle:
            return
        self._compare(node, evaluation, finished=False)
        self.value.tell(evaluation)

    def given_up(self, node: Node) -> None:
        """`node` will not be judged any further, and nothing was learnt of it."""
        self._leave(node)
        if not self.is_idle:
            self._forget(node)

    # -- decisions ----------------------------------------------------------------------------------

    def order(self, nodes: Sequence[Node]) -> list[Node]:
        """Those that wait for their first stage with a `surplus`, in the order in which they should be judged."""
        kept = [node for node in nodes if self._is_exempt(node)]
        rest = [node for node in nodes if not self._is_exempt(node)]
        return kept + [rest[place] for place in np.argsort(-self._acquisitions(rest), kind="stable")]

    def forecasts(self, nodes: Sequence[Node]) -> np.ndarray:
        """``[n, 4]`` what is expected of unjudged candidates: mean, std, ok, seconds (`evo.types.Forecast`)."""
        return self._rows(nodes)

    def outlooks(self) -> list[Outlook]:
        """Judgements with what was expected before each, the oldest first; thinned out if they are many."""
        return list(self._history)

    # -- parts --------------------------------------------------------------------------------------

    def _compare(self, node: Node, evaluation: Evaluation, finished: bool = True) -> None:
        score = evaluation.score
        if self.value.n_fits and not node.is_seed and node.index not in self._forgotten:
            mean, std, ok, _ = self._rows([node])[0].tolist()
            self._note(self._outlook(node, mean, std, ok, score))
            quality = ok * mean + (1 - ok) * self._poor(mean - 2 * std)
            self.gate.tell(quality, -math.inf if score is None else score)
        self.n_judged += 1
        if score is not None:
            self._best = max(self._best, score) if finished else self._best
            self._scores.append(score)

    def _poor(self, otherwise: float) -> float:
        """A score as low as one in ten of the last ones: what a failure is taken for."""
        return float(np.quantile(self._scores, 0.1)) if self._scores else otherwise

    def _outlook(self, node: Node, mean: float, std: float, ok: float, score: float | None) -> Outlook:
        return Outlook(
            label=self.n_judged,
            mean=mean,
            std=std,
            ok=ok,
            score=score,
            audit=node.index in self._audits,
            surplus=self.surplus,
            skill=self.gate.skill,
            bound=self.gate.bound,
            best=self._best if math.isfinite(self._best) else None,
            worth=float(self._acquisitions([node])[0]),
        )

    def _note(self, outlook: Outlook) -> None:
        if outlook.label % self._stride == 0:
            self._history.append(outlook)
        if len(self._history) > HISTORY:
            self._history = self._history[::2]
            self._stride *= 2

    def _prune(self) -> list[Node]:
        """Drops the worst of what waits, so that there is room for the next proposals."""
        surplus, frontier = self.surplus, self._plan.frontier
        self._opened |= surplus > 1
        if not self._opened:
            return []  # everything that waits was ordered to be judged
        # Without skill what is left over of better times shrinks to what may wait and be in flight.
        most = max(1, round((frontier - 1) * surplus)) if surplus > 1 else 2 * frontier
        excess = len(self._pool) - most
        spare = [node for node in self._pool.values() if not self._is_exempt(node)]
        if excess <= 0 or not spare:
            return []
        worst = np.argsort(self._acquisitions(spare), kind="stable")[:excess]
        gone = [spare[place] for place in worst]
        for node in gone:
            self._drop(node)
        return gone

    def _drop(self, node: Node) -> None:
        self._leave(node)
        self.dropped.add(node.index)
        self.n_dropped += 1
        # Remembered a while: it may be in a judge's hands already, and then its verdict teaches something.
        self._leaving.append(node)
        if len(self._leaving) > LEAVING * self._plan.frontier:
            gone = self._leaving.popleft()
            if gone.index in self.dropped:
                self._forget(gone)

    def _forget(self, node: Node) -> None:
        """Frees what the value model holds of `node`; a verdict that comes later than that still counts."""
        self.value.forget([node.id])
        self._forgotten.add(node.index)

    def _leave(self, node: Node) -> None:
        self._pool.pop(node.index, None)
        self._forecasts.pop(node.index, None)
        self._audits.discard(node.index)

    def _is_exempt(self, node: Node) -> bool:
        return node.index in self._audits or node.number < self._opening

    def _acquisitions(self, nodes: Sequence[Node]) -> np.ndarray:
        """``[n]``, higher is better."""
        if not nodes:
            return np.empty(0)
        mean, std, ok, seconds = self._rows(nodes).T
        best = self._best if math.isfinite(self._best) else float(mean.max())
        value = log_expected_improvement(mean - best, std) + np.log(np.maximum(ok, 1e-9))
        if self._per_second:
            value = value - np.log(np.maximum(seconds, 1e-9))
        found: np.ndarray = value
        return found

    def _rows(self, nodes: Sequence[Node]) -> np.ndarray:
        """``[n, 4]`` forecasts: mean, std, ok, seconds; only what the present fit was not asked is asked."""
        if self.value.n_fits != self._fit:
            self._forecasts.clear()
            self._fit = self.value.n_fits
        new = [node for node in nodes if node.index not in self._forecasts]
        if new:
            told = self.value.predict([node.id for node in new])
            rows = np.column_stack([told.mean, told.std, told.ok, told.seconds])
            self._forecasts.update(zip((node.index for node in new), rows, strict=True))
        return np.array([self._forecasts[node.index] for node in nodes]).reshape(len(nodes), 4)


def log_expected_improvement(gain: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Logarithm of ``E[max(0, X)]`` for X normal with mean `gain` and standard deviation `std`, ``[n]`` each.

    With z = gain / std it is ``log std + log(phi(z) + z Phi(z))``; far below zero, where that is the
    difference of two nearly equal numbers, ``phi(z) / z^2`` to second order.

    Source: Ament et al., Unexpected Improvements to Expected Improvement, NeurIPS 2023, for why in
    logarithms: far from the best the improvement itself is zero in floating point.
    """
    from scipy.special import (
        log_ndtr,
    )  # late: it costs a fifth of a second, and most runs have no value model

    std = np.maximum(std, 1e-12 * np.maximum(1.0, np.abs(gain)))
    z = np.clip(gain / std, -1e9, 1e9)
    log_phi = -0.5 * z * z - 0.5 * math.log(2 * math.pi)
    near = z > -5
    safe = np.where(near, z, 0.0)
    direct = np.log(np.exp(-0.5 * safe * safe) / math.sqrt(2 * math.pi) + safe * np.exp(log_ndtr(safe)))
    far = np.where(near, -5.0, z)
    tail = log_phi - 2 * np.log(-far) + np.log1p(-3 / far**2 + 15 / far**4)
    found: np.ndarray = np.log(std) + np.where(near, direct, tail)
    return found


def _credit(rules: Screening, plan: Plan) -> float:
    if rules.credit is not None:
        return rules.credit
    return 0.0 if any(operator.models for operator in plan.operators.values()) else CREDIT


class _Probe:
    """Whether judging takes so long that predicting pays, decided once for a run.

    Attributes:
        is_slow: None until `PROBED` candidates have had their first verdict.
    """

    def __init__(self, first_stage: str, least_seconds: float) -> None:
        self._first, self._least = first_stage, least_seconds
        self._seconds, self._judged = 0.0, 0
        self.is_slow: bool | None = True if least_seconds == 0 else None

    def add(self, evaluation: Evaluation) -> None:
        """Takes in a verdict; later stages count towards those that a candidate had before."""
        if self.is_slow is not None:
            return
        self._seconds += evaluation.seconds
        self._judged += evaluation.stage == self._first
        if self._judged >= PROBED:
            self.is_slow = self._seconds / self._judged >= self._least


class _Prices:
    """What a proposal and a judgement cost, each as a share of the run's limits.

    Where proposals ask language models their time counts as well, limited or not: nobody wants eight answers
    waited and paid for to save one judgement that takes a second.
    """

    def __init__(self, plan: Plan) -> None:
        self._asks = any(operator.models for operator in plan.operators.values())
        self._proposing: deque[float] = deque(maxlen=RECENT)  # seconds
        self._judging: deque[float] = deque(maxlen=RECENT)
        self._costs = Costs(plan.limits, plan.share_at)
        self._proposals: deque[float] = deque(maxlen=RECENT)
        self._evaluations: deque[float] = deque(maxlen=RECENT)

    def add(self, event: Proposal | Evaluation) -> None:
        made = isinstance(event, Proposal)
        if (share := self._costs.of(event)) is not None:
            (self._proposals if made else self._evaluations).append(share)
        (self._proposing if made else self._judging).append(event.seconds)

    @property
    def ratio(self) -> float:
        """Proposals that cost as much as a judgement; infinite where they cost nothing that counts."""
        ratios = [math.inf]
        if self._costs.limited:
            ratios.append(_ratio(self._evaluations, self._proposals))
        if self._asks:
            ratios.append(_ratio(self._judging, self._proposing))
        return min(ratios)


def _ratio(judgements: Collection[float], proposals: Collection[float]) -> float:
    """Of the means; 1 while there is nothing of a kind."""
    if not judgements or not proposals:
        return 1.0
    proposal = fmean(proposals)
    return fmean(judgements) / proposal if proposal > 0 else math.inf
