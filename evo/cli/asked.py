"""What a run asked of language models and operators, read from its journal for its page."""

from evo import config as configuration
from evo.assembly import plan_of_record
from evo.llm.settings import LlmSettings
from evo.report.summary import ArmRow, ModelRow
from evo.search.arms import replayed_arms
from evo.store.archive import RunView
from evo.store.journal import read_events
from evo.store.schema import WITHOUT_BULK
from evo.types import Problem, Reply, Usage


def model_rows(view: RunView) -> tuple[ModelRow, ...]:
    """Calls by model and role, in the order they were first made; none for a run that asks no models."""
    if not _asks(view):
        return ()
    found: dict[tuple[str, str], list[Reply]] = {}
    for event in read_events(view.folder, columns=WITHOUT_BULK):
        if isinstance(event, Reply):
            found.setdefault((event.model, event.role), []).append(event)
    return tuple(_row(model, role, replies) for (model, role), replies in found.items())


def arm_rows(view: RunView, problem: Problem) -> tuple[tuple[ArmRow, ...], bool]:
    """The arms of a run that asks models, and whether a bandit drew them; none for other runs."""
    if not _asks(view):
        return (), False
    config = configuration.from_plain(view.config)
    plan = plan_of_record(config, problem)
    arms = replayed_arms(plan, read_events(view.folder, columns=WITHOUT_BULK))
    rows = [
        ArmRow(arm.operator, arm.model, arm.proposals, arm.reward, arm.cost, arm.share)
        for arm in arms
        if arm.proposals
    ]
    return tuple(sorted(rows, key=lambda row: -row.share)), plan.bandit


def _asks(view: RunView) -> bool:
    """Whether the run has language models; if not, its journal need not be read again for them."""
    return LlmSettings.of(view.config.get("llm") or {}).enabled


def _row(model: str, role: str, replies: list[Reply]) -> ModelRow:
    usage = sum((reply.usage for reply in replies), Usage())
    return ModelRow(
        model=model,
        role=role,
        calls=len(replies),
        tries=sum(reply.tries for reply in replies),
        cut=sum(reply.finish == "length" for reply in replies),
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        usd=usage.usd,
        seconds=sum(reply.seconds for reply in replies),
    )
