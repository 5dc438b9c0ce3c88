"""The connection to Ray: what has to be set before it starts, how it starts quietly, how it ends for certain."""

import fcntl
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from evo.errors import ConfigError, EndedEarly

NAMESPACE = "evo"
SHUTDOWN_S = 20.0
"""Ray takes one or two seconds to end, and seven where its head is dead."""

CONNECT_S = 10.0

EVERYWHERE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_agent_register_timeout_ms": "120000",
    # Without these a silent network partition holds work for more than five minutes.
    "RAY_grpc_client_keepalive_time_ms": "5000",
    "RAY_grpc_client_keepalive_timeout_ms": "5000",
    # Ray would blank CUDA_VISIBLE_DEVICES no longer in a later version, and warns of it; workers do it themselves.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    # Ray prints what happens to workers on stdout, logging or not; the pool says it in a line of its own.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",
    # gRPC complains on stderr when a cluster was started without the keepalives above.
    "GRPC_VERBOSITY": "NONE",
}
BEFORE_IMPORT = {
    # For Ray that is started here. A cluster that runs may have been started without a token, and
    # a driver that has one then gets no workers, and no error either.
    "RAY_AUTH_MODE": "token",
    # Ray's own switch for "this machine only": every port is then bound to the loopback address.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}
"""Read when Ray is imported, and by the processes it starts; the two must agree."""

FOR_WORKERS = {
    # Workers at Ray's default of 15 get no time beside any busy process, and honest candidates time out.
    "RAY_worker_niceness": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
OBJECT_STORE_BYTES = 100 * 2**20
"""Tasks and verdicts travel inside messages; the store is hardly used."""

_log = logging.getLogger("evo.pool")

PREFIX = "evo-ray-"
PARENT = Path("/tmp")  # noqa: S108  a socket's path may have 107 characters; TMPDIR is often longer
SETTLED_S = 60.0


class Cluster:
    """This process's connection to Ray, made by `connect`.

    Attributes:
        ray: the module.
        local: whether Ray runs on this machine alone and ends with this process.
        owned: whether `close` disconnects, and ends Ray where it is local; False where somebody
            else in this process had connected before.
    """

    def __init__(self, ray: Any, local: bool, owned: bool, folder: "Folder | None" = None) -> None:
        self.ray, self.local, self.owned = ray, local, owned
        self._folder = folder
        self._daemons = _daemons() if folder else []

    @property
    def logs(self) -> str:
        """Where Ray's own logs are, for messages; empty where they are another's."""
        return f" Ray's logs are in {self._folder.path}" if self._folder else ""

    def nodes(self) -> dict[str, dict[str, float]]:
        """Ray's id of each node that is alive -> its resources. Blocks while Ray's head does not answer."""
        return {node["NodeID"]: dict(node["Resources"]) for node in self.ray.nodes() if node["Alive"]}

    def close(self, keep_logs: bool = False) -> None:
        """Disconnects if the connection is `owned`; returns within `SHUTDOWN_S` even if Ray's head is dead."""
        if self.owned:
            # A thread of its own, for with a dead head this can block, and must not hold the end of the run.
            ending = threading.Thread(target=self.ray.shutdown, name="evo-ray-shutdown", daemon=True)
            ending.start()
            ending.join(SHUTDOWN_S)
            self.owned = False
            for process in self._daemons:
                _end(process)
        if self._folder is not None:
            self._folder.close(keep_logs)
            self._folder = None


def connect(address: str, num_cpus: int | None = None) -> Cluster:
    """Connects this process to Ray, or starts one.

    Args:
        address: ``local`` starts Ray on this machine; ``auto`` is the cluster that runs here, and
            ``host:port`` a given one; neither starts anything.
        num_cpus: to offer where Ray is started; None for the machine's own number.

    Raises:
        ConfigError: `address` is none of these, or there is no cluster.
        EndedEarly: Ray does not start.
    """
    if "://" in address or not (address in ("local", "auto") or _host_port(address)):
        raise ConfigError(
            f"pool.address must be local, auto or host:port, got {address!r}. Ray Client is not supported: run "
            "evo on a node of the cluster, or with ray job submit, and set pool.address=auto"
        )
    for name, value in EVERYWHERE.items():
        os.environ.setdefault(name, value)
    already = sys.modules.get("ray")
    if already is not None and already.is_initialized():
        return _join(already, address)
    return _start_local(num_cpus) if address == "local" else _connect(address)


def _join(ray: Any, address: str) -> Cluster:
    """Uses the connection that the process has; a second one is not possible."""
    here = ray.get_runtime_context().gcs_address
    if address not in ("local", "auto", here):
        raise ConfigError(f"this process is connected to Ray at {here} already, pool.address is {address!r}.")
    return Cluster(ray, local=address == "local", owned=False)


def _start_local(num_cpus: int | None) -> Cluster:
    paths = [path for path in sys.path if path and not path.startswith((sys.prefix, sys.base_prefix))]
    given = os.environ.get("PYTHONPATH", "")
    search = os.pathsep.join(dict.fromkeys([*paths, *filter(None, given.split(os.pathsep))]))
    if "ray" not in sys.modules:
        for name, value in BEFORE_IMPORT.items():
            os.environ.setdefault(name, value)
    elif not BEFORE_IMPORT.keys() <= os.environ.keys():
        _log.warning(
            "Ray was imported before evo could set it up: its ports are open to the network, without a token. "
            "Start the run before you import ray, or set %s",
            " ".join(f"{name}={value}" for name, value in BEFORE_IMPORT.items()),
        )
    folder = Folder()
    with _environment({**FOR_WORKERS, "PYTHONPATH": search}):
        import ray  # 0.6 CPU seconds, and reads the environment set above

        try:
            ray.init(
                address="local",
                num_cpus=num_cpus,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                _temp_dir=str(folder.path),
                **_quiet(),
            )
        except (RuntimeError, OSError, TimeoutError, ValueError) as error:
            raise EndedEarly(
                f"Ray does not start on this machine: {str(error).splitlines()[0]} Its logs are in {folder.path}. "
                "To go on without it: pool=inline"
            ) from error
    return Cluster(ray, local=True, owned=True, folder=folder)


def _connect(address: str) -> Cluster:
    where = _host_port(address)
    if where:
        try:
            socket.create_connection(where, CONNECT_S).close()  # Ray itself would try for a minute
        except OSError as error:
            raise ConfigError(f"no Ray cluster answers at pool.address={address}: {error}") from None
    import ray  # 0.6 CPU seconds

    try:
        ray.init(address=address, **_quiet())
    except ConnectionError as error:
        if "Unauthenticated" in str(error):
            raise ConfigError(
                f"the Ray cluster at pool.address={address} wants a token: set RAY_AUTH_MODE=token, and have the "
                "cluster's token in ~/.ray/auth_token or RAY_AUTH_TOKEN"
            ) from None
        raise ConfigError(
            f"no Ray cluster was found for pool.address={address} ({str(error).splitlines()[0]}). "
            "Start one with: ray start --head; or use this machine alone: pool.address=local"
        ) from None
    except RuntimeError as error:
        raise ConfigError(
            f"the Ray cluster at pool.address={address} refuses: {str(error).splitlines()[0]}"
        ) from error
    return Cluster(ray, local=False, owned=True)


def _daemons() -> list[Any]:
    """Ray's own processes below this one, as `psutil.Process`, which tells a process from a later one of its id."""
    import psutil  # type: ignore[import-untyped]  # comes with Ray, and is found once Ray is imported

    family = psutil.Process().children(recursive=True)
    return [process for process in family if any("ray" in word for word in process.cmdline()[:3])]


def _end(process: Any) -> None:
    """Kills what Ray left running: an agent whose raylet was killed would spin for a minute."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        if process.is_running():
            process.kill()


def _quiet() -> dict[str, Any]:
    return {
        "log_to_driver": False,
        "logging_level": logging.CRITICAL,
        "namespace": NAMESPACE,
    }


def _host_port(address: str) -> tuple[str, int] | None:
    host, colon, port = address.rpartition(":")
    return (host, int(port)) if colon and host and port.isdigit() else None


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Sets `values` where they are not set already, for as long as it takes to start processes."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({n: v for n, v in values.items() if before[n] is None or n == "PYTHONPATH"})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class Folder:
    """Ray's session files, in a short path (sockets lie in it), locked for as long as they are in use.

    Making one removes those that killed processes left behind, and the logs that were kept.
    """

    def __init__(self) -> None:
        for left in PARENT.glob(f"{PREFIX}*"):
            # One that is being made has no lock yet.
            settled = time.time() - left.lstat().st_mtime > SETTLED_S
            lock = self._lock(left) if settled else None
            if lock is not None:
                shutil.rmtree(left, ignore_errors=True)
                lock.close()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PARENT))
        self._held = self._lock(self.path)

    @staticmethod
    def _lock(folder: Path) -> TextIO | None:
        """The lock on `folder`; None if another process holds it or owns the folder."""
        try:
            lock = (folder / "lock").open("w")
        except OSError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        return lock

    def close(self, keep: bool) -> None:
        """Removes the folder unless its logs are to be kept."""
        if not keep:
            shutil.rmtree(self.path, ignore_errors=True)
        if self._held is not None:
            self._held.close()
            self._held = None
