"""Judges designs on the same questions and prints one table; without files, the references.

    python problems/agent_reasoning/compare.py llm=local
    python problems/agent_reasoning/compare.py llm=local --questions 16 my_design/ problems/agent_reasoning/references/direct.yaml
    python problems/agent_reasoning/compare.py recording=small --questions 8 problems/agent_reasoning/references/direct.yaml
    python problems/agent_reasoning/compare.py llm=local llm.answers=answers.jsonl

With llm.answers what the model says is kept, so a table that was interrupted goes on where it was. Intervals hold 95 %,
by bootstrap over the questions; the difference is to the first design, question by question.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evo.cli.eval import read_candidate
from evo.config import compose
from evo.errors import EvoError
from evo.play.models import with_models
from evo.pool.worker import WorkerSpec
from evo.report.verification import difference, sample_of
from evo.types import SPLITS, EvaluateTask, Evaluation, Problem

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Row:
    """A design's line, or the first one's, which the others are set against."""

    name: str
    verdict: Evaluation


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table; returns the exit status."""
    args = _arguments(argv)
    settings = [word for word in args.words if "=" in word and not Path(word).exists()]
    files = [Path(word) for word in args.words if word not in settings]
    files = files or sorted((HERE / "references").glob("*.yaml"))
    own = [word for word in settings if word.startswith("recording=")]
    words = [f"problem.{word}" for word in own] + [word for word in settings if word not in own]
    config = compose([f"problem={HERE}", f"problem.questions={args.questions}", *words])
    problem = with_models(config.load_problem(), config.llm)
    evaluator = WorkerSpec.of(problem, config.sandbox).build()
    rows: list[Row] = []
    try:
        for file in files:
            verdict = evaluator(EvaluateTask(file.stem, args.split, files=read_candidate(file).files))
            rows.append(Row(file.stem, verdict))
            print(_json(rows[-1]) if args.json else _line(problem, rows[-1], rows[0]), flush=True)
    finally:
        evaluator.close()
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="llm=NAME|recording=FILE|FILE")
    parser.add_argument("--questions", type=int, default=40, help="the first so many of the search split")
    parser.add_argument("--split", choices=SPLITS, default="search")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser.parse_intermixed_args(argv)


def _line(problem: Problem, row: Row, first: Row) -> str:
    sample = sample_of(problem, [row.verdict])
    if sample is None:
        return f"{row.name:<20}{row.verdict.status}  {row.verdict.feedback.splitlines()[0]}"
    low, high = sample.interval()
    text = f"{row.name:<20}{sample.mean:.3f} [{low:.2f}, {high:.2f}]"
    gain = None if row is first else difference(problem, [row.verdict], [first.verdict])
    if gain is not None:
        low, high = gain.interval()
        text += f"  {gain.mean:+.3f} [{low:+.2f}, {high:+.2f}]"
    else:
        text += " " * 24
    metrics = row.verdict.metrics
    usd = f"  {metrics['usd']:.5f} usd" if metrics.get("usd") else ""
    return (
        f"{text}  {metrics['calls']:5.1f} calls {metrics['tokens']:7.0f} tokens "
        f"{metrics['seconds.model']:6.1f} s a question{usd}  {metrics['cases.failed']:.0%} failed"
    )


def _json(row: Row) -> str:
    verdict = row.verdict
    return json.dumps(
        {
            "design": row.name,
            "status": verdict.status,
            "score": verdict.score,
            "scores": {case.case: case.score for case in verdict.cases},
            "metrics": dict(verdict.metrics),
            "feedback": verdict.feedback,
        }
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EvoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(int(error.exit_status))
