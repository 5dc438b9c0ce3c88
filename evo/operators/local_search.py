"""New values for a list of numbers near good ones: few numbers at a time, or along known differences.

A program's constants are a hard case for model-based samplers: many do not matter, some matter
only together, and the score jumps. What helps most is to change few of them by amounts of very
different size, and to repeat differences between those that did well.
"""

from collections.abc import Sequence

from evo.operators.chance import Chance
from evo.operators.grammar import rounded

Values = tuple[float, ...]
"""Values of a program's constants, in the order of the text; ints stay ints."""

MORE = 0.5
"""Probability that a sparse step changes one number more."""

SMALLEST, LARGEST = -2.3, 0.1
"""Size of a sparse step, relative to the number, as powers of ten."""

ZERO = 0.1
"""What a step is relative to where the number is 0."""

REACH = (0.3, 0.6, 1.0, 1.5)
"""Multiples in which a difference is repeated."""


def sparse_step(start: Values, chance: Chance) -> Values:
    """`start` with one number or a few changed by a normal step, all of one relative size."""
    values = list(start)
    count = 1
    while count < len(values) and chance.true(MORE):
        count += 1
    size = 10 ** chance.between(SMALLEST, LARGEST)
    for place in chance.shuffled(range(len(values)))[:count]:
        values[place] = _stepped(values[place], size, chance)
    return tuple(values)


def difference_step(start: Values, good: Sequence[Values], chance: Chance) -> Values:
    """`start` moved along the difference of two of the `good` (best first), from the worse to the better.

    Source: differential evolution (Storn and Price, J. Global Optimization 11, 1997), with
    crossover rate 0.7.
    """
    better, worse = sorted(chance.shuffled(range(len(good)))[:2])
    reach = chance.pick(REACH)
    values = list(start)
    for place, (high, low) in enumerate(zip(good[better], good[worse], strict=True)):
        if high != low and chance.true(0.7):
            values[place] = like(start[place], start[place] + reach * (high - low))
    return tuple(values)


def like(old: float, new: float) -> float:
    """`new` as a number of the kind of `old`: whole, and not negative where `old` was not."""
    if isinstance(old, int):
        whole = round(new)
        return abs(whole) if old >= 0 else whole
    return rounded(new, digits=9)


def _stepped(value: float, size: float, chance: Chance) -> float:
    step = chance.normal() * size
    if not isinstance(value, int):
        return rounded(value + step * (abs(value) or ZERO), digits=6)
    whole = round(step * abs(value)) if abs(value * size) > 1 else round(step / size)
    return like(value, value + (whole or (1 if chance.true(0.5) else -1)))
