"""A design's picture: well-formed, alone, and of that design."""

from pathlib import Path
from xml.etree import ElementTree

from evo.design.design import Design
from evo.design.graph import drawing, graph
from evo.types import Problem
from tests.design.shelf import CATALOGUE, POOR, RICH, files, problem

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str, **more: str) -> ElementTree.Element:
    return ElementTree.fromstring(graph(Design.load({**files(text), **more}, CATALOGUE)))


def paths(picture: ElementTree.Element, kind: str | None) -> int:
    return sum(one.get("class") == kind for one in picture.iter(f"{SVG}path"))


def test_boxes_calls_and_needs() -> None:
    picture = drawn(
        RICH.replace(", prompt: prompts/think.md", "")
        + "  planning: {use: search}\n".replace("{use: search}", "none")
    )
    assert len(list(picture.iter(f"{SVG}rect"))) == 8
    texts = [one.text for one in picture.iter(f"{SVG}text")]
    assert "window" in texts
    assert "size 16" in texts
    assert paths(picture, None) == 3  # reasoning, memory, tools
    assert paths(picture, "need") == 1  # the reasoning's model
    off = [one for one in picture.iter(f"{SVG}g") if one.get("class") == "off"]
    assert len(off) == 3


def test_an_open_workflow_says_how_often_it_calls() -> None:
    body = "await agent.memory.write(1)\n    return Answer(await agent.memory.read(''))"
    code = f"async def solve(task: Task, agent: Agent) -> Answer:\n    {body}\n"
    picture = drawn("slots: {workflow: workflow.py, memory: window}", **{"workflow.py": code})
    assert "×2" in [one.text for one in picture.iter(f"{SVG}text")]
    assert paths(picture, None) == 1


def test_a_profile_is_drawn_as_taking_part_whoever_asks_the_model() -> None:
    silent = "slots: {workflow: vote, model: small}"
    assert paths(drawn(silent.replace("}", ", profile: expert}")), None) == paths(drawn(silent), None) + 1


def test_hostile_text_stays_text() -> None:
    words = '<script>alert(1)</script>" onload="x'
    escaped = words.replace('"', '\\"')
    design = Design.load(files(POOR + f'  profile: {{use: expert, words: "{escaped}\\u0001"}}\n'), CATALOGUE)
    text = graph(design)
    picture = ElementTree.fromstring(text)
    assert "<script" not in text
    assert {one.tag for one in picture.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "style", "g", "rect", "text", "path")
    }
    assert set(picture.attrib) == {"class", "role", "viewBox", "aria-label"}
    assert "url(" not in text
    assert "href" not in text


def test_only_valid_designs_are_drawn(tmp_path: Path) -> None:
    assert drawing(files(), problem(tmp_path)).startswith("<svg")
    assert drawing(files("slots: {}"), problem(tmp_path)) == ""
    assert drawing({"main.py": ""}, Problem("some", "", seeds=[])) == ""
