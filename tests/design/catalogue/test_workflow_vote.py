"""The most frequent answer wins, whoever gives it and however it is written."""

import asyncio

from evo.design.catalogue.workflow.vote import Vote
from evo.design.contracts import Task
from evo.testing.agents import make_agent
from tests.design.catalogue.thinkers import Thinker


def test_the_majority_answers() -> None:
    thinker = Thinker(["4", "", "Five.", "five", "6"])
    answer = asyncio.run(Vote(5, thinker).solve(Task("2+3", "notes"), make_agent(reasoning=thinker)))
    assert answer.text == "Five."
    assert [question for question, _ in thinker.asked] == ["2+3"] * 5
    assert len({context for _, context in thinker.asked}) == 5  # not one question asked five times


def test_of_equals_the_first_counts() -> None:
    thinker = Thinker(["b", "a", "a", "b"])
    assert asyncio.run(Vote(4, thinker).solve(Task(""), make_agent(reasoning=thinker))).text == "b"
