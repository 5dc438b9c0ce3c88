"""Workers see one piece each and hand their notes on; the manager sees the last notes alone."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.catalogue.workflow.chain_of_agents import ChainOfAgents, pieces
from evo.design.contracts import Task
from evo.testing.agents import ModelCall, ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker

TEXT = " ".join(["noise"] * 100 + ["KEY=7"] + ["noise"] * 100 + ["LOCK=9"] + ["noise"] * 100)


def notes(call: ModelCall) -> str:
    return " ".join(word for word in ("KEY=7", "LOCK=9") if word in call.text)


def test_facts_of_far_pieces_meet_in_the_notes() -> None:
    model = ScriptedModel(notes)
    thinker = Thinker(lambda _, context: "16" if "KEY=7 LOCK=9" in context else "?")
    workflow = ChainOfAgents(60, 8, thinker, model)
    answer = asyncio.run(
        workflow.solve(Task("key plus lock?", TEXT), make_agent(reasoning=thinker, model=model))
    )
    assert answer.text == "16"
    assert [call.role for call in model.calls] == ["worker"] * 6
    texts = [call.text.partition("Notes")[0] for call in model.calls]
    assert not any("KEY=7" in text and "LOCK=9" in text for text in texts)
    assert all(len(call.text.split()) < 130 for call in model.calls)
    assert "noise" not in thinker.asked[0][1]


def test_an_empty_reply_loses_no_notes() -> None:
    model = ScriptedModel(lambda call: "KEY" if "KEY=7" in call.text else "")
    thinker = Thinker(lambda _, context: context)
    workflow = ChainOfAgents(60, 8, thinker, model)
    answer = asyncio.run(workflow.solve(Task("?", TEXT), make_agent(reasoning=thinker, model=model)))
    assert answer.text.endswith("KEY")


def test_a_short_context_needs_no_chain() -> None:
    model, thinker = ScriptedModel(), Thinker(["7"])
    agent = make_agent(reasoning=thinker, model=model)
    assert asyncio.run(ChainOfAgents(50, 8, thinker, model).solve(Task("?", "KEY=7"), agent)).text == "7"
    assert (thinker.asked, model.calls) == ([("?", "KEY=7")], [])


@given(st.text("ab \n", max_size=300), st.integers(1, 9), st.integers(1, 5))
def test_pieces_lose_nothing(text: str, words: int, most: int) -> None:
    found = pieces(text, words, most)
    assert " ".join(found) == text
    assert len(found) <= most


@pytest.mark.parametrize(("words", "workers", "n"), [(60, 8, 6), (60, 3, 3), (400, 3, 1)])
def test_pieces_grow_where_workers_are_few(words: int, workers: int, n: int) -> None:
    assert len(pieces(TEXT, words, workers)) == n
