"""Designs are read safely, and all spellings of one are the same."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evo.document import MAX_DEPTH, canonical, read
from evo.identity import candidate_id

SCALARS = st.one_of(
    st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)


@given(
    st.dictionaries(
        st.text(min_size=1, alphabet="abcxyz_"), st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=4
    )
)
def test_yaml_and_json_say_the_same(values: dict[str, object]) -> None:
    assert read("design.json", json.dumps(values)) == values
    assert read("design.yaml", yaml.safe_dump(values)) == values
    assert read("design.yaml", json.dumps(values) + "\n") == values


def test_plain_scalars() -> None:
    found = read(
        "design.yaml", "{a: 1e-3, b: on, c: none, d: ~, e: true, f: '8', g: -2, h: 1.5, i: \"true\"}"
    )
    assert found == {
        "a": 0.001,
        "b": "on",
        "c": "none",
        "d": None,
        "e": True,
        "f": "8",
        "g": -2,
        "h": 1.5,
        "i": "true",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x [1]\nb: *x\n", "line 1: anchors"),
        ("a: !!python/name:os.system x\n", "tags"),
        ("a: 1\na: 2\n", "line 2: the key 'a' stands there twice"),
        ("[" * 40 + "]" * 40, f"more than {MAX_DEPTH} levels"),
        ("[" * 100_000, f"more than {MAX_DEPTH} levels"),
        ("a: [1\n", "no YAML"),
        ("a: 1\n--- \nb: 2\n", "more than one document"),
        ("? [a]\n: b\n", "a key is a name"),
        ("a: \x00\n", "no YAML"),
    ],
)
def test_what_is_refused_is_said_in_one_line(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read("design.yaml", text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["[" * 100_000, "{", '{"a": 1, "a": 2}', '{"a":' * 30 + "1" + "}" * 30])
def test_json_is_held_to_the_same(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read("design.json", text)


def test_spellings_of_one_design_have_one_id() -> None:
    one = "slots:\n  memory: {use: window, size: 8}\n  planning: none\n"
    for other in (
        "# why\nslots:\n  planning: {use: none}\n  memory:\n    size: 8.0\n    use: 'window'\n",
        "slots: {planning: null, memory: {size: 8, use: window}}",
    ):
        assert candidate_id({"design.yaml": one}) == candidate_id({"design.yaml": other})
    for other in (one.replace("8", "9"), one.replace("none", "search"), one + "  guard: none\n"):
        assert candidate_id({"design.yaml": one}) != candidate_id({"design.yaml": other})
    assert candidate_id({"other.yaml": one}) != candidate_id({"other.yaml": one.replace("8", "8.0")})


@given(st.text())
def test_any_text_has_an_id(text: str) -> None:
    assert len(candidate_id({"design.yaml": text, "design.json": text})) == 16


def test_canonical_text_is_ordered() -> None:
    assert canonical({"slots": {"b": True, "a": {"use": 3}}}) == '{"slots":{"a":"3","b":"true"}}'
