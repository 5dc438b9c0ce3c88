"""The five coordinations differ in who hears of whom, and in nothing else."""

import asyncio

from evo.design.catalogue.workflow.centralised import Centralised
from evo.design.catalogue.workflow.decentralised import Decentralised
from evo.design.catalogue.workflow.hybrid import Hybrid
from evo.design.catalogue.workflow.independent import Independent
from evo.design.catalogue.workflow.single import Single
from evo.design.contracts import Task, Workflow
from evo.testing.agents import ModelCall, ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker

TASK = Task("how many legs have a dog and a bird?", "a note")


def solve(workflow: Workflow, thinker: Thinker, model: ScriptedModel | None = None) -> str:
    agent = make_agent(reasoning=thinker, model=model or ScriptedModel())
    return asyncio.run(workflow.solve(TASK, agent)).text


def orchestrated(call: ModelCall) -> str:
    """Asks for the dog first, then for the bird, then adds."""
    if "Answer the question" in call.text:
        return "Answer: 6" if "four" in call.text and "two" in call.text else "Answer: ?"
    if "two" in call.text:
        return "DONE"
    return "1. legs of a bird" if "four" in call.text else "1. legs of a dog\n2. what is a leg"


def legs(question: str, context: str) -> str:
    return {"legs of a dog": "four", "legs of a bird": "two"}.get(question, "a limb")


def test_single_is_one_thought() -> None:
    thinker = Thinker(["6"])
    assert solve(Single(4, thinker), thinker) == "6"
    assert thinker.asked == [(TASK.goal, TASK.context)]


def test_independent_members_never_hear_of_each_other() -> None:
    thinker, model = Thinker(["four", "two", "six"]), ScriptedModel(["Together.\nAnswer: 6"])
    assert solve(Independent(3, thinker, model), thinker, model) == "6"
    assert len(thinker.asked) == 3
    assert not any(word in context for _, context in thinker.asked for word in ("four", "two", "six"))
    assert [call.role for call in model.calls] == ["synthesiser"]
    assert all(word in model.calls[0].text for word in ("four", "two", "six"))


def test_without_a_synthesis_the_most_frequent_answer_counts() -> None:
    thinker = Thinker(["a", "b", "b"])
    assert solve(Independent(3, thinker, ScriptedModel()), thinker) == "b"


def test_centralised_workers_hear_of_their_part_alone() -> None:
    thinker, model = Thinker(legs), ScriptedModel(orchestrated)
    assert solve(Centralised(3, 4, thinker, model), thinker, model) == "6"
    assert [question for question, _ in thinker.asked] == ["legs of a dog", "what is a leg", "legs of a bird"]
    assert not any("four" in context or "limb" in context for _, context in thinker.asked)
    assert {call.role for call in model.calls} == {"orchestrator"}


def test_the_orchestrator_has_so_many_rounds() -> None:
    thinker, model = Thinker(legs), ScriptedModel(orchestrated)
    assert solve(Centralised(3, 1, thinker, model), thinker, model) == "?"
    assert len(thinker.asked) == 2


def test_decentralised_peers_stop_at_consensus() -> None:
    def rule(question: str, context: str) -> str:
        return "6" if "found so far" in context or "solver 1" in context else "8"

    thinker = Thinker(rule)
    assert solve(Decentralised(3, 4, 0.67, thinker), thinker) == "6"
    assert len(thinker.asked) == 6  # two of three for 8 are less than .67, then all say 6
    thinker = Thinker(rule)
    assert solve(Decentralised(3, 4, 0.6, thinker), thinker) == "8"
    assert len(thinker.asked) == 3


def test_hybrid_workers_compare_notes_before_they_report() -> None:
    def rule(question: str, context: str) -> str:
        return (
            f"{legs(question, context)} for sure" if "fellow workers" in context else legs(question, context)
        )

    thinker, model = Thinker(rule), ScriptedModel(orchestrated)
    assert solve(Hybrid(3, 2, 1, thinker, model), thinker, model) == "6"
    questions = [question for question, _ in thinker.asked]
    assert questions == ["legs of a dog", "what is a leg"] * 2 + ["legs of a bird"]
    assert "limb" in thinker.asked[2][1]
    assert "four for sure" in model.calls[1].text
