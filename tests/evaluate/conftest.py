"""Warm jails, one for each way that candidates are held here."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from evo.evaluate import Jail, Limits, Outcome, Program, Sandbox, StartFailed
from evo.evaluate.inside import wire

BRIEF = Limits(wall_s=5.0, memory_mb=1024)
HONEST = "import numpy as np\n\ndef solve(n):\n    return np.arange(n) ** 2\n"

Run = Callable[..., Outcome]


def run_in(jail: Jail, source: str | Mapping[str, str], *cases: Mapping[str, Any], **options: Any) -> Outcome:
    """Runs a program, given as the text of its only file or as all of its files."""
    limits = options.pop("limits", BRIEF)
    files = {"solve.py": source} if isinstance(source, str) else source
    packed = [wire.pack(dict(case)) for case in cases or ({},)]
    return jail.run(Program(files, **options), packed, limits)


def value(outcome: Outcome) -> Any:
    """What the first case returned."""
    assert outcome.status == "ok", (outcome.feedback, outcome.output)
    return wire.unpack(outcome.claims[0])


@pytest.fixture(scope="session")
def jails() -> Iterator[Callable[[str], Jail]]:
    made: dict[str, Jail] = {}

    def get(bubblewrap: str) -> Jail:
        if bubblewrap not in made:
            try:
                made[bubblewrap] = Jail(Sandbox(bubblewrap=bubblewrap))
            except StartFailed as error:
                pytest.skip(f"no namespaces here: {error}")
        return made[bubblewrap]

    yield get
    for jail in made.values():
        jail.close()


@pytest.fixture(params=["on", "off"])
def jail(request: pytest.FixtureRequest, jails: Callable[[str], Jail]) -> Iterator[Jail]:
    """A jail in namespaces, and one without; an honest program must work in it afterwards."""
    jail = jails(request.param)
    yield jail
    assert value(run_in(jail, HONEST, {"n": 4})).tolist() == [0, 1, 4, 9]


@pytest.fixture
def run(jail: Jail) -> Run:
    return lambda source, *cases, **options: run_in(jail, source, *cases, **options)
