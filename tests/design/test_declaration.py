"""A component's file is read and never run; its class must keep the contract of its slot."""

import asyncio
import re
from pathlib import Path

import pytest

from evo import plugins
from evo.design.catalogue import Catalogue, in_folder, ours
from evo.design.component import Component, Need, Part
from evo.design.contracts import Call, Happening, Spec, methods
from evo.design.declaration import declared
from evo.design.parameter import Int
from evo.errors import PluginError, ProblemError
from evo.testing.operator import ODD
from evo.types import Problem
from tests.design.shelf import COMPONENTS, problem, source

MEMORY = Component(
    "memory", "diary", "writes all down", "Diary", parameters=(Int("size", 4, 1, 9),), needs=("model",)
)
GOOD = source(MEMORY)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: f"{one.slot}.{one.name}")
def test_a_declaration_says_what_it_was_made_of(component: Component) -> None:
    assert declared("x.py", source(component)) == (component, [])


def test_nothing_runs() -> None:
    assert declared("x.py", "raise SystemExit\n" + GOOD) == (MEMORY, [])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("DECLARATION =", "OTHER =", "assigns DECLARATION"),
        ("slot='memory'", "slot='memry'", "the slot must be one of"),
        ("name='diary'", "name='My Diary'", "the name must be"),
        ("name='diary'", "name=open('/etc/passwd').read()", r"no read\(\.\.\.\) in a declaration"),
        ("name='diary'", "name=__import__('os').name", "is no literal"),
        ("name='diary'", "**{}", r"no \*\* in a declaration"),
        ("high=9", "high=0", "the range of size must not be empty"),
        ("high=9", "hihg=9", "unexpected keyword argument 'hihg'"),
        ("needs=('model',)", "needs=('modle',)", "a need is a slot"),
        ("uses=None", "uses=('memory',)", "only a workflow uses slots"),
        ("DECLARATION = Component(", "DECLARATION = Int('size', 1, 1, 2) or Component(", "is no literal"),
        ("class Diary", "class Dairy", "use='Diary' must name a class.* Did you mean 'Dairy'"),
        ("async def read", "async def reed", "Diary must define read.*async def read\\(situation\\) -> str"),
        ("async def read", "def read", "it is no coroutine"),
        ("situation: object) -> str", "situation) -> str", "situation has no type"),
        ("situation: object) -> str", "place: object) -> str", "its parameters are \\(place\\)"),
        ("situation: object) -> str", "situation: object, more: int) -> str", "its parameters are"),
        ("situation: object) -> str", "situation: object) -> list[str]", "it returns list\\[str\\]"),
        ("situation: object) -> str", "situation: object)", "it returns no type"),
        ("self, size, model", "self, model", "must be built with size"),
        ("self, size, model", "self, size", "must be built with model"),
        ("self, size, model", "self, size, model, client", "asks for client"),
        ("pass", "pass (", "it must be Python, line"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, words: str) -> None:
    assert old in GOOD
    _, faults = declared("diary.py", GOOD.replace(old, new))
    assert faults
    assert re.search(words, "; ".join(map(str, faults)))
    assert all("\n" not in str(one) and str(one).startswith("diary.py: ") for one in faults)


def test_what_is_allowed() -> None:
    for old, new in (
        ("self, size, model", "self, *, size, model, client=None"),
        ("self, size, model", "self, **given"),
        ("situation: object) -> str", "situation: str, limit: int = 3) -> 'str'"),
    ):
        assert declared("diary.py", GOOD.replace(old, new))[1] == []
    dataclass = GOOD.replace(
        "    def __init__(self, size, model):\n        pass\n",
        "    size: int\n    model: object\n    n: int = 0\n",
    )
    assert declared("diary.py", dataclass.replace("class Diary", "@dataclass\nclass Diary"))[1] == []
    assert declared("diary.py", dataclass)[1]  # without the decorator nothing takes them


@pytest.mark.parametrize(
    "text", [*ODD.values(), "DECLARATION = " + "-" * 4000 + "1\n", "DECLARATION = Component()\n"]
)
def test_odd_files_are_survived(text: str) -> None:
    component, faults = declared("x.py", text)
    assert component is None
    assert faults


def test_contracts_are_those_of_the_slots() -> None:
    assert [str(one) for one in methods("memory")] == [
        "async def write(event) -> None",
        "async def read(situation) -> str",
    ]
    assert [one.returns for one in methods("guard")] == ["Allow | Deny | Replace"]
    assert methods("workflow")[0].parameters == ("task", "agent")


def test_needs() -> None:
    parts = {"memory": Part("map"), "tools": Part("all", {"python": True}), "model": Part("none")}
    met = {
        text: Need.of(text).met(parts, frozenset({"undo"}))
        for text in (
            "memory",
            "memory=map|visited",
            "memory=window",
            "tools",
            "tools.python",
            "tools.sum",
            "model",
            "world.undo",
            "world.map",
        )
    }
    assert [text for text, is_met in met.items() if is_met] == [
        "memory",
        "memory=map|visited",
        "tools",
        "tools.python",
        "world.undo",
    ]
    for text in ("tools=all", "workflow", "world", "memory.map", "tool.sum", ""):
        with pytest.raises(ValueError, match="a need is"):
            Need.of(text)


def test_what_comes_with_evo_is_found_and_does_what_it_says() -> None:
    assert {(one.component.slot, one.component.name) for one in ours()} >= {
        ("memory", "window"),
        ("guard", "none"),
    }
    for entry in ours():
        assert entry.component.purpose
        assert plugins.load(entry.reference).__name__ == entry.component.use
    window = plugins.load(Catalogue(ours()).entry("memory", "window").reference)(size=2)

    async def remembered() -> str:
        for number in range(3):
            await window.write(Happening("action", str(number)))
        return await window.read("")  # type: ignore[no-any-return]

    assert asyncio.run(remembered()) == "action: 1\naction: 2"


def test_all_tools_are_shown_and_called() -> None:
    class Echo:
        async def spec(self) -> Spec:
            return Spec("echo", "says it again")

        async def call(self, arguments: object) -> str:
            return str(arguments)

    tools = plugins.load(Catalogue(ours()).entry("tools", "all").reference)(members={"echo": Echo()})
    assert asyncio.run(tools.specs("")) == [Spec("echo", "says it again")]
    assert asyncio.run(tools.call("echo", {"a": 1})) == "{'a': 1}"
    assert "Tools: echo" in asyncio.run(tools.call("ecko", {}))
    guard = plugins.load(Catalogue(ours()).entry("guard", "none").reference)()
    assert type(asyncio.run(guard.allow(Call("echo"), []))).__name__ == "Allow"


def test_a_folder_of_a_problem(tmp_path: Path) -> None:
    catalogue = Catalogue.of(problem(tmp_path, world=["undo"], slots={"memory": ["none", "map"]}))
    assert catalogue.names("memory") == ("none", "map")
    assert {"none", "search", "undo"} < set(catalogue.names("planning"))
    assert catalogue.names("model") == ("none", "small", "large")
    assert catalogue.world == {"undo"}
    assert catalogue.entry("memory", "map").place.endswith("components/memory/map.py")
    (tmp_path / "components" / "extra.py").write_text(GOOD.replace("name='diary'", "name='extra'"))
    assert "extra" in Catalogue.of(problem(tmp_path)).names("memory")


def test_wrong_options_and_files_of_a_problem(tmp_path: Path) -> None:
    for options, words in (
        ({"model": ["x"]}, "has no key 'model'"),
        ({"models": "small"}, "must hold names in a list"),
        ({"models": ["none"]}, "no model can be called"),
        ({"slots": {"memory": ["mapp"]}}, "Did you mean 'map'"),
    ):
        with pytest.raises(ProblemError, match=words):
            Catalogue.of(problem(tmp_path, **options))
    with pytest.raises(ProblemError, match="has no component"):
        Catalogue.of(Problem("p", "", seeds=[], options={"design": {"slots": {"memry": ["none"]}}}))
    (tmp_path / "other.py").write_text(GOOD)
    with pytest.raises(PluginError, match="has its name, diary"):
        in_folder(tmp_path)
