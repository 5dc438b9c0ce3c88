"""What is known of every candidate of a run, in memory and without its files.

The files stay on the disk. The archive adds those of a task's own relatives to it, so that a message
to a worker is as big as its parents and never as the population.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import yaml

from evo.champion import BEST_SCORE, ChampionRule
from evo.errors import RunError
from evo.spending import Spending
from evo.store import picking
from evo.store.candidates import Candidates
from evo.store.laps import read_shares
from evo.store.picking import Pick
from evo.store.records import Records
from evo.store.recovery import load_for_reading
from evo.store.repeats import Repeats
from evo.store.schema import WITHOUT_BULK, decode, decode_index
from evo.store.standing import OperatorRecord, Standing, as_table
from evo.store.verdicts import Verdicts
from evo.types import Candidate, EvaluateTask, Evaluation, Event, Judged, Proposal, ProposeTask, Reply, Usage

SELECTION = "selection"
_UNSEARCHED = (SELECTION, "holdout")
_NO_VERDICTS = Verdicts()


class Source(Protocol):
    """Where files and whole evaluations are read from, such as a `evo.store.journal.Journal`."""

    def candidate(self, candidate: str) -> Candidate:
        """The candidate with this id; KeyError if there is none."""

    def evaluation(self, candidate: str, stage: str | None = None) -> Evaluation:
        """Its latest evaluation at `stage` that was not lost; KeyError if there is none."""


class Archive:
    """A learner that counts, ranks, and knows who descends from whom; some 500 bytes a candidate.

    An evaluation is told apart by its candidate, stage and attempt; a proposal by its number.

    Args:
        source: where files are read from.
        stages: names of the search stages in climbing order. Without them, those that occur
            count, in the order they occur in, but for ``selection`` and ``holdout``.
        rule: which candidate is the champion.
        shares: stage -> the part of an evaluation that a judgement there is, as `evo.types.Plan.share_at`; 1
            where it is not named.

    Attributes:
        evaluations: judgements on the search stages, lost ones not counted.
    """

    def __init__(
        self,
        source: Source,
        stages: Sequence[str] | None = None,
        rule: ChampionRule = BEST_SCORE,
        shares: Mapping[str, Fraction] | None = None,
    ) -> None:
        self.evaluations = 0
        self.rule = rule
        self._spending = Spending()
        self._replies: set[tuple[int, int]] = set()  # (number, turn) of replies without their proposal
        self._source = source
        self._stages = list(stages or ())
        self._takes_any_stage = stages is None
        self._shares = dict(shares or {})
        self._spent = Fraction(0)
        self._candidates = Candidates()
        self._verdicts: dict[str, Verdicts] = {}
        self._repeats = Repeats()  # on `SELECTION`, where a score is the mean of all
        self._operators: list[str] = []
        self._records: dict[str, OperatorRecord] = {}
        self._told: set[int] = set()
        self._proposal_statuses: Counter[str] = Counter()
        self._evaluation_statuses: Counter[str] = Counter()
        # Of each search evaluation in order: stage (an index into _stages), candidate, score, and what was spent
        # when it came.
        self._order_stage = array("i")
        self._order_candidate = array("q")
        self._order_score = array("d")
        self._order_spent = array("d")
        self._evaluation_cpu_s = 0.0

    def tell(self, event: Event) -> None:
        """Takes in one event. Told twice, the second time changes nothing."""
        if isinstance(event, Proposal):
            self._tell_proposal(event)
        elif isinstance(event, Evaluation):
            self._tell_evaluation(event)
        elif isinstance(event, Reply):
            self._tell_reply(event)

    @property
    def spent(self) -> float:
        """Evaluations as a budget counts them: those on a part of the cases, in a race, as that part."""
        return float(self._spent)

    def raced(self, stage: str) -> Fraction:
        """The part of the last stage's cases that a candidate was judged on by the end of `stage`; 1 unless in a race."""
        if not stage.startswith(f"{self.last_stage}@") or stage not in self._shares:
            return Fraction(1)
        laps = [one for one in self._stages if one.startswith(f"{self.last_stage}@")]
        return sum((self._shares[one] for one in laps[: laps.index(stage) + 1]), Fraction(0))

    @property
    def last_stage(self) -> str:
        """The search stage whose scores count in the end; empty before anything was judged."""
        return self._stages[-1] if self._stages else ""

    @property
    def usage(self) -> Usage:
        """Of all proposals, evaluations and replies together, each call to a model counted once."""
        return self._spending.usage

    def seen(self, candidate: str) -> bool:
        """Whether a candidate with this id was proposed."""
        return self._candidates.proposed(candidate)

    def judged(self, candidate: str, stage: str | None = None) -> bool:
        """Whether there is a verdict that was not lost, at `stage` or at any search stage."""
        place = self._candidates.get(candidate)
        stages = self._stages if stage is None else [stage]
        return place is not None and any(self._at(one).is_judged(place) for one in stages)

    def score(self, candidate: str, stage: str | None = None) -> float | None:
        """Its score at `stage`, or at the search stage it is known by; None unless ``ok`` there.

        Raises:
            KeyError: there is no such candidate.
        """
        place = self._candidates.place(candidate)
        return self._at(stage or self._known_by(place) or "").score(place)

    def repeats(self, candidate: str) -> list[float | None]:
        """Scores of all its verdicts on ``selection`` that were not lost, None for one that is not ``ok``."""
        place = self._candidates.get(candidate)
        return [] if place is None else self._repeats.scores(place)

    def repeats_told(self, candidate: str) -> tuple[frozenset[int], int]:
        """Seeds of its verdicts on ``selection`` that were not lost, and its highest attempt there, 0 without any."""
        place = self._candidates.get(candidate)
        if place is None:
            return frozenset(), 0
        return self._repeats.seeds(place), self._repeats.latest(place)

    def standing(self, candidate: str) -> Standing:
        """What is known of a candidate.

        Raises:
            KeyError: there is no such candidate.
        """
        return self._standing(self._candidates.place(candidate))

    def standings(self) -> Iterator[Standing]:
        """All candidates that were proposed or judged, in that order."""
        for place in range(len(self._candidates)):
            if self._candidates.proposal(place) is not None or self._known_by(place) is not None:
                yield self._standing(place)

    def judgement(self, candidate: str) -> Judged:
        """A candidate with the evaluation it is known by: that of the last search stage it reached.

        Raises:
            KeyError: there is no such candidate, or it was not judged yet.
        """
        place = self._candidates.get(candidate)
        stage = None if place is None else self._known_by(place)
        if stage is None:
            raise KeyError(f"candidate {candidate!r} was not judged on a search stage yet")
        return Judged(self._source.candidate(candidate), self._source.evaluation(candidate, stage))

    def fill_proposals(self, tasks: Sequence[ProposeTask]) -> list[ProposeTask]:
        """The tasks with the files and evaluations of all candidates that they name.

        A parent that was proposed and not judged yet comes with `Evaluation.pending`.

        Raises:
            KeyError: there is no such candidate, or another than a parent was not judged yet.
        """
        return [self._filled(task) for task in tasks]

    def fill_evaluations(self, tasks: Sequence[EvaluateTask]) -> list[EvaluateTask]:
        """The tasks with their candidates' files, and with the evaluations whose cases they take over.

        Raises:
            KeyError: there is no such candidate, or no such evaluation.
        """
        return [
            replace(
                task,
                files=self._source.candidate(task.candidate).files,
                earlier=self._source.evaluation(task.candidate, task.after) if task.after else None,
            )
            for task in tasks
        ]

    def top(self, k: int, stage: str | None = None) -> list[Standing]:
        """The `k` best at `stage`, or at the last search stage that any passed; the earlier of equals first."""
        ranking = self._at(stage or self._leading_stage()).ranking(k)
        return [self._standing(place) for place in ranking]

    def champion(self) -> Standing | None:
        """The one that `pick` names; None while nothing was ``ok``."""
        found = self.pick()
        return found.champion if found else None

    def pick(self) -> Pick | None:
        """The champion by the rule, on ``selection`` if any candidate was scored there, else as `top` ranks."""
        for stage in (SELECTION, self._leading_stage()):
            verdicts = self._at(stage)
            if stage is not None and verdicts.best is not None:
                return self._picked(stage, verdicts, self._candidates.ids[verdicts.best])
        return None

    def _picked(self, stage: str, verdicts: Verdicts, best: str) -> Pick:
        if not self.rule.measure:
            return Pick(self.standing(best), self.standing(best), stage)
        rows = picking.contenders(verdicts, self._candidates.ids, self.rule)
        why, warning = picking.reason(rows, best, self.rule), picking.warning(verdicts, rows, self.rule)
        return Pick(self.standing(rows[0].id), self.standing(best), stage, why, warning)

    def finalists(self, k: int) -> list[Standing]:
        """The `k` to be judged on ``selection``: the best, and in turn with them those the rule likes best."""
        ranked = [one.id for one in self.top(k)]
        if self.rule.measure:
            rows = picking.contenders(self._at(self._leading_stage()), self._candidates.ids, self.rule)[:k]
            liked = [row.id for row in rows]
            ranked = [one for pair in zip_longest(ranked, liked) for one in pair if one is not None]
        return [self.standing(one) for one in list(dict.fromkeys(ranked))[:k]]

    def origin(self) -> Standing | None:
        """The best of those that the run began with, or the first where none passed; None before there is any.

        What a search has brought is to be told against it.
        """
        if "seed" not in self._operators:
            return None
        code, known = self._operators.index("seed"), self._candidates
        begun = (
            self._standing(place)
            for place in range(len(known))
            if known.operator(place) == code and known.proposal(place) is not None
        )
        stage = self._leading_stage()
        return max(begun, key=lambda one: one.scores.get(stage or "", -np.inf), default=None)

    def scores_in_order(self) -> list[float | None]:
        """For each search evaluation as it came: its score at the last search stage, else None."""
        return [None if np.isnan(score) else float(score) for score in self._final_scores()]

    def spent_in_order(self) -> list[float]:
        """For each search evaluation as it came: `spent` until then, its own part among it."""
        return list(self._order_spent)

    def best_curve(self) -> tuple[np.ndarray, np.ndarray]:
        """How the best score grew.

        Returns:
            ``[n]`` evaluations spent when each search evaluation came (1, 2, ... unless there is a race), and
            ``[n]`` the best score at the last search stage so far, not-a-number before the first.
        """
        scores = self._final_scores()
        best: np.ndarray = np.fmax.accumulate(scores) if len(scores) else scores
        return np.array(self._order_spent), best

    def improvements(self) -> list[tuple[float, Standing]]:
        """Each candidate that beat all before it, with the evaluations spent when its verdict came."""
        spent, best = self.best_curve()
        before = np.concatenate([[np.nan], best[:-1]])
        steps = np.flatnonzero((best > before) | (np.isnan(before) & ~np.isnan(best)))
        return [(float(spent[i]), self._standing(self._order_candidate[i])) for i in steps]

    def lineage(self, candidate: str) -> list[Standing]:
        """Everything a candidate was made from, from its seeds to itself.

        Raises:
            KeyError: there is no such candidate.
        """
        found, waiting = set[int](), [self._candidates.place(candidate)]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting.extend(self._candidates.parents(place))
        return [self._standing(place) for place in sorted(found)]

    def counts(self) -> dict[str, Any]:
        """How often what happened, in plain values: candidates, proposals, evaluations, operators."""
        return {
            "candidates": sum(self._candidates.proposal(i) is not None for i in range(len(self._candidates))),
            "proposals": dict(self._proposal_statuses),
            "evaluations": dict(self._evaluation_statuses),
            "operators": {name: asdict(one) for name, one in self.operator_records().items()},
        }

    def operator_records(self) -> dict[str, OperatorRecord]:
        """What came of each operator's proposals, in the order they first proposed."""
        records = {name: replace(one) for name, one in self._records.items()}
        gains: dict[str, list[float]] = {name: [] for name in records}
        last = self._at(self._stages[-1] if self._stages else None)
        for place in range(len(self._candidates)):
            if self._candidates.proposal(place) is None:
                continue
            name, score = self._operators[self._candidates.operator(place)], last.score(place)
            records[name].judged += self._known_by(place) is not None
            records[name].ok += score is not None
            parents = [last.score(one) for one in self._candidates.parents(place)]
            beaten = [one for one in parents if one is not None]
            if score is not None and beaten:
                gains[name].append(score - max(beaten))
        for name, gained in gains.items():
            if gained:
                records[name].improved = sum(gain > 0 for gain in gained)
                records[name].best_gain, records[name].mean_gain = max(gained), float(np.mean(gained))
        return records

    def cpu_seconds(self) -> float:
        """CPU time of all evaluations, lost ones included."""
        return self._evaluation_cpu_s

    def table(self, *, files: bool = False) -> pa.Table:
        """One row a candidate, and with `files` what it consists of."""
        return as_table(self.standings(), self._files if files else None)

    def _tell_proposal(self, event: Proposal) -> None:
        key = event.number << 1 | (event.status == "lost")  # one that was lost may be made again
        if key in self._told:
            return
        self._told.add(key)
        self._proposal_statuses[event.status] += 1
        self._spending.tell(event)
        self._replies = {reply for reply in self._replies if reply[0] != event.number}
        if event.operator not in self._records:
            self._records[event.operator] = OperatorRecord()
            self._operators.append(event.operator)
        self._records[event.operator].count(event)
        if event.candidate is not None and not self.seen(event.candidate.id):
            operator = self._operators.index(event.operator)
            self._candidates.propose(event.candidate, event.number, operator)

    def _tell_reply(self, event: Reply) -> None:
        told = event.number << 1 in self._told or event.number << 1 | 1 in self._told
        if not told and (event.number, event.turn) not in self._replies:
            self._replies.add((event.number, event.turn))
            self._spending.tell(event)

    def _tell_evaluation(self, event: Evaluation) -> None:
        if self._takes_any_stage and event.stage not in (*self._stages, *_UNSEARCHED):
            self._stages.append(event.stage)
        place = self._candidates.enter(event.candidate)
        if event.stage not in self._verdicts:
            self._verdicts[event.stage] = Verdicts()
        verdict = self._repeats.joined(place, event) if event.stage == SELECTION else event
        if not self._verdicts[event.stage].tell(place, verdict):
            return
        self._evaluation_statuses[event.status] += 1
        self._spending.tell(event)
        self._evaluation_cpu_s += event.usage.cpu_s
        if event.status != "lost" and event.stage in self._stages:
            self.evaluations += 1
            self._order_stage.append(self._stages.index(event.stage))
            self._order_candidate.append(place)
            self._order_score.append(np.nan if event.score is None else event.score)
            self._spent += self._shares.get(event.stage, Fraction(1))
            self._order_spent.append(float(self._spent))

    def _filled(self, task: ProposeTask) -> ProposeTask:
        return replace(
            task,
            relatives=tuple(self._relative(one) for one in task.parents),
            examples=tuple(self.judgement(one) for one in task.inspirations),
            broken=self.judgement(task.repairs) if task.repairs else None,
        )

    def _relative(self, candidate: str) -> Judged:
        if self.seen(candidate) and not self.judged(candidate):
            return Judged(self._source.candidate(candidate), Evaluation.pending(candidate))
        return self.judgement(candidate)

    def _files(self, candidate: str) -> Mapping[str, str]:
        is_known = self._candidates.proposed(candidate)
        return self._source.candidate(candidate).files if is_known else {}

    def _at(self, stage: str | None) -> Verdicts:
        return self._verdicts.get(stage or "", _NO_VERDICTS)

    def _known_by(self, place: int) -> str | None:
        """The last search stage with a verdict that was not lost."""
        for stage in reversed(self._stages):
            if self._at(stage).is_judged(place):
                return stage
        return None

    def _leading_stage(self) -> str | None:
        for stage in reversed(self._stages):
            if self._at(stage).best is not None:
                return stage
        return None

    def _final_scores(self) -> np.ndarray:
        """``[n]`` of every search evaluation in order; not-a-number unless at the last stage and ``ok``."""
        scores = np.array(self._order_score)
        scores[np.array(self._order_stage) != len(self._stages) - 1] = np.nan
        return scores

    def _standing(self, place: int) -> Standing:
        known, stage = self._candidates, self._known_by(place)
        verdicts = self._at(stage or next(iter(self._stages), None))
        scores = {name: one.score(place) for name, one in self._verdicts.items()}
        proposal = known.proposal(place)
        return Standing(
            id=known.ids[place],
            number=proposal,
            operator="" if proposal is None else self._operators[known.operator(place)],
            parents=tuple(known.ids[one] for one in known.parents(place)),
            note=known.note(place),
            stage=stage,
            status=verdicts.status(place),
            score=verdicts.score(place),
            seconds=verdicts.seconds(place),
            attempts=verdicts.attempts(place),
            metrics=verdicts.metrics(place),
            verified=verdicts.verified(place),
            scores={name: score for name, score in scores.items() if score is not None},
        )


class RunView:
    """A run as it is on the disk, for reading while another process may write it. Made by `open_run`.

    Attributes:
        folder: of the run.
        archive: of the events that were there when it was opened or last refreshed.
        config: the run's settings; empty if they were not saved yet.
    """

    def __init__(self, folder: Path, stages: Sequence[str] | None = None) -> None:
        self.folder = folder
        shares = read_shares(folder)
        self.archive = Archive(self, stages or (tuple(shares) or None), shares=shares)
        self._records = Records(folder, ())
        self._next_seq = 0
        self.refresh()

    def __enter__(self) -> "RunView":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is kept open; the view goes on to work."""

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings the run was started with, as plain values."""
        file = self.folder / "config.yaml"
        return yaml.safe_load(file.read_text(encoding="utf-8")) or {} if file.is_file() else {}

    @property
    def changed(self) -> float:
        """When the last event was written, in seconds since 1970."""
        files = [self.folder, self.folder / "journal", *(block.path for block in self._records.blocks[-1:])]
        return max(file.stat().st_mtime for file in files if file.exists())

    def refresh(self) -> int:
        """Takes in the events that were written since; returns how many.

        Raises:
            ConfigError: the champion rule in the settings is none.
            JournalCorrupt: something other than the end of the last part is damaged.
        """
        since = self._next_seq
        self.archive.rule = _rule_of(self.config)
        self._records.blocks = load_for_reading(self.folder)
        for batch in self._records.batches(WITHOUT_BULK, since):
            # Counted here: a part may have grown when it is sealed and its segment takes its place.
            self._next_seq += batch.num_rows
            for row in decode_index(batch):
                self._records.locations.note(row)
            for event in decode(batch):
                self.archive.tell(event)
        return self._next_seq - since

    def candidate(self, candidate: str) -> Candidate:
        """The candidate with this id, files and all.

        Raises:
            KeyError: there is none.
        """
        return self._records.candidate(candidate)

    def evaluation(self, candidate: str, stage: str | None = None) -> Evaluation:
        """Its latest evaluation at `stage`, or at the search stage it is known by.

        Raises:
            KeyError: there is none.
        """
        if stage is None:
            stage = self.archive.standing(candidate).stage
        return self._records.evaluation(candidate, stage)

    def evaluations(self, candidate: str) -> list[Evaluation]:
        """Every evaluation of a candidate at any stage, lost ones too, in order."""
        return self._records.evaluations(candidate)

    def table(self, *, files: bool = False) -> pa.Table:
        """One row a candidate; see `Archive.table`."""
        return self.archive.table(files=files)

    def resolve(self, name: str) -> str:
        """The id that `name` means.

        Args:
            name: an id or its beginning, ``best`` for the champion, or ``seed`` for the first
                ancestor of the champion.

        Raises:
            RunError: it means none, or several.
        """
        best = self.archive.champion()
        if name in ("best", "seed"):
            if best is None:
                raise RunError(f"{self.folder} has no candidate that is ok yet, so there is no {name!r}.")
            return best.id if name == "best" else self.archive.lineage(best.id)[0].id
        found = [one for one in self._records.locations.candidates() if one.startswith(name)]
        if len(found) == 1 or name in found:
            return name if name in found else found[0]
        if found:
            raise RunError(f"{name!r} begins {len(found)} ids: {', '.join(found[:5])}. Give more of it.")
        raise RunError(f"{self.folder} has no candidate {name!r}. List some with: evo top {self.folder}")


def _rule_of(config: Mapping[str, Any]) -> ChampionRule:
    """The champion rule in a run's settings; those of early runs have none."""
    words = (config.get("run") or {}).get("champion")
    return BEST_SCORE if words is None else ChampionRule.parse(str(words))


def open_run(folder: Path, stages: Sequence[str] | None = None) -> RunView:
    """Opens a run for reading, without locking it.

    Args:
        folder: of the run.
        stages: names of its search stages in climbing order; see `Archive`.

    Raises:
        ConfigError: the champion rule in its settings is none.
        JournalCorrupt: something other than the end of its last part is damaged.
        RunError: `folder` is not a run.
    """
    return RunView(Path(folder), stages)
