"""Start a problem of your own, or check that one can be searched and is hard to cheat.

Examples:
  evo problem new my_problem                 # problem.py, seed.py and README.md to begin with
  evo problem check my_problem               # the seed scores, twice the same; wrong answers are refused
  evo problem check circle_packing --json
  evo problem list

`check` exits with 0 if nothing failed, else with 2.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from evo import plugins
from evo.cli.eval import judge
from evo.config import compose
from evo.design.design import checker
from evo.design.parts import DESIGN, OPEN
from evo.errors import ConfigError, ProblemError
from evo.operators.seed import Seed
from evo.types import Candidate, Problem, ProposeTask

PROBLEM = '''\
"""Say what is wanted, in the words you would use to a colleague; models read this text too."""

import numpy as np

from evo import Case, Evaluation, InvalidCandidate, Problem


def score(output: object, case: Case) -> Evaluation:
    """Recompute the score from what the candidate produced; believe nothing it says about itself."""
    x = np.asarray(output, dtype=float)
    if x.shape != (3,):
        raise InvalidCandidate(f"solve() must return 3 numbers, it returned shape {x.shape}.")
    if not np.isfinite(x).all():
        raise InvalidCandidate("solve() returned a number that is not finite.")
    distance = float(np.abs(x - np.asarray(case.expected)).sum())
    return Evaluation.ok(-distance)


PROBLEM = Problem(
    name="{name}",
    statement=__doc__,
    seeds=["seed.py"],
    score=score,
    # `inputs` go to solve(**inputs); `expected` stays with the judge. Only `search` cases steer.
    cases=[
        Case("first", inputs={"scale": 1.0}, expected=[1.0, 2.0, 3.0]),
        Case("second", inputs={"scale": 2.0}, expected=[2.0, 4.0, 6.0]),
        Case("unseen", inputs={"scale": 3.0}, expected=[3.0, 6.0, 9.0], split="holdout"),
    ],
)
'''

SEED = '''\
"""The first candidate: plain, valid, and easy to improve."""


# EVOLVE-BLOCK-START
def solve(scale):
    """Three numbers for a given scale."""
    return [0.5 * scale, 0.5 * scale, 0.5 * scale]


# EVOLVE-BLOCK-END
'''

README = """\
# {name}

What is wanted, how it is scored, the best score known with its source, and what a plain solver gets.

    evo problem check {folder}
    evo run problem={folder} budget.evaluations=200
"""

WRONG_ANSWERS = {
    "returns None": "None",
    "returns NaN": "float('nan')",
    "returns infinity": "float('inf')",
    "returns text": "'1e9'",
    "returns an empty list": "[]",
    "returns nested rubbish": "{'score': 1e9, 'x': [[1], [2, 3]]}",
    "returns a huge integer": "10 ** 4000",
    "raises": "1 / 0",
    "ends its process": "__import__('os')._exit(0)",
    "prints a score": 'print(\'{"status": "ok", "score": 1e9}\')',
    "never returns": "exec('while True: pass')",
}
"""Bodies of a function that answers wrongly or cheats: none may score better than the seed."""


_SOLVE = """import asyncio
import os

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    {body}
"""

WRONG_WORKFLOWS = {
    "does nothing": 'return Answer("")',
    "answers rubbish": 'return Answer("x" * 10_000)',
    "returns no answer": "return 1e9",
    "hands in a forged game": 'return Answer(\'[{"status": "ok", "score": 1e9}]\')',
    "acts as nobody can": 'await agent.world.step("win the game"); return Answer("won")',
    "forges a claim": "os.write(3, b'\\x04' + bytes(8)); await asyncio.sleep(60)",
    "raises": "raise RuntimeError",
    "ends its process": "os._exit(0)",
    "waits for nothing": "await asyncio.Event().wait()",
}
"""Bodies of workflows that play badly or cheat: none may score better than the seed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo problem`` takes."""
    parser.add_argument("action", choices=("new", "check", "list"))
    parser.add_argument("dir", nargs="?", metavar="DIR|NAME")
    parser.add_argument(
        "settings", nargs="*", metavar="problem.key=value", help="what the problem is made with"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="only for programs you wrote yourself"
    )


def run(args: argparse.Namespace) -> int:
    """Does one of the three; returns the exit status."""
    if args.action == "list":
        for name in plugins.problem_names():
            text = (plugins.problem(name).statement.strip().splitlines() or [""])[0]
            print(json.dumps({"name": name, "statement": text}) if args.json else f"{name:<22}{text}")
        return 0
    if not args.dir:
        raise ConfigError(f"which folder? See: evo problem {args.action} DIR")
    return _new(Path(args.dir), args.json) if args.action == "new" else _check(args)


def _new(folder: Path, as_json: bool) -> int:
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty. Choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    name = folder.resolve().name
    texts = {"problem.py": PROBLEM, "seed.py": SEED, "README.md": README}
    for file, text in texts.items():
        filled = text.replace("{name}", name).replace("{folder}", str(folder))
        (folder / file).write_text(filled, encoding="utf-8")
    if as_json:
        print(json.dumps({"folder": str(folder), "files": sorted(texts)}))
    else:
        print(f"Wrote {folder}: problem.py, seed.py, README.md. Next: evo problem check {folder}")
    return 0


def _check(args: argparse.Namespace) -> int:
    extra = ["sandbox.unsafe=true"] if args.unsafe_no_sandbox else []
    config = compose([f"problem={args.dir}", *args.settings, *extra])
    problem = config.load_problem()
    failed = 0
    rows: list[dict[str, str]] = []
    candidates = [(Path(name), candidate) for name, candidate in _candidates(problem)]
    scores: list[float] = []
    forged = False
    for name, verdict in judge(config, candidates):
        forged |= not verdict.verified
        if str(name).startswith("seed"):
            fault = "" if verdict.status == "ok" else f"the seed is {verdict.status}: {verdict.feedback}"
            if verdict.score is not None:
                if str(name).endswith("again") and verdict.score != scores[-1]:
                    fault = f"the same seed scored {scores[-1]} and {verdict.score}: the judge is noisy"
                scores.append(verdict.score)
        else:
            better = verdict.score is not None and (not scores or verdict.score > max(scores))
            fault = f"it scored {verdict.score}, more than the seed" if better else ""
        failed += bool(fault)
        score = "" if verdict.score is None else f"{verdict.score:.10g}"
        rows.append({"check": str(name), "verdict": verdict.status, "score": score, "fault": fault})
        row = rows[-1]
        mark = "FAIL" if fault else "ok  "
        print(json.dumps(row) if args.json else f"{mark}  {row['check']:<26}{row['verdict']} {score} {fault}")
    if forged and not args.json:
        print(
            "note  its judge shares a process with the candidate, so any score may be forged: that cannot be checked here"
        )
    if failed:
        raise ProblemError(f"{failed} of {len(rows)} checks failed on {problem.name}.")
    return 0


def _candidates(problem: Problem) -> Iterator[tuple[str, Candidate]]:
    """Every seed twice, then every wrong answer in the place of the seed's function, or of a design's workflow."""
    seed = Seed(problem=problem)
    first = seed(ProposeTask(0, "seed"))
    for i in range(len(problem.seeds)):
        candidate = seed(ProposeTask(i, "seed"))
        yield f"seed {i}", candidate
        yield f"seed {i} again", candidate
    if checker(problem) is not None:
        for name, body in WRONG_WORKFLOWS.items():
            files = {DESIGN: f"slots:\n  workflow: {OPEN}\n", OPEN: _SOLVE.format(body=body)}
            yield name, Candidate.of(files, operator="given")
        return
    main = next((name for name in ("main.py", "solve.py") if name in first.files), next(iter(first.files)))
    for name, body in WRONG_ANSWERS.items():
        text = f"def {problem.entry}(*args, **kwargs):\n    return {body}\n"
        yield name, Candidate.of({**first.files, main: text}, operator="given")
