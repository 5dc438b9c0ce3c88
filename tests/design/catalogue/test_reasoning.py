"""Each kind of reasoning: what it asks, in which order, and what it makes of the replies."""

import asyncio
from typing import Any

import pytest

from evo.design.catalogue.reasoning.chain_of_thought import ChainOfThought
from evo.design.catalogue.reasoning.direct import Direct
from evo.design.catalogue.reasoning.self_consistency import SelfConsistency
from evo.design.catalogue.reasoning.self_refine import SelfRefine
from evo.design.catalogue.reasoning.step_back import StepBack
from evo.design.catalogue.reasoning.tree_of_thought import TreeOfThought
from evo.design.contracts import Thought
from evo.design.situation import Situation
from evo.testing.agents import ModelCall, ScriptedModel
from tests.design.catalogue.assembly import CATALOGUE, build

HALL = Situation(seen="a hall", actions=("go north", "go south")).text()


def think(reasoning: Any, question: str = "1+2?", context: str = "") -> Thought:
    thought = asyncio.run(reasoning.think(question, context))
    assert isinstance(thought, Thought)
    return thought


def refine(model: ScriptedModel, rounds: int = 3) -> SelfRefine:
    return SelfRefine(rounds=rounds, prompt="", critic="", model=model)


def test_direct_asks_once_for_the_answer_alone() -> None:
    model = ScriptedModel(["3"])
    assert think(Direct(prompt="Be brief.", model=model), context="a note").text == "3"
    (call,) = model.calls
    assert all(part in call.text for part in ("a note", "Question: 1+2?", "Be brief.", "nothing else"))


def test_chain_of_thought_keeps_its_chain_as_reasons() -> None:
    model = ScriptedModel(["1 and 2 make 3.\nAnswer: 3"])
    thought = think(ChainOfThought(prompt="", extract=False, model=model))
    assert (thought.text, "make 3" in thought.reasons) == ("3", True)
    assert "step by step" in model.calls[0].text
    assert len(model.calls) == 1


def test_chain_of_thought_may_take_the_answer_out_with_a_second_call() -> None:
    model = ScriptedModel(["1 and 2 make three, I would say", "3"])
    thought = think(ChainOfThought(prompt="", extract=True, model=model))
    assert (thought.text, "make three" in thought.reasons) == ("3", True)
    assert "make three" in model.calls[1].text
    silent = ScriptedModel(["Answer: 4", ""])
    assert think(ChainOfThought(prompt="", extract=True, model=silent)).text == "4"


def test_self_consistency_takes_the_most_frequent_answer() -> None:
    replies = ["so\nAnswer: 4", "hm\nAnswer: 3.0", "", "Answer: **3**", "Answer: 4,000"]
    model = ScriptedModel(replies)
    thought = think(SelfConsistency(samples=5, temperature=0.9, prompt="", model=model))
    assert thought.text == "3.0"
    assert "2 of 5" in thought.reasons
    assert "hm" in thought.reasons
    assert [call.temperature for call in model.calls] == [0.9] * 5
    assert len({call.text for call in model.calls}) == 1


def test_self_consistency_votes_on_actions() -> None:
    model = ScriptedModel(["2", "Answer: go north", "I go south"])
    assert (
        think(SelfConsistency(samples=3, temperature=0.7, prompt="", model=model), "win", HALL).text
        == "go south"
    )


class Tree:
    """Lines of thought that spell words; the critic likes those that begin like `best`."""

    def __init__(self, best: str) -> None:
        self.best, self.n = best, 0
        self.model = ScriptedModel(self.answer)

    def answer(self, call: ModelCall) -> str:
        line = "".join(call.text.partition("Thoughts so far:\n")[2].partition("\n\n")[0].split("\n"))
        if call.role == "proposer":
            self.n += 1
            return "ab"[self.n % 2]
        if call.role == "critic":
            return "9" if self.best.startswith(line) else "2"
        return f"Answer: {line}"


@pytest.mark.parametrize("best", ["bab", "aaa"])
def test_tree_of_thought_follows_what_is_rated_best(best: str) -> None:
    tree = Tree(best)
    reasoning = TreeOfThought(breadth=1, proposals=2, depth=3, temperature=1.1, prompt="", model=tree.model)
    assert think(reasoning).text == best
    roles = [call.role for call in tree.model.calls]
    assert roles == ["proposer", "proposer", "critic", "critic"] * 3 + [""]
    assert {call.temperature for call in tree.model.calls if call.role == "proposer"} == {1.1}


def test_tree_of_thought_keeps_as_many_lines_as_it_is_broad() -> None:
    def answer(call: ModelCall) -> str:
        line = call.text.partition("Thoughts so far:\n")[2]
        is_garden, is_long = "garden" in line, "onwards" in line
        if call.role == "proposer":
            return "onwards" if line else next(begun)
        if call.role == "critic":  # the garden path looks better at first
            return {(True, False): "9", (False, False): "5", (True, True): "1", (False, True): "8"}[
                is_garden, is_long
            ]
        return "Answer: garden" if is_garden else "Answer: plain"

    for breadth, answered in ((1, "garden"), (2, "plain")):
        begun = iter(["the garden path", "the plain way"])
        reasoning = TreeOfThought(
            breadth=breadth, proposals=2, depth=2, temperature=0.8, prompt="", model=ScriptedModel(answer)
        )
        assert think(reasoning).text == answered


def test_self_refine_revises_until_the_critic_is_satisfied() -> None:
    model = ScriptedModel(["Answer: 2", "No. You forgot 1.", "Answer: 3", "Yes, it is right.", "Answer: 9"])
    assert think(refine(model)).text == "3"
    assert [call.role for call in model.calls] == ["", "critic", "reviser", "critic"]
    assert "You forgot 1" in model.calls[2].text
    assert "Draft:\nAnswer: 2" in model.calls[2].text


def test_self_refine_gives_up_after_its_rounds() -> None:
    model = ScriptedModel(
        lambda call: "No, wrong." if call.role == "critic" else f"Answer: {len(model.calls)}"
    )
    assert think(refine(model, rounds=2)).text == "5"
    assert len(model.calls) == 5


def test_self_refine_keeps_its_draft_if_there_is_nothing_new() -> None:
    assert think(refine(ScriptedModel(["Answer: 2", "No.", ""]))).text == "2"
    model = ScriptedModel(["Answer: 2", ""])
    assert think(refine(model)).text == "2"
    assert len(model.calls) == 2


def test_step_back_answers_with_the_principle_in_view() -> None:
    model = ScriptedModel(["Addition joins amounts.", "Answer: 3"])
    thought = think(StepBack(prompt="", model=model))
    assert (thought.text, model.calls[0].role) == ("3", "abstractor")
    assert "Do not answer yet" in model.calls[0].text
    assert "Addition joins amounts." in model.calls[1].text
    assert "Addition joins amounts." in thought.reasons


REASONINGS = [
    name for name in CATALOGUE.names("reasoning") if "model" in CATALOGUE.component("reasoning", name).needs
]


@pytest.mark.parametrize("name", REASONINGS)
def test_where_actions_are_listed_the_thought_is_one_of_them(name: str) -> None:
    model = ScriptedModel(["I think: *go south*, because. 7"])
    assert think(build("reasoning", name, model, None), "win", HALL).text == "go south"
    assert think(build("reasoning", name, ScriptedModel(), None), "win", HALL).text == "go north"


@pytest.mark.parametrize("name", REASONINGS)
def test_a_prompt_of_the_candidates_own_is_asked_with(name: str) -> None:
    component = CATALOGUE.component("reasoning", name)
    model = ScriptedModel(["yes 5"])
    reasoning = build("reasoning", name, model, None)
    assert "prompt" in [one.name for one in component.parameters]
    values = {one.name: one.default for one in component.parameters} | {"prompt": "Think like a fish."}
    think(type(reasoning)(**values, model=model))
    assert any("Think like a fish." in call.text for call in model.calls)
