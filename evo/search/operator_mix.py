"""Which operator makes the next candidate."""

from collections.abc import Mapping

import numpy as np

from evo.errors import ConfigError
from evo.search.seeding import weighted
from evo.types import OperatorShare


class OperatorMix:
    """Draws operators in proportion to fixed weights."""

    def __init__(self, shares: Mapping[str, OperatorShare]) -> None:
        for name, share in shares.items():
            if not 0 <= share.weight < float("inf"):
                raise ConfigError(
                    f"operators.{name}.weight must be a finite number of at least 0, got {share.weight}. "
                    f"Set it with: evo run operators.{name}.weight=1"
                )
        self._shares = {name: share for name, share in shares.items() if share.weight > 0}
        if not self._shares:
            raise ConfigError(
                f"operators needs one with a weight above 0, got {', '.join(shares) or 'none'}. "
                "Set it with: evo run operators.ast.mutate.weight=1"
            )

    def draw(self, rng: np.random.Generator) -> tuple[str, int]:
        """Name of an operator, and how many parents it takes."""
        return self._draw(rng, self._shares)

    def draw_fitting(self, rng: np.random.Generator, max_parents: int) -> tuple[str, int] | None:
        """The same among those that take at most `max_parents`; None if there is none."""
        fitting = {name: share for name, share in self._shares.items() if share.n_parents <= max_parents}
        return self._draw(rng, fitting) if fitting else None

    def _draw(self, rng: np.random.Generator, shares: Mapping[str, OperatorShare]) -> tuple[str, int]:
        names = list(shares)
        name = names[weighted(rng, [shares[name].weight for name in names])]
        return name, shares[name].n_parents
