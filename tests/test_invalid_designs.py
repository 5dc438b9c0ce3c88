"""A design that breaks its contracts costs nothing: it is refused before anybody judges it."""

from pathlib import Path

from evo.cli import main
from evo.store.archive import open_run
from tests.design.shelf import problem
from tests.design.test_run import CODE

BAD = """
from evo import Candidate

class Bad:
    n_parents = 1

    def __init__(self, problem):
        pass

    def __call__(self, task):
        use = "window" if task.number % 2 else "lost"
        text = "slots: {workflow: {use: loop, steps: %d}, memory: %s}" % (task.number % 40 + 1, use)
        return Candidate.of({"design.yaml": text}, task.parents, task.operator, "x")
"""


def test_an_invalid_design_is_refused_when_it_is_proposed(tmp_path: Path) -> None:
    problem(tmp_path)
    (tmp_path / "problem.py").write_text(CODE + BAD)
    small = [f"operators.design.{name}.weight=0.01" for name in ("mutate", "refine", "recombine", "tune")]
    words = [
        f"problem={tmp_path}",
        "operators=design",
        "+operators.bad.use=problem.py:Bad",
        "+operators.bad.weight=1",
        *small,
        "search=greedy",
        "pool=inline",
        "budget.evaluations=10",
        f"run.dir={tmp_path / 'run'}",
    ]
    assert main(["run", *words, "--quiet"]) == 0
    with open_run(tmp_path / "run") as view:
        counts = view.archive.counts()
        assert counts["proposals"]["invalid"] >= 8
        assert set(counts["evaluations"]) == {"ok"}
        # However it was written, each is kept in canonical form: the same design is the same candidate.
        names = [one.id for one in view.archive.standings() if one.score is not None]
        texts = [view.candidate(name).files["design.yaml"] for name in names]
        assert all(text.startswith("slots:\n  workflow:") and "memory: " in text for text in texts)
