"""Everything that the page of a run shows, as one record of plain values.

The report knows neither the journal nor the archive: whoever has them fills in a `RunSummary`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from evo.report.decisions import Decisions

Ending = Literal["running", "met", "target", "early", "interrupted"]
"""``met``: the budget is spent. ``early``: it could not be. ``running``: not ended, or killed."""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget; `limit` is None where there is none. Seconds, tokens and so on, as `name` says."""

    name: str
    spent: float
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class RungRow:
    """A step of the price ladder: how many came to it, how many it stopped, what it cost.

    Attributes:
        seconds: spent on this step in all, over all workers; None where it is not measured.
    """

    name: str
    entered: int
    stopped: int
    seconds: float | None = None
    what: str = ""

    @property
    def share(self) -> float:
        """Share of those that came to it that it stopped, in [0, 1]."""
        return self.stopped / self.entered if self.entered else 0.0


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """What came of the proposals of one operator.

    Attributes:
        proposed: finished proposals, of which `duplicate` were known and `failed` gave no candidate.
        judged: of its candidates; `ok` of them got a score, `improved` a better one than the best parent.
        best_gain, mean_gain: score minus the best parent's, over all that got a score; None without any.
        seconds: making the proposals, not judging them.
        usd: None where a price is unknown.
    """

    name: str
    proposed: int = 0
    duplicate: int = 0
    failed: int = 0
    judged: int = 0
    ok: int = 0
    improved: int = 0
    best_gain: float | None = None
    mean_gain: float | None = None
    seconds: float = 0.0
    tokens: int = 0
    usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class ModelRow:
    """The calls of one language model in one role.

    Attributes:
        tries: calls made, refused ones included, until there were so many answers.
        cut: answers that ended because they were too long.
        usd: None where the price is unknown.
        seconds: waited for the answers, all calls added up.
    """

    model: str
    role: str
    calls: int
    tries: int = 0
    cut: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ArmRow:
    """An operator with a model: what it was asked for and what that brought.

    Attributes:
        model: empty for an operator that needs none.
        reward: mean, in [0, 1]; None before any is known.
        cost: mean share of the run's budget that a proposal used; None where nothing is known.
        share: of the last hundred proposals.
    """

    operator: str
    model: str
    proposals: int
    reward: float | None
    cost: float | None
    share: float


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """What a component of designs brought to the score.

    Attributes:
        slot: or a parameter of it.
        component: that stands there; of a number a range.
        n: designs with it; in `swaps` comparisons nothing else differed.
        mean: against the mean of all that stood there.
        half_width: of the 95 % interval; infinite where it is not known.
    """

    slot: str
    component: str
    n: int
    swaps: int
    mean: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Improvement:
    """A candidate that was better than all before it; `evaluation` is how many were spent by then."""

    evaluation: float
    score: float
    candidate: str
    operator: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineageRow:
    """An ancestor, or the champion itself."""

    id: str
    operator: str
    score: float | None = None
    status: str = "ok"
    note: str = ""


@dataclass(frozen=True, slots=True)
class SplitScore:
    """The champion's score on one split.

    Attributes:
        low: to `high` is its interval, if it was judged in a way that gives one.
        seed: what the seed has on the same cases, if it was judged there.
    """

    split: str
    score: float | None
    low: float | None = None
    high: float | None = None
    repeats: int = 1
    status: str = "ok"
    seed: float | None = None


@dataclass(frozen=True, slots=True)
class BestScore:
    """The candidate with the best score at the `stage` where the champion was picked."""

    id: str
    score: float
    stage: str


@dataclass(frozen=True, slots=True)
class ChampionRow:
    """The best candidate of a run.

    Attributes:
        metrics: name -> value.
        files: path -> text.
        lineage: from its seed to itself.
        picture: SVG text drawn by the problem, or empty. It is not trusted.
        diff: unified diff of its files against its seed's; empty when they are the same.
        splits: scores on ``selection`` and ``holdout``, where they were taken.
        verified: False when the score may be forged: judge and candidate shared a process.
        why: it is the champion and not the best score, in a sentence; empty where it has the best score.
        warning: why the run's champion rule decided nothing, in a sentence.
        best: who has the best score; None where it is the champion.
    """

    id: str
    score: float
    operator: str = ""
    note: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    lineage: tuple[LineageRow, ...] = ()
    picture: str = ""
    diff: str = ""
    splits: tuple[SplitScore, ...] = ()
    verified: bool = True
    feedback: str = ""
    why: str = ""
    warning: str = ""
    best: BestScore | None = None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """How often a status other than ``ok`` occurred, with one example.

    Attributes:
        of: ``evaluations``, or ``proposals`` that gave no candidate.
    """

    status: str
    count: int
    candidate: str = ""
    operator: str = ""
    feedback: str = ""
    of: str = "evaluations"


@dataclass(frozen=True, slots=True)
class Timing:
    """Of the run so far.

    Attributes:
        wall_s: while a driver was at work, over all its sessions.
        judge_s: seconds of judging, over all workers.
        lag_median, lag_p90: judgements that came in between asking for a candidate and having it.
    """

    wall_s: float | None = None
    judge_s: float | None = None
    evaluations_per_s: float | None = None
    lag_median: float | None = None
    lag_p90: float | None = None


def _none() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class RunSummary:
    """A run, whole, as the page, the plots and the tables show it.

    Attributes:
        folder: of the run, as it should be typed in the commands that the page proposes.
        settings: dotted name -> value as text: ``search.use``, ``operators.tune.weight``, ...
        metrics_meaning: name of a metric -> what it means, from the problem.
        improvements: the best-so-far curve, from the first score on; evaluations ascend.
        points_evaluation: ``[n]`` evaluations spent by then, of every candidate that got a score.
        points_score: ``[n]`` their scores.
        evaluations: that were made in all, failed ones included; in a race on a part of the cases counts as
            that part.
        proposal_counts, evaluation_counts: by status.
        ladder: in climbing order.
        models, arms: what language models were asked, and how proposals were shared out; empty without any.
        bandit: whether a bandit shared them out.
        components: by slot, the best first; empty for programs.
        decisions: what the search knew and when.
        reason: why it ended, in a sentence.
        written: when this was put together, as text.
    """

    folder: str
    problem: str
    statement: str = ""
    seed: int = 0
    search: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    metrics_meaning: Mapping[str, str] = field(default_factory=dict)
    best_known: float | None = None
    best_known_source: str = ""
    ending: Ending = "running"
    reason: str = ""
    budgets: tuple[BudgetRow, ...] = ()
    evaluations: float = 0
    proposal_counts: Mapping[str, int] = field(default_factory=dict)
    evaluation_counts: Mapping[str, int] = field(default_factory=dict)
    ladder: tuple[RungRow, ...] = ()
    operators: tuple[OperatorRow, ...] = ()
    models: tuple[ModelRow, ...] = ()
    arms: tuple[ArmRow, ...] = ()
    bandit: bool = False
    components: tuple[ComponentRow, ...] = ()
    decisions: Decisions = Decisions()
    improvements: tuple[Improvement, ...] = ()
    points_evaluation: np.ndarray = field(default_factory=_none)
    points_score: np.ndarray = field(default_factory=_none)
    champion: ChampionRow | None = None
    failures: tuple[FailureRow, ...] = ()
    sandbox: str = ""
    timing: Timing = Timing()
    versions: Mapping[str, str] = field(default_factory=dict)
    written: str = ""
