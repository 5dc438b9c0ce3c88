import pickle
import subprocess
import sys

import pytest

from evo.llm import keys
from evo.llm.settings import ModelSettings


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_taken", {})
    monkeypatch.setattr(keys, "_used", set())


def test_the_variable_of_a_provider() -> None:
    assert keys.variables(ModelSettings("openai/gpt-5"), "openai") == ("OPENAI_API_KEY",)
    assert keys.variables(ModelSettings("gemini/x"), "gemini") == ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    assert keys.variables(ModelSettings("x", base_url="http://h/v1"), "openai") == ()
    own = ModelSettings("x", base_url="http://h/v1", key_variable="MINE")
    assert keys.variables(own, "openai") == ("MINE",)


def test_the_first_that_is_set_counts() -> None:
    assert keys.read(("A", "B"), {"A": "", "B": " two \n"}) == "two"
    assert keys.read(("A",), {}) is None
    assert keys.read((), {"A": "x"}) is None


def test_keys_taken_out_of_the_environment_are_still_found() -> None:
    environment = {"A_KEY": "canary-1234", "OTHER": "stays"}
    assert keys.take_from_environment(["A_KEY", "B_KEY"], environment) == ["A_KEY"]
    assert environment == {"OTHER": "stays"}
    assert keys.read(["A_KEY"], environment) == "canary-1234"
    assert keys.take_from_environment(["A_KEY"], environment) == []
    assert keys.scrub("canary-1234", environment) == "[key]"


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdEFGH1234",
        "half masked: sk-abc*****************wxyz.",
        "Authorization: Bearer abcdefgh12345678",
        "https://host/v1/models/gemini:generateContent?alt=json&key=AIzaSyA1234567890abcdefghijk",
        "groq gsk_1234567890abcdef",
    ],
)
def test_what_looks_like_a_key_is_left_out(text: str) -> None:
    scrubbed = keys.scrub(text, {})
    assert "[key]" in scrubbed
    for secret in ("abcdEFGH", "sk-abc", "wxyz", "abcdefgh1234", "AIzaSy", "1234567890abcdef"):
        assert secret not in scrubbed


def test_secrets_of_the_environment_are_left_out_of_messages() -> None:
    environment = {
        "X_API_KEY": "plain-word-key",
        "Y_TOKEN": "another-one",
        "Z_SECRET": "short",
        "HOME": "/home/me",
    }
    text = "plain-word-key another-one short /home/me"
    assert keys.scrub(text, environment) == "[key] [key] short /home/me"


def test_only_keys_that_were_used_are_left_out_of_answers() -> None:
    keys.read(["X_API_KEY"], {"X_API_KEY": "used-key-123"})
    assert keys.scrub_used("used-key-123 and sk-12345678 stay or go") == "[key] and sk-12345678 stay or go"


def test_ordinary_text_is_left_alone() -> None:
    text = "the task-based risk-averse approach: a bearer of news, pk = 3, hf_x, desk-lamp"
    assert keys.scrub(text, {}) == text


def test_sealed_keys_reach_another_process_and_are_shown_nowhere() -> None:
    """They are found there without being in its environment."""
    environment = {"A_KEY": " canary-1234\n", "B_KEY": "", "OTHER": "stays"}
    keys.take_from_environment(["A_KEY"], environment)
    sealed = keys.Sealed.of(("A_KEY", "B_KEY"), environment)
    assert f"{sealed} {sealed!r} {[sealed]}" == "Sealed(A_KEY) Sealed(A_KEY) [Sealed(A_KEY)]"
    packed = pickle.dumps(sealed)
    code = (
        "import os, pickle, sys\n"
        "from evo.llm import keys\n"
        "pickle.load(sys.stdin.buffer).open()\n"
        "print(keys.read(['A_KEY']), 'A_KEY' in os.environ, keys.scrub('canary-1234 leaks'))\n"
    )
    asked = subprocess.run([sys.executable, "-c", code], input=packed, capture_output=True, check=True)
    assert asked.stdout.decode().strip() == "canary-1234 False [key] leaks"
