"""The records everything else passes around: frozen, slotted, made of plain values.

Two rules hold for all of them. Higher scores are better. A failure is a status, never a number:
`Evaluation.score` is None unless `Evaluation.status` is ``"ok"``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from evo.identity import candidate_id

Status = Literal["ok", "invalid", "timeout", "memory", "crashed", "lost"]
"""How judging ended. ``invalid``: the judge refused what the candidate produced. ``lost``: our own
machinery failed (a node, a worker); it says nothing about the candidate and is tried again."""

ProposalStatus = Literal["ok", "duplicate", "similar", "invalid", "timeout", "crashed", "lost"]
"""How a proposal ended. ``duplicate``: a candidate with the same id was proposed before. ``similar``:
it is nearly a copy of a judged sibling and was drawn to be left out. ``lost``: no model answered."""

Rung = Literal["", "read", "apply", "compile", "duplicate", "novelty", "model", "budget"]
"""The step of the price ladder that stopped a proposal, empty if none did. ``read``: the reply holds
no change. ``apply``: the change does not fit the parent. ``compile``: the result is no program.
``model``: no model answered. ``budget``: there was no money left to ask one."""

CallRole = Literal["propose", "fix", "judge", "agent"]
"""What a language model was called for."""

Step = Literal["recombine", "mutate", "refine"]
"""What an operator does in a chain of changes. ``recombine``: takes parts of another candidate.
``mutate``: a change of any size. ``refine``: a small one, such as new constants."""

Split = Literal["search", "selection", "holdout"]
"""``search`` steers the run; the champion is picked on ``selection``; ``holdout`` is used by
``evo verify`` alone and is never seen by a search, an operator, a prompt or a value model."""

Item = TypeVar("Item")

STATUSES: tuple[Status, ...] = get_args(Status)
SPLITS: tuple[Split, ...] = get_args(Split)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a task cost. ``usd`` is None where the price is unknown, which is not the same as free."""

    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    cpu_s: float = 0.0
    gpu_s: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Field by field; an unknown price makes the sum unknown."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            usd,
            self.cpu_s + other.cpu_s,
            self.gpu_s + other.gpu_s,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is evolved: one or many text files. Make one with `Candidate.of`, which computes the id.

    Attributes:
        id: hash of the normalised files (`evo.identity`): equal programs have equal ids.
        files: path relative to the candidate's folder -> text.
        parents: ids of the candidates it was made from; empty for a seed.
        operator: name of the operator that made it; ``seed`` for a seed.
        note: what the operator did, for people: ``"n_rings 3 -> 4"``.
        memo: what the operator wants back when the run is replayed; opaque to everyone else.
    """

    id: str
    files: Mapping[str, str]
    parents: tuple[str, ...] = ()
    operator: str = "seed"
    note: str = ""
    memo: str = ""

    @classmethod
    def of(
        cls,
        files: Mapping[str, str],
        parents: Sequence[str] = (),
        operator: str = "seed",
        note: str = "",
        memo: str = "",
    ) -> "Candidate":
        """A candidate with its id computed from `files`."""
        return cls(candidate_id(files), dict(files), tuple(parents), operator, note, memo)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A finished attempt to make a candidate. Recorded before the candidate is judged.

    Attributes:
        number: of the `ProposeTask` it answers.
        candidate: None unless `status` is ``ok`` or ``duplicate``.
        reason: why there is no candidate, for people and for the next prompt.
        known: how many evaluations had been told when the task was asked for; against the number
            when the proposal arrives, this is its staleness.
        seconds: wall time.
        usage: of everything done for it, the calls whose `Reply` was recorded before included.
        model: the language model that was asked; empty for an operator that needs none.
        rung: which step of the price ladder stopped it.
        repairs: id of the failed candidate that it was to repair.
    """

    number: int
    operator: str
    parents: tuple[str, ...] = ()
    candidate: Candidate | None = None
    status: ProposalStatus = "ok"
    reason: str = ""
    known: int = 0
    seconds: float = 0.0
    usage: Usage = Usage()
    model: str = ""
    rung: Rung = ""
    repairs: str = ""

    def __post_init__(self) -> None:
        if (self.candidate is None) == (self.status in ("ok", "duplicate")):
            raise ValueError(
                f"a proposal with status {self.status!r} has "
                f"{'no' if self.candidate is None else 'a'} candidate"
            )


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of an evaluation; `score` is None unless `status` is ``ok``."""

    case: str
    status: Status
    score: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished attempt to judge a candidate.

    Attributes:
        candidate: id; empty while a problem's ``score`` function builds it, filled in by the evaluator.
        stage: name of the `Stage`.
        attempt: 1 at first; a ``lost`` evaluation is tried again with the next number.
        score: finite float, higher is better; None unless `status` is ``ok``.
        metrics: further finite numbers, named by the problem.
        feedback: what went wrong or could be better; operators read it.
        artefact: what the candidate produced (JSON text, cut off nowhere: empty if too large to keep).
        seconds: the larger of wall and CPU time of the candidate, as its parent process measured it.
        sandbox: level the candidate was held by, ``S0`` to ``S3``.
        seed: that the case inputs and the judge drew from.
        verified: False when judge and candidate shared a process, so that the score may be forged.
    """

    candidate: str = ""
    stage: str = ""
    attempt: int = 1
    status: Status = "ok"
    score: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    cases: tuple[CaseResult, ...] = ()
    feedback: str = ""
    artefact: str = ""
    seconds: float = 0.0
    usage: Usage = Usage()
    sandbox: str = ""
    seed: int = 0
    verified: bool = True

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}, got {self.status!r}")
        if (self.score is not None) != (self.status == "ok"):
            raise ValueError(f"an evaluation with status {self.status!r} has score {self.score!r}")
        if self.score is not None and not (type(self.score) is float and math.isfinite(self.score)):
            raise ValueError(f"a score is a finite float, got {self.score!r}")

    @classmethod
    def ok(cls, score: float, /, *, feedback: str = "", artefact: str = "", **metrics: float) -> "Evaluation":
        """A judge's verdict that the candidate is valid and worth `score`.

        Raises:
            ValueError: the score or a metric is not a finite number.
        """
        numbers = {name: float(value) for name, value in metrics.items()}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise ValueError(f"metric {name!r} is a finite number, got {value!r}")
        return cls(score=float(score), metrics=numbers, feedback=feedback, artefact=artefact)

    @classmethod
    def failed(cls, status: Status, feedback: str) -> "Evaluation":
        """A verdict without a score."""
        return cls(status=status, feedback=feedback)

    @classmethod
    def pending(cls, candidate: str) -> "Evaluation":
        """What stands in a task for the verdict on a relative that is not judged yet; never recorded."""
        return cls(candidate=candidate, attempt=0, status="lost")

    @property
    def is_pending(self) -> bool:
        """Whether it is no verdict, see `pending`."""
        return self.attempt == 0


@dataclass(frozen=True, slots=True)
class Steering:
    """A person's word to a running search: an event like any other.

    Attributes:
        action: what is meant by it; ``advice`` is shown to the models, the others concern `target`.
        target: id of a candidate, or empty.
    """

    text: str
    author: str = ""
    target: str = ""
    action: Literal["advice", "pin", "veto", "edit"] = "advice"


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the evaluation it is known by."""

    candidate: Candidate
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class ProposeTask:
    """An order for one candidate.

    A search fills in ids and knows no files; the archive adds `relatives`, `examples` and `broken` on
    the way to the pool, so that a task is as big as its parents and never as the population.

    Attributes:
        number: counts up from 0 over the run; with the run's seed it seeds every draw.
        parents: ids, as many as the operator takes; empty for a seed.
        seed: 64-bit, derived from the run's seed and `number`.
        known: evaluations told when this was asked for; see `Proposal.known`.
        relatives: the parents, in the order of `parents`, with their files and evaluations.
        independent: the operator must draw as if no candidate but the parents had been judged: what
            makes best-of-n a sample of independent attempts.
        model: the language model to ask, one of `OperatorShare.models`; empty for an operator without.
        inspirations: ids of good candidates unlike the parents, to be shown to a model.
        repairs: id of a failed candidate that is to be repaired; its parents are `parents`.
        examples: the inspirations with their files and evaluations.
        broken: the failed candidate with its verdict; None unless `repairs` is set.
    """

    number: int
    operator: str
    parents: tuple[str, ...] = ()
    seed: int = 0
    known: int = 0
    relatives: tuple[Judged, ...] = ()
    independent: bool = False
    model: str = ""
    inspirations: tuple[str, ...] = ()
    repairs: str = ""
    examples: tuple[Judged, ...] = ()
    broken: Judged | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an operator that pays for its work returns: a candidate or why there is none, and the bill.

    Attributes:
        candidate: None unless `status` is ``ok``.
        status, reason, rung, usage, model: as in `Proposal`.
    """

    candidate: Candidate | None = None
    usage: Usage = Usage()
    model: str = ""
    status: ProposalStatus = "ok"
    reason: str = ""
    rung: Rung = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A language model's answer to one call, recorded when it arrives, before anything is made of it.

    Until the proposal of the same `number` is told, the reply is paid for and not used yet: a search
    asks for that very task again, with the same parents, and the reply is read instead of bought.

    Attributes:
        number: of the `ProposeTask` it was bought for.
        turn: which call of that task, from 0.
        role: what the model was called for.
        model: that answered; with a fallback it need not be the one that was asked first.
        key: content address of the request: hash of messages, settings and the task's seed.
        text: the answer; untrusted.
        finish: why the model stopped: ``stop``, or ``length`` if the answer was cut off.
        prompt: the messages, as JSON.
        operator, parents, inspirations, repairs, asked, known: of the task, so that it can be asked for
            again; `asked` is `ProposeTask.model`.
        tries: calls made until this answer came, refused ones included.
    """

    number: int
    turn: int
    role: CallRole
    model: str
    key: str
    text: str
    finish: str = "stop"
    prompt: str = ""
    operator: str = ""
    parents: tuple[str, ...] = ()
    inspirations: tuple[str, ...] = ()
    repairs: str = ""
    asked: str = ""
    known: int = 0
    tries: int = 1
    seconds: float = 0.0
    usage: Usage = Usage()


Event = Proposal | Evaluation | Steering | Reply


@dataclass(frozen=True, slots=True)
class EvaluateTask:
    """An order to judge one candidate at one stage; `files` and `earlier` are added by the archive.

    Attributes:
        after: stage whose cases need not be judged again; empty to judge all of them.
        earlier: the candidate's evaluation at `after`: its cases are taken over into the new one.
        repeat: which of several judgements on the same cases it is, from 0: whatever is drawn, and whatever a
            model is asked, is another sample in each of them, and the same one when a judgement is made again.
    """

    candidate: str
    stage: str
    attempt: int = 1
    seed: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    earlier: Evaluation | None = None
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One input that candidates are judged on.

    Attributes:
        inputs: keyword arguments of the candidate's function: JSON values or NumPy arrays. Or a
            sequence of such: the function is called once for each of them, every time in a fresh
            process that has not seen the others, and `score` gets the list of what came back.
        expected: the judge's secret, such as the right answer; it never enters a candidate's process.
    """

    name: str
    inputs: Mapping[str, Any] | Sequence[Mapping[str, Any]] = field(default_factory=dict)
    split: Split = "search"
    expected: Any = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of judging, cheap ones first.

    Attributes:
        cases: the first so many of the split's cases; None for all.
        picks: places of its cases among those of the split, in the order they are judged in; None for the
            first `cases` of them.
        skip: how many of its cases, the first ones, the stage before has judged already: an evaluator that
            goes on (`evo.roles.Evaluator`) takes their results from `EvaluateTask.earlier`.
        timeout_s: for one evaluation (all its cases), wall or CPU, whichever is larger.
        whole_s: for one evaluation with all that it waits for, such as language models, which is not the
            candidate's own time; None for `timeout_s`.
        memory_mb: address space of the candidate's process; at least 1024.
        keep: share of the candidates that go on to the next stage, the best first, in (0, 1].
        num_cpus, num_gpus, resources: what one evaluation leases from the pool.
    """

    name: str = "search"
    split: Split = "search"
    cases: int | None = None
    timeout_s: float = 10.0
    memory_mb: int = 2048
    keep: float = 1.0
    num_cpus: float = 1.0
    num_gpus: float = 0.0
    resources: Mapping[str, float] = field(default_factory=dict)
    picks: tuple[int, ...] | None = None
    skip: int = 0
    whole_s: float | None = None

    @property
    def longest_s(self) -> float:
        """After which an evaluation must be over."""
        return self.timeout_s if self.whole_s is None else self.whole_s

    def chosen(self, cases: Sequence[Item]) -> list[Item]:
        """Those of a split's `cases` that are judged here, in order."""
        return list(cases[: self.cases]) if self.picks is None else [cases[place] for place in self.picks]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wanted, and how a candidate is judged.

    Attributes:
        statement: what is wanted, for people and for models.
        seeds: first candidates: files or folders, relative to `folder`.
        evaluator: reference of the evaluator's class (see `evo.roles.Evaluator`).
        score: the judge, ``score(output)`` or ``score(output, case)``; runs outside the sandbox,
            raises `InvalidCandidate` to refuse, and recomputes the score from the output alone.
        entry: function of the candidate that is called.
        driver: optional file with ``drive(function, **inputs)``, run *inside* the sandbox with the
            candidate, for functions that are called many times a case. What it returns is a claim
            like any other: the judge must not trust it.
        cases: fixed, or a function that makes them (called once per worker).
        stages: on the ``search`` split in the order they are climbed. Stages for ``selection`` and
            ``holdout`` are made from the last one unless given.
        metrics: name -> what it means, for reports.
        options: further settings of the evaluator.
        mutable: which of the seed's files may be changed (glob patterns); inside a file the region
            between ``EVOLVE-BLOCK-START`` and ``EVOLVE-BLOCK-END``, or all of it without markers.
        best_known: score of the best solution known, with its source in `best_known_source`.
        draw: SVG text of an artefact (the claim, decoded), for reports.
        baselines: name -> plain solver without evolution: ``solver(rng, stop) -> output``, judged by
            `score`, that calls ``stop(best_so_far)`` now and then (the score of what it would
            return now, or None) and returns when it says True; or the path of a program, relative
            to `folder`, that is judged once like any candidate.
        folder: where it was loaded from; None when it was made in a notebook.
        params: what it was loaded with, such as ``n=32``; a worker loads it again from both.
        vary: optional ``vary(case, rng) -> Case``, called for every evaluation in the judge's process:
            the case to use this time, with inputs drawn after the candidate was fixed. `rng` comes
            from the evaluation's seed; the candidate's process never gets to know it.
        champion: which candidate is the result of a run, where the run itself does not say (``run.champion``):
            ``best score``, or as in ``least usd within 0.02`` the one with the least (or ``most``) of a
            measure among those whose score is no more than 0.02 below the best. A measure is a metric, or
            what judging took: seconds, usd, tokens or gpu_seconds. A search maximises the score all the same.
    """

    name: str
    statement: str
    seeds: Sequence[str | Mapping[str, str]]
    evaluator: str = "evaluators/python_function.py:PythonFunction"
    score: Callable[..., Evaluation] | None = None
    entry: str = "solve"
    driver: str | None = None
    cases: Sequence[Case] | Callable[[], Sequence[Case]] = (Case("only"),)
    stages: tuple[Stage, ...] = (Stage(),)
    metrics: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    mutable: tuple[str, ...] = ("*",)
    best_known: float | None = None
    best_known_source: str = ""
    draw: Callable[[Any], str] | None = None
    baselines: Mapping[str, Callable[..., Any] | str] = field(default_factory=dict)
    folder: Path | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    vary: Callable[[Case, np.random.Generator], Case] | None = None
    champion: str = "best score"

    def stage(self, name: str) -> Stage:
        """The stage called `name`; ``selection`` and ``holdout`` exist always."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        for split in SPLITS[1:]:
            if name == split:
                return replace(self.stages[-1], name=name, split=split, cases=None, picks=None, skip=0)
        raise KeyError(f"problem {self.name} has no stage {name!r}")

    def all_cases(self) -> tuple[Case, ...]:
        """The cases of every split, made now if `cases` is a function."""
        return tuple(self.cases() if callable(self.cases) else self.cases)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a value model expects of ``n`` candidates that are not judged yet.

    Attributes:
        mean: ``[n]`` expected score at the last search stage, in the problem's unit, if it is ``ok``.
        std: ``[n]`` predictive standard deviation of that score, at least 0.
        ok: ``[n]`` chance that no stage refuses it, in [0, 1].
        seconds: ``[n]`` expected `Evaluation.seconds`, over all stages.
    """

    mean: np.ndarray
    std: np.ndarray
    ok: np.ndarray
    seconds: np.ndarray

    def __len__(self) -> int:
        return len(self.mean)


@dataclass(frozen=True, slots=True)
class OperatorShare:
    """An operator as a search sees it.

    Attributes:
        weight: how often it is asked for, relative to the others.
        n_parents: how many parents a task for it carries.
        models: language models it can be asked with; empty for an operator that needs none.
        n_inspirations: how many inspirations a task for it carries, if there are so many.
        repairs: it takes failed candidates (`ProposeTask.repairs`) and is asked for only when there is one.
        step: of a chained expansion that it makes; empty for one that takes no part in chains.
    """

    weight: float = 1.0
    n_parents: int = 1
    models: tuple[str, ...] = ()
    n_inspirations: int = 0
    repairs: bool = False
    step: Step | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search is told about the run before it starts.

    Attributes:
        n_seeds: seed candidates, proposed first, by the operator called ``seed``.
        stages: names of the ``search`` stages, in climbing order.
        keep: for each stage, the share of candidates that go on from it.
        operators: by name; weights are relative and need not sum to 1.
        frontier: how many unjudged candidates may wait before `ask` stops proposing.
        max_attempts: how often a candidate whose evaluation is ``lost`` is judged in all.
        bandit: share out the proposals over operators and models by what they have brought so far;
            without it, by the weights alone.
        limits: the run's budget, name -> limit, of what is limited: what a proposal costs is the share
            of these that it used.
        cold_start: so many candidates are made from the seeds by `starter` before anything else.
        starter: operator of the cold start; it is asked for at no other time.
        model_weights: model -> weight, for draws without a bandit; a model that is not there has 1.
        race: cases judged up to each of the last stages, growing: through these candidates race, and `keep`
            does not matter there (`evo.search.racing`); empty for no race.
        race_error: largest chance that a candidate is stopped in the race which all cases would put first.
    """

    n_seeds: int = 1
    stages: tuple[str, ...] = ("search",)
    keep: tuple[float, ...] = (1.0,)
    operators: Mapping[str, OperatorShare] = field(default_factory=lambda: {"ast.mutate": OperatorShare()})
    frontier: int = 1
    max_attempts: int = 3
    bandit: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    cold_start: int = 0
    starter: str = ""
    model_weights: Mapping[str, float] = field(default_factory=dict)
    race: tuple[int, ...] = ()
    race_error: float = 0.05

    @property
    def shares(self) -> tuple[Fraction, ...]:
        """What an evaluation at each stage costs: 1, and in a race the share of all cases that it adds."""
        added = [n - before for before, n in zip((0, *self.race), self.race, strict=False)]
        before = [Fraction(1)] * (len(self.stages) - len(added))
        return (*before, *(Fraction(n, self.race[-1]) for n in added))

    @property
    def share_at(self) -> dict[str, Fraction]:
        """The same by the name of the stage."""
        return dict(zip(self.stages, self.shares, strict=True))
