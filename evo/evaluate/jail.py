"""The jail: runs a candidate's function on inputs and brings back what it claims, whatever it tries."""

import dataclasses
import json
import os
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evo.evaluate import cgroup
from evo.evaluate.boxes import Boxes
from evo.evaluate.cgroup import MemoryGroup
from evo.evaluate.ending import Outcome, oom_kills
from evo.evaluate.exchange import Exchange
from evo.evaluate.inside.program import BadProgram, main_file
from evo.evaluate.launch import StartFailed, Warm, Zygote, ZygoteLost
from evo.evaluate.sandbox import Limits, Sandbox
from evo.evaluate.trial import Trial

_MAX_FILES = 256
_ZYGOTE_BYTES = 512 << 20  # for the process that candidates are forked from, shared with them
_SANDBOX, _WARM, _LIMITS = Sandbox(), Warm(), Limits()


@dataclass(frozen=True, slots=True)
class Program:
    """What is run.

    Attributes:
        files: path relative to the working folder -> text.
        entry: name of the function that is called with a case's inputs.
        main: file that defines it; None for ``main.py``, ``solve.py`` or the only ``.py``.
        seed: what the candidate's global random generators start from.
        driven: whether the jail's driver, if it has one, stands between a case and the function.
    """

    files: Mapping[str, str]
    entry: str = "solve"
    main: str | None = None
    seed: int = 0
    driven: bool = True


class Jail:
    """A warm jailed process and the runs of candidates in it, one at a time.

    Args:
        sandbox: how candidates are held.
        warm: what is loaded before the first of them.
        without: layers to leave out, to measure what they hold.

    Raises:
        StartFailed: no jailed process can be started.
        ImportError: a module of ``warm.imports`` cannot be imported.
    """

    def __init__(self, sandbox: Sandbox = _SANDBOX, warm: Warm = _WARM, without: Sequence[str] = ()) -> None:
        self._held = _Held(sandbox, warm, tuple(without))
        self._runs = 0
        self._oom_kills = oom_kills()
        self._finalizer = weakref.finalize(self, self._held.close)
        try:
            self._held.zygote()
        except BaseException:
            self.close()
            raise

    @property
    def namespaces(self) -> bool:
        """Whether candidates live in namespaces of their own."""
        return self._held.boxes is None

    @property
    def notes(self) -> tuple[str, ...]:
        """Why something that could hold candidates better is not used."""
        without = self._held.no_namespaces
        notes = [f"bubblewrap is not used: {without}"] if without else []
        return (*notes, *([cgroup.WHY_NOT] if self._held.group is None else []))

    def run(
        self,
        program: Program,
        cases: Sequence[bytes],
        limits: Limits = _LIMITS,
        exchange: Exchange | None = None,
    ) -> Outcome:
        """Calls the program's function on each case, in one fresh process.

        Args:
            program: untrusted.
            cases: at least one: keyword arguments packed by `evo.evaluate.inside.wire.pack`.
            limits: for all cases together.
            exchange: answers what the program asks while it runs; None for one that may ask nothing.

        Raises:
            ValueError: the jail is closed, or there are no cases.
        """
        if not self._finalizer.alive:
            raise ValueError("this jail is closed")
        if not cases:
            raise ValueError("a run needs at least one case")
        try:
            main = _check(program, limits)
        except BadProgram as error:
            return Outcome("invalid", feedback=str(error))
        plan = json.dumps(dataclasses.asdict(program) | {"main": main, "cases": len(cases)}).encode()
        self._runs += 1
        counts = {"number": self._runs, "oom_kills_before": self._oom_kills}
        try:
            zygote = self._held.zygote()
            if self._held.group is not None:
                self._held.group.allow((limits.memory_mb << 20) + limits.box_bytes + _ZYGOTE_BYTES)
            outcome = Trial(zygote, plan, cases, limits, exchange=exchange, **counts).run()
        except (ZygoteLost, StartFailed) as error:
            self._held.drop()
            return Outcome("lost", feedback=f"The jailed process was lost: {error}")
        if outcome.status == "memory":
            self._oom_kills = oom_kills()
        return outcome

    def close(self) -> None:
        """Ends the jailed process and removes its files; the jail may not be used afterwards."""
        self._finalizer()


class _Held:
    """What must not outlive the jail: the jailed process, its folder and its memory group."""

    def __init__(self, sandbox: Sandbox, warm: Warm, without: tuple[str, ...]) -> None:
        self.boxes: Boxes | None = None
        self.group: MemoryGroup | None = None
        self.no_namespaces = ""
        self._sandbox, self._warm, self._without = sandbox, warm, without
        self._zygote: Zygote | None = None
        self._layers: dict[str, Any] | None = None  # of the first; those that replace it must have the same
        self._owner = os.getpid()

    def zygote(self) -> Zygote:
        """The jailed process; a new one if the last is gone.

        Raises:
            StartFailed: it cannot be started, or would hold candidates worse than the first did.
        """
        if self._zygote is not None and not self._zygote.alive:
            self.drop()
        if self._zygote is None:
            self._zygote = self._start()
            if self._layers not in (None, self._zygote.hello):
                text = f"its layers are {self._zygote.hello}, they were {self._layers}"
                self.drop()
                raise StartFailed(text)
            self._layers = self._zygote.hello
            if (parent := cgroup.delegated()) is not None:
                self.group = MemoryGroup(parent, self._zygote.pid)
        return self._zygote

    def drop(self) -> None:
        """Ends the jailed process with all that it left."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
        if self.group is not None:
            self.group.close()
            self.group = None
        if self.boxes is not None:
            self.boxes.clear()

    def close(self) -> None:
        """The same, for good; a process forked from the one that made the jail leaves it alone."""
        if os.getpid() != self._owner:
            return
        self.drop()
        if self.boxes is not None:
            self.boxes.close()
            self.boxes = None

    def _start(self) -> Zygote:
        size = _LIMITS.box_bytes
        if self.boxes is None and self._sandbox.bubblewrap != "off":
            try:
                return Zygote(self._warm, None, size, self._without)
            except StartFailed as error:
                if self._sandbox.bubblewrap == "on" or self._layers is not None:
                    raise
                self.no_namespaces = str(error)
        self.boxes = self.boxes or Boxes()
        return Zygote(self._warm, self.boxes.path, size, self._without)


def _check(program: Program, limits: Limits) -> str:
    """The program's main file.

    Raises:
        BadProgram: its files cannot be written or are too large.
    """
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in program.files.values())
    if size > limits.source_bytes:
        raise BadProgram(
            f"A program has at most {limits.source_bytes >> 10} KiB; this one has {size >> 10} KiB."
        )
    if len(program.files) > _MAX_FILES:
        raise BadProgram(f"A program has at most {_MAX_FILES} files; this one has {len(program.files)}.")
    for name in program.files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name or len(name) > 255:
            raise BadProgram(f"{name!r} is no path inside the program's folder.")
    return main_file(list(program.files), program.main)
