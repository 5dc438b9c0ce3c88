"""One sitting of a run: everything built from its configuration, wired, and put away again."""

import asyncio
import dataclasses
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from evo import config as configuration
from evo import plugins
from evo.assembly import (
    build_crew,
    build_search,
    check_problem,
    plan_of,
    proposal_slots,
    raced,
    replayed_folder,
    search_stages,
)
from evo.budget import Budget, Limits
from evo.champion import ChampionRule
from evo.config import Config
from evo.design.design import checker
from evo.errors import EndedEarly, EvoError, Exit, ProblemError, RunError, StorageFull
from evo.llm import Ceiling, LanguageModels
from evo.loop import Ending, Engine, Observer
from evo.play.models import check_prices, note, with_keys, with_models
from evo.pool.proposers import Proposers
from evo.pool.worker import WorkerSpec
from evo.search.seeding import judge_seed
from evo.store.archive import Archive
from evo.store.inbox import Inbox
from evo.store.journal import Journal, read_events
from evo.store.laps import write_shares
from evo.types import EvaluateTask, Event, Problem, Reply

AGENT_REPLIES = "agent-replies.jsonl"
"""File in the run's folder with what models answered to agents: none is paid for twice."""

VARIED_REPEATS = 3
"""How often the best few are judged on ``selection`` at least, where inputs are drawn for each evaluation."""

SAVE_EVERY_S = 2.0
"""How much wall time may be missing from the ledger after a kill."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sitting ended; written to ``outcome.json``.

    Attributes:
        exit_status: of the command (`evo.errors.Exit`).
        evaluations: that count; in a race one of a part of the cases is that part of an evaluation.
        best: id of the champion, None if nothing was ``ok``.
        why: the champion is another than the best score, in a sentence; empty where it is that.
        warning: why the champion rule decided nothing, in a sentence; empty where it did.
    """

    reason: str
    exit_status: int
    evaluations: int | float
    proposals: int
    seconds: float
    best: str | None
    score: float | None
    losses: Mapping[str, int]
    why: str = ""
    warning: str = ""


class Stopwatch:
    """Wall seconds of a run over all its sittings, kept in a file so that a kill loses little."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._before = float(file.read_text()) if file.is_file() else 0.0
        self._start = self._saved = clock()

    def elapsed(self) -> float:
        """Seconds so far."""
        return self._before + self._clock() - self._start

    def tell(self, event: Event) -> None:
        """An observer of the loop; events do not matter to it."""

    def tick(self, proposing: int, judging: int) -> None:
        """Saves now and then."""
        if self._clock() - self._saved >= SAVE_EVERY_S:
            self.save()

    def save(self) -> None:
        """Writes the time down, whole or not at all.

        Raises:
            StorageFull: it cannot be written.
        """
        self._saved = self._clock()
        part = self._file.with_suffix(".part")
        try:
            part.write_text(f"{self.elapsed():.3f}")
            part.replace(self._file)
        except OSError as error:
            raise StorageFull(f"{self._file} cannot be written: {error.strerror}.") from error


class Session:
    """A run folder opened for writing, with everything that takes part in the run.

    Use `start` for a new run and `resume` for one that exists; then `run` once, and `close`.
    """

    def __init__(self, config: Config, problem: Problem, folder: Path, recover: bool = False) -> None:
        self.config, self.problem, self.folder = config, raced(problem, config), folder
        self._notes: list[str] = []
        self._engine: Engine | None = None
        self.journal = Journal.open(folder, recover=recover)
        try:
            self._wire()
        except BaseException:
            self.journal.close()
            raise

    @classmethod
    def start(cls, config: Config) -> "Session":
        """Opens a new run.

        Raises:
            RunError: the folder holds a run already.
            EvoError: a setting or the problem is wrong; the folder is left as it was.
        """
        problem = check_problem(config.load_problem())
        config = _ruled(config, problem)
        folder = _run_folder(config, problem)
        if folder.exists() and any(folder.iterdir()):
            raise RunError(
                f"{folder} is not empty. Go on with it: evo resume {folder}; or choose another: run.dir=DIR"
            )
        fresh = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            session = cls(config, problem, folder)
        except BaseException:
            _discard(folder, fresh)
            raise
        configuration.save(_absolute(config, problem), folder / "config.yaml")
        return session

    @classmethod
    def resume(
        cls,
        folder: Path,
        words: Sequence[str] = (),
        recover: bool = False,
        problem: Problem | None = None,
        limits: object = None,
    ) -> "Session":
        """Opens an existing run.

        Args:
            folder: of the run.
            words: overrides such as ``budget.evaluations=2000``.
            recover: set damaged journal rows aside and go on with the good ones.
            problem: the object, for a problem made in a notebook, which has no folder.
            limits: a `Limits` in the place of the saved ones.

        Raises:
            RunError: `folder` is no run, or another process is writing to it.
            JournalCorrupt: its journal was changed after it was written, and `recover` is False.
        """
        file = folder / "config.yaml"
        if not file.is_file():
            raise RunError(f"{folder} is not a run: it has no config.yaml. See: evo ls")
        config = configuration.load(file, words)
        if isinstance(limits, Limits):
            config = dataclasses.replace(config, budget=limits)
        checked = check_problem(problem or config.load_problem())
        ruled = _ruled(config, checked)
        session = cls(ruled, checked, folder.resolve(), recover)
        if words or limits or ruled != config:
            configuration.save(ruled, file)
        return session

    def _wire(self) -> None:
        config, problem = self.config, self.problem
        self.stopwatch = Stopwatch(self.folder / "clock")
        self.stages = tuple(stage.name for stage in search_stages(problem))
        self.models = self._open_models()
        self.crew = build_crew(config, problem, self.models)
        asking = with_models(problem, config.llm, self.folder / AGENT_REPLIES)
        check_prices(asking, config.budget.usd)
        if asking is not problem:
            self._notes.append(note(asking, search_stages(problem)[-1]))
        spec = WorkerSpec.of(with_keys(asking), config.sandbox)
        self.evaluators = plugins.build(config.pool.use, config.pool.fields, {"spec": spec}, what="pool")
        plan = plan_of(config, problem, self.crew, self.models, self.evaluators.frontier)
        rule = ChampionRule.parse(config.run.champion or problem.champion)
        self.archive = Archive(self.journal, self.stages, rule, plan.share_at)
        if plan.race:
            write_shares(self.folder, plan.share_at)
        self.budget = Budget(config.budget, self.stopwatch.elapsed, self.stages, plan.share_at)
        self.search = build_search(config, plan)

    def _open_models(self) -> LanguageModels | None:
        """The language models, checked before anything is spent; None if there are none."""
        config = self.config
        if not config.llm.enabled:
            return None
        folder = replayed_folder(config)
        models = LanguageModels(
            config.llm,
            self._record,
            Ceiling(config.budget.usd, config.budget.tokens),
            seed=config.run.seed,
            replies=[] if folder is None else (e for e in read_events(folder) if isinstance(e, Reply)),
        )
        self._notes += models.check(config.budget.usd)
        # Out of the environment before any process is started that candidates could ever look into.
        models.take_keys()
        if config.llm.replay is None and (proposals := config.budget.proposals or config.budget.evaluations):
            self._notes.append(f"Should a model make all of them: {models.estimate(proposals)}.")
        return models

    async def _record(self, reply: Reply) -> None:
        if self._engine is None:
            raise RuntimeError("a model answered while no engine was there to record it")
        await self._engine.record(reply)

    def run(self, observers: Sequence[Observer] = (), stop: Callable[[], bool] = lambda: False) -> Outcome:
        """Searches until the budget is met, then judges the best on ``selection``.

        Errors that end a run early (`StorageFull`, `EndedEarly`) are told in the outcome; a problem
        whose seed is refused raises, and its folder is removed.
        """
        try:
            outcome: Outcome = _run_apart(self._run(observers, stop))
        except ProblemError:
            if self.budget.evaluations <= len(self.problem.seeds):
                self.journal.close()
                _discard(self.folder, fresh=True)
            raise
        try:
            self.stopwatch.save()
            file = self.folder / "outcome.json"
            file.write_text(json.dumps(dataclasses.asdict(outcome), indent=2) + "\n")
        except (OSError, StorageFull) as error:
            if outcome.exit_status != Exit.STORAGE:
                reason = f"{outcome.reason}, but the disk is full: {error}"
                return dataclasses.replace(outcome, reason=reason, exit_status=int(Exit.STORAGE))
        return outcome

    async def _run(self, observers: Sequence[Observer], stop: Callable[[], bool]) -> Outcome:
        deterministic = bool(self.evaluators.deterministic)
        learners = self.crew.learners if self.models is None else [self.models, *self.crew.learners]
        engine = self._engine = Engine(
            self.search,
            self.archive,
            self.budget,
            self.journal,
            Proposers(
                self.crew.operators,
                slots=proposal_slots(self.config),
                ordered=deterministic,
                check=checker(self.problem),
            ),
            self.evaluators,
            learners=learners,
            observers=[self.stopwatch, *observers],
            n_seeds=len(self.problem.seeds),
            deterministic=deterministic,
            stop=stop,
            mail=Inbox(self.folder),
        )
        try:
            ending = await engine.run()
            if ending.met:
                await engine.judge(self._closing_tasks())
            return self._outcome(ending)
        except (StorageFull, EndedEarly) as error:
            return self._outcome(Ending(met=False, reason=str(error)), error)
        finally:
            await engine.close()
            if self.models is not None:
                await self.models.close()

    def _closing_tasks(self) -> list[EvaluateTask]:
        """The best few and the seed on ``selection``, in every repeat in which they were not judged there already.

        The best of many noisy scores may be worse than what the run began with; then that is the champion.
        """
        if not any(case.split == "selection" for case in self.problem.all_cases()):
            return []
        repeats = self.config.run.selection_repeats
        if self.problem.vary is not None:
            repeats = max(repeats, VARIED_REPEATS)
        tasks: list[EvaluateTask] = []
        top = self.archive.finalists(self.config.run.selection)
        origin = self.archive.origin()
        if top and origin is not None and origin.status == "ok" and origin.id not in {row.id for row in top}:
            top.append(origin)
        told = {row.id: self.archive.repeats_told(row.id) for row in top}
        ordered = Counter({name: latest for name, (_, latest) in told.items()})
        for repeat in range(repeats):  # in rounds: a run that is stopped has judged all about equally often
            stage = "selection" if repeat == 0 else f"selection:{repeat}"
            for row in top:
                seed = judge_seed(self.config.run.seed, row.id, stage)
                if seed not in told[row.id][0]:
                    ordered[row.id] += 1
                    tasks.append(EvaluateTask(row.id, "selection", ordered[row.id], seed, repeat=repeat))
        return tasks

    def _outcome(self, ending: Ending, error: EvoError | None = None) -> Outcome:
        if error is not None:
            status = error.exit_status
        elif ending.interrupted:
            status = Exit.INTERRUPTED
        else:
            status = Exit.OK if ending.met else Exit.ENDED_EARLY
        pick = self.archive.pick()
        return Outcome(
            reason=ending.reason,
            exit_status=int(status),
            evaluations=self.budget.evaluations,
            proposals=self.budget.proposals,
            seconds=round(self.stopwatch.elapsed(), 3),
            best=pick.champion.id if pick else None,
            score=pick.champion.score if pick else None,
            losses={"evaluations": self.budget.lost, **getattr(self.evaluators, "losses", {})},
            why=pick.why if pick else "",
            warning=pick.warning if pick else "",
        )

    @property
    def warnings(self) -> list[str]:
        """What a person should know before the run goes on: damage that was mended, for one."""
        return [*self.journal.recovery.warning.splitlines(), *self._notes]

    def close(self) -> None:
        """Flushes and unlocks the journal."""
        self.journal.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _run_folder(config: Config, problem: Problem) -> Path:
    if config.run.dir:
        return Path(config.run.dir).expanduser().resolve()
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder = Path("runs").resolve() / f"{problem.name}-{stamp}"
    suffix = 1
    while folder.exists():
        suffix += 1
        folder = folder.with_name(f"{problem.name}-{stamp}-{suffix}")
    return folder


def _absolute(config: Config, problem: Problem) -> Config:
    """With the problem's folder in full, so that the run can be resumed from anywhere."""
    if problem.folder is None or config.problem in plugins.problem_names():
        return config
    return dataclasses.replace(config, problem=str(problem.folder))


def _ruled(config: Config, problem: Problem) -> Config:
    """With the rule that names the champion, so that everybody who reads the run names the same one."""
    rule = config.run.champion or problem.champion
    return dataclasses.replace(config, run=dataclasses.replace(config.run, champion=rule))


def _discard(folder: Path, fresh: bool) -> None:
    """Removes what an unstarted run left in its folder."""
    import shutil

    if fresh:
        shutil.rmtree(folder, ignore_errors=True)


def _run_apart(work: Any) -> Any:
    """Runs a coroutine to its end, in a thread of its own where a loop runs already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    result: list[Any] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            result.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread below
            failure.append(error)

    thread = threading.Thread(target=target, name="evo")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]
