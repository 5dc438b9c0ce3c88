"""The process that holds one evaluator: judges the files it is sent, one JSON object a line.

Started by `tests.redteam.session` as the user and with the sandbox that a variant asks for. It reaps
nothing and watches nothing: what candidates leave behind is looked for from outside.
"""

import ctypes
import dataclasses
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Reads requests from standard input and answers them until it ends."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever is printed here is not an answer
    hints = json.loads(os.environ["EVO_REDTEAM_HINTS"])
    os.environ["EVO_REDTEAM_HINTS"] = json.dumps(hints | {"evaluator_pid": os.getpid()})
    evaluators: dict[str, Any] = {}
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line), evaluators)
        except BaseException as error:
            answer = {"error": type(error).__name__, "text": str(error), "traceback": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")


def _answer(request: dict[str, Any], evaluators: dict[str, Any]) -> dict[str, Any]:
    from evo import plugins
    from evo.evaluate import Sandbox
    from evo.types import EvaluateTask

    if request["do"] == "open":
        target = Path(__file__).parent / "target"
        for name in ("", "driven", "agent"):
            problem = plugins.problem(target, {name: True} if name else {})
            make = plugins.load(problem.evaluator)
            sandbox = Sandbox(min_level=request["min_level"], bubblewrap=request["bubblewrap"])
            evaluators[name] = make(problem=problem, sandbox=sandbox, **problem.options)
        return {"level": evaluators[""].sandbox_level}
    if request["do"] == "close":
        for evaluator in evaluators.values():
            evaluator.close()
        return {}
    task = EvaluateTask("0" * 16, request["stage"], files=request["files"])
    start = time.monotonic()
    evaluation = evaluators[request["target"]](task)
    return {"wall": time.monotonic() - start, "evaluation": dataclasses.asdict(evaluation)}


if __name__ == "__main__":
    main()
