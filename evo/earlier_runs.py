"""What a value model is told of earlier runs before its own run begins: ``learn_from=[RUN,...]``."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evo import config as configuration
from evo.errors import ConfigError, EvoError
from evo.store.journal import read_events
from evo.types import Evaluation, Event, Proposal


def teach(part: Any, runs: object, where: str) -> None:
    """Tells `part` of each run in turn.

    The runs are read as they stand: one that goes on, or is gone, when a run that learnt from it is
    resumed makes the resumed run decide otherwise, or is refused.

    Args:
        part: with a method ``learn_from(events, stages)``, as `evo.value.ensemble.Ensemble` has.
        runs: folders.
        where: the setting, for messages.

    Raises:
        ConfigError: `part` cannot learn from runs, `runs` is no list of folders, or one is no run that
            can be read.
    """
    if isinstance(runs, str) or not isinstance(runs, Sequence) or not all(isinstance(r, str) for r in runs):
        raise ConfigError(f"{where} must be a list of runs, got {runs!r}. Set it with: evo run {where}=[RUN]")
    if runs and not hasattr(part, "learn_from"):
        raise ConfigError(
            f"{where}: {type(part).__name__} cannot learn from other runs, it has no learn_from. Leave it out, "
            "or choose a value model that can: evo.value.ensemble:Ensemble"
        )
    for run in runs:
        part.learn_from(*_told_by(run, where))


def _told_by(run: str, where: str) -> tuple[list[Event], tuple[str, ...]]:
    """The events of a run that a value model learns from, and the run's search stages."""
    folder = Path(run).expanduser()
    file = folder / "config.yaml"
    if not file.is_file() or not (folder / "journal").is_dir():
        raise ConfigError(f"{where}: {run} is not the folder of a run. See: evo ls")
    try:
        config = configuration.load(file)
        problem = config.load_problem()
        stages = tuple(stage.name for stage in problem.stages if stage.split == "search")
        return list(_relevant(folder)), stages
    except (EvoError, OSError) as error:
        raise ConfigError(f"{where}: the run {run} cannot be read. {error}") from error


def _relevant(folder: Path) -> Iterator[Event]:
    return (event for event in read_events(folder) if isinstance(event, Proposal | Evaluation))
