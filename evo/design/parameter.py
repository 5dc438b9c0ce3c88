"""Typed parameters of components: what may be written for each, and what lies near a value.

Every kind has the same methods. ``read`` takes what stands in a file and gives the value, or raises a
`ValueError` that ends the sentence "size must be ...". ``grid`` are the values that an enumeration goes
through, all there are if they are few. ``draw`` is one at random, ``neighbours`` are small steps from a value.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from evo.design.faults import brief
from evo.design.policy import rules
from evo.errors import one_of

Value: TypeAlias = "int | float | str | bool"

FEW = 9
"""Values of a range that an enumeration goes through; all of them if there are not more."""

PROMPT = re.compile(r"prompts/[A-Za-z0-9_-]+\.md")
"""Path of a prompt's file within a candidate."""

TOOLS, CALLS = "agent.tools", "agent.calls"
AGENTS = (TOOLS, CALLS)
"""What a parameter may ask of the whole agent, to count; see `Int`."""

FORMS: Mapping[str, Callable[[str], object]] = {"rules": rules}
"""What a `Text` may have to be written in: the form's name, and what reads it or raises a `ValueError`."""


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number.

    Attributes:
        low, high: the least and the largest, both included.
        log: steps are factors; needs `low` of at least 1.
        when: counts only if this flag of the same component is on, or this choice made: ``kind=slow``; or
            only in an agent that has tools (``agent.tools``) or that can call anything, tools or a world
            (``agent.calls``).
    """

    name: str
    default: int
    low: int
    high: int
    log: bool = False
    when: str = ""

    def __post_init__(self) -> None:
        _check_range(self.name, self.low, self.high, self.log, 1)
        self.read(self.default)

    def read(self, value: object) -> int:
        """See the module."""
        number = _number(value)
        if number is None or number != int(number) or not self.low <= number <= self.high:
            raise ValueError(f"a whole number from {self.low} to {self.high}, got {brief(value)}")
        return int(number)

    def grid(self) -> tuple[int, ...]:
        """See the module."""
        if self.high - self.low < FEW:
            return tuple(range(self.low, self.high + 1))
        return tuple(sorted({*(round(x) for x in _spread(self.low, self.high, self.log)), self.default}))

    def draw(self, rng: np.random.Generator) -> int:
        """See the module."""
        if self.log:
            return min(
                self.high, round(math.exp(rng.uniform(math.log(self.low), math.log(self.high + 0.49))))
            )
        return int(rng.integers(self.low, self.high + 1))

    def neighbours(self, value: object) -> tuple[int, ...]:
        """See the module."""
        at = self.read(value)
        far = (
            (at / 1.5, at * 1.5)
            if self.log
            else (at - (self.high - self.low) / 8, at + (self.high - self.low) / 8)
        )
        found = {at - 1, at + 1, *map(round, far)} - {at}
        return tuple(sorted(one for one in found if self.low <= one <= self.high))

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}


@dataclass(frozen=True, slots=True)
class Float:
    """A finite number; what is drawn has three digits. See `Int` for the fields; `log` needs `low` above 0."""

    name: str
    default: float
    low: float
    high: float
    log: bool = False
    when: str = ""

    def __post_init__(self) -> None:
        _check_range(self.name, self.low, self.high, self.log, 5e-324)
        self.read(self.default)

    def read(self, value: object) -> float:
        """See the module."""
        number = _number(value)
        if number is None or not self.low <= number <= self.high:
            raise ValueError(f"a number from {self.low:g} to {self.high:g}, got {brief(value)}")
        return float(number)

    def grid(self) -> tuple[float, ...]:
        """See the module."""
        points = {self._rounded(x) for x in _spread(self.low, self.high, self.log)}
        return tuple(sorted({*points, float(self.default)}))

    def draw(self, rng: np.random.Generator) -> float:
        """See the module."""
        if self.log:
            return self._rounded(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return self._rounded(rng.uniform(self.low, self.high))

    def neighbours(self, value: object) -> tuple[float, ...]:
        """See the module."""
        at = self.read(value)
        if self.log:
            far, near = (math.pow(self.high / self.low, share) for share in (0.1, 0.025))
            steps = (at / far, at / near, at * near, at * far)
        else:
            span = self.high - self.low
            steps = (at - span / 10, at - span / 40, at + span / 40, at + span / 10)
        return tuple(sorted({self._rounded(x) for x in steps if self.low <= x <= self.high} - {at}))

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high, "default": self.default}

    def _rounded(self, value: float) -> float:
        return min(max(float(f"{value:.3g}"), float(self.low)), float(self.high))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few texts or numbers; numbers in ascending order are steps of a ladder.

    Attributes:
        choices: at least one, each another.
        when: see `Int`.
    """

    name: str
    default: Value
    choices: tuple[Value, ...]
    when: str = ""

    def __post_init__(self) -> None:
        texts = [str(one) for one in self.choices]
        if len(set(texts)) != len(texts) or any(isinstance(one, bool) for one in self.choices):
            raise ValueError(
                f"the choices of {self.name} must be different texts or numbers, got {self.choices!r}"
            )
        self.read(self.default)

    @property
    def is_ladder(self) -> bool:
        """Whether the choices are ascending numbers."""
        numbers = [one for one in self.choices if not isinstance(one, str)]
        return len(numbers) == len(self.choices) and numbers == sorted(numbers)

    def read(self, value: object) -> Value:
        """See the module."""
        for one in self.choices:
            if one == value and not isinstance(value, bool):
                return one
        raise ValueError(
            f"one of its choices, got {brief(value)}. {one_of(str(value)[:60], [str(one) for one in self.choices])}"
        )

    def grid(self) -> tuple[Value, ...]:
        """See the module."""
        return self.choices

    def draw(self, rng: np.random.Generator) -> Value:
        """See the module."""
        return self.choices[int(rng.integers(len(self.choices)))]

    def neighbours(self, value: object) -> tuple[Value, ...]:
        """See the module: the next on a ladder, else every other."""
        at = self.choices.index(self.read(value))
        if self.is_ladder:
            return tuple(self.choices[place] for place in (at - 1, at + 1) if 0 <= place < len(self.choices))
        return self.choices[:at] + self.choices[at + 1 :]

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"enum": list(self.choices), "default": self.default}


@dataclass(frozen=True, slots=True)
class Flag:
    """On or off. See `Int` for `when`."""

    name: str
    default: bool = False
    when: str = ""

    def read(self, value: object) -> bool:
        """See the module."""
        if isinstance(value, bool):
            return value
        raise ValueError(f"true or false, got {brief(value)}")

    def grid(self) -> tuple[bool, ...]:
        """See the module."""
        return (False, True)

    def draw(self, rng: np.random.Generator) -> bool:
        """See the module."""
        return bool(rng.integers(2))

    def neighbours(self, value: object) -> tuple[bool, ...]:
        """See the module."""
        return (not self.read(value),)

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "boolean", "default": self.default}


@dataclass(frozen=True, slots=True)
class Text:
    """A text up to `longest` letters; only models and people write another. See `Int` for `when`.

    Attributes:
        form: one of `FORMS`, which the text must keep to; empty for any text.
    """

    name: str
    default: str = ""
    longest: int = 2000
    when: str = ""
    form: str = ""

    def __post_init__(self) -> None:
        if self.form and self.form not in FORMS:
            raise ValueError(
                f"the form of {self.name} must be known, got {self.form!r}. {one_of(self.form, tuple(FORMS))}"
            )
        self.read(self.default)

    def read(self, value: object) -> str:
        """See the module."""
        if (
            not isinstance(value, str)
            or len(value) > self.longest
            or any("\ud800" <= c <= "\udfff" for c in value)
        ):
            raise ValueError(f"a text of at most {self.longest} letters, got {brief(value)}")
        if self.form:
            try:
                FORMS[self.form](value)
            except ValueError as error:
                raise ValueError(f"{self.form} that can be read: {error}") from None
        return value

    def grid(self) -> tuple[str, ...]:
        """See the module."""
        return (self.default,)

    def draw(self, rng: np.random.Generator) -> str:
        """See the module."""
        return self.default

    def neighbours(self, value: object) -> tuple[str, ...]:
        """See the module."""
        return ()

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "string", "maxLength": self.longest, "default": self.default}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of the candidate's own, ``prompts/NAME.md``, or empty for the component's. See `Int` for `when`."""

    name: str = "prompt"
    when: str = ""

    @property
    def default(self) -> str:
        """The component's own prompt."""
        return ""

    def read(self, value: object) -> str:
        """See the module."""
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or not PROMPT.fullmatch(value):
            raise ValueError(f"the path of a prompt such as prompts/think.md, or empty, got {brief(value)}")
        return value

    def grid(self) -> tuple[str, ...]:
        """See the module."""
        return ("",)

    def draw(self, rng: np.random.Generator) -> str:
        """See the module."""
        return ""

    def neighbours(self, value: object) -> tuple[str, ...]:
        """See the module."""
        return ()

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "string", "pattern": f"^({PROMPT.pattern})?$", "default": ""}


Parameter: TypeAlias = Int | Float | Choice | Flag | Text | Prompt


def is_active(parameter: Parameter, values: Mapping[str, Value]) -> bool:
    """Whether a parameter counts beside the others' `values`, in an agent that has what it asks of it; see `Int`."""
    name, equals, wanted = parameter.when.partition("=")
    return (
        not name
        or name in AGENTS
        or (str(values.get(name)) == wanted if equals else values.get(name) is True)
    )


def defaults(parameters: Iterable[Parameter]) -> dict[str, Value]:
    """The values of a component of which nothing else is said."""
    found: dict[str, Value] = {}
    for parameter in parameters:
        if is_active(parameter, found):
            found[parameter.name] = parameter.default
    return found


def grids(parameters: Sequence[Parameter]) -> list[dict[str, Value]]:
    """Every combination of the parameters' grids."""
    found: list[dict[str, Value]] = [{}]
    for parameter in parameters:
        found = [
            {**values, parameter.name: value} if is_active(parameter, values) else values
            for values in found
            for value in (parameter.grid() if is_active(parameter, values) else (parameter.default,))
        ]
    return found


def drawn(parameters: Iterable[Parameter], rng: np.random.Generator) -> dict[str, Value]:
    """Random values for all of them."""
    found: dict[str, Value] = {}
    for parameter in parameters:
        if is_active(parameter, found):
            found[parameter.name] = parameter.draw(rng)
    return found


def _number(value: object) -> int | float | None:
    """`value` if it is a finite number; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _check_range(name: str, low: float, high: float, log: bool, least: float) -> None:
    if not low < high:
        raise ValueError(f"the range of {name} must not be empty, got {low} to {high}")
    if log and low < least:
        raise ValueError(f"the range of {name} must be above 0 for log=True, got {low} to {high}")


def _spread(low: float, high: float, log: bool) -> Iterable[float]:
    for step in range(FEW):
        share = step / (FEW - 1)
        yield low * math.pow(high / low, share) if log else low + (high - low) * share
