"""What a new component begins as: a small mechanism that works, for every slot, and a test of it."""

from collections.abc import Mapping
from dataclasses import dataclass

FILE = '''\
"""{purpose}."""

{imports}from dataclasses import dataclass{field_import}
{typing_import}
from evo.design.component import Component
from evo.design.contracts import {contracts}
from evo.design.parameter import {parameter_kind}

DECLARATION = Component(
    slot="{slot}",
    name="{name}",
    purpose="{purpose}",
    use="{use}",
    source="",  # where the idea comes from
    parameters=({parameter},),{needs}
)


@dataclass
class {use}:
    """Say here how it works. It is built by keyword: its parameters, then what it needs."""

{fields}

{methods}
'''

TEST = '''\
"""The mechanism of {name}, against a scripted model."""

import asyncio
from pathlib import Path

from evo import plugins
from evo.design.contracts import {test_contracts}
from evo.testing.agents import ScriptedModel, make_agent

{use} = plugins.load_file(Path(__file__).resolve().parents[1] / "{name}.py").{use}


def test_what_it_does() -> None:
{test}
'''


@dataclass(frozen=True, slots=True)
class Start:
    """The parts of a slot's first component; see `FILE` and `TEST`."""

    purpose: str
    contracts: str
    parameter: str
    fields: str
    methods: str
    test: str
    test_contracts: str
    needs: str = ""
    imports: str = ""
    typing_import: str = ""


STARTS: Mapping[str, Start] = {
    "workflow": Start(
        purpose="thinks until it gives the same answer twice",
        contracts="Agent, Answer, Reasoning, Task",
        parameter='Int("tries", default=3, low=1, high=8)',
        fields="    tries: int\n    reasoning: Reasoning",
        methods='''\
    async def solve(self, task: Task, agent: Agent) -> Answer:
        """Thinks at most `tries` times."""
        before = ""
        for _ in range(self.tries):
            text = (await self.reasoning.think(task.goal, task.context)).text
            if text == before:
                break
            before = text
        return Answer(before)''',
        test="""\
    class Thinker:
        answers = iter(["2", "3", "3", "4"])

        async def think(self, question: str, context: str) -> Thought:
            return Thought(next(self.answers))

    workflow = {use}(tries=8, reasoning=Thinker())
    assert asyncio.run(workflow.solve(Task("1 + 2"), make_agent())) == Answer("3")""",
        test_contracts="Answer, Task, Thought",
        needs='\n    needs=("reasoning",),\n    uses=("reasoning",),  # slots that it calls',
    ),
    "reasoning": Start(
        purpose="answers, then looks at the answer once more",
        contracts="Model, Thought",
        parameter='Int("looks", default=1, low=0, high=4)',
        fields="    looks: int\n    model: Model",
        methods='''\
    async def think(self, question: str, context: str) -> Thought:
        """One call for the answer, one for each look."""
        asked = f"{context}\\n\\nQuestion: {question}\\nReply with the answer alone.".strip()
        answer = await self.model.ask(asked)
        for _ in range(self.looks):
            answer = await self.model.ask(f"{asked}\\n\\nYour answer was: {answer}\\nGive the right one.")
        return Thought(answer.strip())''',
        test="""\
    model = ScriptedModel(["2", "3"])
    thought = asyncio.run({use}(looks=1, model=model).think("1 + 2", ""))
    assert thought == Thought("3")
    assert "Your answer was: 2" in model.calls[1].text""",
        test_contracts="Thought",
        needs='\n    needs=("model",),',
    ),
    "planning": Start(
        purpose="asks a model for a list of steps",
        contracts="Model, Plan, Spec",
        parameter='Int("steps", default=4, low=1, high=12)',
        fields='    steps: int\n    model: Model\n    goal: str = field(default="", init=False)',
        methods='''\
    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """One call."""
        self.goal = goal
        return await self._asked(state)

    async def revise(self, feedback: str) -> Plan:
        """Asks again, with what went wrong."""
        return await self._asked(feedback)

    async def _asked(self, known: str) -> Plan:
        reply = await self.model.ask(f"Goal: {self.goal}\\nKnown: {known}\\nName the next steps, one a line.")
        lines = [line.strip() for line in reply.splitlines() if line.strip()]
        return Plan(tuple(lines[: self.steps]))''',
        test="""\
    model = ScriptedModel(["open the door\\n\\ngo in\\nsit"])
    plan = asyncio.run({use}(steps=2, model=model).plan("rest", "a closed door", ()))
    assert plan == Plan(("open the door", "go in"))""",
        test_contracts="Plan",
        needs='\n    needs=("model",),',
        imports="from collections.abc import Sequence\n",
    ),
    "memory": Start(
        purpose="keeps what is not said twice",
        contracts="Happening",
        parameter='Int("size", default=8, low=1, high=64, log=True)',
        fields="    size: int\n    events: list[str] = field(default_factory=list, init=False)",
        methods='''\
    async def write(self, event: Happening) -> None:
        """Takes it in if it is new."""
        if event.text not in self.events:
            self.events.append(event.text)

    async def read(self, situation: str) -> str:
        """The last `size` of them, a line each."""
        return "\\n".join(self.events[-self.size :])''',
        test='''\
    memory = {use}(size=2)
    for text in ("a hall", "a door", "a door", "a key"):
        asyncio.run(memory.write(Happening("observation", text)))
    assert asyncio.run(memory.read("")) == "a door\\na key"''',
        test_contracts="Happening",
    ),
    "tools": Start(
        purpose="shows the first few tools",
        contracts="Spec, Tool",
        parameter='Int("most", default=4, low=1, high=16)',
        fields="    most: int\n    members: Mapping[str, Tool]",
        methods='''\
    async def specs(self, situation: str) -> Sequence[Spec]:
        """The first `most`."""
        return [await tool.spec() for tool in list(self.members.values())[: self.most]]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What the tool answers."""
        if name not in self.members:
            return f"There is no tool {name!r}."
        return await self.members[name].call(arguments)''',
        test="""\
    class Echo:
        async def spec(self) -> Spec:
            return Spec("echo", "says it again")

        async def call(self, arguments: dict[str, str]) -> str:
            return arguments["text"]

    tools = {use}(most=1, members={"echo": Echo(), "more": Echo()})
    assert len(asyncio.run(tools.specs(""))) == 1
    assert asyncio.run(tools.call("echo", {"text": "hello"})) == "hello"
    assert "no tool" in asyncio.run(tools.call("lost", {}))""",
        test_contracts="Spec",
        imports="from collections.abc import Mapping, Sequence\n",
        typing_import="from typing import Any\n",
    ),
    "tool": Start(
        purpose="says how long a text is",
        contracts="Spec",
        parameter='Choice("unit", default="words", choices=("words", "letters"))',
        fields="    unit: str",
        methods='''\
    async def spec(self) -> Spec:
        """Its argument is a text."""
        return Spec("{name}", f"how many {self.unit} a text has", {"text": "any text"})

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """The number, or what is wrong with the arguments."""
        text = arguments.get("text")
        if not isinstance(text, str):
            return "The argument text must be a text."
        return str(len(text.split()) if self.unit == "words" else len(text))''',
        test="""\
    tool = {use}(unit="words")
    assert asyncio.run(tool.spec()) == Spec("{name}", "how many words a text has", {"text": "any text"})
    assert asyncio.run(tool.call({"text": "one two"})) == "2"
    assert "must be a text" in asyncio.run(tool.call({}))""",
        test_contracts="Spec",
        imports="from collections.abc import Mapping\n",
        typing_import="from typing import Any\n",
    ),
    "profile": Start(
        purpose="tells every role to be careful",
        contracts="",
        parameter='Choice("tone", default="careful", choices=("careful", "quick"))',
        fields="    tone: str",
        methods='''\
    async def system(self, role: str) -> str:
        """One sentence."""
        return f"You are a {self.tone} {role or 'assistant'}."''',
        test='''\
    assert asyncio.run({use}(tone="quick").system("critic")) == "You are a quick critic."''',
        test_contracts="",
    ),
    "guard": Start(
        purpose="denies a call that was just made several times",
        contracts="Allow, Call, Deny, Replace",
        parameter='Int("most", default=3, low=1, high=10)',
        fields="    most: int",
        methods='''\
    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        """Denies it if the last `most` calls were the same."""
        last = list(trace)[-self.most :]
        if len(last) == self.most and all(one == call for one in last):
            return Deny(f"It was made {self.most} times without a change.")
        return Allow()''',
        test="""\
    guard, call = {use}(most=2), Call("push")
    assert asyncio.run(guard.allow(call, (call,))) == Allow()
    assert isinstance(asyncio.run(guard.allow(call, (call, call))), Deny)""",
        test_contracts="Allow, Call, Deny",
        imports="from collections.abc import Sequence\n",
    ),
}
"""By slot."""


def texts(slot: str, name: str) -> tuple[str, str]:
    """The file of a new component, and its test."""
    start = STARTS[slot]
    use = "".join(word.capitalize() for word in name.split("_"))
    fields = {
        "slot": slot,
        "name": name,
        "use": use,
        "purpose": start.purpose,
        "imports": start.imports,
        "typing_import": start.typing_import,
        "field_import": ", field" if "field(" in start.fields else "",
        "contracts": start.contracts,
        "parameter_kind": start.parameter.partition("(")[0],
        "parameter": start.parameter,
        "needs": start.needs,
        "fields": start.fields,
        "methods": start.methods,
        "test": start.test,
        "test_contracts": start.test_contracts,
    }
    return _filled(FILE, fields), _filled(TEST, fields)


def _filled(text: str, fields: Mapping[str, str]) -> str:
    """The template with its fields, those in fields included; what is not used is left out."""
    for key in ("imports", "methods", "test", "fields", *fields):
        text = text.replace("{" + key + "}", fields[key])
    lines = text.splitlines()
    unused = ("from evo.design.contracts import",)
    kept = [line for line in lines if line.strip() not in unused]
    body = "\n".join(line for line in kept if " import " not in line)
    for name in ("ScriptedModel", "make_agent"):
        if f"{name}(" not in body:
            kept = [_without(line, name) for line in kept]
    return "\n".join(line for line in kept if line != "\0").rstrip() + "\n"


def _without(line: str, name: str) -> str:
    """An import without a name; a mark where nothing is left of it."""
    if line == f"import {name}":
        return "\0"
    head, found, names = line.partition(" import ")
    if not found or not line.startswith("from "):
        return line
    left = [one for one in names.split(", ") if one != name]
    return f"{head} import {', '.join(left)}" if left else "\0"
