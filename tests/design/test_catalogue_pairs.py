"""Every two components of evo's own stand in a design that runs, or are refused for a stated reason."""

import asyncio
import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from evo.design.component import SLOTS, Need, Part
from evo.design.contracts import Answer, Task
from evo.design.cover import Cover, Pair, cover, held
from evo.design.design import Design
from evo.design.faults import Fault
from evo.design.parts import normal, read_part
from evo.design.rules import broken
from evo.design.space import Space
from evo.testing.agents import ScriptedModel, ScriptedWorld
from tests.design.catalogue.assembly import CATALOGUE, solved

WAYS = {"start": {"go north": "hall", "look": "start"}, "hall": {"go south": "start", "go east": "goal"}}

SAID = ("Answer: go north", "1. look\n2. go north\n3. go east", "2", "yes, 7 out of 10", "", "banana")


@pytest.fixture(scope="module")
def covering() -> Cover:
    """The covering array, with designs for pairs that its few random completions did not find one for."""
    space, rng = Space(CATALOGUE), np.random.default_rng(0)
    found = cover(space, rng)
    designs = [*found.designs]
    left_out = set(found.left_out)
    for pair in sorted(found.left_out, key=sorted):
        if pair in left_out and (design := _completed(pair, space, rng)):
            designs.append(design)
            left_out -= {frozenset(one) for one in itertools.combinations(held(design), 2)}
    return Cover(tuple(designs), frozenset(left_out))


def test_every_pair_stands_in_a_design_or_is_left_out(covering: Cover) -> None:
    together = {
        frozenset(pair) for design in covering.designs for pair in itertools.combinations(held(design), 2)
    }
    choices = [(slot, name) for slot in SLOTS for name in CATALOGUE.names(slot)]
    choices += [("tool", name) for name in CATALOGUE.tools()]
    for one, other in itertools.combinations(choices, 2):
        if one[0] != other[0] or one[0] == "tool":
            assert (frozenset((one, other)) in together) != (frozenset((one, other)) in covering.left_out)


def test_what_is_left_out_is_refused_for_a_reason(covering: Cover) -> None:
    for pair in covering.left_out:
        assert _reasons(pair), sorted(pair)


def test_every_design_is_valid_as_it_is_written(covering: Cover) -> None:
    for design in covering.designs:
        assert Design.load(design.files(), CATALOGUE).id == design.id


def test_every_design_runs(covering: Cover) -> None:
    for design in covering.designs:
        for ways in ({}, WAYS):
            turns = itertools.cycle(SAID)
            model = ScriptedModel(lambda _, turns=turns: next(turns))  # type: ignore[misc]
            world = ScriptedWorld(ways)
            task = Task("go to the goal", "start" if ways else "")
            answer = asyncio.run(solved(design, task, model, world))
            assert isinstance(answer, Answer), design.files()
            if design.parts["model"].use == "none":
                assert not model.calls, design.files()


def _completed(pair: Pair, space: Space, rng: np.random.Generator) -> Design | None:
    """A valid design that holds the pair, whichever workflow that takes; None if none was found."""
    slots = _slots(pair)
    for parts in _framed(pair):
        for _ in range(4):
            drawn = {slot: space.draw_part(slot, rng) for slot in SLOTS if slot not in slots | {"workflow"}}
            for others in ({}, drawn):
                design = space.repaired({**parts, **others}, rng, keep=slots | {"workflow"})
                if design is not None and pair <= held(design):
                    return design
    return None


def _reasons(pair: Pair) -> list[Fault]:
    """Why the two cannot stand together, whatever stands in the other slots; empty if they can."""
    tools = dict(pair).get("tools")
    found: list[Fault] = []
    for slot, name in pair if tools else ():
        if slot == "tool":
            found += read_part("tools", {"use": tools, name: True}, CATALOGUE)[1]
    if found:
        return found
    for parts in _framed(pair):
        faults = _refused(parts, _slots(pair) | {"workflow"})
        if not faults:
            return []
        found += faults
    return found


def _framed(pair: Pair) -> Iterator[dict[str, Part]]:
    """The pair with nothing beside it, in each workflow if it names none, with each tool if tools need one."""
    chosen = dict(one for one in pair if one[0] != "tool")
    tools = [{name: True for slot, name in pair if slot == "tool"}]
    if chosen.get("tools", "none") != "none" and not tools[0]:
        tools = [{name: True} for name in CATALOGUE.tools()]
    for workflow in [chosen["workflow"]] if "workflow" in chosen else CATALOGUE.names("workflow"):
        for members in tools:
            uses = dict.fromkeys(SLOTS, "none") | {"tools": "all" if members else "none"}
            uses |= {**chosen, "workflow": workflow}
            yield {
                slot: normal(slot, use, members if slot == "tools" else {}, CATALOGUE)
                for slot, use in uses.items()
            }


def _slots(pair: Pair) -> frozenset[str]:
    return frozenset("tools" if slot == "tool" else slot for slot, _ in pair)


def _refused(parts: Mapping[str, Part], fixed: frozenset[str]) -> list[Fault]:
    """Faults that no change of the slots that are not `fixed` mends."""
    return [
        fault
        for fault in broken(parts, CATALOGUE)
        if fault.where in fixed and not any(_mended(fault, parts, fixed))
    ]


def _mended(fault: Fault, parts: Mapping[str, Part], fixed: frozenset[str]) -> Iterator[bool]:
    """Of each way to fill one more slot against a fault, whether that is not refused in its turn."""
    if fault.where == "tools" and not fault.need and "has no tool" in fault.rule:
        yield bool(CATALOGUE.tools())
        return
    need = Need.of(fault.need) if fault.need else None
    if need is not None and need.slot == "tools":
        yield "tools" not in fixed or bool(need.names)
        return
    if need is None and fault.where not in ("model", "profile"):
        return  # what a workflow never calls
    for slot in [need.slot] if need is not None else SLOTS[1:-1]:
        for name in CATALOGUE.names(slot) if slot not in fixed else ():
            if need is None:  # nothing asks a model yet
                is_meant = "model" in (CATALOGUE.component(slot, name).needs)
            else:
                is_meant = name != "none" and (not need.names or name in need.names)
            if is_meant:
                filled = {**parts, slot: normal(slot, name, {}, CATALOGUE)}
                yield not _refused(filled, fixed | {slot})
