"""What a judgement at each stage of a run counts as, kept beside its journal for those who only read it."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from evo.store.disk import write_temporary

FILE = "laps.json"
"""In the folder of a run whose candidates race; other runs have none, and count every judgement as one."""


def write_shares(folder: Path, shares: Mapping[str, Fraction]) -> None:
    """Keeps `shares`, stage -> part of an evaluation, of all search stages in climbing order."""
    text = json.dumps({stage: str(share) for stage, share in shares.items()})
    file = folder / FILE
    write_temporary(file, text.encode()).replace(file)


def read_shares(folder: Path) -> dict[str, Fraction]:
    """What `write_shares` kept; empty where every judgement counts as one."""
    file = folder / FILE
    if not file.is_file():
        return {}
    return {stage: Fraction(share) for stage, share in json.loads(file.read_text(encoding="utf-8")).items()}
