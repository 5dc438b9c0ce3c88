"""What a run has tried so far, kept for the prompts that come: one notebook for all operators of a run."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from evo.operators.llm.brought import Brought
from evo.operators.llm.novelty import Sketch, sketch
from evo.types import Evaluation, Event, Judged, Problem, Proposal, Steering

REMEMBERED_CHILDREN = 12
"""Attempts from one parent that are kept, the latest."""

REMEMBERED_PARENTS = 4_000
"""Parents whose attempts are kept, those with the latest attempt."""

REMEMBERED_ADVICE = 5


@dataclass(slots=True)
class Try:
    """One attempt to improve on a parent.

    Attributes:
        note: what was done; untrusted.
        status: of the proposal, then of the evaluation; ``""`` while it waits to be judged.
        score: None unless it was judged ``ok``.
        reason: why it failed; untrusted.
        outline: of its files, to tell near-copies; None if it made no candidate.
    """

    note: str
    status: str = ""
    score: float | None = None
    reason: str = ""
    outline: Sketch | None = None


@dataclass(slots=True)
class Notebook:
    """A learner: remembers what was tried from which parent, how it fared, and what people advised.

    Attributes:
        advice: of people, the latest last.
        brought: what the components of designs have brought.
    """

    problem: Problem
    advice: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED_ADVICE))
    brought: Brought = field(init=False)
    _children: "OrderedDict[str, OrderedDict[str, Try]]" = field(default_factory=OrderedDict)
    _parent_of: dict[str, str] = field(default_factory=dict)
    _told: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.brought = Brought([stage.name for stage in self.problem.stages if stage.split == "search"])

    def tell(self, event: Event) -> None:
        """Takes in one event. Told twice, the second time changes nothing."""
        self.brought.tell(event)
        if isinstance(event, Proposal):
            self._tell_proposal(event)
        elif isinstance(event, Evaluation):
            self._tell_evaluation(event)
        elif isinstance(event, Steering) and event.action == "advice" and event.text not in self.advice:
            self.advice.append(event.text)

    def tried(self, parent: str) -> list[Try]:
        """What was tried from `parent` and is finished, the latest first."""
        return [one for one in reversed(self._children.get(parent, {}).values()) if one.status]

    def outlines(self, parent: str) -> list[Sketch]:
        """Of the candidates made from `parent` that were judged."""
        return [
            one.outline
            for one in self._children.get(parent, {}).values()
            if one.outline is not None and one.status
        ]

    def _tell_proposal(self, event: Proposal) -> None:
        if event.number in self._told or not event.parents:
            return
        self._told.add(event.number)
        made = event.candidate
        if event.status == "ok" and made is not None:
            self._note(event.parents[0], made.id, Try(made.note, outline=sketch(made.files)))
        elif event.status in ("invalid", "similar") and event.model:
            # Operators without a model fail for reasons that say nothing to one.
            self._note(event.parents[0], f"#{event.number}", Try("", event.status, reason=event.reason))

    def _note(self, parent: str, key: str, one: Try) -> None:
        children = self._children.setdefault(parent, OrderedDict())
        self._children.move_to_end(parent)
        children[key] = one
        self._parent_of[key] = parent
        if len(children) > REMEMBERED_CHILDREN:
            self._parent_of.pop(children.popitem(last=False)[0], None)
        if len(self._children) > REMEMBERED_PARENTS:
            for gone in self._children.popitem(last=False)[1]:
                self._parent_of.pop(gone, None)

    def _tell_evaluation(self, event: Evaluation) -> None:
        parent = self._parent_of.get(event.candidate)
        if parent is None or event.status == "lost" or self.problem.stage(event.stage).split != "search":
            return
        one = self._children[parent][event.candidate]
        one.status, one.score = event.status, event.score
        one.reason = "" if event.status == "ok" else event.feedback


def failed_cases(judged: Judged, most: int = 5) -> list[tuple[str, str]]:
    """``(case, what happened)`` of the cases that went worst, the worst first; none if there is one case."""
    cases = judged.evaluation.cases
    if len(cases) < 2:
        return []
    worst = sorted(cases, key=lambda case: (case.score is not None, case.score or 0.0))[:most]
    return [(case.case, case.status if case.score is None else f"score {case.score:.6g}") for case in worst]
