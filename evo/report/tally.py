"""Counts what a run's events amount to while it goes on; nothing is shown here."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from evo.budget import SPENDABLE
from evo.report.panel import LastImprovement, State
from evo.spending import Spending
from evo.types import Evaluation, Event, Proposal

RATE_WINDOW_S = 20.0
"""The rate is that of the last so many seconds."""

REMEMBERED = 20_000
"""Candidates whose operator and note are kept, the latest."""


class Ledger(Protocol):
    """What was spent so far, earlier sittings included; `evo.budget.Budget` is one."""

    best: float | None

    def rows(self) -> Iterable[tuple[str, float | None, float | None]]:
        """``(name, limit, spent)`` of every budget."""


class Tally:
    """Counts events and knows the pace.

    Args:
        limits: name -> limit.
        best_known: score of the best known solution.
        title: what is searched.
        stages: names of the ``search`` stages; a score counts at the last of them.
        ledger: what was spent; without one, what is told here is what was spent.
        clock: seconds, never going back.
        waiting: how many candidates wait to be judged, which events do not tell where some are screened out;
            where it is missing or gives None, all that were proposed and not judged wait.
    """

    def __init__(
        self,
        limits: Mapping[str, float],
        best_known: float | None,
        *,
        title: str,
        stages: tuple[str, ...],
        ledger: Ledger | None,
        clock: Callable[[], float],
        waiting: Callable[[], int | None] | None = None,
    ) -> None:
        self.limits, self.best_known, self.title = limits, best_known, title
        self.best: float | None = None
        self.evaluations = 0
        self._stages, self._ledger, self._clock, self._waiting = stages, ledger, clock, waiting
        self._counted: defaultdict[str, float] = defaultdict(float)
        self._spending = Spending()
        self._statuses: Counter[str] = Counter()
        self._proposals: Counter[str] = Counter()
        self._proposing = self._judging = self._unjudged = 0
        self._origins: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._improvements: deque[LastImprovement] = deque(maxlen=5)
        self.restart()

    def restart(self) -> None:
        """From here on time counts."""
        self._start = self._clock()
        self._marks = deque([(self._start, self.evaluations)])

    def tell(self, event: Event) -> LastImprovement | None:
        """Counts one event; returns what it improved."""
        self._spending.tell(event)
        if isinstance(event, Proposal):
            self._count_proposal(event)
        elif isinstance(event, Evaluation):
            return self._count_evaluation(event)
        return None

    def tick(self, proposing: int, judging: int) -> None:
        """Takes in what is in flight, and where the counts stand now."""
        self._proposing, self._judging = proposing, judging
        now = self._clock()
        if now - self._marks[-1][0] >= RATE_WINDOW_S / 20:
            self._marks.append((now, self.evaluations))
            while len(self._marks) > 2 and now - self._marks[0][0] > RATE_WINDOW_S:
                self._marks.popleft()

    def _count_proposal(self, event: Proposal) -> None:
        self._proposals[event.status] += 1
        self._counted["proposals"] += 1
        if event.candidate is not None and event.status == "ok":
            self._unjudged += 1
            self._origins[event.candidate.id] = (event.operator, event.candidate.note)
            if len(self._origins) > REMEMBERED:
                self._origins.popitem(last=False)

    def _count_evaluation(self, event: Evaluation) -> LastImprovement | None:
        if event.stage not in self._stages:
            return None
        self._statuses[event.status] += 1
        if event.status == "lost":
            return None
        self.evaluations += 1
        self._counted["evaluations"] += 1
        self._unjudged -= event.stage == self._stages[0]
        passed = event.stage == self._stages[-1] and event.score is not None
        return self._rank(event.candidate, event.score) if passed and event.score is not None else None

    def _rank(self, candidate: str, score: float) -> LastImprovement | None:
        """What is noted of a score that is better than all before it, earlier sittings included."""
        told = self._ledger.best if self._ledger else None
        if told is not None and score < told:
            self.best = told
            return None
        if self.best is not None and score <= self.best:
            return None
        more = None if self.best is None else score - self.best
        self.best = score
        operator, note = self._origins.get(candidate, ("", ""))
        number = int(self._spent().get("evaluations") or self.evaluations)
        row = LastImprovement(number, score, more, operator, note, candidate)
        self._improvements.append(row)
        return row

    def _n_waiting(self) -> int:
        told = self._waiting() if self._waiting is not None else None
        return max(0, self._unjudged - self._judging) if told is None else told

    def _spent(self) -> dict[str, float | None]:
        """By budget; an unknown price is None."""
        if self._ledger is not None:
            return {name: spent for name, _, spent in self._ledger.rows()}
        counted: dict[str, float | None] = {name: self._here(name) for name in SPENDABLE}
        counted["seconds"] = self._clock() - self._start
        counted["usd"] = self._spending.usage.usd
        return counted

    def _here(self, name: str) -> float:
        """What was spent in this sitting; dollars whose number is unknown count as none."""
        usage = self._spending.usage
        spent = {
            "usd": usage.usd or 0.0,
            "tokens": usage.tokens_in + usage.tokens_out,
            "gpu_seconds": usage.gpu_s,
        }
        return spent[name] if name in spent else self._counted[name]

    def _left_s(self, spent: Mapping[str, float | None], elapsed_s: float) -> float | None:
        """Seconds until the first limit at the pace since the start; None while there is no pace."""
        guesses = []
        for name, limit in self.limits.items():
            if (used := spent.get(name)) is None or name not in SPENDABLE:
                continue
            here = self._here(name)
            if name == "seconds":
                guesses.append(limit - used)
            elif here > 0 and elapsed_s > 0:
                guesses.append((limit - used) * elapsed_s / here)
        return max(0.0, min(guesses)) if guesses else None

    def state(self) -> State:
        """How the run is going, now."""
        spent, now = self._spent(), self._clock()
        since, before = self._marks[0]
        made = self._proposals["ok"] + self._proposals["duplicate"]
        return State(
            title=self.title,
            best=self.best,
            best_known=self.best_known,
            rate=(self.evaluations - before) / (now - since) if now > since else None,
            elapsed_s=now - self._start,
            left_s=self._left_s(spent, now - self._start),
            proposing=self._proposing,
            judging=self._judging,
            waiting=self._n_waiting(),
            statuses=dict(self._statuses),
            duplicates=self._proposals["duplicate"],
            failed_proposals=sum(self._proposals.values()) - made,
            evaluations=int(spent.get("evaluations") or self.evaluations),
            budgets=[(name, self.limits[name], spent.get(name)) for name in SPENDABLE if name in self.limits],
            improvements=list(self._improvements),
        )
