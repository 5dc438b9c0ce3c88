"""What profiles say to a node, by its role."""

import asyncio
import re
from typing import Any

import pytest

from evo.design.catalogue import HERE
from evo.design.catalogue.profile.expertise import FIELDS, Expertise
from evo.design.catalogue.profile.role import PARTS, Role
from evo.design.catalogue.profile.roster import Roster
from evo.design.component import SLOTS
from tests.design.catalogue.assembly import CATALOGUE, build


def system(profile: Any, role: str) -> str:
    text = asyncio.run(profile.system(role))
    assert isinstance(text, str)
    return text


def test_role_differs_by_role() -> None:
    profile = Role("")
    assert system(profile, "critic") == PARTS["critic"]
    assert system(profile, "ship_builder") == "You are a careful and capable ship builder."
    assert system(profile, "") == "You are a careful and capable assistant."


def test_every_node_has_a_part_of_its_own_words() -> None:
    assert set(SLOTS[:-1]) - {"profile"} <= set(PARTS)
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.rglob("*.py"))
    assert set(re.findall(r'role="(\w+)"', text)) <= set(PARTS)


def test_role_may_be_written_by_the_candidate() -> None:
    assert system(Role("Be a {role}, {and} brief."), "judge") == "Be a judge, {and} brief."


@pytest.mark.parametrize("field", FIELDS)
def test_expertise_says_who_and_how(field: str) -> None:
    who, how = FIELDS[field]
    assert system(Expertise(field, habits=True), "critic").endswith(how)
    assert system(Expertise(field, habits=False), "critic") == f"You are {who} of long experience."


def test_every_field_that_may_be_chosen_is_known() -> None:
    (field, _) = CATALOGUE.component("profile", "expertise").parameters
    assert set(field.grid()) == set(FIELDS)


def test_roster_names_the_others_and_the_own_part() -> None:
    profile = Roster("planner: makes plans\ncritic : finds mistakes\n\nBe kind to each other.")
    assert system(profile, "critic") == (
        "You are the critic of a team.\nYour part: finds mistakes. Leave the rest to the others.\n"
        "The others:\n- planner: makes plans\nBe kind to each other."
    )
    stranger = system(profile, "cook")
    assert stranger.startswith("You are the cook of a team.\nThe others:\n- planner")
    assert "Your part" not in stranger
    assert system(Roster(""), "") == "You are one of a team."


@pytest.mark.parametrize("name", CATALOGUE.names("profile"))
def test_profiles_have_something_for_any_role(name: str) -> None:
    profile = build("profile", name, None, None)
    for role in ("", "critic", "reasoning", "{x}", "\x00", "a" * 5000):
        assert (system(profile, role) == "") is (name == "none")
