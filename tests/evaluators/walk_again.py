"""Plays designs in this process and prints what came of it, for `test_agent_repeats`."""

import json
import sys

import numpy as np

from evaluators.agent import Agent
from evo.design.catalogue import Catalogue
from evo.design.space import Space
from tests.evaluators.agents import ASKING, OPTIONS, rooms, task

N = 35
DESIGN = {
    "models": ["small"],
    "world": ["restart"],
    "slots": {"workflow": ["loop", "plan_then_act", "vote", "debate"]},
}


def main() -> None:
    """One line a design: score, status, actions, calls."""
    options = {**OPTIONS, **ASKING, "design": DESIGN}
    problem = rooms(3, options)
    space, rng = Space(Catalogue.of(problem)), np.random.default_rng(1)
    evaluator = Agent(problem, **options, budget={"steps": 60, "calls": 60}, failed_case=-1.0)
    designs = {}
    while len(designs) < N:
        design = space.draw(rng)
        designs[design.id] = design.files()
    for name, files in designs.items():
        verdict = evaluator(task(files, seed=int(sys.argv[1])))
        print(json.dumps([name, verdict.status, verdict.score, verdict.metrics, verdict.artefact]))
    evaluator.close()


if __name__ == "__main__":
    main()
