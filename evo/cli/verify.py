"""Judge a run's champion on the hold-out cases, which no search has seen, in a fresh jail.

The champion is the best on the `selection` cases where the problem has some, else the best found; or, by a
rule such as run.champion="least usd within 0.02", the one with the least dollars among those near to it.
The seed is judged on the same cases beside it, which says what the search has brought; so is whatever --beside
names. The verdict is written to DIR/verified.json, with every repeat and an interval over them.

Examples:
  evo verify runs/circle_packing-20260101-120000
  evo verify DIR --json
  evo verify DIR --repeats 5          # each with cases and judge drawn from another seed, and models asked anew
  evo verify DIR --beside by_hand.py  # against a program or design of your own, case by case
  evo verify DIR --alone              # the champion and nobody else

Exit status: 0 when the champion is ok on every repeat, else 3.
"""

import argparse
import json
import platform
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evo import config as configuration
from evo.cli.eval import judge, read_candidate
from evo.errors import Exit, RunError
from evo.report.text import one_line
from evo.report.verification import difference, sample_of
from evo.store.archive import RunView, open_run
from evo.types import Candidate, Evaluation, Problem, Split


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo verify`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="judgements (default: 3)")
    parser.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="FILE|ID",
        help="judge this too, a program or design in a file or folder or one of the run; may be repeated",
    )
    parser.add_argument("--alone", action="store_true", help="do not judge the seed beside it")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="only for programs you wrote yourself"
    )


def run(args: argparse.Namespace) -> int:
    """Verifies; returns the exit status."""
    verdict = verify(
        args.dir, max(1, args.repeats), args.beside, alone=args.alone, unsafe=args.unsafe_no_sandbox
    )
    (args.dir / "verified.json").write_text(json.dumps(verdict, indent=2) + "\n", encoding="utf-8")
    if args.json:
        print(json.dumps(verdict))
    else:
        print(_text(verdict))
    return int(Exit.OK if verdict["status"] == "ok" else Exit.ENDED_EARLY)


def verify(
    folder: Path, repeats: int, beside: Sequence[str] = (), *, alone: bool = False, unsafe: bool = False
) -> dict[str, Any]:
    """The champion of the run in `folder`, judged `repeats` times in a fresh evaluator.

    Args:
        folder: of the run.
        repeats: at least 1.
        beside: files, folders, or ids of the run that are judged too.
        alone: leave the seed out.
        unsafe: without a sandbox.

    Raises:
        RunError: nothing in the run was ``ok``, or something beside it is neither a file nor in the run.
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
        others = _others(view, champion.id, beside, alone)
        seen = {
            "search": view.archive.score(champion.id),
            "selection": view.archive.score(champion.id, "selection"),
        }
        judged = len(view.archive.repeats(champion.id))
    split: Split = "holdout" if any(c.split == "holdout" for c in problem.all_cases()) else "search"
    verdicts = _judged(config, folder, candidate, split, repeats)
    rows = []
    for name, other in others.items():
        theirs = _judged(config, folder, other, split, repeats)
        rows.append({"name": name, "candidate": other.id, **_beside(problem, verdicts, theirs)})
    return {
        "candidate": champion.id,
        "problem": problem.name,
        "split": split,
        **_summary(problem, verdicts),
        "beside": rows,
        **{f"{name}_score": score for name, score in seen.items()},
        "selection_repeats": judged,
        "why": pick.why,
        "warning": pick.warning,
        "python": platform.python_version(),
    }


def _others(view: RunView, champion: str, beside: Sequence[str], alone: bool) -> dict[str, Candidate]:
    """Name -> who is judged beside the champion: the seed, unless it is the champion, and what was asked for."""
    found: dict[str, Candidate] = {}
    origin = None if alone else view.archive.origin()
    if origin is not None and origin.id != champion:
        found["seed"] = view.candidate(origin.id)
    for name in beside:
        if Path(name).exists():
            found[name] = read_candidate(Path(name))
        else:
            try:
                found[name] = view.candidate(view.resolve(name))
            except RunError as error:
                raise RunError(f"--beside {name} is no file or folder, and {error}") from None
    return found


def _judged(
    config: configuration.Config, folder: Path, candidate: Candidate, split: Split, repeats: int
) -> list[Evaluation]:
    return [
        verdict
        for repeat in range(repeats)
        # A fresh evaluator each time: what one run of the candidate leaves behind must not help the next.
        for _, verdict in judge(
            config, [(folder, candidate)], split, config.run.seed * 1000 + repeat + 1, repeat
        )
    ]


def _standing(problem: Problem, verdicts: Sequence[Evaluation]) -> dict[str, Any]:
    """Status, score, and the interval with what it is over."""
    failed = next((v for v in verdicts if v.status != "ok"), None)
    scores = [v.score for v in verdicts if v.score is not None]
    sample = sample_of(problem, verdicts)
    return {
        "status": failed.status if failed else "ok",
        "score": sum(scores) / len(scores) if sample else None,
        "interval": list(sample.interval()) if sample else None,
        "interval_over": sample.over if sample else None,
        "repeats": scores,
        "feedback": failed.feedback if failed else "",
    }


def _summary(problem: Problem, verdicts: Sequence[Evaluation]) -> dict[str, Any]:
    return {
        **_standing(problem, verdicts),
        "metrics": dict(verdicts[0].metrics),
        "best_known": problem.best_known,
        "sandbox": verdicts[0].sandbox,
        "verified": all(v.verified for v in verdicts),
    }


def _beside(problem: Problem, verdicts: Sequence[Evaluation], theirs: Sequence[Evaluation]) -> dict[str, Any]:
    """Somebody else's row: the champion's score less theirs, pair by pair."""
    gain = difference(problem, verdicts, theirs)
    return {
        **_standing(problem, theirs),
        "champion_gains": gain.mean if gain else None,
        "gain_interval": list(gain.interval()) if gain and len(gain.values) > 1 else None,
        "gain_over": gain.over if gain else None,
    }


def _text(verdict: dict[str, Any]) -> str:
    lines = [f"champion    {verdict['candidate']} of {verdict['problem']}"]
    lines += [f"{name:<12}{verdict[name]}" for name in ("why", "warning") if verdict[name]]
    if verdict["split"] == "search":
        lines.append("note        this problem has no hold-out cases; judged again on its search cases")
    if not verdict["verified"]:
        lines.append("UNVERIFIED  judge and candidate shared a process; the score may be forged")
    if verdict["status"] != "ok":
        lines.append(f"verdict     {verdict['status']}: {verdict['feedback']}")
    else:
        low, high = verdict["interval"]
        lines.append(
            f"{verdict['split']:<12}{verdict['score']:.10g}  "
            f"[{low:.10g}, {high:.10g}] 95 % bootstrap over {verdict['interval_over']}"
        )
    lines += [_line(row) for row in verdict["beside"]]
    if verdict["status"] == "ok":
        lines += [
            f"{name:<12}{verdict[f'{name}_score']:.10g}{_mean_of(verdict) if name == 'selection' else ''}"
            for name in ("selection", "search")
            if verdict[f"{name}_score"] is not None
        ]
        lines.append(f"sandbox     {verdict['sandbox']}")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    """Somebody beside the champion, and whether the champion is better."""
    name = Path(row["name"]).name
    if row["status"] != "ok":
        return f"{name:<11} {row['status']}: {one_line(row['feedback'], 200)}"
    text = f"{name:<11} {row['score']:.10g}"
    if row["gain_interval"] is None:  # nothing to say how much of a difference is chance
        return text
    low, high = row["gain_interval"]
    said = "better" if low > 0 else "worse" if high < 0 else "not clearly another"
    return f"{text}  the champion is {said}: {row['champion_gains']:+.4g} [{low:+.4g}, {high:+.4g}] over {row['gain_over']}"


def _mean_of(verdict: dict[str, Any]) -> str:
    repeats = verdict["selection_repeats"]
    return f"  mean of {repeats}" if repeats > 1 else ""
