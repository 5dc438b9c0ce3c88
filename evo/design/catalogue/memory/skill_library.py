"""Keeps sequences of actions that brought a reward, and recalls those that began in a place like this one."""

import re
from dataclasses import dataclass, replace

from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.member import joined
from evo.design.parameter import Int
from evo.design.ranking import best
from evo.design.situation import Situation

DECLARATION = Component(
    slot="memory",
    name="skill_library",
    purpose="keeps action sequences that brought a reward and recalls those that fit; without a model",
    use="SkillLibrary",
    source="Wang et al., Voyager: An Open-Ended Embodied Agent with Large Language Models (2023), arXiv:2305.16291: skill library",
    parameters=(
        Int("top", default=2, low=1, high=8, log=True),
        Int("longest", default=6, low=1, high=20, log=True),
        Int("recent", default=4, low=0, high=16),
    ),
)

SHOWN = 300
"""Letters of an observation that describe a skill."""

_LOSS = re.compile(r"-\d|\b0$")


@dataclass(frozen=True, slots=True)
class Skill:
    """Actions that led to a reward.

    Attributes:
        begun: what was seen where the first of them was done.
        gained: what was said of the reward.
    """

    begun: str
    actions: tuple[str, ...]
    gained: str

    def __str__(self) -> str:
        return (
            f"skill: {'; '.join(self.actions)} -> {self.gained} (began where was seen: {self.begun[:SHOWN]})"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """An action with what was seen before and after it."""

    seen: str
    action: str
    brought: str | None = None


class SkillLibrary:
    """A skill ends with an event of kind ``reward`` and begins at most `longest` actions before, or after the last one.

    Actions that changed nothing to be seen are left out of it, but for the last. A loss makes no skill. A skill is described by what
    was seen where it begins, and found by that.

    Args:
        top: skills that are recalled.
        longest: actions of a skill.
        recent: events that are recalled beside them, the latest.
    """

    def __init__(self, top: int, longest: int, recent: int) -> None:
        self._top, self._longest, self._recent = top, longest, recent
        self.skills: list[Skill] = []
        self._done: list[Step] = []
        self._seen = ""
        self._events: list[str] = []

    async def write(self, event: Happening) -> None:
        """Follows what is done, and makes a skill of it when it is rewarded."""
        if event.kind == "action":
            self._done.append(Step(self._seen, event.text))
        elif event.kind == "observation":
            text = " ".join(event.text.split())
            if self._done and self._done[-1].brought is None:
                self._done[-1] = replace(self._done[-1], brought=text)
            self._seen = text
        elif event.kind == "reward" and not _LOSS.search(event.text):
            self._learn(event.text)
        self._events = [*self._events, f"{event.kind}: {event.text}"][-self._recent :] if self._recent else []

    async def read(self, situation: str) -> str:
        """The skills that fit best, the best first, then the latest events."""
        told = Situation.of(situation)
        places = best(
            f"{told.seen}\n{' '.join(told.actions)}", [_described(skill) for skill in self.skills], self._top
        )
        return joined("\n".join(str(self.skills[place]) for place in places), "\n".join(self._events))

    def _learn(self, gained: str) -> None:
        *done, last = self._done or [Step("", "")]
        steps = [*(step for step in done if step.brought != step.seen), last][-self._longest :]
        self._done = []
        if not last.action:
            return
        actions = tuple(step.action for step in steps)
        skill = Skill(steps[0].seen, actions, " ".join(gained.split())[:SHOWN])
        others = [one for one in self.skills if (one.begun, one.actions) != (skill.begun, actions)]
        self.skills = [*others, skill]


def _described(skill: Skill) -> str:
    return f"{skill.begun}\n{' '.join(skill.actions)}"
