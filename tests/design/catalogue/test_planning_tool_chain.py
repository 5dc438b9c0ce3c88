"""Chains of calls are gone on with in the order of their cost, and what few propose is costly."""

import asyncio

from evo.design.catalogue.planning.tool_chain import ToolChain
from evo.design.contracts import Spec
from evo.testing.agents import ModelCall, ScriptedModel

TOOLS = tuple(Spec(name, "a tool", {"x": ""}) for name in ("find", "sort", "print"))


def chain(model: ScriptedModel, heuristic: str = "words", **values: float) -> ToolChain:
    options = {"weight": 1.0, "samples": 2, "expansions": 9, "depth": 9} | values
    return ToolChain(heuristic=heuristic, model=model, **options)  # type: ignore[arg-type]


def so_far(call: ModelCall) -> list[str]:
    lines = call.text.partition("Calls so far:\n")[2].partition("\n\n")[0].splitlines()
    return [line.split()[1] for line in lines]


def propose(call: ModelCall) -> str:
    """Two ways: find, sort, print and done; or print and print for ever."""
    ways = {(): ("find", "print"), ("find",): ("sort", "sort"), ("find", "sort"): ("print", "print")}
    ways[("find", "sort", "print")] = ("DONE", "DONE")
    which = 0 if "Proposal 1" in call.text else 1
    name = ways.get(tuple(so_far(call)), ("print", "print"))[which]
    return (
        name if name == "DONE" else f'I would CALL {name} {{"x": 1}}' if which else f'CALL {name} {{"x": 1}}'
    )


def test_chains_are_expanded_in_the_order_of_cost() -> None:
    found = chain(ScriptedModel(propose))
    plan = asyncio.run(found.plan("find and sort, then print", "", TOOLS))
    names = [tuple(step.split()[0] for step in steps) for steps in found.expanded]
    # words to go: find, and, sort, then, print; f(find) = 1.5 + 4 = f(print), then find,sort = 2.5 + 3, ...
    assert names == [(), ("find",), ("print",), ("find", "sort"), ("find", "sort", "print")]
    assert plan.steps == ('find {"x": 1}', 'sort {"x": 1}', 'print {"x": 1}')


def test_what_all_propose_is_cheaper() -> None:
    def reply(call: ModelCall) -> str:
        if so_far(call):
            return "DONE"
        return "CALL sort(1)" if "Proposal 1" in call.text else "CALL find(1)"

    found = chain(ScriptedModel(reply), samples=3)
    assert asyncio.run(found.plan("", "", TOOLS)).steps == ('find {"x": 1}',)
    assert found.expanded == [(), ('find {"x": 1}',)]


def test_the_model_may_estimate_what_is_left() -> None:
    def reply(call: ModelCall) -> str:
        if call.role == "estimator":
            return "0" if "sort" in call.text.partition("Calls so far")[2] else "7"
        if so_far(call):
            return "DONE"
        return "CALL sort(1)" if "Proposal 1" in call.text else "CALL find(1)"

    model = ScriptedModel(reply)
    assert asyncio.run(chain(model, "model", samples=3).plan("", "", TOOLS)).steps == ('sort {"x": 1}',)
    assert {call.role for call in model.calls} == {"proposer", "estimator"}


def test_expansions_and_depth_are_bounds() -> None:
    for bounds in ({"expansions": 3}, {"depth": 3}):
        found = chain(ScriptedModel(["CALL print(1)"]), **bounds)
        assert len(asyncio.run(found.plan("find", "", TOOLS)).steps) == 3
        assert len(found.expanded) == 3


def test_nonsense_is_no_plan() -> None:
    assert asyncio.run(chain(ScriptedModel(["hm, well"])).plan("find", "", TOOLS)).steps == ()
    assert asyncio.run(chain(ScriptedModel()).revise("")).steps == ()
