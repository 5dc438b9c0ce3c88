"""What the component of each slot must offer, and the records that pass between slots.

All methods are coroutines: any of them may ask a model, which takes seconds. A component need not inherit
from its contract; the static check (`evo.design.declaration`) compares names, parameters and results.
"""

import inspect
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """What the agent is asked for.

    Attributes:
        goal: in words.
        context: what is given beside it, such as a document or a first observation.
    """

    goal: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent hands in; in a world of actions, what it has to say at the end."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of thinking: the answer, and how it was reached."""

    text: str
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, the next step first."""

    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to remember.

    Attributes:
        kind: such as ``observation``, ``action`` or ``feedback``.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A tool as it is shown to a model: argument -> what it means."""

    name: str
    purpose: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool's or the world's action, as it is wanted."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may be made."""


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not; the reason is shown to the agent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Another call is made in its place."""

    call: Call
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of an action in the world.

    Attributes:
        text: what is seen now.
        reward: what the world shows of the score gained by this action; 0 where it shows none.
        done: the case is over; further actions change nothing.
    """

    text: str
    reward: float = 0.0
    done: bool = False


class Reasoning(Protocol):
    """Slot ``reasoning``."""

    async def think(self, question: str, context: str) -> Thought:
        """An answer to `question`."""


class Planning(Protocol):
    """Slot ``planning``."""

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """What to do from here."""

    async def revise(self, feedback: str) -> Plan:
        """What to do after all, now that the last step brought `feedback`."""


class Memory(Protocol):
    """Slot ``memory``."""

    async def write(self, event: Happening) -> None:
        """Takes in what happened."""

    async def read(self, situation: str) -> str:
        """What is worth knowing in `situation`; empty if nothing is."""


class Tool(Protocol):
    """Slot ``tool``: one member of ``tools``."""

    async def spec(self) -> Spec:
        """What it is for."""

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """What it answers; an answer to wrong arguments says what is wrong with them."""


class Tools(Protocol):
    """Slot ``tools``: chooses which of its members are shown, and calls them."""

    async def specs(self, situation: str) -> Sequence[Spec]:
        """Those that are offered in `situation`."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What the tool answers."""


class Profile(Protocol):
    """Slot ``profile``."""

    async def system(self, role: str) -> str:
        """The system prompt of a node in the part of `role`; empty for none."""


class Guard(Protocol):
    """Slot ``guard``."""

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        """Whether `call` may be made after those in `trace`."""


class Model(Protocol):
    """The model of one node. Every call is metered; one beyond the design's budget ends the case."""

    async def ask(
        self, messages: str | Sequence[Message], *, role: str = "", temperature: float | None = None
    ) -> str:
        """The answer, which may be empty or cut off.

        The system prompt that the profile has for `role` (else for the node's slot) stands before
        messages that have none of their own.

        Args:
            messages: of a conversation, or the one message of the user.
            role: in whose part the model speaks, such as ``critic``; shown in the ledger.
            temperature: in the place of the model's own.
        """


class World(Protocol):
    """The problem's environment, as far as a design reaches it; what is seen first is the task's context.

    A problem without one has no actions. What a world can do beside acting is offered by its name, see
    `evo.design.component.WORLD`: ``restart``.
    """

    async def step(self, action: str) -> Seen:
        """Acts; every step counts, in a case begun anew too."""

    async def actions(self) -> Sequence[str]:
        """What can be done now; empty if anything may be tried, or nothing can be done."""

    async def restart(self) -> Seen:
        """The case from its beginning again; the steps made stay counted. Offered as ``restart``."""


class Agent(Protocol):
    """What a workflow is given: the slots, filled, and what lies beside them."""

    reasoning: Reasoning
    planning: Planning
    memory: Memory
    tools: Tools
    profile: Profile
    guard: Guard
    model: Model
    world: World
    draw: random.Random

    def prompt(self, name: str) -> str:
        """The text of the candidate's ``prompts/NAME.md``."""


class Workflow(Protocol):
    """Slot ``workflow``; an open one is a file with a function ``solve`` of the same form, without ``self``."""

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """Carries out `task`."""


CONTRACTS: Mapping[str, type] = {
    "workflow": Workflow,
    "reasoning": Reasoning,
    "planning": Planning,
    "memory": Memory,
    "tools": Tools,
    "tool": Tool,
    "profile": Profile,
    "guard": Guard,
}
"""By slot."""

BESIDE = ("model", "world", "draw", "prompt")
"""What a workflow finds in its agent that has no contract to hold to here."""

MEMBERS = "members"
"""Keyword by which the component in ``tools`` gets its tools."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a method must look: its parameters, ``self`` left out, and its result as it is written."""

    name: str
    parameters: tuple[str, ...]
    returns: str

    def __str__(self) -> str:
        return f"async def {self.name}({', '.join(self.parameters)}) -> {self.returns}"


@cache
def methods(slot: str) -> tuple[Method, ...]:
    """What a component of `slot` must define."""
    found = []
    for name, function in vars(CONTRACTS[slot]).items():
        if inspect.iscoroutinefunction(function):
            signature = inspect.signature(function)
            result = plain_type(inspect.formatannotation(signature.return_annotation))
            found.append(Method(name, tuple(signature.parameters)[1:], result))
    return tuple(found)


def plain_type(text: str) -> str:
    """A type as it is written, without modules and quotes: ``contracts.Plan`` is ``Plan``."""
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", text).replace('"', "").replace("'", "")
