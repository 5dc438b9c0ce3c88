"""What several folders of tests share."""

from collections.abc import Iterator

import pytest

from evo.pool.cluster import Cluster, connect


@pytest.fixture(scope="session")
def ray_session() -> Iterator[Cluster]:
    """One local Ray with two slots for the whole session; pools with the address ``local`` join it."""
    cluster = connect("local", 2)
    yield cluster
    cluster.close()
