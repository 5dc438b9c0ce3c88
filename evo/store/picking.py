"""Which candidate is the champion of a run, and why it is that one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evo.champion import ChampionRule, ranking
from evo.errors import one_of
from evo.store.standing import Standing
from evo.store.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Pick:
    """The champion of a run.

    Attributes:
        champion: the one that the run's rule names.
        best: the one with the best score where the champion was picked.
        stage: where that was: ``selection``, or the last search stage that any passed.
        why: in a sentence why `champion` is another than `best`; empty where it is the same.
        warning: in a sentence why the rule decided nothing; empty where it did.
    """

    champion: Standing
    best: Standing
    stage: str
    why: str = ""
    warning: str = ""

    @property
    def note(self) -> str:
        """What a person should know beside the champion; empty if that is nothing."""
        return self.why or self.warning


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate as a rule sees it: with its score and the measure of the rule, if that is known."""

    id: str
    score: float
    measures: Mapping[str, float]


def contenders(verdicts: Verdicts, ids: Sequence[str], rule: ChampionRule) -> list[Contender]:
    """The candidates among which `rule` decides, the champion first.

    Args:
        verdicts: of the stage that counts.
        ids: of the candidates, by their numbers.
        rule: with a measure.
    """
    numbers, scores = verdicts.near_best(rule.within)
    values = verdicts.measure(rule.measure)[numbers]
    rows = [
        Contender(ids[number], score, {} if math.isnan(value) else {rule.measure: value})
        for number, score, value in zip(numbers.tolist(), scores.tolist(), values.tolist(), strict=True)
    ]
    return ranking(rows, rule)


def reason(rows: Sequence[Contender], best: str, rule: ChampionRule) -> str:
    """Why the first of `rows` is the champion and not the candidate `best`; empty if that is the first."""
    first = rows[0]
    if first.id == best:
        return ""
    beaten = next(row for row in rows if row.id == best).measures.get(rule.measure)
    against = "an unknown one" if beaten is None else f"{beaten:.4g}"
    return f"{_clause(rule)} of the best ({first.measures[rule.measure]:.4g} against {against})"


def warning(verdicts: Verdicts, rows: Sequence[Contender], rule: ChampionRule) -> str:
    """That nothing is known of the rule's measure, with the names that exist; empty where something is."""
    if any(row.measures for row in rows):
        return ""
    near, _ = verdicts.near_best(rule.within)
    names = [name for name in verdicts.measure_names if not np.isnan(verdicts.measure(name)[near]).all()]
    return (
        f"no candidate within {rule.within:.10g} of the best has a known {rule.measure!r}, so the best score is the "
        f"champion. {one_of(rule.measure, names)} Choose another rule with: evo resume DIR "
        f"'run.champion={_clause(rule, names[0])}'"
    )


def _clause(rule: ChampionRule, measure: str = "") -> str:
    return str(ChampionRule(measure or rule.measure, rule.within, rule.most))
