"""Judge given candidate files in one warm worker, without a search. One JSON object a line with --json.

Examples:
  evo eval problem=circle_packing my_packing.py
  evo eval problem=sphere a.py b.py c.py --json
  evo eval problem=./my_problem my_design/          # a folder is a candidate of many files
  evo eval problem=online_bin_packing best.py --split holdout
  evo eval problem=agent_textworld problems/agent_textworld/references/*.yaml

Exit status: 0 when every candidate was judged, whatever the verdicts.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from evo.assembly import check_problem
from evo.config import Config, compose
from evo.design.parts import DESIGN, parts_of
from evo.errors import ConfigError
from evo.play.models import with_models
from evo.pool.worker import WorkerSpec
from evo.types import SPLITS, Candidate, EvaluateTask, Evaluation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo eval`` takes."""
    parser.add_argument(
        "words", nargs="+", metavar="problem=NAME FILE", help="a problem, then files or folders"
    )
    parser.add_argument(
        "--split", choices=SPLITS, default="search", help="cases to judge on (default: search)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="only for programs you wrote yourself"
    )


def run(args: argparse.Namespace) -> int:
    """Judges; returns the exit status."""
    settings = [word for word in args.words if "=" in word and not Path(word).exists()]
    files = [Path(word) for word in args.words if word not in settings]
    if not files:
        raise ConfigError("which candidates? Name files or folders. See: evo eval --help")
    extra = ["sandbox.unsafe=true"] if args.unsafe_no_sandbox else []
    config = compose([*settings, *extra])
    candidates = [(file, read_candidate(file)) for file in files]
    for file, verdict in judge(config, candidates, args.split):
        row: dict[str, object] = {
            "file": str(file),
            "status": verdict.status,
            "score": verdict.score,
            "metrics": dict(verdict.metrics),
            "feedback": verdict.feedback,
            "seconds": round(verdict.seconds, 6),
            "sandbox": verdict.sandbox,
            "verified": verdict.verified,
        }
        print(json.dumps(row) if args.json else _line(row), flush=True)
    return 0


def judge(
    config: Config,
    candidates: Sequence[tuple[Path, Candidate]],
    split: str = "search",
    seed: int = 0,
    repeat: int = 0,
) -> Iterator[tuple[Path, Evaluation]]:
    """Verdicts on `candidates`, one after the other in one warm evaluator of this process.

    On the ``search`` split a candidate climbs the stages until one refuses it. For `seed` and `repeat` see
    `evo.types.EvaluateTask`.
    """
    problem = check_problem(config.load_problem())
    stages = [s.name for s in problem.stages if s.split == split] or [split]
    if not any(case.split == split for case in problem.all_cases()):
        raise ConfigError(f"problem {problem.name} has no {split} cases.")
    evaluator = WorkerSpec.of(with_models(problem, config.llm), config.sandbox).build()
    try:
        for file, candidate in candidates:
            for stage in stages:
                task = EvaluateTask(candidate.id, stage, seed=seed, files=candidate.files, repeat=repeat)
                verdict = evaluator(task)
                if verdict.status != "ok":
                    break
            yield file, verdict
    finally:
        evaluator.close()


def read_candidate(path: Path) -> Candidate:
    """A candidate from a file, or from all text files of a folder. A design in one file may have any name.

    Raises:
        ConfigError: there is no such file, it is empty, or it is not text.
    """
    if not path.exists():
        raise ConfigError(f"no file or folder {path}.")
    names = [path] if path.is_file() else sorted(p for p in path.rglob("*") if _is_source(p, path))
    if not names:
        raise ConfigError(f"{path} holds no files.")
    files: dict[str, str] = {}
    for name in names:
        try:
            key = name.name if path.is_file() else name.relative_to(path).as_posix()
            files[key] = name.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ConfigError(f"{name} is not UTF-8 text; a candidate's files are text.") from None
    if path.is_file() and path.suffix in (".yaml", ".yml"):
        design = {DESIGN: next(iter(files.values()))}
        files = design if parts_of(design) is not None else files
    return Candidate.of(files, operator="given")


def _is_source(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(folder).parts)
    return file.is_file() and not hidden


def _line(row: dict[str, object]) -> str:
    score = f"{row['score']:.10g}" if isinstance(row["score"], float) else "-"
    score += "" if row["verified"] else " unverified"
    text = str(row["feedback"]).strip()
    return f"{row['file']}  {row['status']}  {score}  {row['seconds']}s  {row['sandbox']}" + (
        f"\n    {text.splitlines()[-1]}" if text else ""
    )
