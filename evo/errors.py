"""Every error that evo raises on purpose, each with the exit status it ends a command with.

A message says the rule, the value that broke it, and the way out, in one line.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit status of the ``evo`` command."""

    OK = 0
    """The budget was met or the target reached."""
    BAD_INPUT = 2
    """Wrong input; nothing was spent."""
    ENDED_EARLY = 3
    """The run ended before its budget was spent; everything so far is kept."""
    UNSAFE = 4
    """This machine cannot run untrusted candidates safely."""
    STORAGE = 5
    """The run folder cannot take more (a full disk, for one); resume once there is room."""
    INTERRUPTED = 130
    """Stopped by a person; the journal is flushed and the run can be resumed."""


class EvoError(Exception):
    """Base of all errors evo raises on purpose."""

    exit_status: Exit = Exit.BAD_INPUT


class ConfigError(EvoError):
    """A setting is unknown, of the wrong type, or out of range."""


class PluginError(EvoError):
    """A reference such as ``evaluators/kernel.py:KernelTiming`` cannot be loaded."""


class MissingExtra(EvoError):
    """An optional package is not installed."""


class ProblemError(EvoError):
    """A problem folder is incomplete, or its own seed is not ``ok``."""


class RunError(EvoError):
    """A run folder is missing, in use, or not a run."""


class JournalCorrupt(EvoError):
    """A damaged frame is followed by good ones: data was changed after it was written."""

    exit_status = Exit.ENDED_EARLY


class StorageFull(EvoError):
    """The journal could not be written; nothing that was acknowledged is lost."""

    exit_status = Exit.STORAGE


class UnsafeMachine(EvoError):
    """The sandbox cannot be built to the level that the run asks for."""

    exit_status = Exit.UNSAFE


class EndedEarly(EvoError):
    """The run cannot go on although its budget is not spent."""

    exit_status = Exit.ENDED_EARLY


class ModelError(EvoError):
    """A language model cannot be asked as configured: no key, an unknown name, a price that must be known."""


class ModelLost(EvoError):
    """A call to a language model failed for good, though others may succeed: it says nothing of the candidate."""


class BudgetSpent(EvoError):
    """A call was not made because the rest of the budget might not pay for it."""


class NoModelLeft(EndedEarly):
    """Every language model of the run was taken out, and the run was not told to go on without."""


class InvalidCandidate(EvoError):
    """Raised by a judge or an operator: the candidate breaks a rule of the problem.

    The message goes back to the operators as feedback, so it should say what to change.
    """


def one_of(value: str, choices: list[str] | tuple[str, ...]) -> str:
    """``choices`` as the tail of an error message, the closest to `value` first.

    Example: ``one_of("greedi", ["greedy", "top_k"])`` is
    ``"Did you mean 'greedy'? Choices: greedy, top_k."``
    """
    import difflib  # only on the way out with an error

    close = difflib.get_close_matches(value, list(choices), n=1, cutoff=0.6)
    hint = f"Did you mean '{close[0]}'? " if close else ""
    return f"{hint}Choices: {', '.join(sorted(choices))}."
