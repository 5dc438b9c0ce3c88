import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evo import config, plugins
from evo.errors import ConfigError
from evo.session import Session

WORDS = ["problem=sphere", "pool=inline"]


def test_defaults_and_choices() -> None:
    found = config.compose(
        [*WORDS, "search=greedy", "run.seed=7", "budget.seconds=1.5", "budget.evaluations=null"]
    )
    assert found.problem == "sphere"
    assert found.search.use.endswith("Greedy")
    assert (found.run.seed, found.budget.seconds, found.budget.evaluations) == (7, 1.5, None)
    assert set(found.operators) == {"tune", "ast.mutate", "ast.crossover"}


def test_a_plug_in_takes_its_own_settings() -> None:
    found = config.compose([*WORDS, "search=islands", "search.n_islands=3", "operators.ast.mutate.weight=5"])
    assert found.search.fields["n_islands"] == 3
    assert found.weights["ast.mutate"] == 5


def test_a_problem_takes_a_path_and_parameters(tmp_path: Path) -> None:
    folder = tmp_path / "some folder"
    folder.mkdir()
    text = (
        "from evo import Problem\ndef make(n=1, names=()):\n    return Problem('x', '', seeds=['seed.py'])\n"
    )
    (folder / "problem.py").write_text(text)
    found = config.compose([f"problem={folder}", "problem.n=32", "problem.names=[a, b]"])
    assert found.problem == str(folder)
    assert found.params == {"n": 32, "names": ["a", "b"]}


COUNTED = """
from pathlib import Path
from evo import Evaluation, Problem
def make(n=1):
    with Path(__file__).with_name("made").open("a") as file:
        file.write("x")
    return Problem("x", "", seeds=["seed.py"], score=lambda output: Evaluation.ok(float(output)))
"""


@pytest.mark.parametrize("words", [[], ["operators=tune"]])
def test_a_run_makes_its_problem_once(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "problem.py").write_text(COUNTED)
    (tmp_path / "seed.py").write_text("def solve():\n    return 1.0\n")
    found = config.compose([f"problem={tmp_path}", "pool=inline", f"run.dir={tmp_path / 'run'}", *words])
    with Session.start(found) as session:
        assert session.problem.name == "x"
    assert (tmp_path / "made").read_text() == "x"


def test_a_problem_that_takes_the_place_of_a_name_is_the_one_that_counts() -> None:
    other = plugins.problem("circle_packing")
    found = replace(config.compose(WORDS), problem=other)
    assert found.load_problem() is other


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("serch=greedy", r"no setting 'serch'\. Did you mean 'search'"),
        (
            "search=greedi",
            r"search=greedi does not exist\. Did you mean 'greedy'\? Choices: adaptive, aflow, agentswift, best_of_n, default, greedy",
        ),
        ("budget.evaluatons=5", r"budget has no setting 'evaluatons'\. Did you mean 'evaluations'"),
        ("budget.evaluations=many", r"budget\.evaluations=many: .*'many'"),
        ("budget.evaluations=0", r"budget\.evaluations must be above 0 or null, got 0"),
        ("run.seed=1.5", r"run\.seed=1\.5: .*1\.5"),
        ("operators.tune.weight=-1", r"operators\.tune\.weight must be a number of at least 0, got -1"),
        ("sandbox.min_level=S9", r"sandbox\.min_level"),
        ("budget.evaluations", r"a setting reads key=value"),
        ("search.use={", r"."),
    ],
)
def test_a_wrong_word_is_explained_in_one_line(word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        config.compose([*WORDS, word])
    assert "\n" not in str(caught.value)


def test_a_broken_file_of_conf_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(plugins.root() / "conf", tmp_path / "conf")
    (tmp_path / "problems").symlink_to(plugins.root() / "problems")
    with (tmp_path / "conf" / "search" / "greedy.yaml").open("a") as file:
        file.write("use: again\n")
    monkeypatch.setattr(plugins, "root", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"is no YAML.*greedy.yaml.*duplicate key use"):
        config.compose(["problem=sphere", "search=greedy"])


def test_a_problem_must_be_said() -> None:
    with pytest.raises(ConfigError, match="which problem"):
        config.compose(["search=greedy"])


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    found = config.compose(
        [*WORDS, "problem=circle_packing", "search=top_k", "search.k=3", "problem.n=5", "budget.target=2.5"]
    )
    config.save(found, tmp_path / "config.yaml")
    assert config.load(tmp_path / "config.yaml") == found


def test_operators_fit_candidates_and_model(tmp_path: Path) -> None:
    seed = "{'design.yaml': 'slots: {workflow: loop}'}"
    (tmp_path / "problem.py").write_text(
        f"from evo import Problem\nPROBLEM = Problem('x', '', seeds=[{seed}])\n"
    )
    designs, programs = f"problem={tmp_path}", "problem=sphere"
    model = "llm=openai/gpt-5"

    def names(*words: str) -> set[str]:
        return {name.partition(".")[0] for name in config.compose(words).operators}

    assert names(programs) == {"tune", "ast"}
    assert names(programs, model) == {"tune", "ast", "llm"}
    assert names(designs) == {"design"}
    assert names(designs, model) == {"design", "llm"}
    assert names(designs, model, "operators=tune") == {"tune"}


def test_a_resumed_run_may_get_more_budget_and_another_pool(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    config.save(config.compose(WORDS), file)
    words = ["budget.evaluations=900", "pool=ray", "pool.address=auto", "run.champion=least usd within 0.1"]
    found = config.load(file, words)
    assert found.run.champion == "least usd within 0.1"
    assert found.budget.evaluations == 900
    assert found.pool.use.endswith("RayPool")
    assert found.pool.fields == {"address": "auto"}


@pytest.mark.parametrize(
    "word",
    ["search=greedy", "run.seed=3", "problem=sphere", "budget.evals=3", "nonsense", "run.champion=best"],
)
def test_a_resumed_run_stays_the_same_run(tmp_path: Path, word: str) -> None:
    config.save(config.compose(WORDS), tmp_path / "config.yaml")
    with pytest.raises(ConfigError):
        config.load(tmp_path / "config.yaml", [word])
