"""Which clusters are refused, and what is left on disk."""

import os
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

from evo.errors import ConfigError
from evo.pool import cluster
from evo.pool.cluster import Cluster, Folder, connect


@pytest.fixture
def _no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not connected yet, whichever tests ran before."""
    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.setattr(os, "environ", dict(os.environ))


@pytest.mark.parametrize("address", ["ray://head:10001", "head", "head:port", ":6379", ""])
def test_an_address_is_local_auto_or_a_host_with_a_port(address: str) -> None:
    with pytest.raises(ConfigError, match=r"pool\.address must be local, auto or host:port, got"):
        connect(address)


def test_ray_client_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        ConfigError, match=r"Ray Client is not supported: .*ray job submit, and set pool.address=auto"
    ):
        connect("ray://head:10001")


@pytest.mark.usefixtures("_no_ray")
def test_a_given_cluster_that_does_not_answer_is_refused_before_ray_is_imported() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ConfigError, match=f"no Ray cluster answers at pool.address={address}"):
        connect(address)
    assert "ray" not in sys.modules


@pytest.mark.usefixtures("_no_ray")
def test_no_cluster_where_one_is_expected_is_an_error_not_a_second_cluster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def init(address: str, **_: object) -> None:
        assert address == "auto"
        raise ConnectionError("Could not find any running Ray instance.\nMore.")

    ray = ModuleType("ray")
    ray.init, ray.is_initialized = init, lambda: False  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", ray)
    with pytest.raises(
        ConfigError, match=r"no Ray cluster was found for pool.address=auto .*ray start --head"
    ):
        connect("auto")


def test_a_process_has_one_connection(ray_session: Cluster) -> None:
    for address in ("local", "auto", ray_session.ray.get_runtime_context().gcs_address):
        joined = connect(address)
        assert not joined.owned
        joined.close()
    assert ray_session.ray.is_initialized()
    with pytest.raises(
        ConfigError, match=r"connected to Ray at .* already, pool.address is '10\.0\.0\.1:6379'"
    ):
        connect("10.0.0.1:6379")


def test_folders_that_killed_processes_left_are_removed_and_those_in_use_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PARENT", tmp_path)
    used, left, fresh = Folder(), Folder(), Folder()
    left.close(keep=True)
    fresh.close(keep=True)
    for folder in (used, left):
        os.utime(folder.path, (0, 0))
    new = Folder()
    assert (used.path.exists(), left.path.exists(), fresh.path.exists()) == (True, False, True)
    for folder in (used, new):
        folder.close(keep=False)
        assert not folder.path.exists()
