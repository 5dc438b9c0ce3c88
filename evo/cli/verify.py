"""Judge a run's champion on the hold-out cases, which no search has seen, in a fresh jail.

The champion is the best on the `selection` cases where the problem has some, else the best found; or, by a
rule such as run.champion="least usd within 0.02", the one with the least dollars among those near to it.
The verdict is written to DIR/verified.json, with every repeat and an interval over them.

Examples:
  evo verify runs/circle_packing-20260101-120000
  evo verify DIR --json
  evo verify DIR --repeats 5          # each with cases and judge drawn from another seed, and models asked anew

Exit status: 0 when the champion is ok on every repeat, else 3.
"""

import argparse
import json
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

from evo import config as configuration
from evo.cli.eval import judge
from evo.errors import Exit, RunError
from evo.report.statistics import bootstrap_interval
from evo.store.archive import open_run
from evo.types import Evaluation, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo verify`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="judgements (default: 3)")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="only for programs you wrote yourself"
    )


def run(args: argparse.Namespace) -> int:
    """Verifies; returns the exit status."""
    verdict = verify(args.dir, max(1, args.repeats), unsafe=args.unsafe_no_sandbox)
    (args.dir / "verified.json").write_text(json.dumps(verdict, indent=2) + "\n", encoding="utf-8")
    if args.json:
        print(json.dumps(verdict))
    else:
        print(_text(verdict))
    return int(Exit.OK if verdict["status"] == "ok" else Exit.ENDED_EARLY)


def verify(folder: Path, repeats: int, unsafe: bool = False) -> dict[str, Any]:
    """The champion of the run in `folder`, judged `repeats` times in a fresh evaluator.

    Raises:
        RunError: nothing in the run was ``ok``.
    """
    words = ["sandbox.unsafe=true"] if unsafe else []
    config = configuration.load(folder / "config.yaml", words)
    problem = config.load_problem()
    config = replace(config, loaded=problem)
    with open_run(folder) as view:
        pick = view.archive.pick()
        if pick is None:
            raise RunError(f"{folder} has no candidate that is ok, so there is nothing to verify.")
        champion = pick.champion
        candidate = view.candidate(champion.id)
        seen = {
            "search": view.archive.score(champion.id),
            "selection": view.archive.score(champion.id, "selection"),
        }
        judged = len(view.archive.repeats(champion.id))
    split = "holdout" if any(c.split == "holdout" for c in problem.all_cases()) else "search"
    verdicts = [
        verdict
        for repeat in range(repeats)
        # A fresh evaluator each time: what one run of the candidate leaves behind must not help the next.
        for _, verdict in judge(
            config, [(folder, candidate)], split, config.run.seed * 1000 + repeat + 1, repeat
        )
    ]
    return {
        "candidate": champion.id,
        "problem": problem.name,
        "split": split,
        **_summary(problem, verdicts),
        **{f"{name}_score": score for name, score in seen.items()},
        "selection_repeats": judged,
        "why": pick.why,
        "warning": pick.warning,
        "python": platform.python_version(),
    }


def _summary(problem: Problem, verdicts: list[Evaluation]) -> dict[str, Any]:
    failed = next((v for v in verdicts if v.status != "ok"), None)
    scores = [v.score for v in verdicts if v.score is not None]
    # Repeats of a judge that draws nothing are equal; then the cases are what varies.
    per_case = [c.score for c in verdicts[0].cases if c.score is not None]
    sample = scores if len(set(scores)) > 1 or len(per_case) < 2 else per_case
    low, high = bootstrap_interval(sample) if sample else (None, None)
    return {
        "status": failed.status if failed else "ok",
        "score": None if failed or not scores else sum(scores) / len(scores),
        "interval": None if failed else [low, high],
        "interval_over": "repeats" if sample is scores else "cases",
        "repeats": scores,
        "metrics": dict(verdicts[0].metrics),
        "feedback": failed.feedback if failed else "",
        "best_known": problem.best_known,
        "sandbox": verdicts[0].sandbox,
        "verified": all(v.verified for v in verdicts),
    }


def _text(verdict: dict[str, Any]) -> str:
    lines = [f"champion    {verdict['candidate']} of {verdict['problem']}"]
    lines += [f"{name:<12}{verdict[name]}" for name in ("why", "warning") if verdict[name]]
    if verdict["split"] == "search":
        lines.append("note        this problem has no hold-out cases; judged again on its search cases")
    if not verdict["verified"]:
        lines.append("UNVERIFIED  judge and candidate shared a process; the score may be forged")
    if verdict["status"] != "ok":
        return "\n".join([*lines, f"verdict     {verdict['status']}: {verdict['feedback']}"])
    low, high = verdict["interval"]
    lines.append(
        f"{verdict['split']:<12}{verdict['score']:.10g}  "
        f"[{low:.10g}, {high:.10g}] 95 % bootstrap over {verdict['interval_over']}"
    )
    lines += [
        f"{name:<12}{verdict[f'{name}_score']:.10g}{_mean_of(verdict) if name == 'selection' else ''}"
        for name in ("selection", "search")
        if verdict[f"{name}_score"] is not None
    ]
    return "\n".join([*lines, f"sandbox     {verdict['sandbox']}"])


def _mean_of(verdict: dict[str, Any]) -> str:
    repeats = verdict["selection_repeats"]
    return f"  mean of {repeats}" if repeats > 1 else ""
