"""The run's models stand behind the names that a problem's designs use."""

from dataclasses import replace
from pathlib import Path

import pytest

from evo.errors import ConfigError, ModelError
from evo.llm.settings import LlmSettings
from evo.play.models import check_prices, note, with_models
from evo.types import Case, Problem, Stage
from tests.evaluators.agents import ASKING, questions

UNNAMED = questions(2, {"design": {"models": ["small"]}})
ONE = LlmSettings.of({"model": "openai/tiny", "base_url": "http://127.0.0.1:9/v1", "retries": 3})
TWO = LlmSettings.of({"models": [{"model": "openai/a", "name": "small"}, {"model": "openai/b", "name": "b"}]})


def test_one_model_answers_for_every_name(tmp_path: Path) -> None:
    found = with_models(UNNAMED, ONE).options["models"]["small"]
    assert (found["model"], found["retries"]) == ("openai/tiny", 3)
    assert "cache" not in found
    kept = with_models(UNNAMED, ONE, tmp_path / "kept.jsonl").options["models"]["small"]
    assert kept["cache"] == str(tmp_path / "kept.jsonl")


def test_answers_are_kept_in_the_file_that_runs_share_if_one_is_named(tmp_path: Path) -> None:
    shared = replace(ONE, answers=str(tmp_path / "shared.jsonl"))
    for own in (None, tmp_path / "kept.jsonl"):
        node = with_models(UNNAMED, shared, own).options["models"]["small"]
        assert node["cache"] == str(tmp_path / "shared.jsonl")
    with pytest.raises(ConfigError, match=r"llm\.answers=.* is no file"):
        with_models(UNNAMED, replace(ONE, answers=str(tmp_path)))


def test_of_several_models_each_answers_for_its_own_name() -> None:
    assert with_models(UNNAMED, TWO).options["models"]["small"]["model"] == "openai/a"
    other = replace(UNNAMED, options={"design": {"models": ["large"]}})
    with pytest.raises(ConfigError, match=r"'large'.*Choices: b, small.*Give one of the run's models"):
        with_models(other, TWO)


def test_without_a_model_it_is_said_how_to_give_one() -> None:
    with pytest.raises(ConfigError, match=r"ask the model 'small', and llm=none.*llm=local llm\.base_url="):
        with_models(UNNAMED, LlmSettings())


PRICED = {"usd_per_million_in": 1.0, "usd_per_million_out": 2.0}


def test_a_limit_in_dollars_needs_the_prices_of_a_problems_own_models() -> None:
    served = {"model": "local", "base_url": "http://127.0.0.1:9/v1"}
    own = questions(2, {**ASKING, "models": {"small": served}})
    check_prices(own, None)
    with pytest.raises(ModelError, match=r"budget\.usd=5 cannot be kept: the price of the model 'small'"):
        check_prices(own, 5.0)
    check_prices(questions(2, {**ASKING, "models": {"small": {**served, **PRICED}}}), 5.0)
    check_prices(questions(2, ASKING), 5.0)  # a rule costs nothing
    check_prices(Problem("sum", "", seeds=["seed.py"]), 5.0)


def test_what_judging_may_ask_is_said_before_it_does() -> None:
    problem = questions(3, {**ASKING, "budget": {"calls": 60, "tokens": 60_000, "steps": 5}})
    said = note(problem, problem.stages[0])
    assert "at most 60 calls, 60000 tokens in each of 3 cases." in said
    assert "without a limit in each of 1 case." in note(questions(1), Stage())
    assert "selection" not in said
    both = replace(problem, cases=[*problem.all_cases(), Case("z", {"question": "?"}, "selection")])
    assert "selection cases come on top" in note(both, both.stages[0])


@pytest.mark.parametrize("problem", [questions(2, ASKING), Problem("sum", "", seeds=["seed.py"])])
def test_what_is_explained_already_or_asks_nobody_stays_as_it_is(problem: Problem) -> None:
    assert with_models(problem, ONE) is problem
    assert with_models(problem, LlmSettings()) is problem
