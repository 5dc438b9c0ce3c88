"""Fixtures of the storage tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one, for tests that open a journal hundreds of times."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="evo-store-", dir=_MEMORY))
    except OSError:
        yield tmp_path
        return
    yield folder
    shutil.rmtree(folder)
