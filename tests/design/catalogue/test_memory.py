"""What each memory keeps, and what it recalls."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from evo.design.catalogue.memory.diff_history import UNCHANGED, WHOLE, DiffHistory, changes, patched
from evo.design.catalogue.memory.retrieval import Retrieval
from evo.design.catalogue.memory.skill_library import SkillLibrary
from evo.design.catalogue.memory.summary import PATIENCE, Summary
from evo.design.contracts import Happening
from evo.design.situation import Situation
from evo.testing.agents import ScriptedModel


def told(memory: Any, events: Sequence[tuple[str, str]]) -> None:
    for kind, text in events:
        asyncio.run(memory.write(Happening(kind, text)))


def read(memory: Any, seen: str = "") -> str:
    text = asyncio.run(memory.read(Situation(seen=seen).text()))
    assert isinstance(text, str)
    return text


class TestSummary:
    def test_every_few_events_go_into_it(self) -> None:
        model = ScriptedModel(["a key was found", "a key was found, a door opened"])
        memory = Summary(every=2, words=50, model=model)
        told(memory, [("action", "look")])
        assert (read(memory), model.calls) == ("action: look", [])
        told(memory, [("observation", "a key")])
        assert read(memory) == "So far: a key was found"
        told(memory, [("action", "open door")])
        assert read(memory) == "So far: a key was found\n\naction: open door"
        told(memory, [("observation", "it opens")])
        assert read(memory) == "So far: a key was found, a door opened"
        assert "a key was found" in model.calls[1].text
        assert "it opens" in model.calls[1].text

    def test_nothing_is_lost_while_the_model_is_silent(self) -> None:
        memory = Summary(every=2, words=50, model=ScriptedModel(["", "all of it"]))
        told(memory, [("action", "one"), ("action", "two"), ("action", "three")])
        assert read(memory) == "action: one\naction: two\naction: three"
        told(memory, [("action", "four")])
        assert read(memory) == "So far: all of it"

    def test_it_stays_bounded(self) -> None:
        memory = Summary(every=1, words=30, model=ScriptedModel([""]))
        told(memory, [("action", str(n)) for n in range(50)])
        assert len(read(memory).splitlines()) == PATIENCE
        rambling = Summary(every=1, words=30, model=ScriptedModel(["word " * 5000]))
        told(rambling, [("action", "go")])
        assert len(read(rambling).split()) <= 62


class TestRetrieval:
    EVENTS = (
        ("action", "open box"),
        ("observation", "The box holds a brass key."),
        ("action", "go north"),
        ("observation", "A garden with roses."),
        ("action", "go south"),
        ("observation", "A hall with a clock."),
    )

    def test_what_has_to_do_with_the_situation_is_recalled_with_its_action(self) -> None:
        memory = Retrieval(top=1, recency=0.0, decay=0.9)
        told(memory, self.EVENTS)
        assert (
            read(memory, "a locked door, it needs a key")
            == "action: open box\nobservation: The box holds a brass key."
        )
        assert read(memory, "ice") == ""

    def test_recency_weighs_against_relevance(self) -> None:
        events = [
            ("observation", "a key of brass"),
            *(("observation", f"room {n}") for n in range(9)),
            ("observation", "a key"),
        ]
        found = {}
        for recency in (0.0, 1.0):
            memory = Retrieval(top=1, recency=recency, decay=0.5)
            told(memory, [*events, ("feedback", "nothing")])
            found[recency] = read(memory, "brass key")
        assert found[0.0] == "observation: a key of brass"
        assert found[1.0] == "observation: a key"

    def test_the_situation_itself_is_no_memory(self) -> None:
        memory = Retrieval(top=2, recency=0.0, decay=0.9)
        told(memory, self.EVENTS)
        assert read(memory, "A hall with a clock.") == ""
        told(memory, [("action", "wait"), ("observation", "A hall with a clock.")])
        assert read(memory, "A hall with a clock.") == "action: go south\nobservation: A hall with a clock."

    def test_the_order_is_that_of_time(self) -> None:
        memory = Retrieval(top=2, recency=0.0, decay=0.9)
        told(memory, self.EVENTS)
        assert read(memory, "roses roses brass").splitlines()[0] == "action: open box"


class TestSkillLibrary:
    def play(self, memory: SkillLibrary, *steps: tuple[str, str, str]) -> None:
        for action, seen, gained in steps:
            told(memory, [("action", action), ("observation", seen)])
            if gained:
                told(memory, [("reward", f"{action}: gained {gained}")])

    def test_what_was_rewarded_is_recalled_where_it_began(self) -> None:
        memory = SkillLibrary(top=1, longest=5, recent=0)
        told(memory, [("observation", "a kitchen with a fridge")])
        self.play(memory, ("open fridge", "the fridge is open, cheese", ""), ("eat", "yummy", "1"))
        self.play(
            memory,
            ("go out", "a garden with a pond", ""),
            ("fish", "the pond ripples", ""),
            ("pull", "a carp", "0.5"),
        )
        assert [skill.actions for skill in memory.skills] == [
            ("open fridge", "eat"),
            ("go out", "fish", "pull"),
        ]
        assert "open fridge; eat" in read(memory, "another kitchen, another fridge")
        assert "fish" not in read(memory, "another kitchen, another fridge")
        assert read(memory, "a desert") == ""

    def test_what_changed_nothing_is_left_out_and_a_loss_is_no_skill(self) -> None:
        memory = SkillLibrary(top=1, longest=5, recent=0)
        told(memory, [("observation", "a hall")])
        self.play(memory, ("sing", "a hall", ""), ("push wall", "a gap", ""), ("knock", "a gap", "1"))
        assert [skill.actions for skill in memory.skills] == [("push wall", "knock")]
        self.play(memory, ("jump", "a pit", "-1"))
        assert len(memory.skills) == 1

    def test_a_skill_is_no_longer_than_it_may_be_and_kept_once(self) -> None:
        memory = SkillLibrary(top=3, longest=2, recent=0)
        for _ in range(2):
            told(memory, [("observation", "start")])
            self.play(memory, ("a", "one", ""), ("b", "two", ""), ("c", "three", "1"))
        assert [(skill.begun, skill.actions) for skill in memory.skills] == [("one", ("b", "c"))]

    def test_the_latest_events_stand_beside(self) -> None:
        memory = SkillLibrary(top=1, longest=5, recent=2)
        told(memory, [("reward", "x: gained 1"), ("action", "a"), ("observation", "b")])
        assert read(memory) == "action: a\nobservation: b"


ROOM = "\n".join(
    [
        "You are in the kitchen.",
        *(
            f"There is a {thing} here, and it is {state}."
            for thing, state in [
                ("fridge", "closed"),
                ("stove", "off"),
                ("table", "bare"),
                ("knife", "sharp"),
            ]
        ),
    ]
)
VIEWS = (
    ROOM,
    ROOM.replace("closed", "open"),
    ROOM.replace("closed", "open") + "\nIn the fridge is cheese.\n",
    ROOM.replace("closed", "open") + "\nIn the fridge is cheese.\n",
    "You are in the garden.",
    "- @@ -1 +1 @@\n+ odd\u2028line\n\n",
    ROOM,
    "",
)  # fmt: skip


class TestDiffHistory:
    def test_every_observation_can_be_made_again(self) -> None:
        memory = DiffHistory(size=64, unit="line")
        for n, view in enumerate(VIEWS):
            told(memory, [("action", f"act {n}"), ("observation", view)])
        assert remade(read(memory), len(VIEWS)) == list(VIEWS)

    def test_it_is_shorter_than_what_it_keeps(self) -> None:
        memory = DiffHistory(size=64, unit="line")
        shelf = "\n".join(f"On shelf {n} stands a jar." for n in range(8))
        views = [f"{ROOM.replace('bare', f'laid for {n}')}\n{shelf}" for n in range(20)]
        told(memory, [("observation", view) for view in views])
        text = read(memory)
        assert text.count(WHOLE) == 1
        assert len(text) < 0.4 * sum(map(len, views))
        assert remade(text, len(views)) == views

    def test_never_longer_than_window(self) -> None:
        memory = DiffHistory(size=64, unit="line")
        told(memory, [("observation", view) for view in VIEWS])
        assert len(read(memory)) <= sum(len(f"observation: {view}\n") for view in VIEWS)

    def test_the_oldest_that_is_kept_stands_there_whole(self) -> None:
        memory = DiffHistory(size=2, unit="line")
        told(memory, [("action", "wake"), *(("observation", view) for view in VIEWS[:3]), ("action", "eat")])
        text = read(memory)
        assert text.startswith(f"{WHOLE} {VIEWS[1]}")
        assert "wake" not in text
        assert text.endswith("action: eat")
        assert remade(text.removesuffix("\naction: eat"), 2) == list(VIEWS[1:3])

    def test_no_change_is_said_in_two_words(self) -> None:
        memory = DiffHistory(size=4, unit="line")
        told(memory, [("observation", ROOM), ("action", "sing"), ("observation", ROOM)])
        assert read(memory) == f"{WHOLE} {ROOM}\naction: sing\n{UNCHANGED}"

    def test_sentences_are_compared_where_there_are_no_lines(self) -> None:
        first, second = (" ".join(view.split("\n")) for view in VIEWS[:2])
        lengths = {}
        for unit in ("line", "sentence"):
            memory = DiffHistory(size=4, unit=unit)
            told(memory, [("observation", first), ("observation", second)])
            lengths[unit] = len(read(memory))
        assert lengths["sentence"] < 0.8 * lengths["line"]
        assert [one.replace("\n", " ") for one in remade(read(memory), 2)] == [first, second]


@pytest.mark.parametrize("before", VIEWS)
@pytest.mark.parametrize("after", VIEWS)
def test_a_diff_patches(before: str, after: str) -> None:
    assert patched(before, changes(before, after)) == after


def test_a_diff_that_is_none() -> None:
    with pytest.raises(ValueError, match="got 'what'"):
        patched("a", "what")


def remade(text: str, n: int) -> list[str]:
    """The observations, read back from the memory's text alone."""
    found: list[str] = []
    block: list[str] = []
    for line in [*text.split("\n"), f"action: act {n}"]:
        starts = line.startswith((f"{WHOLE} ", "action: act ")) or line in ("changes:", UNCHANGED)
        if starts and block:
            found.append(one(block, found))
            block = []
        if not line.startswith("action: act "):
            block.append(line)
    return found


def one(block: Sequence[str], before: Sequence[str]) -> str:
    if block[0] == UNCHANGED:
        return before[-1]
    if block[0] == "changes:":
        return patched(before[-1], "\n".join(block[1:]))
    return "\n".join(block).removeprefix(f"{WHOLE} ")
