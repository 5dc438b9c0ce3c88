"""One run of one method of a comparison, in a process of its own."""

import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evo.cli.eval import judge, read_candidate
from evo.cli.verify import verify
from evo.config import Config, compose
from evo.errors import InvalidCandidate, RunError
from evo.evaluate.judge import judge_claim
from evo.session import Session
from evo.store.archive import open_run
from evo.types import Problem


@dataclass(frozen=True, slots=True)
class Method:
    """What to run: a search of the engine, or a plain solver of the problem.

    Attributes:
        name: as it was asked for.
        settings: words of its configuration, its choice of ``search=`` among them.
        folder: of its run.
        holdout: whether the champion is judged there too.
    """

    name: str
    solver: bool
    settings: tuple[str, ...]
    seed: int
    folder: Path
    holdout: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    Attributes:
        scores: ``[n]`` of the evaluations in the order they were judged, None for failures; for a
            solver, of its outputs in the order they were found.
        spent: ``[n]`` evaluations spent when each came, as the budget counts them; empty for 1, 2, ...
        holdout: score of the champion there, None if it was not asked for or failed.
    """

    method: str
    seed: int
    scores: tuple[float | None, ...]
    seconds: float
    cpu_s: float
    holdout: float | None = None
    reason: str = ""
    spent: tuple[float, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return dataclasses.asdict(self)


def carry_out(method: Method, seconds: float | None) -> Result:
    """Runs `method`, or reads what an earlier, finished run of it left.

    Args:
        method: what to run.
        seconds: wall time of a solver; searches stop at their own budget.

    Raises:
        RunError: the folder holds a run with another search or other operators.
    """
    wanted = {
        "settings": list(method.settings),
        "holdout": method.holdout,
        "seconds": method.solver and seconds,
    }
    words = [*method.settings, "pool=inline", f"run.seed={method.seed}", f"run.dir={method.folder}"]
    config = compose(words)
    _check_same(method.folder, config)
    file = method.folder / "result.json"
    if file.is_file():
        found = json.loads(file.read_text())
        if found.pop("wanted") == wanted:
            told = {"scores": tuple(found["scores"]), "spent": tuple(found.get("spent", ()))}
            return Result(**{**found, **told})
    result = _solve(method, config, seconds or 60.0) if method.solver else _search(method, config)
    method.folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**result.plain(), "wanted": wanted}))
    return result


def _check_same(folder: Path, config: Config) -> None:
    """What ran there must be what is asked for: a file of ``conf`` may have changed since."""
    import yaml  # comes with omegaconf; read without Hydra, which costs 0.3 CPU-s

    file = folder / "config.yaml"
    if not file.is_file():
        return
    node, wanted = yaml.safe_load(file.read_text(encoding="utf-8")), config.plain()
    for part in ("search", "operators"):
        if node.get(part) != wanted[part]:
            raise RunError(
                f"{folder} holds a run with other settings of {part}. Remove it, or choose another folder: --out DIR"
            )


def _search(method: Method, config: Config) -> Result:
    before = time.process_time()
    exists = (method.folder / "config.yaml").is_file()
    budget = f"budget.evaluations={config.budget.evaluations or 'null'}"
    with Session.resume(method.folder, [budget]) if exists else Session.start(config) as session:
        outcome = session.run()
    cpu_s = time.process_time() - before
    with open_run(method.folder) as view:
        scores, spent = tuple(view.archive.scores_in_order()), tuple(view.archive.spent_in_order())
        cpu_s += view.archive.cpu_seconds()
    is_asked = method.holdout and outcome.best
    holdout = verify(method.folder, repeats=1, alone=True)["score"] if is_asked else None
    return Result(method.name, method.seed, scores, outcome.seconds, cpu_s, holdout, outcome.reason, spent)


def _solve(method: Method, config: Config, seconds: float) -> Result:
    problem = config.load_problem()
    solver = problem.baselines[method.name]
    if isinstance(solver, str):
        return _judge_file(method, config, problem, solver)
    start, cpu = time.perf_counter(), time.process_time()
    scores: list[float | None] = []

    def stop(score: float | None = None) -> bool:
        if score is not None:
            scores.append(float(score))
        return time.perf_counter() - start >= seconds

    output = solver(np.random.default_rng(method.seed), stop)
    spent = time.perf_counter() - start
    case = next(c for c in problem.all_cases() if c.split == "search")
    try:
        verdict = judge_claim(problem, output, case, seed=method.seed)
    except InvalidCandidate as error:
        return Result(method.name, method.seed, (None,), spent, time.process_time() - cpu, None, str(error))
    # What counts is what the judge says of the output, not what the solver said on the way.
    final = verdict.score
    honest = [s for s in scores if s is not None and final is not None and s <= final]
    return Result(method.name, method.seed, (*honest, final), spent, time.process_time() - cpu)


def _judge_file(method: Method, config: Config, problem: Problem, path: str) -> Result:
    file = (problem.folder or Path()) / path
    candidates = [(file, read_candidate(file))]
    start = time.perf_counter()
    ((_, verdict),) = judge(config, candidates)
    spent = time.perf_counter() - start
    holdout = None
    if method.holdout and any(case.split == "holdout" for case in problem.all_cases()):
        ((_, held),) = judge(config, candidates, "holdout")
        holdout = held.score
    return Result(
        method.name, method.seed, (verdict.score,), spent, verdict.usage.cpu_s, holdout, verdict.feedback
    )
