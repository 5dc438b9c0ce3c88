"""Eight text games: how an agent that asks no model should be built."""

from functools import cache

from evo import Case, Problem, Stage
from evo.types import Split

STATEMENT = """\
Build an agent that plays eight short text games (TextWorldExpress) without a language model: follow what
Simon says, find a coin in a house, sort things by their quantity, cook by a recipe, put things where they
belong, solve a sum and fetch as many, carry a coin along a map, follow a book of instructions.

A candidate is a design: `design.yaml` says which component stands in each slot, with its parameters. The
agent is told the goal in words, what it sees, and the actions that are possible; it has 50 steps. The score
is the mean over all cases of the share of the game's points, from 0 to 1. Some games end at the first mistake.
"""

GAMES = ("arithmetic", "coin", "cookingworld", "mapreader", "peckingorder", "simonsays", "sorting", "twc")

STEPS = 50
"""Of a case, in the world."""

PER_GAME: dict[Split, int] = {"search": 4, "selection": 8, "holdout": 16}
"""Split -> cases of each game."""

FOLDS: dict[Split, tuple[str, int]] = {
    "search": ("train", 0),
    "selection": ("dev", 10_000),
    "holdout": ("test", 20_000),
}
"""Split -> fold of the games, and its first seed."""


@cache
def make_cases() -> tuple[Case, ...]:
    """The cases of every split, the games in turn: a few of them hold every game."""
    return tuple(
        Case(f"{game}_{fold}_{n}", {"game": game, "fold": fold, "seed": first + n, "steps": STEPS}, split)
        for split, (fold, first) in FOLDS.items()
        for n in range(PER_GAME[split])
        for game in GAMES
    )


SLOTS = {
    "workflow": ["loop", "plan_then_act"],
    "reasoning": ["none", "heuristic"],
    "planning": ["none", "first", "random_walk", "least_tried", "frontier", "goal_path"],
    "memory": ["none", "visited", "map_graph"],
    "tools": ["none"],
    "profile": ["none"],
    "guard": ["none"],
}
"""The components that do something here without a model."""

PROBLEM = Problem(
    name="agent_textworld",
    statement=STATEMENT,
    seeds=["seed"],
    evaluator="evaluators/agent.py:Agent",
    cases=make_cases,
    stages=(Stage(timeout_s=60.0),),
    metrics={
        "steps": "actions made in a case",
        "won": "share of the cases that were won",
        "lost": "share of the cases that a fatal mistake ended",
    },
    options={
        "world": "world.py:Games",
        "design": {"slots": SLOTS},
        "budget": {"steps": 200},
        "hidden": ["textworld_express", "py4j"],
    },
)
