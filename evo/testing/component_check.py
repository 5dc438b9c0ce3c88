"""Builds a component and calls its contract, with scripted models and worlds around it.

    python -m evo.testing.component_check FILE     # prints a JSON list of faults: {"rule": ..., "fix": ...}

It runs the file's code in this process: `evo component check` starts it in one of its own, with a time limit.
"""

import asyncio
import json
import random
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evo import plugins
from evo.design.catalogue import ours
from evo.design.component import Component, Need
from evo.design.contracts import (
    MEMBERS,
    Allow,
    Answer,
    Call,
    Deny,
    Happening,
    Plan,
    Replace,
    Seen,
    Spec,
    Task,
    Thought,
)
from evo.design.declaration import declared
from evo.design.parameter import Choice, Flag, Float, Int, Value, is_active
from evo.design.situation import Situation
from evo.testing.agents import ModelCall, ScriptedModel, ScriptedWorld, make_agent

MOST_CALLS = 2000
"""Of the model, and steps in the world, that one call of a contract may take."""

REPLIES: Mapping[str, str] = {
    "a plain answer": "I think it over.\nAnswer: 3",
    "nothing": "",
    "something else": '1. go north\n2. {"name": "echo", "arguments": {"text": "a"}}\nSCORE: ten \u00e9 ```',
}
"""What the model says -> its reply, to everything."""

WAYS = {"start": {"go north": "hall", "wait": "start"}, "hall": {"go east": "goal", "go south": "start"}}


class Endless(RuntimeError):
    """More calls than any component should need."""


class Echo:
    """A tool for components that choose among tools."""

    async def spec(self) -> Spec:
        """It has one argument."""
        return Spec("echo", "says it again", {"text": "any text"})

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """The argument, as a text."""
        return str(arguments.get("text", ""))


class _World(ScriptedWorld):
    async def step(self, action: str) -> Seen:
        if len(self.taken) >= MOST_CALLS:
            raise Endless(f"it made more than {MOST_CALLS} steps in the world")
        return await super().step(action)


@dataclass(slots=True)
class Stage:
    """What stands around a component in one trial."""

    reply: str
    model: ScriptedModel = field(init=False)
    world: _World = field(default_factory=lambda: _World(WAYS))

    def __post_init__(self) -> None:
        self.model = ScriptedModel(self._answer)

    def _answer(self, call: ModelCall) -> str:
        del call
        if len(self.model.calls) > MOST_CALLS:
            raise Endless(f"it asked the model more than {MOST_CALLS} times")
        return self.reply

    def part(self, text: str) -> Any:
        """What meets a need."""
        need = Need.of(text)
        outside = {"model": self.model, "world": self.world, "draw": random.Random(0)}
        if need.slot in outside:
            return outside[need.slot]
        for entry in ours():
            one = entry.component
            if one.slot == need.slot and one.name in (need.names or _PLAIN[need.slot]):
                return plugins.load(entry.reference)(**self.given(one))
        return getattr(make_agent(), need.slot)

    def given(self, component: Component, **values: Value) -> dict[str, Any]:
        """The keywords that a component is built with."""
        found: dict[str, Any] = {one.name: one.default for one in component.parameters} | values
        found |= {Need.of(text).slot: self.part(text) for text in component.needs}
        if component.slot == "tools" and component.name != "none":
            found[MEMBERS] = {"echo": Echo()}
        return found


_PLAIN: Mapping[str, tuple[str, ...]] = {
    "reasoning": ("direct",),
    "planning": ("decomposition",),
    "memory": ("window",),
    "tools": ("all",),
    "profile": ("role",),
    "guard": ("none",),
}
"""Slot -> what stands there for a component that only says that it needs the slot."""


@dataclass(frozen=True, slots=True)
class Use:
    """One call of a contract.

    Attributes:
        what: as it is shown.
        call: makes it, on the component.
        wrong: what is wrong with the result; empty if nothing is.
    """

    what: str
    call: Callable[[Any, Stage], Any]
    wrong: Callable[[Any], str]


def _is(*kinds: type) -> Callable[[Any], str]:
    def wrong(value: object) -> str:
        names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        return "" if isinstance(value, kinds) else f"must return {names}, it returned {_shown(value)}"

    return wrong


def _record(kind: type, name: str) -> Callable[[Any], str]:
    """A record whose field `name` is a text."""

    def wrong(value: object) -> str:
        if fault := _is(kind)(value):
            return fault
        text = getattr(value, name)
        return (
            ""
            if isinstance(text, str)
            else f"must return {kind.__name__} with a text, its {name} is {_shown(text)}"
        )

    return wrong


def _plan(value: object) -> str:
    if fault := _is(Plan)(value):
        return fault
    assert isinstance(value, Plan)
    if isinstance(value.steps, tuple) and all(isinstance(step, str) for step in value.steps):
        return ""
    return f"must return Plan with a tuple of texts, its steps are {_shown(value.steps)}"


def _specs(value: object) -> str:
    if isinstance(value, Sequence) and all(isinstance(one, Spec) for one in value):
        return ""
    return f"must return a sequence of Spec, it returned {_shown(value)}"


HALL = Situation(seen="a hall", actions=("go north", "go south")).text()

USES: Mapping[str, tuple[Use, ...]] = {
    "workflow": (
        Use(
            "solve() of a question",
            lambda part, stage: part.solve(Task("What is 1 + 2?"), _agent(stage, ScriptedWorld())),
            _record(Answer, "text"),
        ),
        Use(
            "solve() in a world",
            lambda part, stage: part.solve(Task("Find the goal.", "start"), _agent(stage, stage.world)),
            _record(Answer, "text"),
        ),
    ),
    "reasoning": (
        Use("think() of a question", lambda part, stage: part.think("1 + 2?", ""), _record(Thought, "text")),
        Use(
            "think() of actions",
            lambda part, stage: part.think("Find the goal.", HALL),
            _record(Thought, "text"),
        ),
    ),
    "planning": (
        Use("plan()", lambda part, stage: part.plan("Find the goal.", HALL, (Spec("echo", "x"),)), _plan),
        Use("plan() without knowledge", lambda part, stage: part.plan("Find the goal.", "", ()), _plan),
        Use("revise()", lambda part, stage: part.revise("Nothing happens."), _plan),
    ),
    "memory": (
        Use("read() of nothing", lambda part, stage: part.read(HALL), _is(str)),
        Use(
            "write()",
            lambda part, stage: part.write(Happening("observation", "You are in a hall.")),
            _is(type(None)),
        ),
        Use("write()", lambda part, stage: part.write(Happening("action", "go north")), _is(type(None))),
        Use("read()", lambda part, stage: part.read(HALL), _is(str)),
    ),
    "tools": (
        Use("specs()", lambda part, stage: part.specs(HALL), _specs),
        Use("call()", lambda part, stage: part.call("echo", {"text": "a"}), _is(str)),
        Use("call() of no tool", lambda part, stage: part.call("lost", {}), _is(str)),
    ),
    "tool": (
        Use("spec()", lambda part, stage: part.spec(), _record(Spec, "name")),
        Use("call() without arguments", lambda part, stage: part.call({}), _is(str)),
        Use(
            "call() with others",
            lambda part, stage: part.call({"text": "a", "expression": "1 + 2", "x": None}),
            _is(str),
        ),
    ),
    "profile": (
        Use("system('')", lambda part, stage: part.system(""), _is(str)),
        Use("system('critic')", lambda part, stage: part.system("critic"), _is(str)),
    ),
    "guard": (
        Use("allow()", lambda part, stage: part.allow(Call("go north"), ()), _is(Allow, Deny, Replace)),
        Use(
            "allow() after others",
            lambda part, stage: part.allow(Call("echo", {"text": "a"}), (Call("echo", {"text": "a"}),) * 9),
            _is(Allow, Deny, Replace),
        ),
    ),
}
"""By slot."""


def faults_of(file: Path) -> list[dict[str, str]]:
    """What is wrong with the component in `file` when it is built and called; each fault once."""
    component, wrong = declared(str(file), file.read_text(encoding="utf-8"))
    if component is None or wrong:
        return [{"rule": fault.rule, "fix": fault.fix} for fault in wrong]
    try:
        made = getattr(plugins.load_file(file), component.use)
    except Exception as error:  # noqa: BLE001  whatever the user's file raises is its fault
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        return [_fault(file, "it must import without an error", cause)]
    found: list[dict[str, str]] = []
    for values in _trials(component):
        for said, reply in REPLIES.items():
            where = " and ".join([f"a model that says {said}", *(f"{k}={v!r}" for k, v in values.items())])
            found += _tried(file, component, made, values, reply, where)
        if found:
            break  # the same fault would come with every other value
    unique = {fault["rule"].partition(", with ")[0]: fault for fault in reversed(found)}
    return list(reversed(unique.values()))


def _tried(
    file: Path, component: Component, made: Any, values: Mapping[str, Value], reply: str, where: str
) -> Iterator[dict[str, str]]:
    outcomes: list[list[str]] = []
    for _ in range(2):
        stage, outcome = Stage(reply), list[str]()
        try:
            part = made(**stage.given(component, **values))
        except Exception as error:  # noqa: BLE001  as above
            yield _fault(file, f"{component.use} must be built with its values, with {where}", error)
            return
        for use in USES[component.slot]:
            try:
                result = asyncio.run(_awaited(use.call(part, stage)))
            except Exception as error:  # noqa: BLE001  as above
                yield _fault(file, f"{use.what} must not raise, with {where}", error)
                return
            if fault := use.wrong(result):
                yield {"rule": f"{use.what} {fault}, with {where}", "fix": "See evo/design/contracts.py."}
                return
            outcome.append(repr(result))
        outcomes.append(outcome)
    if outcomes[0] != outcomes[1]:
        yield {
            "rule": f"two components built alike must do the same, with {where}",
            "fix": 'Draw random numbers from the need "draw", and read no clock.',
        }


async def _awaited(call: Any) -> Any:
    return await call


def _trials(component: Component) -> Iterator[dict[str, Value]]:
    """The defaults, then each parameter at its ends."""
    yield {}
    usual = {one.name: one.default for one in component.parameters}
    for one in component.parameters:
        if isinstance(one, Int | Float | Choice | Flag) and is_active(one, usual):
            grid = one.grid()
            for value in grid if isinstance(one, Choice | Flag) else (grid[0], grid[-1]):
                if value != one.default:
                    yield {one.name: value}


def _agent(stage: Stage, world: ScriptedWorld) -> Any:
    return make_agent(
        model=stage.model, world=world, reasoning=stage.part("reasoning"), draw=random.Random(0)
    )


def _fault(file: Path, rule: str, error: Exception) -> dict[str, str]:
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if Path(one.filename) == file]
    place = f"Look at line {lines[-1]}: " if lines else ""
    return {"rule": rule, "fix": f"{place}{type(error).__name__}: {_shown(error, str)}"}


def _shown(value: object, form: Callable[[Any], str] = repr) -> str:
    text = " ".join(form(value).split())
    return text if len(text) <= 120 else f"{text[:117]}..."


if __name__ == "__main__":
    print(json.dumps(faults_of(Path(sys.argv[1]).resolve())))
