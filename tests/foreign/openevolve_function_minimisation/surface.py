"""The surface, shared by the programs and their evaluator."""

import json
import math
from pathlib import Path

SETTINGS = json.loads((Path(__file__).parent / "surface.json").read_text())


def height(x, y):
    """A bowl with waves on it; the lowest point is near the origin."""
    waves = math.sin(SETTINGS["waves"] * x) * math.cos(SETTINGS["waves"] * y)
    return SETTINGS["bowl"] * (x * x + y * y) + waves
