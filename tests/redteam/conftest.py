"""One warm session per variant, started when the first test needs it."""

from collections.abc import Iterator

import pytest

from tests.redteam.session import Session
from tests.redteam.variant import VARIANTS, Unreachable, Variant, remove_copies


class Keeper:
    """Keeps a variant's session; starts a new one when the last one died."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._session: Session | None = None

    def session(self) -> Session:
        if self._session is not None and self._session.runner.poll() is not None:
            self._session.close()
            self._session = None
        if self._session is None:
            self._session = Session(self.variant)
        return self._session

    def close(self) -> list[str]:
        return self._session.close() if self._session is not None else []


@pytest.fixture(scope="session")
def copies() -> Iterator[None]:
    yield
    remove_copies()


@pytest.fixture(scope="session")
def keeper(copies: None, request: pytest.FixtureRequest) -> Iterator[Keeper]:
    keeper = Keeper(request.param)
    try:
        keeper.session()
    except Unreachable as reason:
        pytest.skip(str(reason))
    yield keeper
    assert keeper.close() == []


@pytest.fixture
def session(keeper: Keeper) -> Session:
    return keeper.session()


def every_variant(*slow: str) -> pytest.MarkDecorator:
    """Parametrises `keeper` over the variants; those named are marked slow."""
    return pytest.mark.parametrize(
        "keeper",
        [pytest.param(v, id=v.name, marks=[pytest.mark.slow] if v.name in slow else []) for v in VARIANTS],
        indirect=True,
        scope="session",
    )
