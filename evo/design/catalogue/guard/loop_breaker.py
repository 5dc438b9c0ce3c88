"""Denies calls that go round in a circle."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Allow, Call, Deny, Replace
from evo.design.parameter import Int

DECLARATION = Component(
    slot="guard",
    name="loop_breaker",
    purpose="denies a call that would go round the same circle once more",
    use="LoopBreaker",
    source="stuck behaviour of agents: Shinn et al., Reflexion (2023), arXiv:2303.11366: the same action repeated, a heuristic ends it",
    parameters=(
        Int("rounds", default=3, low=1, high=10),
        Int("circle", default=2, low=1, high=6),
    ),
)


class LoopBreaker:
    """Compares calls by name and arguments; what a call brings is not seen here.

    Args:
        rounds: times that a circle may be gone round; the call that completes one more is denied.
        circle: calls of the longest circle that is noticed; 1 for repetitions of one call alone.
    """

    def __init__(self, rounds: int, circle: int) -> None:
        self._rounds, self._circle = rounds, circle

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        """Denies it if the calls then end in more than `rounds` equal rounds."""
        calls = [*trace, call]
        for length in range(1, self._circle + 1):
            rounds = calls[-length * (self._rounds + 1) :]
            if len(rounds) == length * (self._rounds + 1) and _is_periodic(rounds, length):
                what = f"{call.name} was done" if length == 1 else f"The last {length} calls were made"
                return Deny(f"{what} {self._rounds} times in a row. Do something else.")
        return Allow()


def _is_periodic(calls: Sequence[Call], length: int) -> bool:
    return all(
        one.name == other.name and dict(one.arguments) == dict(other.arguments)
        for one, other in zip(calls, calls[length:], strict=False)
    )
