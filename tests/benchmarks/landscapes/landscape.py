"""What a search can be measured on: it makes candidates, judges them, and knows the truth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np

from evo.types import Candidate, Evaluation, OperatorShare, ProposeTask
from tests.benchmarks.landscapes.space import Genome, Space, covering

ENUMERABLE = 4_000_000
"""Up to so many designs a landscape is known in full."""

SAMPLE = 200_000
"""Designs that the quantiles of a larger one are taken from."""

_CHUNK = 100_000


class Truth(Protocol):
    """The noiseless score of every design of a space."""

    best: float | None
    """The highest score, where it is known without looking at all designs."""

    def scores(self, genomes: np.ndarray) -> np.ndarray:
        """Score of each of ``[m, axes]`` designs: ``[m]``, NaN where it is invalid."""

    def costs(self, genomes: np.ndarray) -> np.ndarray:
        """What judging each takes, relative to the others: ``[m]``, above 0, about 1 on average."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How judging and proposing go.

    Attributes:
        noise_sd: of what is added to each judgement's score, in its unit.
        failure_rate: chance that judging a valid design ends ``crashed``; never the first, for a run whose
            first candidate fails is refused.
        proposal_s: seconds to make a candidate.
        evaluation_s: seconds to judge one, on average; each takes its own cost times as long.
    """

    noise_sd: float = 0.0
    failure_rate: float = 0.0
    proposal_s: float = 0.01
    evaluation_s: float = 1.0


CALM = Conditions()
"""No noise and no failures; a candidate takes a hundredth of a second to make and about one to judge."""


class Scored(NamedTuple):
    """A design of the space with its true score, None if it is invalid."""

    files: Mapping[str, str]
    score: float | None


@dataclass(frozen=True)
class Landscape:
    """A space of designs, the truth about it, and the conditions to search it under.

    Attributes:
        name: in tables.
        seed: of the first design.
    """

    name: str
    space: Space
    truths: Truth
    conditions: Conditions = CALM
    seed: int = 0
    _known: dict[str, tuple[float | None, float]] = field(default_factory=dict, repr=False)

    # -- making candidates -----------------------------------------------------------------------

    def seeds(self) -> list[Candidate]:
        """The first candidate: of 64 valid designs drawn at random, a poor one (a quarter are worse)."""
        rng = np.random.default_rng(self.seed)
        drawn = self.space.sample(rng, 4096)
        scores = self.truths.scores(drawn)
        valid = np.flatnonzero(np.isfinite(scores))[:64]
        place = valid[np.argsort(scores[valid], kind="stable")[len(valid) // 4]]
        return [Candidate.of(self.space.files(drawn[place].tolist()))]

    @cached_property
    def operators(self) -> Mapping[str, OperatorShare]:
        """What `propose` can be asked to do."""
        shares = {
            "design.mutate": OperatorShare(weight=2.0, step="mutate"),
            "design.recombine": OperatorShare(weight=1.0, n_parents=2, step="recombine"),
        }
        if self.space.ordinal:
            shares["design.refine"] = OperatorShare(weight=1.0, step="refine")
        return shares

    def propose(self, task: ProposeTask) -> Candidate | None:
        """The candidate that `task` asks for, drawn from its seed alone; None if it has no parent to use."""
        parents = [self.space.genome(relative.candidate.files) for relative in task.relatives]
        if not parents:
            return None
        child = self._child(task.operator, parents, np.random.Generator(np.random.PCG64(task.seed)))
        return Candidate.of(self.space.files(child), task.parents, task.operator)

    def _child(self, operator: str, parents: list[Genome], rng: np.random.Generator) -> Genome:
        if operator == "design.recombine" and len(parents) > 1:
            return self.space.recombined(parents[0], parents[1], rng)
        if operator == "design.refine":
            return self.space.refined(parents[0], rng)
        return self.space.mutated(parents[0], rng)

    def cover(self, run_seed: int) -> Iterator[Candidate]:
        """What ``design.cover`` proposes in a run: covering arrays, one after the other, each design once."""
        seen = {seed.id for seed in self.seeds()}
        for turn in count():
            rows = covering(self.space, np.random.default_rng((run_seed, turn)), self._is_valid)
            found = {one.id: one for one in (Candidate.of(self.space.files(row)) for row in rows)}
            fresh = [one for name, one in found.items() if name not in seen]
            if not fresh:
                return
            seen.update(found)
            yield from fresh

    def _is_valid(self, genome: Genome) -> bool:
        return bool(np.isfinite(self.truths.scores(np.array([genome]))[0]))

    # -- judging ---------------------------------------------------------------------------------

    def judge(self, candidate: Candidate, attempt: int = 1, seed: int = 0) -> Evaluation:
        """The verdict on `candidate`, with noise and failures drawn from `seed`, at the stage ``search``."""
        score, cost = self._look_up(candidate)
        now, seconds = self.conditions, self.conditions.evaluation_s * cost
        if score is None:
            return Evaluation(
                candidate.id, "search", attempt, "invalid", seconds=seconds, feedback="two parts do not fit"
            )
        if now.noise_sd or now.failure_rate:
            rng = np.random.Generator(np.random.PCG64(seed))
            if rng.random() < now.failure_rate and candidate.operator != "seed":
                return Evaluation(candidate.id, "search", attempt, "crashed", seconds=seconds)
            score += now.noise_sd * float(rng.standard_normal())
        return Evaluation(candidate.id, "search", attempt, "ok", score, seconds=seconds)

    def truth(self, candidate: Candidate) -> float | None:
        """The noiseless score; None if the design is invalid."""
        return self._look_up(candidate)[0]

    def _look_up(self, candidate: Candidate) -> tuple[float | None, float]:
        found = self._known.get(candidate.id)
        if found is None:
            genomes = np.array([self.space.genome(candidate.files)])
            score, cost = float(self.truths.scores(genomes)[0]), float(self.truths.costs(genomes)[0])
            found = self._known[candidate.id] = (score if np.isfinite(score) else None, cost)
        return found

    # -- the whole of it -------------------------------------------------------------------------

    @property
    def is_enumerable(self) -> bool:
        """Whether all designs can be looked at."""
        return self.space.size <= ENUMERABLE

    def enumerate(self) -> Iterator[Scored]:
        """Every design, in the order of the space's axes.

        Raises:
            ValueError: there are too many.
        """
        if not self.is_enumerable:
            raise ValueError(f"{self.name} has {self.space.size} designs, more than {ENUMERABLE}. Sample it.")
        for start in range(0, self.space.size, _CHUNK):
            genomes = self.space.genomes(start, min(start + _CHUNK, self.space.size))
            scores = self.truths.scores(genomes)
            for genome, score in zip(genomes.tolist(), scores.tolist(), strict=True):
                yield Scored(self.space.files(genome), score if np.isfinite(score) else None)

    @cached_property
    def _scores(self) -> np.ndarray:
        """Ascending true scores of the valid designs: of all, or of a fixed sample."""
        if self.is_enumerable:
            starts = range(0, self.space.size, _CHUNK)
            chunks = [self.space.genomes(at, min(at + _CHUNK, self.space.size)) for at in starts]
        else:
            rng = np.random.default_rng((self.seed, 1))
            chunks = [self.space.sample(rng, _CHUNK) for _ in range(SAMPLE // _CHUNK)]
        scores = np.concatenate([self.truths.scores(chunk) for chunk in chunks])
        return np.sort(scores[np.isfinite(scores)])

    @cached_property
    def optimum(self) -> float:
        """The highest true score; of the sample, where neither the truth nor a look at all designs tells it."""
        known = self.truths.best
        return float(self._scores[-1]) if known is None else known

    def quantile(self, q: float) -> float:
        """The true score that a share `q` of the valid designs stays below; exact where enumerable."""
        return float(np.quantile(self._scores, q)) if q < 1 else self.optimum
