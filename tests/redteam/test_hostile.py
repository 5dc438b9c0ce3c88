"""Every hostile candidate gets the verdict that is right for it, and leaves nothing behind."""

import ast
import re

import pytest

from tests.redteam.hostile import CLASSES, HERE, MAIN, WORKFLOW, Hostile, candidates, controls, one
from tests.redteam.session import Session
from tests.redteam.variant import VARIANTS, Variant

QUICK_FOR_USERS = ("crash", "forge", "escape", "state")
"""Classes that run as an unprivileged user by default; the others do with ``-m slow``."""


def _combinations() -> list[object]:
    """Every variant with every candidate that its level promises to hold."""
    return [
        pytest.param(variant, hostile, id=f"{variant.name}-{hostile.name}", marks=_marks(variant, hostile))
        for variant in VARIANTS
        for kind in CLASSES
        for hostile in candidates(kind)
        if not hostile.levels or variant.level in hostile.levels
    ]


def _marks(variant: Variant, hostile: Hostile) -> list[pytest.MarkDecorator]:
    quick = variant.user == "root" or hostile.kind in QUICK_FOR_USERS
    return [] if quick else [pytest.mark.slow]


@pytest.mark.parametrize(("keeper", "hostile"), _combinations(), indirect=["keeper"], scope="session")
def test_hostile(session: Session, hostile: Hostile):
    wrong = session.wrong(hostile)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("keeper", "control"),
    [pytest.param(v, c, id=f"{v.name}-{c.name}") for v in VARIANTS for c in controls()],
    indirect=["keeper"],
    scope="session",
)
def test_control(session: Session, control: Hostile):
    for _ in range(2):
        wrong = session.wrong(control)
        assert not wrong, "\n".join(wrong)


class TestSuite:
    def test_is_large_enough(self):
        counts = {kind: len(candidates(kind)) for kind in CLASSES}
        assert sum(counts.values()) >= 200
        assert min(counts.values()) >= 25
        assert len(controls()) >= 5

    def test_has_no_file_in_an_unknown_class(self):
        assert {path.name for path in (HERE / "candidates").iterdir()} == set(CLASSES)

    def test_readme_counts_them(self):
        rows = re.findall(r"^\| (\w+) \| (\d+) \|", (HERE / "README.md").read_text(), re.MULTILINE)
        every = {kind: len(list((HERE / "candidates" / kind).glob("*.py"))) for kind in CLASSES}
        assert {kind: int(count) for kind, count in rows} == every

    def test_candidates_say_what_they_try_and_must_get(self):
        for hostile in [*candidates(), *controls()]:
            path = HERE / "candidates" / f"{hostile.name}.py"
            main = WORKFLOW if hostile.target == "agent" else MAIN
            source = path.read_text() if path.exists() else hostile.files[main]
            assert len(ast.get_docstring(ast.parse(source)) or "") >= 10, hostile.name
            assert set(hostile.verdicts) <= {"ok", "invalid", "timeout", "memory", "crashed"}, hostile.name
            assert (hostile.score is not None) == ("ok" in hostile.verdicts), hostile.name
            assert not hostile.first or one(hostile.first).verdicts == ("ok",), hostile.name
