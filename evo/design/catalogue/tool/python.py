"""Runs Python code, and answers with what it prints and the value of its last expression."""

import ast
import builtins
import contextlib
import io
import signal
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.parameter import Choice, Int
from evo.design.tooling import FAILED, failure, text_of

DECLARATION = Component(
    slot="tool",
    name="python",
    purpose="runs Python code",
    use="Python",
    source="Gao et al., PAL: Program-aided Language Models (2022), arXiv:2211.10435",
    parameters=(
        Choice("cpu_s", default=1.0, choices=(0.5, 1.0, 2.0, 5.0)),
        Int("longest", default=1500, low=200, high=8000, log=True),
    ),
)

FILE = "<code>"
"""Name by which the code is known in tracebacks."""

MOST = 100_000
"""Letters of what is printed that are kept."""

AGAIN_S = 0.05
"""CPU seconds after which code that caught its end is ended again."""


class Python:
    """Code runs in this process, which is the candidate's and jailed, and cannot start another one.

    Every call begins with an empty namespace. Code that takes too much CPU time is ended by a timer's signal;
    what it does not end (a single long operation of the interpreter, code that goes on catching the signal),
    the jail's own limit ends, with the case.

    Args:
        cpu_s: CPU seconds of a call.
        longest: letters of an answer; more are cut out of its middle.
    """

    def __init__(self, cpu_s: float, longest: int) -> None:
        self._cpu_s, self._longest = cpu_s, longest

    async def spec(self) -> Spec:
        """See the module."""
        return Spec(
            "python",
            "runs Python code and returns what it prints and the value of its last line",
            {"code": "Python code"},
        )

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """What was printed, then the last expression's value, or the error."""
        code = unfenced(text_of(arguments, "code"))
        try:
            body, last = _compiled(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
            return failure(f"this is not Python: {getattr(error, 'msg', error)}{line}")
        printed = Paper()
        attempt = Attempt(self._cpu_s)
        value: object = None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), attempt:
            space: dict[str, Any] = {
                "__name__": "__main__",
                "__builtins__": {**vars(builtins), "input": _no_input},
            }
            exec(body, space)  # noqa: S102  what this tool is for; the process is jailed
            value = None if last is None else repr(eval(last, space))  # noqa: S307
        lines = [printed.getvalue().rstrip("\n"), "" if value in (None, "None") else str(value)]
        text = "\n".join(line for line in lines if line)
        if attempt.error:
            text = f"{FAILED}{attempt.error}" + (f"\nPrinted before: {text}" if text else "")
        return _cut(text or "(nothing was printed: print the result)", self._longest)


class Paper(io.StringIO):
    """What is printed, up to `MOST` letters; the rest is forgotten."""

    def write(self, text: str) -> int:
        """See `io.StringIO`."""
        super().write(text[: max(0, MOST - self.tell())])
        return len(text)


class TooLong(BaseException):
    """The code has had its CPU time; no `Exception`, so that code which catches those does not catch this."""


class Attempt:
    """Runs what is inside it to its end, to its first error or to the end of its CPU time.

    Attributes:
        error: what went wrong, as one line; empty if nothing did.
    """

    def __init__(self, cpu_s: float) -> None:
        self._cpu_s, self.error = cpu_s, ""
        self._handler: Any = None

    def __enter__(self) -> "Attempt":
        """Starts the timer; signals are for the main thread, which is where agents run."""
        self._handler = signal.signal(signal.SIGVTALRM, self._end)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._cpu_s, AGAIN_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Stops it; whatever the code raised is what the tool answers, but for an interrupt from outside."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self._handler)
        if error is None or isinstance(error, KeyboardInterrupt):
            return False
        self.error = (
            f"it took more than {self._cpu_s:g} s" if isinstance(error, TooLong) else _told(error, trace)
        )
        return True

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Ends the code, if it is the code that is running."""
        while frame is not None:
            if frame.f_code.co_filename == FILE:
                raise TooLong
            frame = frame.f_back


def unfenced(code: str) -> str:
    """Code without the fence that models put around it, and with line breaks where they wrote them as two letters."""
    text = code.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    if "\n" not in text and "\\n" in text and not _is_python(text):
        text = text.replace("\\n", "\n")
    return text.strip("\n")


def _compiled(code: str) -> tuple[Any, Any]:
    """The code without its last line if that is an expression, and that expression."""
    tree = ast.parse(code, FILE)
    last = None
    if tree.body and isinstance(statement := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = compile(ast.Expression(statement.value), FILE, "eval")
    return compile(tree, FILE, "exec"), last


def _told(error: BaseException, trace: TracebackType | None) -> str:
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f" (line {line})" if line else ""
    return f"{type(error).__name__}: {error}".removesuffix(": ") + where


def _no_input(*prompt: object) -> str:
    raise EOFError("there is nobody to ask: write the values into the code")


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n... ({len(text) - 2 * half} letters left out) ...\n{text[-half:]}"
