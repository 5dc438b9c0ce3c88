from pathlib import Path
from typing import Any

import pytest
import yaml

from evo.errors import ConfigError
from evo.llm import LanguageModels, LlmSettings, ModelSettings
from tests.llm.asking import Kept

PRESETS = Path(__file__).parents[2] / "conf" / "llm"


def preset(name: str) -> LlmSettings:
    return LlmSettings.of(yaml.safe_load((PRESETS / f"{name}.yaml").read_text()))


def test_nothing_said_is_no_model() -> None:
    assert LlmSettings.of({}) == LlmSettings()
    assert not LlmSettings().enabled
    assert not preset("none").enabled


def test_one_model_has_the_settings_beside_it() -> None:
    made = LlmSettings.of({"model": "openai/gpt-5", "temperature": 1, "max_concurrency": 8})
    assert made.chosen == (ModelSettings("openai/gpt-5", temperature=1.0),)
    assert made.max_concurrency == 8


def test_an_ensemble_overrides_what_stands_above_it() -> None:
    made = LlmSettings.of(
        {
            "base_url": "http://127.0.0.1:1/v1",
            "temperature": 0.5,
            "models": ["small", {"model": "small", "name": "hot", "temperature": 1.5, "weight": 3}],
            "fallbacks": ["small", {"model": "openai/gpt-5", "base_url": None}],
        }
    )
    small, hot = made.chosen
    assert (small.called, small.temperature, small.weight) == ("small", 0.5, 1.0)
    assert (hot.called, hot.temperature, hot.weight, hot.base_url) == ("hot", 1.5, 3.0, small.base_url)
    assert made.spares[0] == small
    assert made.spares[1].base_url is None


@pytest.mark.parametrize("name", sorted(file.stem for file in PRESETS.glob("*.yaml")))
def test_presets_are_settings_that_survive_being_saved(name: str) -> None:
    made = preset(name)
    saved = yaml.safe_load(yaml.safe_dump(made.plain()))
    assert LlmSettings.of(saved) == made
    assert made.enabled == (name != "none")
    text = (PRESETS / f"{name}.yaml").read_text()
    assert text.startswith("# ")
    defaults = LlmSettings().plain()
    assert all(value != defaults[key] for key, value in yaml.safe_load(text).items() if value is not None)


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini", "ensemble", "vllm", "ollama"])
def test_presets_have_a_known_price(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(variable, "sk-not-a-real-one")
    asked = LanguageModels(preset(name), Kept().record)
    assert asked.check(budget_usd=5.0)
    assert asked.estimate(100).usd is not None


def test_an_ensemble_survives_being_saved() -> None:
    node = {
        "model": "a",
        "models": ["b", {"model": "c", "name": "d", "weight": 0.5}],
        "fallbacks": ["b", "a"],
    }
    made = LlmSettings.of(node)
    assert LlmSettings.of(made.plain()) == made


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ({"modle": "x"}, r"llm has no setting 'modle'. Did you mean 'model'\? Choices: answers"),
        ({"api_key": "sk-secret"}, "llm has no setting 'api_key'"),
        (
            {"models": [{"model": "a", "wieght": 1}]},
            r"llm.models\[0\] has no setting 'wieght'. Did you mean 'weight'",
        ),
        ({"max_concurrency": 0}, "llm.max_concurrency must be a whole number of at least 1, got 0"),
        ({"requests_per_minute": 1.5}, "llm.requests_per_minute must be a whole number"),
        ({"temperature": "hot"}, "llm.temperature must be a number of at least 0, or null, got 'hot'"),
        ({"timeout_s": 0}, "llm.timeout_s must be a number above 0"),
        ({"timeout_s": float("nan")}, "llm.timeout_s must be"),
        ({"reasoning_effort": "huge"}, "one of none, minimal, low"),
        ({"retries": -1}, "llm.retries must be a whole number of at least 0"),
        ({"required": "yes"}, "llm.required must be true or false"),
        ({"base_url": "localhost:8000"}, "llm.base_url must be a URL such as"),
        ({"models": "a,b"}, "llm.models must be a list"),
        ({"models": [{"weight": 2}]}, r"llm.models\[0\] must be the name of a model"),
        ({"models": ["a", "a"]}, "llm.models has 'a' twice. Give each a name of its own"),
        ({"models": [{"model": "a", "weight": 0}]}, "have weight 0"),
        ({"model": "a", "weight": -1}, "llm.weight must be a number of at least 0"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(node: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError, match=text) as caught:
        LlmSettings.of(node)
    assert "\n" not in str(caught.value)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "node",
    [
        {"key_variable": "sk-secret-123456"},
        {"base_url": "https://me:sk-secret-123456@host/v1"},
        {"base_url": "https://host/v1?key=sk-secret-123456"},
    ],
)
def test_a_key_in_the_wrong_place_is_refused_and_not_shown(node: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        LlmSettings.of(node)
    assert "secret" not in str(caught.value)
