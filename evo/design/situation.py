"""Where an agent stands, as one text that models read and components without a model read back.

Slots speak text with each other, so that any of them may be written by a model. What a workflow knows at a
step it puts into sections, each under a line such as ``[actions]``; `Situation.of` takes them apart again.
"""

import re
from dataclasses import dataclass, fields

_HEAD = re.compile(r"\[(seen|memory|plan|actions|feedback)\]")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at a step.

    Attributes:
        seen: what is before the agent: the last observation, or the document that it was given.
        memory: what its memory says.
        plan: steps, the next one first.
        actions: what can be done now; empty where anything may be said.
        feedback: what came of the last action, if it was refused, failed or brought a reward.
    """

    seen: str = ""
    memory: str = ""
    plan: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    feedback: str = ""

    def text(self) -> str:
        """The sections that hold something, in this order."""
        found = []
        for one in fields(self):
            value = getattr(self, one.name)
            body = value if isinstance(value, str) else "\n".join(" ".join(line.split()) for line in value)
            if body.strip():
                found.append(f"[{one.name}]\n{_guarded(body)}")
        return "\n".join(found)

    @classmethod
    def of(cls, text: str) -> "Situation":
        """From a text; one without sections is all `seen`."""
        parts: dict[str, list[str]] = {"seen": []}
        at = "seen"
        for line in text.splitlines():
            if "[" not in line:  # most lines: this is asked thousands of times a case
                parts[at].append(line)
            elif head := _HEAD.fullmatch(line):
                at = head[1]
                parts.setdefault(at, [])
            else:
                parts[at].append(line.removeprefix(" ") if _HEAD.fullmatch(line.lstrip()) else line)
        plan, actions = (tuple(parts.get(name, ())) for name in ("plan", "actions"))
        seen, memory, feedback = ("\n".join(parts.get(name, ())) for name in ("seen", "memory", "feedback"))
        return cls(seen, memory, plan, actions, feedback)


def _guarded(body: str) -> str:
    """No line of it can be taken for the head of a section."""
    lines = body.splitlines()
    if "[" in body:
        lines = [f" {line}" if _HEAD.fullmatch(line.lstrip()) else line for line in lines]
    return "\n".join(lines)
