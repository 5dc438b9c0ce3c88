"""TextWorldExpress's eight games as a world for agents: one Java process, however many play at once.

What is seen after an action is what it brought, then the place as it looks now and what is carried, where
these are not said already. So a design without a memory still sees where it is.
"""

import atexit
import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evo.design.contracts import Seen
from evo.design.environment import Opening
from evo.errors import ConfigError, MissingExtra
from evo.types import Case, Evaluation

FOLDS = {"search": "train", "selection": "dev", "holdout": "test"}
"""Split -> fold of the games; no two folds share a game, nor (cooking, twc) what is to be found in it."""

_OPTIONS = ["-Xmx512m", "-Xverify:none", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


def require() -> None:
    """Refuses to begin where the games cannot be played.

    Raises:
        MissingExtra: the package is not installed.
        ConfigError: there is no Java.
    """
    for module in ("textworld_express", "py4j"):
        if find_spec(module) is None:
            raise MissingExtra(
                f'problem agent_textworld needs {module}. Install it with: pip install "evo-search[agents]"'
            )
    if shutil.which("java") is None:
        raise ConfigError(
            "problem agent_textworld plays its games in Java, and there is no `java` on the PATH. "
            "On Debian or Ubuntu: apt-get install default-jre-headless"
        )


class Java:
    """The process that the games run in, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gateway: Any = None
        self.starts = 0

    def interface(self) -> tuple[Any, int]:
        """A new player's side of the games, and the number of the process that it lives in."""
        from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway  # late: costs 0.1 s

        with self._lock:
            if self._gateway is None:
                require()
                jar = Path(find_spec("textworld_express").origin).parent / "textworld-express.jar"  # type: ignore[union-attr, arg-type]
                port, process = launch_gateway(
                    classpath=str(jar),
                    die_on_exit=True,
                    cwd=str(jar.parent),
                    javaopts=_OPTIONS,
                    return_proc=True,
                )
                self._gateway = JavaGateway(
                    # players are few and live long; py4j's finalizers would call Java out of the garbage collector
                    gateway_parameters=GatewayParameters(port=port, enable_memory_management=False),
                    java_process=process,
                )
                self.starts += 1
            return self._gateway.jvm.textworldexpress.runtime.PythonInterface(), self.starts

    def end(self, number: int | None = None) -> None:
        """Ends the process; if a number is given, only if it is still the one of that number."""
        with self._lock:
            if self._gateway is None or number not in (None, self.starts):
                return
            gateway, self._gateway = self._gateway, None
            process = gateway.java_process
            gateway.close()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


JAVA = Java()
atexit.register(JAVA.end)


class Games:
    """One player. A Java that fails is started anew and the case is brought to where it was, once.

    Everything follows from the game, its own seed and fold, and the actions; the seed of an evaluation
    changes nothing.
    """

    def __init__(self) -> None:
        require()
        self._sides: dict[str, Any] = {}  # game -> a side of its own: loading a game takes up to 0.1 s
        self._java = 0
        self._case = Case("")
        self._actions: list[str] = []
        self._state: Mapping[str, Any] = {}
        self._goal = ""

    def reset(self, case: Case, seed: int) -> Opening:
        """See `evo.design.environment.Environment`."""
        self._case, self._actions = case, []
        self._state = self._safely(self._begun)
        return Opening(self._goal, seen(self._state))

    def step(self, action: str) -> Seen:
        """See `evo.design.environment.Environment`; after the last step nothing more happens."""
        if self._is_over:
            return Seen("The game is over.", 0.0, True)
        before = self._score
        said = " ".join(action.split())[:200]
        self._state = self._safely(lambda: json.loads(self._side().stepJSON(said)))
        self._actions.append(said)
        return Seen(seen(self._state), round(self._score - before, 6), self._is_over)

    def actions(self) -> Sequence[str]:
        """See `evo.design.environment.Environment`; in alphabetical order."""
        return () if self._is_over else tuple(sorted(self._state["validActions"]))

    def result(self, answer: str) -> Evaluation:
        """The share of the game's points that was gained; the games take points off for a fatal mistake, below 0 counts as 0."""
        lost = bool(self._state["taskfailure"])
        return Evaluation.ok(
            max(0.0, self._score),
            steps=len(self._actions),
            won=self._state["tasksuccess"],
            lost=lost,
        )

    def close(self) -> None:
        """The Java process stays for other players of this process, and ends with it."""
        self._sides.clear()

    @property
    def _score(self) -> float:
        return float(self._state["score"])

    @property
    def _is_over(self) -> bool:
        state = self._state
        is_decided = state["tasksuccess"] or state["taskfailure"] or state["score"] >= 1.0
        return bool(is_decided) or len(self._actions) >= self._told["steps"]

    @property
    def _told(self) -> Mapping[str, Any]:
        return self._case.inputs if isinstance(self._case.inputs, Mapping) else self._case.inputs[0]

    def _side(self) -> Any:
        game = self._told["game"]
        if game not in self._sides:
            side, java = JAVA.interface()
            if java != self._java:
                self._sides, self._java = {}, java
            if fault := side.load(game, ""):
                raise RuntimeError(f"TextWorldExpress cannot load {game}: {fault}")
            self._sides[game] = side
        return self._sides[game]

    def _begun(self) -> Mapping[str, Any]:
        side = self._side()
        state: Mapping[str, Any] = json.loads(
            side.generateNewGameJSON(self._told["seed"], self._told["fold"], False)
        )
        if "observation" not in state:
            raise RuntimeError(f"TextWorldExpress has no game for {self._case.name}: {state}")
        self._goal = side.getTaskDescription()
        return state

    def _safely(self, ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        from py4j.protocol import Py4JError  # late, see Java

        try:
            return ask()
        except (Py4JError, OSError):
            JAVA.end(self._java)
            self._sides.clear()
        again = self._begun()
        for action in self._actions:
            again = json.loads(self._side().stepJSON(action))
        return again if ask == self._begun else ask()


def seen(state: Mapping[str, Any]) -> str:
    """What the game says, the place as it looks now, and what is carried."""
    said, look, carried = (_plain(state.get(key, "")) for key in ("observation", "look", "inventory"))
    return "\n".join([said, *(more for more in (look, carried) if more and more not in said)])


def _plain(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


__all__ = ["FOLDS", "JAVA", "Games", "require", "seen"]
