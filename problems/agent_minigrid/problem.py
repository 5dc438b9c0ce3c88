"""Grid worlds told in words: how an agent that asks no model should be built."""

from functools import cache

from evo import Case, Problem, Stage
from evo.types import Split

STATEMENT = """\
Build an agent that carries out missions in grid worlds (MiniGrid, BabyAI) without a language model: go to a red
box, pick up a ball that lies behind doors, find the key to a locked door, put one thing next to another.

A candidate is a design: `design.yaml` says which component stands in each slot, with its parameters. The agent
is told its mission, what the room that it is in holds, and the actions that are possible, such as "go to red
box"; it has 40 actions. The score is the mean over all cases of MiniGrid's own reward: 0 if the mission is not
done, else 1 less 0.9 times the share of the level's moves that were used.
"""

LEVELS = (
    "BabyAI-GoToObj-v0",
    "BabyAI-GoToLocal-v0",
    "BabyAI-PutNextLocal-v0",
    "BabyAI-OpenDoor-v0",
    "BabyAI-GoToSeqS5R2-v0",
    "MiniGrid-DoorKey-6x6-v0",
    "BabyAI-UnlockLocal-v0",
    "BabyAI-UnlockPickup-v0",
    "MiniGrid-MultiRoom-N4-S5-v1",
    "BabyAI-KeyCorridorS3R2-v0",
    "BabyAI-Pickup-v0",
    "MiniGrid-BlockedUnlockPickup-v0",
)
"""From one room to many, and from walking to keys."""

STEPS = 40
"""Actions of a case; a walk is one."""

PER_LEVEL: dict[Split, tuple[int, int]] = {
    "search": (3, 0),
    "selection": (8, 10_000),
    "holdout": (16, 20_000),
}
"""Split -> cases of each level, and their first seed."""


@cache
def make_cases() -> tuple[Case, ...]:
    """The cases of every split, the levels in turn: a few of them hold every level."""
    return tuple(
        Case(f"{_short(level)}_{split}_{n}", {"level": level, "seed": first + n, "steps": STEPS}, split)
        for split, (cases, first) in PER_LEVEL.items()
        for n in range(cases)
        for level in LEVELS
    )


def _short(level: str) -> str:
    return level.partition("-")[2].rpartition("-v")[0]


SLOTS = {
    "workflow": ["loop", "plan_then_act"],
    "reasoning": ["none", "heuristic"],
    "planning": ["none", "first", "random_walk", "least_tried", "frontier", "goal_path"],
    "memory": ["none", "window", "visited", "map_graph"],
    "tools": ["none"],
    "profile": ["none"],
    "guard": ["none"],
}
"""The components that do something here without a model."""

PROBLEM = Problem(
    name="agent_minigrid",
    statement=STATEMENT,
    seeds=["seed"],
    evaluator="evaluators/agent.py:Agent",
    cases=make_cases,
    stages=(Stage(timeout_s=60.0),),
    metrics={"solved": "share of the missions that were done", "moves": "of the grid world, in a case"},
    options={
        "world": "world.py:Levels",
        "design": {"slots": SLOTS},
        "budget": {"steps": 200},
        "hidden": ["minigrid", "gymnasium"],
    },
)
