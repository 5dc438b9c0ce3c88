"""The jail: runs a candidate's function on inputs and brings back what it claims, whatever it tries."""

import dataclasses
import json
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from evo.evaluate.boxes import Boxes
from evo.evaluate.inside.program import BadProgram, main_file
from evo.evaluate.launch import StartFailed, Warm, Zygote, ZygoteLost
from evo.evaluate.sandbox import Limits, Sandbox
from evo.evaluate.trial import Outcome, Trial, oom_kills

_MAX_FILES = 256
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
    def no_namespaces(self) -> str:
        """Why bubblewrap is not used; empty if it is."""
        return self._held.no_namespaces

    def run(self, program: Program, cases: Sequence[bytes], limits: Limits = _LIMITS) -> Outcome:
        """Calls the program's function on each case, in one fresh process.

        Args:
            program: untrusted.
            cases: keyword arguments, each packed by `evo.evaluate.inside.wire.pack`.
            limits: for all cases together.
        """
        try:
            main = _check(program, limits)
        except BadProgram as error:
            return Outcome("invalid", feedback=str(error))
        plan = dataclasses.asdict(program) | {"main": main}
        self._runs += 1
        try:
            zygote = self._held.zygote()
            outcome = Trial(
                zygote,
                json.dumps(plan).encode(),
                cases,
                limits,
                number=self._runs,
                oom_kills_before=self._oom_kills,
            ).run()
        except (ZygoteLost, StartFailed) as error:
            self._held.drop()
            return Outcome("lost", feedback=f"The jailed process was lost: {error}")
        if outcome.status == "memory":
            self._oom_kills = oom_kills()
        return outcome

    def close(self) -> None:
        """Ends the jailed process and removes its files; the jail may not be used afterwards."""
        self._finalizer()


@dataclass
class _Held:
    """What must not outlive the jail."""

    sandbox: Sandbox
    warm: Warm
    without: tuple[str, ...]
    boxes: Boxes | None = None
    no_namespaces: str = ""
    _zygote: Zygote | None = field(default=None)

    def zygote(self) -> Zygote:
        """The jailed process; a new one if the last is gone."""
        if self._zygote is not None and not self._zygote.alive:
            self.drop()
        if self._zygote is None:
            self._zygote = self._start()
        return self._zygote

    def drop(self) -> None:
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
        if self.boxes is not None:
            self.boxes.close()
            self.boxes = Boxes()

    def close(self) -> None:
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
        if self.boxes is not None:
            self.boxes.close()
            self.boxes = None

    def _start(self) -> Zygote:
        if self.boxes is None and self.sandbox.bubblewrap != "off":
            try:
                return Zygote(self.warm, None, _LIMITS.box_bytes, self.without)
            except (StartFailed, FileNotFoundError) as error:
                self.no_namespaces = str(error)
                if self.sandbox.bubblewrap == "on":
                    raise
        self.boxes = self.boxes or Boxes()
        return Zygote(self.warm, self.boxes.path, _LIMITS.box_bytes, self.without)


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
