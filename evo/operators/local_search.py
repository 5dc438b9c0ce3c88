"""New values for a list of numbers near good ones: few numbers at a time, or along known differences.

A program's constants are a hard case for model-based samplers: many do not matter, some matter
only together, and the score jumps. What helps most is to change few of them by amounts of very
different size, and to repeat differences between those that did well.
"""

from collections.abc import Sequence

from evo.operators.chance import Chance

Values = tuple[float, ...]
"""Values of a program's constants, in the order of the text; ints stay ints."""

MORE = 0.5
"""Probability that a sparse step changes one number more."""

SMALLEST, LARGEST = -2.3, 0.1
"""Size of a sparse step, relative to the number, as powers of ten."""

LEAP = 0.15
"""Probability that a number is not stepped but scaled, by a power of ten that is normally distributed."""

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
    if isinstance(value, int):
        return _stepped_whole(value, size, chance)
    if value == 0:  # nothing says how large it should be
        return leap(1.0, chance)
    if chance.true(LEAP):
        return leap(value, chance)
    return rounded(value + chance.normal() * size * abs(value), digits=6)


def leap(value: float, chance: Chance) -> float:
    """`value` in another order of magnitude; one in four changes sign."""
    scaled = value * 10 ** chance.normal()
    return rounded(-scaled if chance.true(0.25) else scaled)


def _stepped_whole(value: int, size: float, chance: Chance) -> float:
    step = chance.normal() * size * max(abs(value), 2)
    return like(value, value + (round(step) or (1 if chance.true(0.5) else -1)))


def rounded(value: float, digits: int = 3) -> float:
    """`value` with so many significant digits."""
    return float(f"{value:.{digits}g}")
