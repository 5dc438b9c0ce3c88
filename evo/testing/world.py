"""A small world to try searches in: it proposes and judges by hashing."""

import dataclasses
import hashlib
from collections.abc import Iterable
from typing import Any

from evo.roles import Search
from evo.types import (
    Candidate,
    EvaluateTask,
    Evaluation,
    Event,
    OperatorShare,
    Plan,
    Proposal,
    ProposeTask,
    Reply,
    Usage,
)

ONE_STAGE = Plan(
    n_seeds=2,
    operators={"change": OperatorShare(2.0, 1), "cross": OperatorShare(1.0, 2)},
    frontier=4,
)
"""Two seeds, an operator with one parent and one with two."""

THREE_STAGES = dataclasses.replace(
    ONE_STAGE, n_seeds=3, stages=("smoke", "few", "all"), keep=(0.6, 0.5, 1.0), frontier=3
)
"""The same with three stages, of which the first two stop about half."""


MODELS = dataclasses.replace(
    ONE_STAGE,
    operators={
        **ONE_STAGE.operators,
        "llm.diff": OperatorShare(3.0, 1, models=("big", "small"), n_inspirations=2),
        "llm.cross": OperatorShare(1.0, 2, models=("small",), n_inspirations=1),
        "llm.fix": OperatorShare(2.0, 1, models=("big", "small"), repairs=True),
        "llm.start": OperatorShare(1.0, 1, models=("big", "small")),
    },
    bandit=True,
    limits={"evaluations": 300.0, "usd": 2.0},
    cold_start=5,
    starter="llm.start",
    model_weights={"small": 2.0},
)
"""The same with two language models, a bandit, repairs and a cold start of five."""


class World:
    """Proposes and judges by hashing: always the same answer to the same task.

    Attributes:
        failing, lost, repeating: shares of evaluations that fail, of evaluations that are lost, and
            of proposals that repeat an earlier candidate, each in [0, 1].
        silent: share of the tasks for a language model that no model answers.
        levels: 0 for scores that all differ, else how many different scores there are.
        journal: every event so far, in order.
    """

    def __init__(
        self,
        failing: float = 0.3,
        lost: float = 0.1,
        repeating: float = 0.1,
        levels: int = 0,
        silent: float = 0.1,
    ) -> None:
        self.failing, self.lost, self.repeating, self.levels = failing, lost, repeating, levels
        self.silent = silent
        self.journal: list[Event] = []
        self._seen: list[str] = []

    def propose(self, task: ProposeTask) -> Proposal:
        """The answer to `task`: ``ok``, a duplicate, or now and then no candidate at all."""
        made = self._make(task)
        if not task.model:
            return made
        price = None if unit("price", f"{task.seed}") < 0.1 else 0.001
        return dataclasses.replace(made, model=task.model, usage=Usage(100, 10, price))

    def _make(self, task: ProposeTask) -> Proposal:
        key = f"{task.operator}:{task.parents}:{task.seed}"
        answer = Proposal(
            task.number,
            task.operator,
            task.parents,
            status="invalid",
            known=task.known,
            repairs=task.repairs,
        )
        if task.model and unit("silent", key) < self.silent:
            return dataclasses.replace(answer, status="lost", rung="model")
        if task.operator != "seed" and unit("fails", key) < 0.05:
            return answer
        name = hashed(key)
        if self._seen and unit("repeats", key) < self.repeating:
            name = self._seen[int(unit("which", key) * len(self._seen))]
        status: Any = "duplicate" if name in self._seen else "ok"
        self._seen.append(name)
        files = {"text": " ".join(name)} if task.model else {}
        candidate = Candidate(name, files, task.parents, task.operator)
        return dataclasses.replace(answer, candidate=candidate, status=status)

    def reply(self, task: ProposeTask) -> Reply:
        """What the model of `task` answers before the proposal is made of it."""
        return Reply(
            task.number,
            0,
            "fix" if task.repairs else "propose",
            task.model,
            hashed(f"{task.seed}"),
            "text",
            operator=task.operator,
            parents=task.parents,
            inspirations=task.inspirations,
            repairs=task.repairs,
            asked=task.model,
            known=task.known,
        )

    def answers(self, *tasks: ProposeTask) -> list[Event]:
        """Everything that comes of `tasks`: of each the reply of its model, if one answers, then the proposal."""
        events: list[Event] = []
        for task in tasks:
            proposal = self.propose(task)
            answered = task.model and proposal.status != "lost"
            events += [self.reply(task), proposal] if answered else [proposal]
        return events

    def judge(self, task: EvaluateTask) -> Evaluation:
        """The verdict on `task`; the first seed that is met is always ``ok``."""
        found = Evaluation(task.candidate, task.stage, task.attempt, "ok", self.score(task), seed=task.seed)
        found = dataclasses.replace(found, metrics={"length": unit("length", task.candidate)})
        if unit("lost", f"{task.candidate}:{task.stage}:{task.attempt}") < self.lost:
            return dataclasses.replace(found, status="lost", score=None)
        if task.candidate != self._seen[0] and unit("bad", task.candidate + task.stage) < self.failing:
            return dataclasses.replace(found, status="invalid", score=None)
        return found

    def score(self, task: EvaluateTask) -> float:
        """By the candidate and the stage alone, in [0, 1)."""
        value = (unit("score", task.candidate) + unit("score", task.candidate + task.stage)) / 2
        return float(int(value * self.levels) / self.levels) if self.levels else value

    def step(self, search: Search, n: int = 1) -> tuple[list[ProposeTask], list[EvaluateTask]]:
        """One turn of the loop with `n` slots on either side, all of it done before the next."""
        asked, chosen = search.ask(n), search.choose(n)
        self.tell(search, [*self.answers(*asked), *map(self.judge, chosen)])
        return asked, chosen

    def tell(self, search: Search, events: Iterable[Event]) -> None:
        """Records events and tells them."""
        for event in events:
            self.journal.append(event)
            search.tell(event)


def hashed(text: str) -> str:
    """Sixteen hex digits that `text` decides."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def unit(purpose: str, text: str) -> float:
    """A number in [0, 1) that `text` decides."""
    return int(hashed(f"{purpose}|{text}"), 16) / 2**64
