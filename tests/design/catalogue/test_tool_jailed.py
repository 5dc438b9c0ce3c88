"""Code that the tool ``python`` runs in the jail: it works, it ends, and it reaches nothing outside."""

import json
from typing import Any

from evaluators.agent import Agent
from evo import Case, Evaluation, Stage
from tests.evaluators.agents import ASKING, open_design, questions, solving, task

CODES = {
    "sum": "import math\nprint(math.comb(10, 3))\n2 + 2",
    "endless": "while True: pass",
    "fork": "import os\nos.fork()",
    "program": "import subprocess\nsubprocess.run(['ls'])",
    "file": "open('/etc/passwd').read()",
    "network": "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)",
}

FLOW = solving(
    f"""
    found = {{}}
    for name, code in {CODES!r}.items():
        found[name] = await agent.tools.call("python", {{"code": code}})
    return Answer(json.dumps(found))
"""
).replace("import asyncio", "import json")


def test_python_in_the_jail() -> None:
    said: dict[str, Any] = {}

    def score(answer: str, case: Case) -> Evaluation:
        said.update(json.loads(answer))
        return Evaluation.ok(1.0)

    problem = questions(1, {**ASKING}, score=score, stages=(Stage(timeout_s=30.0),))
    evaluator = Agent(problem, **problem.options)
    try:
        verdict = evaluator(task(open_design(FLOW, tools="{use: all, python: true, python.cpu_s: 0.5}")))
    finally:
        evaluator.close()
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert said["sum"] == "120\n4"
    assert said["endless"] == "Error: it took more than 0.5 s"
    for name in ("fork", "program", "file", "network"):
        assert said[name].startswith("Error: PermissionError"), (name, said[name])
