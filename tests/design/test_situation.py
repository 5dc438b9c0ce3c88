"""A situation can be read back from its text."""

from hypothesis import given
from hypothesis import strategies as st

from evo.design.situation import Situation

LINE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=20).map(
    lambda text: " ".join(text.split())
)
LINES = st.lists(LINE.filter(bool) | st.sampled_from(["[seen]", "[plan]"]), max_size=4)


@given(LINES, LINES, LINES, LINES, LINES)
def test_what_is_written_is_read_back(
    seen: list[str], memory: list[str], plan: list[str], actions: list[str], feedback: list[str]
) -> None:
    situation = Situation(
        "\n".join(seen), "\n".join(memory), tuple(plan), tuple(actions), "\n".join(feedback)
    )
    assert Situation.of(situation.text()) == situation


def test_a_text_without_sections_is_what_is_seen() -> None:
    assert Situation.of("a room\nwith a door") == Situation("a room\nwith a door")
