"""The parts of a run's page, each a function of the summary to HTML."""

from dataclasses import dataclass

from evo.report.sections import (
    champion,
    effects,
    models,
    outcomes,
    populations,
    progress,
    settings,
    tree,
    value,
)
from evo.report.summary import RunSummary


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; `name` is what its link goes to."""

    name: str
    title: str
    body: str


def every_section(summary: RunSummary) -> list[Section]:
    """The sections that this run has something to show in, from the result to the details."""
    every = [
        Section("progress", "Best so far", progress.progress(summary)),
        Section("champion", "Champion", champion.champion(summary)),
        Section("outcomes", "What became of the candidates", outcomes.outcomes(summary)),
        Section("value", "Value model", value.value(summary)),
        Section("tree", "Search tree", tree.tree(summary)),
        Section("populations", "Populations", populations.populations(summary)),
        Section("components", "Components", effects.effects(summary)),
        Section("operators", "Operators", outcomes.operators(summary)),
        Section("models", "Language models", models.models(summary)),
        Section("staleness", "Lag of workers", populations.staleness(summary)),
        Section("failures", "Failures", outcomes.failures(summary)),
        Section("settings", "Settings and versions", settings.settings(summary)),
        Section("next", "Going on from here", settings.commands(summary)),
    ]
    return [one for one in every if one.body]
