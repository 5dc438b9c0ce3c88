"""Whether Ray's head answers, which nodes there are, and whether a run has anybody left to work for it."""

import asyncio
import logging
import threading
from collections import Counter

from evo.errors import EndedEarly
from evo.pool.cluster import Cluster

WATCH_S = 2.0
"""How often Ray is asked which nodes there are."""

_INTERNAL = ("node:", "memory", "object_store_memory")
"""Resources that Ray makes up for each node."""

_KEPT = "Everything so far is kept; resume the run once Ray runs again."
_log = logging.getLogger("evo.pool")


class Health:
    """What is known of the cluster, and since when nothing is.

    Args:
        patience_s: how long a run with open tasks may be without a worker.
        timeout_s: how long Ray's head may be silent.

    Attributes:
        nodes: Ray's id of each node that is alive -> its resources.
    """

    def __init__(self, cluster: Cluster, patience_s: float, timeout_s: float) -> None:
        self.nodes = cluster.nodes()
        self._cluster = cluster
        self._patience_s, self._timeout_s = patience_s, timeout_s
        self._unheard = self._unstaffed = 0.0
        self._stop = threading.Event()

    def watch(self) -> None:
        """Begins to ask Ray; to be called in the event loop that is to hear the answers."""
        loop = asyncio.get_running_loop()
        # A thread, for the question blocks while Ray's head is dead.
        threading.Thread(target=self._ask, args=(loop,), name="evo-ray-watch", daemon=True).start()

    def stop(self) -> None:
        """Ends the questions."""
        self._stop.set()

    def advance(self, seconds: float, staffed: bool) -> None:
        """Lets time pass; `staffed` says that there are workers, or nothing to do for any."""
        self._unheard += seconds
        self._unstaffed = 0.0 if staffed else self._unstaffed + seconds

    def fault(self, needs: str, last_loss: str) -> EndedEarly | None:
        """Why the run cannot go on; None while it can.

        Args:
            needs: what a worker needs, for the message.
            last_loss: why the last worker was lost; empty if none was.
        """
        if self._unheard > self._timeout_s:
            return self._end(f"Ray's head has not answered for {self._unheard:.0f} s.")
        if self._cluster.local and not self.nodes:
            return self._end("Ray on this machine has died.")
        if self._unstaffed > self._patience_s:
            last = f" The last loss: {last_loss}." if last_loss else ""
            return self._end(
                f"no worker has been available for {self._unstaffed:.0f} s (pool.patience_s). A worker needs "
                f"{needs}; {self.offer()}.{last}"
            )
        return None

    def offer(self) -> str:
        """What the nodes hold, for messages."""
        total: Counter[str] = Counter()
        for node in self.nodes.values():
            for name, much in node.items():
                if not name.startswith(_INTERNAL):
                    total[name] += much  # type: ignore[assignment]  # amounts may be fractions
        found = ", ".join(f"{much:g} {name}" for name, much in sorted(total.items()))
        return f"{len(self.nodes)} node(s) offer {found or 'nothing'}"

    def _end(self, why: str) -> EndedEarly:
        return EndedEarly(f"{why} {_KEPT}{self._cluster.logs}")

    def _ask(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.wait(WATCH_S):
            try:
                nodes = self._cluster.nodes()
                loop.call_soon_threadsafe(self._hear, nodes)
            except RuntimeError:
                return  # the event loop was closed in the meantime
            except self._cluster.ray.exceptions.RayError as error:
                _log.info("Ray does not say which nodes there are: %s", error)

    def _hear(self, nodes: dict[str, dict[str, float]]) -> None:
        self.nodes = nodes
        self._unheard = 0.0
