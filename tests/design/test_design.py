"""What a design is refused for, what two designs have in common, and its one canonical form."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.catalogue import Catalogue, ours
from evo.design.component import Component, Part
from evo.design.design import Design, checker, diff_of_files
from evo.design.faults import InvalidDesign
from evo.design.parameter import Int, Text
from evo.design.parts import parts_of
from evo.design.space import Space
from evo.errors import InvalidCandidate
from evo.types import Candidate, Problem
from evo.value.slots import slots_of
from tests.design.shelf import CATALOGUE, POOR, RICH, files, source

SOLVE = "async def solve(task: Task, agent: Agent) -> Answer:\n    {}\n"
OWN = source(Component("memory", "diary", "writes all down", "Diary", parameters=(Text("title"),)))


def load(text: str = POOR, more: Mapping[str, str] | None = None, **prompts: str) -> Design:
    return Design.load({**files(text, **prompts), **(more or {})}, CATALOGUE)


def refusals(text: str = POOR, more: Mapping[str, str] | None = None, **prompts: str) -> list[str]:
    with pytest.raises(InvalidDesign) as caught:
        load(text, more, **prompts)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.faults)
    return lines


def test_defaults_are_filled_in_and_written_out() -> None:
    design = load(RICH, think="Think.")
    assert design.parts["memory"] == Part("window", {"size": 16})
    assert design.parts["reasoning"].values == {"heat": 0.5, "prompt": "prompts/think.md"}
    assert design.parts["tools"].values == {"python": True, "python.timeout_s": 10.0}
    assert design.parts["model"] == Part("small", {"reasoning": "large"})
    assert design.parts["planning"] == Part("none")
    assert load(design.files()["design.yaml"], think="Think.") == design


QUESTIONS = Catalogue(ours(), models=["small"], acts=False)


def asked(workflow: str, tools: str = "none", guard: str = "none") -> Design:
    text = f"slots:\n  workflow: {workflow}\n  reasoning: direct\n  tools: {tools}\n  guard: {guard}\n  model: small\n"
    return Design.load({"design.yaml": text}, QUESTIONS)


def test_what_has_no_effect_without_tools_makes_no_other_design() -> None:
    ids = {asked(f"{{use: single, calls: {n}}}").id for n in (1, 4, 9)}
    assert ids == {asked("single").id}
    assert asked("{use: loop, steps: 3}").id == asked("loop").id
    with_tools = [asked(f"{{use: single, calls: {n}}}", "{use: all, calculator: true}") for n in (1, 4, 9)]
    assert len({one.id for one in with_tools}) == 3
    assert asked("single", "{use: all, calculator: true}").parts["workflow"].values == {"calls": 4}
    assert slots_of(asked("{use: single, calls: 9}").files()) == slots_of(asked("single").files())


def test_in_a_world_steps_have_an_effect_without_tools() -> None:
    text = "slots:\n  workflow: {use: loop, steps: 3}\n  reasoning: heuristic\n"
    world = Catalogue(ours())
    assert Design.load({"design.yaml": text}, world).parts["workflow"].values["steps"] == 3
    assert Design.load({"design.yaml": text + "  guard: loop_breaker\n"}, world).parts["guard"].values


def test_only_what_is_no_tool_asks_whether_there_are_tools() -> None:
    limit = Int("limit", 4, 1, 9, when="agent.tools")
    assert Component("reasoning", "own", "thinks", "Own", parameters=(limit,)).parameters == (limit,)
    with pytest.raises(
        ValueError, match=r"limit counts when 'agent\.tools', which is no parameter before it$"
    ):
        Component("tool", "own", "helps", "Own", parameters=(limit,))
    with pytest.raises(
        ValueError,
        match=r"'agent\.x', which is no parameter before it, nor one of agent\.tools, agent\.calls$",
    ):
        Component("reasoning", "own", "thinks", "Own", parameters=(Int("limit", 4, 1, 9, when="agent.x"),))


def test_a_guard_needs_something_to_guard() -> None:
    with pytest.raises(InvalidDesign, match=r"guard: loop_breaker has no call to guard.*fill slot tools"):
        asked("single", guard="loop_breaker")
    assert (
        asked("single", "{use: all, calculator: true}", "loop_breaker").parts["guard"].use == "loop_breaker"
    )


def test_a_value_model_reads_the_same_slots() -> None:
    found = slots_of(load(RICH, think="x").files())
    assert found is not None
    assert (found["memory"], found["memory.size"], found["planning"]) == ("window", 16.0, "none")
    assert (found["tools"], found["tools.python"], found["tools.python.timeout_s"]) == ("all", "true", 10.0)
    assert (found["model"], found["model.reasoning"]) == ("small", "large")


def test_designs_that_mean_the_same_have_one_id() -> None:
    spelled = "slots:\n  {memory: {use: window, size: 8.0}, workflow: {steps: 10, use: loop}, guard: none, tools: null}\n"
    short = "# short\nslots:\n  workflow: loop\n  memory: window\n"
    one, other = load(spelled), load(short)
    assert one == other
    assert one.id == other.id == Candidate.of(one.files()).id
    assert (
        Design.load({"design.json": '{"slots": {"workflow": "loop", "memory": "window"}}'}, CATALOGUE).id
        == one.id
    )
    assert load(short.replace("window", "{use: window, size: 9}")).id != one.id


def test_texts_that_are_hard_to_write_come_back() -> None:
    for text in (
        "yes",
        "null",
        "1e5",
        " a",
        "a: b",
        "# no",
        "\"'\\",
        "é\u2028\x85\u200b\ufeff",
        "日本 🎈",
        "\t\n\r\x00\x7f",
        "%",
        "- x",
    ):
        part = Part("expert", {"field": "any", "words": text})
        design = load()
        written = Design({**design.parts, "profile": part}, {}, CATALOGUE).files()
        assert Design.load(written, CATALOGUE).parts["profile"] == part
        assert parts_of(written)["profile"] == part  # type: ignore[index]
        assert slots_of(written)["profile.words"] == text  # type: ignore[index]


@pytest.mark.parametrize("heat", [0.1, 1 / 3, 2.0, 1e-5, 1.5e-7, 1e16, 123456789.123])
def test_numbers_come_back(heat: float) -> None:
    part = Part("chain", {"heat": heat, "prompt": ""})
    written = Design({**load().parts, "reasoning": part}, {}, CATALOGUE).files()
    assert slots_of(written)["reasoning.heat"] == heat  # type: ignore[index]
    assert parts_of(written)["reasoning"].values["heat"] == heat  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("slots: {workflow: lop}", "workflow: there is no component 'lop'. Did you mean 'loop'?"),
        ("slots: {memory: none}", "workflow: it must be filled. Choices: loop, vote."),
        (POOR + "  memmory: none\n", "memmory: there is no such slot. Did you mean 'memory'?"),
        (POOR + "costs: 3\n", "design.yaml: no key 'costs' beside 'slots' and 'budget'. Take it out."),
        ("- slots\n", "design.yaml: a design is a mapping with a mapping 'slots'. Begin with: slots:"),
        ("slots: [", "design.yaml: it must be readable: line 2: no YAML"),
        (POOR + "  memory: {use: window, size: 65}\n", "memory: size of window must be a whole number from 1 to 64, got 65. Its default is 8."),
        (POOR + "  memory: {use: window, sice: 6}\n", "memory: window has no parameter 'sice'. Did you mean 'size'?"),
        (POOR + "  memory: {use: visited, size: 6}\n", "memory: visited has no parameter 'size'. It has none."),
        (POOR + "  memory: {size: 6}\n", "memory: a mapping names its component under 'use', got size. Choices: none, map,"),
        (POOR + "  memory: {use: summary, words: 20}\n  model: small\n", "memory: words counts only with short. Take words out, or set short."),
        (POOR + "  planning: search\n", "planning: search needs memory: map or visited. Put one of map, visited into slot memory."),
        (POOR + "  planning: undo\n", "planning: undo needs world.undo, which this problem's world does not offer. Choose"),
        (POOR + "  reasoning: chain\n", "reasoning: chain needs model. Put one of small, large into slot model."),
        (POOR + "  guard: careful\n", "guard: careful needs tools.python. Set python: true in slot tools."),
        (POOR + "  tools: all\n", "tools: all has no tool. Write one beside it, such as NAME: true. Choices: python, sum."),
        (POOR + "  tools: {use: none, sum: true}\n", "tools: none has no parameter 'sum'."),
        (POOR + "  tools: {use: all, sum: true, python.timeout_s: 3}\n", "tools: python.timeout_s counts only with python."),
        (POOR + "  model: small\n", "model: nothing asks small. Write model: none."),
        (POOR + "  reasoning: chain\n  model: {use: small, memory: large}\n", "model: nothing in slot memory asks a model, got memory: large. Take memory out."),
        (POOR + "  reasoning: chain\n  model: {use: small, reasoning: huge}\n", "model: reasoning of small must be one of its choices, got 'huge'."),
        ("slots: {workflow: vote, model: small, memory: window}", "memory: window is never called by workflow vote. Write memory: none."),
        ("slots: {workflow: {use: workflow.py, steps: 3}}", "workflow: workflow.py has no parameters, got steps. Take it out."),
        (POOR + "  reasoning: {use: chain, prompt: prompts/a.md}\n  model: small\n", "reasoning: chain uses prompts/a.md, which is not there. Write prompts/a.md, or take it out."),
    ],
)  # fmt: skip
def test_what_is_refused_names_slot_rule_and_fix(text: str, line: str) -> None:
    assert any(one.startswith(line) for one in refusals(text)), refusals(text)


def test_all_faults_are_named_at_once() -> None:
    found = refusals("slots: {workflow: lop, memory: {use: window, size: 0, x: 1}, guard: no}", think="x")
    assert [one.partition(":")[0] for one in found] == ["workflow", "memory", "memory", "guard"]


def test_files_that_nobody_uses_are_refused() -> None:
    assert refusals(think="x") == [
        "prompts/think.md: nothing uses this file. Put prompts/think.md to use, or leave it out."
    ]
    for path in ("main.py", "prompts/think.txt", "design.py", "components/sub.txt"):
        (line,) = refusals(more={path: ""})
        assert line.startswith(f"{path}: nothing uses this file. A design has design.yaml, workflow.py,")
    assert refusals(more={"workflow.py": SOLVE.format("return Answer()")})
    assert "a design has one design.yaml or design.json" in refusals(more={"design.json": "{}"})[0]
    with pytest.raises(InvalidDesign, match="got none"):
        Design.load({"main.py": ""}, CATALOGUE)


def test_a_component_of_its_own() -> None:
    text = POOR + "  memory: {use: diary, title: Monday}\n"
    design = load(text, {"components/diary.py": OWN})
    assert design.catalogue.entry("memory", "diary").is_own
    assert design.files()["components/diary.py"] == OWN
    assert design.files_of("memory") == {"components/diary.py"}
    assert "memory: there is no component 'diary'" in refusals(text)[0]
    assert refusals(more={"components/diary.py": OWN})[0].startswith(
        "components/diary.py: nothing uses this file"
    )
    assert "Call it components/diary.py" in refusals(text, {"components/other.py": OWN})[0]
    taken = {"components/map.py": OWN.replace("name='diary'", "name='map'")}
    assert "map stands in slot memory already" in refusals(POOR + "  memory: map\n", taken)[0]
    broken = {"components/diary.py": OWN.replace("async def read", "def read")}
    assert "Write: async def read(situation) -> str." in refusals(text, broken)[0]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("return await agent.memry.read('x')", "line 2: an agent has no 'memry'. Did you mean 'memory'?"),
        (
            "return await agent.memory.recall('x')",
            "line 2: slot memory has no 'recall'. Did you mean 'read'? Choices: read, write.",
        ),
        ("return agent.prompt(task.goal)", "line 2: agent.prompt takes one name, as a literal."),
        ("return (", "it must be Python, line 2"),
        ("return " + "-" * 5000 + "1", "it must"),
    ],
)
def test_an_open_workflow_calls_only_what_is_there(body: str, line: str) -> None:
    found = refusals("slots: {workflow: workflow.py}", {"workflow.py": SOLVE.format(body)})
    assert found[0].startswith(f"workflow.py: {line}")


@pytest.mark.parametrize(
    "head",
    [
        "def solve(task: Task, agent: Agent) -> Answer:",
        "async def solve(task, agent) -> Answer:",
        "async def solve(agent: Agent) -> Answer:",
        "async def solve(task: Task, agent: Agent) -> str:",
        "async def run(task: Task, agent: Agent) -> Answer:",
    ],
)
def test_an_open_workflow_keeps_its_contract(head: str) -> None:
    (line,) = refusals("slots: {workflow: workflow.py}", {"workflow.py": head + "\n    return Answer()\n"})
    assert line.endswith("Write: async def solve(task, agent) -> Answer.")


def test_what_an_open_workflow_calls_is_known() -> None:
    text = "slots: {workflow: workflow.py, memory: window}"
    calls = {"workflow.py": SOLVE.format("return Answer(await agent.memory.read(agent.prompt('ask')))")}
    design = load(text, calls, ask="What now?")
    assert design.flow.uses == {"memory"}
    assert design.flow.calls == {"memory.read": 1}
    assert design.files_of("workflow") == {"workflow.py", "prompts/ask.md"}
    assert "workflow.py uses prompts/ask.md, which is not there" in refusals(text, calls)[0]
    idle = {"workflow.py": SOLVE.format("return Answer()")}
    assert refusals(text, idle) == [
        "memory: window is never called by workflow workflow.py. Write memory: none."
    ]
    hands_on = {
        "workflow.py": "async def solve(task: Task, agent: Agent) -> Answer:\n    return await other(agent)\n"
    }
    assert load(text, hands_on).flow.uses is None


@pytest.mark.parametrize(
    ("slots", "call"),
    [
        ("profile: expert, model: small", "agent.model.ask(task.question)"),
        ("reasoning: chain, profile: expert, model: small", "agent.reasoning.think('', '')"),
        ("profile: expert", "agent.profile.system('')"),
    ],
)
def test_whatever_asks_a_model_uses_the_profile(slots: str, call: str) -> None:
    """Its system prompt stands first, so it is not idle."""
    workflow = {"workflow.py": SOLVE.format(f"await {call}")}
    assert load(f"slots: {{workflow: workflow.py, {slots}}}", workflow).parts["profile"].use == "expert"


def test_a_declared_workflow_that_asks_models_uses_the_profile() -> None:
    text = "slots: {workflow: vote, model: small, profile: expert}"
    assert load(text).parts["profile"].use == "expert"


def test_a_profile_is_idle_where_no_model_is_asked() -> None:
    workflow = {"workflow.py": SOLVE.format("await agent.reasoning.think('', '')")}
    idle = "profile: {} is never called by workflow workflow.py. Write profile: none."
    text = "slots: {workflow: workflow.py, reasoning: rule, profile: expert}"
    assert refusals(text, workflow) == [idle.format("expert")]
    asking = source(Component("profile", "asker", "asks who it is", "Asker", needs=("model",)))
    text = text.replace("expert", "asker, model: small")
    assert refusals(text, {**workflow, "components/asker.py": asking}) == [idle.format("asker")]


def test_a_profile_is_idle_in_every_workflow_of_evos_where_no_model_is_asked() -> None:
    catalogue = Catalogue(ours(), models=("m",))
    asks_itself = []
    for workflow in catalogue.names("workflow"):
        text = f"slots: {{workflow: {workflow}, reasoning: heuristic, profile: role}}"
        with pytest.raises(InvalidDesign) as caught:
            Design.load({"design.yaml": text}, catalogue)
        if [fault.where for fault in caught.value.faults if fault.where == "profile"]:
            assert f"profile: role is never called by workflow {workflow}." in str(caught.value)
        else:
            asks_itself.append(workflow)
    assert all("model" in catalogue.component("workflow", name).needs for name in asks_itself)
    assert {"single", "loop"}.isdisjoint(asks_itself)
    speaks = "slots: {workflow: single, reasoning: direct, profile: role, model: m}"
    assert Design.load({"design.yaml": speaks}, catalogue).parts["profile"].use == "role"


def test_differences_are_told_in_slots() -> None:
    one, other = load(), load(RICH, think="Think.\nAgain.")
    assert [str(change) for change in Design.diff(one, other)] == [
        "reasoning: none -> chain(heat=0.5, prompt=prompts/think.md)",
        "memory: none -> window(size=16)",
        "tools: none -> all(python=true, python.timeout_s=10.0)",
        "model: none -> small(reasoning=large)",
        "prompts/think.md: nothing -> a text of 2 lines",
    ]
    larger = load(RICH.replace("size: 16", "size: 20"), think="Think.\nAgain.")
    assert [str(change) for change in Design.diff(other, larger)] == ["memory.size: 16 -> 20"]
    assert Design.diff(one, one) == ()
    written = diff_of_files(files(), files(RICH, think="x"))
    assert written is not None
    assert [change.where for change in written][:2] == ["reasoning", "memory"]
    assert diff_of_files(files(), {"main.py": ""}) is None


def test_a_diff_of_designs_is_complete() -> None:
    """Whatever two designs differ in stands in their diff, and nothing else."""
    rng = np.random.default_rng(5)
    space = Space(CATALOGUE)
    for _ in range(60):
        a, b = space.draw(rng), space.draw(rng)
        found = {change.where.partition(".")[0] for change in Design.diff(a, b)}
        assert found == {slot for slot in a.parts if a.parts[slot] != b.parts[slot]}


def test_a_problem_of_designs_refuses_what_is_none() -> None:
    assert checker(Problem("some", "", seeds=["seed.py"])) is None
    check = checker(Problem("some", "", seeds=[{"design.yaml": POOR}]))
    assert check is not None
    with pytest.raises(InvalidCandidate, match="workflow: there is no component 'noose'"):
        check({"design.yaml": POOR.replace("loop", "noose")})


@pytest.mark.parametrize("seed", ["mine", "mine/design.yaml", {"design.yaml": POOR}])
def test_a_seed_says_that_a_problem_is_one_of_designs(seed: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "design.yaml").write_text(POOR)
    assert checker(Problem("some", "", seeds=[seed], folder=tmp_path)) is not None
    assert checker(Problem("some", "", seeds=["other"], folder=tmp_path)) is None


WORDS = [
    "slots:",
    "{",
    "}",
    "[",
    "]",
    "use:",
    ",",
    ": ",
    "window",
    "size",
    "8",
    "1e400",
    "-",
    "loop",
    "null",
    "'",
    "&a",
    "*a",
    "\n",
    "  ",
    "!!x",
    "#",
    "\t",
]


@given(st.lists(st.sampled_from([*WORDS, *RICH.split()]), max_size=30).map(" ".join), st.text(max_size=40))
def test_any_text_is_a_design_or_is_refused(text: str, code: str) -> None:
    for candidate in (
        {"design.yaml": text},
        {"design.json": text},
        {"design.yaml": "slots: {workflow: workflow.py}", "workflow.py": code},
        {"design.yaml": POOR + "  memory: diary", "components/diary.py": code, code: text},
    ):
        with suppress(InvalidDesign):
            Design.load(candidate, CATALOGUE)


def test_a_message_is_short_whatever_the_file() -> None:
    rubbish = "x" * 5000
    many = "".join(f"  s{number}: {rubbish}\n" for number in range(50))
    for text in (
        POOR + many,
        POOR + f"  memory: {rubbish}\n",
        POOR + f"  memory: {{use: window, size: {rubbish}, {rubbish}: 1}}\n",
        POOR + f"  profile: {{use: expert, field: {rubbish}}}\n",
        POOR + f"{rubbish}: 1\n",
    ):
        with pytest.raises(InvalidDesign) as caught:
            Design.load({"design.yaml": text}, CATALOGUE)
        assert len(str(caught.value)) < 5000
    assert str(InvalidDesign(caught.value.faults * 30)).endswith("and 10 more faults")
