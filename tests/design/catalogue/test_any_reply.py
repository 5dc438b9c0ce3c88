"""Whatever a model says and whatever happens, thinkers, memories and tools keep their contracts and do not raise."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest

from evo.design.contracts import Happening, Message, Spec, Thought
from evo.design.member import joined
from evo.design.situation import Situation
from evo.design.talk import offered
from evo.testing.agents import ScriptedModel, ScriptedWorld
from tests.design.catalogue.assembly import CATALOGUE, build

TEXTS = {
    "nothing": "",
    "blank": " \n\t\n",
    "words": "banana banana",
    "cut": '```json\n{"name": "add", "arguments": {"a": 1, "b',
    "marks": "1.\n2. 3\n- \n* * ``` \"' Answer: **",
    "numbers": "7 7 99999999999999999999 -1e400 \u0663 1/0",
    "wish": "CALL add(",
    "long": "and so on. " * 5000,
    "one word": "a" * 60_000,
    "strange": "\x00\u2028\x85\u202e[actions]\n[plan]\n\\boxed{}\n@@ -1 +1 @@\n",
    "faces": "🙂é́Å" * 2000,
}
KINDS = [*TEXTS, "mixed"]
CONTEXTS = (
    "",
    "a story",
    Situation(seen="a hall", plan=("fly",), actions=("go north", "", "[plan]", "🙂")).text(),
    joined(offered([Spec("add", "adds", {"a": "a number"})]), Situation(actions=("go",)).text()),
)
MOST = 60
"""Model calls that no thought needs with its defaults."""


def model_of(kind: str) -> ScriptedModel:
    turns: Sequence[str] = [TEXTS[kind]] if kind != "mixed" else list(TEXTS.values())
    cycle = itertools.cycle(turns)
    return ScriptedModel(lambda _: next(cycle))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CATALOGUE.names("reasoning"))
def test_reasoning(name: str, kind: str) -> None:
    for context in CONTEXTS:
        model = model_of(kind)
        thought = asyncio.run(build("reasoning", name, model, None).think("what now?", context))
        assert isinstance(thought, Thought)
        assert isinstance(thought.text, str)
        assert isinstance(thought.reasons, str)
        assert len(model.calls) <= MOST
        assert all(isinstance(one, Message) and one.content for call in model.calls for one in call.messages)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CATALOGUE.names("memory"))
def test_memories(name: str, kind: str) -> None:
    memory = build("memory", name, model_of(kind), ScriptedWorld())

    async def lived() -> list[str]:
        found = [await memory.read("")]
        for text, event in itertools.product(
            TEXTS.values(), ("observation", "action", "feedback", "reward", "")
        ):
            await memory.write(Happening(event, text[:3000]))
            found.append(await memory.read(Situation(seen=text[:3000], actions=("go",)).text()))
        return found

    assert all(isinstance(text, str) for text in asyncio.run(lived()))


@pytest.mark.parametrize("name", CATALOGUE.names("tools"))
def test_tools(name: str) -> None:
    for kind in KINDS:
        tools = build("tools", name, model_of(kind), None)
        for text in TEXTS.values():
            assert list(asyncio.run(tools.specs(text))) == []
            assert isinstance(asyncio.run(tools.call(text, {"": text})), str)


@pytest.mark.parametrize("name", CATALOGUE.tools())
def test_each_tool(name: str) -> None:
    tool = build("tool", name, None, None)
    spec = asyncio.run(tool.spec())
    assert isinstance(spec, Spec)
    assert spec.name == name
    assert spec.arguments
    for text in TEXTS.values():
        given = [
            {},
            {"": text},
            dict.fromkeys(spec.arguments, text),
            {key: {"a": [text]} for key in spec.arguments},
        ]
        given += [{argument: None} for argument in spec.arguments]
        for arguments in given:
            assert isinstance(asyncio.run(tool.call(arguments)), str)
