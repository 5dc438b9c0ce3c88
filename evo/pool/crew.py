"""The workers of a pool and what each of them is doing; no decision is made here."""

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evo.pool.pace import Pace
from evo.types import EvaluateTask, Stage

QUEUE_AHEAD_S = 0.1
"""Tasks that take longer than this are not queued at a busy worker: another may be free before it."""

CALL_CHARACTERS = 64_000
"""Source text in one call, so that it stays below the size that Ray sends inside a message."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a worker holds of a node for as long as it lives.

    Attributes:
        resources: custom ones, name and amount, sorted by name.
    """

    num_cpus: float = 1.0
    num_gpus: float = 0.0
    resources: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, stage: Stage) -> "Need":
        """What an evaluation at `stage` leases."""
        return cls(float(stage.num_cpus), float(stage.num_gpus), tuple(sorted(stage.resources.items())))

    def amounts(self) -> dict[str, float]:
        """By the names a node reports; a worker that needs nothing is counted as one CPU."""
        named = {"CPU": self.num_cpus, "GPU": self.num_gpus, **dict(self.resources)}
        return {name: amount for name, amount in named.items() if amount > 0} or {"CPU": 1.0}

    def fits(self, node: Mapping[str, float]) -> int:
        """How many such workers a node with these resources can hold."""
        return max(
            0, min(math.floor(node.get(name, 0.0) / much + 1e-9) for name, much in self.amounts().items())
        )

    def __str__(self) -> str:
        return ", ".join(f"{much:g} {name}" for name, much in self.amounts().items())


@dataclass(eq=False, slots=True)
class Call:
    """A batch under way. `since`: when its worker turned to it; None while it queues behind another."""

    tasks: tuple[EvaluateTask, ...]
    since: float | None = None


@dataclass(eq=False, slots=True)
class Worker:
    """One actor.

    Attributes:
        node: Ray's id of its node; empty until it lives.
        place: process and host, for people.
        alive: when it first answered; None before.
        ready: when its evaluator was made; None before.
        idle: when it last had nothing to do.
        leaving: gets no new call and is closed after its last.
        gone: dead or dismissed; whatever still comes from it is ignored.
        calls: in the order they were sent; the first is being carried out.
    """

    group: "Group"
    handle: Any
    node: str = ""
    place: str = "a worker that never answered"
    alive: float | None = None
    ready: float | None = None
    idle: float = 0.0
    leaving: bool = False
    gone: bool = False
    calls: deque[Call] = field(default_factory=deque)

    @property
    def on_trial(self) -> bool:
        """Whether it carries out a task that was lost before."""
        return any(task.attempt > 1 for call in self.calls for task in call.tasks)


@dataclass(eq=False, slots=True)
class Group:
    """The workers with the same needs, and the tasks that wait for one of them.

    Attributes:
        stages: names of the stages that are judged here.
        limit: most workers; None for as many as fit.
        n_slots: workers wanted now.
        retry: no worker is hired before this time, after one did not start.
        failed_starts: in a row.
        claim: workers of other groups are leaving to make room for one of this group.
        pace: of all tasks here, whatever their stage.
    """

    need: Need
    stages: frozenset[str]
    limit: int | None
    n_slots: int = 0
    workers: list[Worker] = field(default_factory=list)
    waiting: deque[EvaluateTask] = field(default_factory=deque)
    retry: float = 0.0
    failed_starts: int = 0
    claim: bool = False
    pace: Pace = field(default_factory=Pace)

    def ready(self) -> Iterator[Worker]:
        """Workers that take calls."""
        return (worker for worker in self.workers if worker.ready is not None and not worker.leaving)

    def openings(self, depth: int) -> dict[Worker, int]:
        """How many more calls each worker may get; none beside a task that was lost before."""
        return {w: depth - len(w.calls) for w in self.ready() if len(w.calls) < depth and not w.on_trial}

    def next_depth(self, most: int, pace: Pace) -> int:
        """Calls a worker may have, for the task that waits first, given the pace of its stage."""
        quick = pace.seconds is not None and pace.seconds <= QUEUE_AHEAD_S
        return most if quick and self.waiting[0].attempt == 1 else 1

    def next_batch(self, depth: int, pace: Pace) -> tuple[EvaluateTask, ...]:
        """Takes the next call's tasks from those that wait: all of one stage, no more than a fair share.

        A task that was lost before travels alone, with nothing queued before or behind it: should
        it have been what killed its worker, it takes no other with it, and if not, it cannot be
        taken for what did.
        """
        openings = sum(self.openings(depth).values())
        size = min(pace.batch, math.ceil(len(self.waiting) / max(1, openings)))
        batch = [self.waiting.popleft()]
        characters = _characters(batch[0])
        while len(batch) < size and self.waiting and batch[0].attempt == 1:
            task = self.waiting[0]
            characters += _characters(task)
            if task.attempt > 1 or task.stage != batch[0].stage or characters > CALL_CHARACTERS:
                break
            batch.append(self.waiting.popleft())
        return tuple(batch)


def group_stages(stages: Sequence[Stage], limit: int | None) -> dict[str, Group]:
    """The group of each stage by the stage's name; stages with equal needs share one."""
    names: dict[Need, list[str]] = {}
    for stage in stages:
        names.setdefault(Need.of(stage), []).append(stage.name)
    groups = [Group(need, frozenset(members), limit) for need, members in names.items()]
    return {name: group for group in groups for name in group.stages}


def _characters(task: EvaluateTask) -> int:
    return sum(map(len, task.files.values()))
