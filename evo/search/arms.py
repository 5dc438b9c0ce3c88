"""What each operator with each model brought, read back from a run's events."""

from collections.abc import Iterable
from dataclasses import replace

from evo.search.bandit import ArmRecord
from evo.search.core import Core
from evo.types import Event, Plan


def replayed_arms(plan: Plan, events: Iterable[Event]) -> list[ArmRecord]:
    """The arms of a run as its bandit has them after `events`; had it none, as one would have them.

    Args:
        plan: of the run: operators with their models, stages and limits.
        events: of its journal, in order.

    Raises:
        ConfigError: the plan cannot be followed.
    """
    core = Core(0, replace(plan, bandit=True))
    for event in events:
        core.tell(event)
    return core.arms()
