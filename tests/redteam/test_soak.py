"""Many hostile candidates in a row: nothing adds up, and the time limit holds every time.

The default run is a short one; ``pytest -m slow -s tests/redteam/test_soak.py`` prints the figures.
"""

import random

import pytest

from tests.redteam import traces
from tests.redteam.conftest import every_variant
from tests.redteam.hostile import Hostile, candidates, controls
from tests.redteam.session import LIMITS_S, Session

GROWTH_MB = 32.0
OVERSHOOT_S = 0.25
BRIEF_S = LIMITS_S["brief"]


def soak(session: Session, n: int) -> None:
    """Judges `n` hostile candidates of all classes in random order, then looks for what adds up."""
    level = session.variant.level
    pool = [h for h in candidates() if not h.first and (not h.levels or level in h.levels)]
    order = random.Random(n)
    start_mb, start_fds = session.resident_mb(), len(traces.descriptors(session.runner.pid))
    wrong = {}
    for _ in range(n):
        hostile = order.choice(pool)
        if found := session.wrong_verdict(hostile):
            wrong[hostile.name] = found
    growth_mb = session.resident_mb() - start_mb
    left = session.left()
    fds = len(traces.descriptors(session.runner.pid)) - start_fds
    print(
        f"\n{session.variant.name}: {n} hostile evaluations, {len(wrong)} wrong, {growth_mb:+.1f} MiB, {fds:+d} descriptors, left: {left}"
    )
    session.rebase()
    assert wrong == {}
    assert left == []
    assert growth_mb < GROWTH_MB
    for control in controls():
        judged = session.judge(control)
        assert control.wrong(judged.status, judged.score) == ""


def overshoots(session: Session, n: int) -> None:
    """Judges `n` candidates that only a deadline can end, and measures how late they end."""
    late = [_overshoot(session, hostile) for hostile in _endless(n)]
    print(
        f"\n{session.variant.name}: overshoot over {n}: largest {max(late):.3f} s, mean {sum(late) / n:.3f} s"
    )
    assert max(late) <= OVERSHOOT_S


def _endless(n: int) -> list[Hostile]:
    pool = [h for h in candidates("time") if h.verdicts == ("timeout",) and h.stage == "brief"]
    return (pool * (n // len(pool) + 1))[:n] if n >= len(pool) else random.Random(1).sample(pool, n)


def _overshoot(session: Session, hostile: Hostile) -> float:
    judged = session.judge(hostile)
    assert judged.status == "timeout", hostile.name
    return judged.wall - BRIEF_S


@every_variant("root-S2", "user-S3", "user-S2")
def test_short_soak(session: Session):
    soak(session, 60)


@every_variant("root-S2", "user-S3")
def test_few_overshoots(session: Session):
    overshoots(session, 8)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@every_variant()
def test_soak(session: Session):
    soak(session, 1000)


@pytest.mark.slow
@every_variant()
def test_overshoots(session: Session):
    overshoots(session, 50)


@every_variant()
def test_nothing_is_left_after_close(session: Session):
    fresh = Session(session.variant)
    assert fresh.world.base.is_dir()
    assert fresh.close() == []
