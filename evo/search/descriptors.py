"""What a behaviour metric says of a candidate: one that the problem measured, or one that needs no problem."""

import math
import re
from collections.abc import Mapping

from evo.errors import ConfigError, one_of
from evo.search.dossier import Dossier
from evo.value.slots import slots_of

BUILT_IN = ("text.characters", "text.structure", "judged.seconds")
"""Metrics that every candidate has: how long its text is; how many components of a design are not
``none``, or how many words of any other program direct its control flow; how long judging took."""

SLOT = "design."
"""``design.memory`` is the component in slot ``memory`` of a design: a name instead of a number."""

_CONTROL = re.compile(r"\b(?:async|await|class|def|elif|else|except|for|if|lambda|return|while|with|yield)\b")


def check_metric(setting: str, name: str) -> None:
    """Refuses a name that looks like a built-in metric and is none.

    Raises:
        ConfigError: it does.
    """
    family = name.partition(".")[0]
    if name not in BUILT_IN and family in {known.partition(".")[0] for known in BUILT_IN} and "." in name:
        raise ConfigError(
            f"{setting} names {name!r}, which evo does not measure. {one_of(name, BUILT_IN)} "
            f"Or name a metric of the problem, or a slot of a design: {SLOT}memory"
        )


def describe(name: str, dossier: Dossier) -> float | str | None:
    """The value of metric `name`: a finite number, a component's name, or None if there is none."""
    if name == "text.characters":
        return float(sum(map(len, dossier.files.values()))) if dossier.files else None
    if name == "text.structure":
        return _structure(dossier.files) if dossier.files else None
    if name.startswith(SLOT):
        component = (slots_of(dossier.files) or {}).get(name.removeprefix(SLOT))
        return None if component is None else str(component)
    if dossier.verdict is None:
        return None
    found = dossier.verdict.seconds if name == "judged.seconds" else dossier.verdict.metrics.get(name)
    return float(found) if found is not None and math.isfinite(found) else None


def _structure(files: Mapping[str, str]) -> float:
    slots = slots_of(files)
    if slots is None:
        return float(sum(len(_CONTROL.findall(text)) for text in files.values()))
    return float(sum(component != "none" for slot, component in slots.items() if "." not in slot))
