"""The ``evo`` command: finds the command's module, hands it the rest of the line, turns errors into a status."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import evo
from evo.errors import ConfigError, EvoError, Exit, one_of

# Modules are imported when their command is used: Ray, Hydra and Arrow cost seconds together.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("evo.cli.run", "search for better candidates"),
    "resume": ("evo.cli.resume", "go on with a run from its journal, also after a crash"),
    "eval": ("evo.cli.eval", "judge given candidate files, without a search"),
    "steer": ("evo.cli.steer", "send advice to a run, also while it goes on"),
    "verify": ("evo.cli.verify", "judge a run's champion on the hold-out cases, in a fresh jail"),
    "baseline": ("evo.cli.baseline", "compare searches and plain solvers at the same budget"),
    "ls": ("evo.cli.ls", "list runs"),
    "top": ("evo.cli.top", "list a run's best candidates"),
    "show": ("evo.cli.show", "show a run, or one of its candidates"),
    "effects": ("evo.cli.effects", "show what each component of a run's designs has brought"),
    "diff": ("evo.cli.diff", "compare two candidates' files"),
    "lineage": ("evo.cli.lineage", "show what a candidate was made from"),
    "export": ("evo.cli.export", "write the champion, what it produced, and the evidence"),
    "plot": ("evo.cli.plot", "draw best-so-far curves"),
    "report": ("evo.cli.report", "write a run's page: one HTML file that opens offline"),
    "problem": ("evo.cli.problem", "start a problem of your own, or check one"),
    "design": ("evo.cli.design", "list the components of agent designs; check or draw one"),
    "component": ("evo.cli.component", "start a component of your own for agent designs, or check one"),
    "doctor": ("evo.cli.doctor", "say what this machine can do"),
}

USAGE = """\
evo: evolutionary search over agent designs and programs

  evo COMMAND ...         evo COMMAND --help shows its settings and examples

{commands}

Start with:
  evo run problem=circle_packing budget.evaluations=1000
  evo doctor
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line; returns the exit status (`evo.errors.Exit`)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except EvoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return int(error.exit_status)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        width = max(map(len, COMMANDS)) + 2
        lines = [f"  {name:<{width}}{summary}" for name, (_, summary) in COMMANDS.items()]
        print(USAGE.format(commands="\n".join(lines)))
        return int(Exit.OK)
    if words[0] in ("-V", "--version"):
        print(f"evo {evo.__version__}")
        return int(Exit.OK)
    if words[0] not in COMMANDS:
        raise ConfigError(f"no command {words[0]!r}. {one_of(words[0], list(COMMANDS))}")
    module = importlib.import_module(COMMANDS[words[0]][0])
    return int(module.run(parser_of(words[0], module).parse_intermixed_args(words[1:])))


def parser_of(name: str, module: ModuleType) -> argparse.ArgumentParser:
    """The argument parser of one command; its module's docstring is the help, examples included."""
    parser = _Parser(
        prog=f"evo {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other error does."""

    def error(self, message: str) -> "NoReturn":  # type: ignore[name-defined]  # noqa: F821
        raise ConfigError(f"{message}. See: {self.prog} --help")
