"""Works out arithmetic exactly, with fractions where whole numbers do not suffice."""

import ast
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.tooling import failure, text_of

DECLARATION = Component(
    slot="tool",
    name="calculator",
    purpose="exact arithmetic",
    use="Calculator",
    source="Cobbe et al., Training Verifiers to Solve Math Word Problems (2021), arXiv:2110.14168: calculator",
)

DIGITS = 1000
"""Decimal digits that a number may have on the way."""

LONGEST = 2000
"""Letters of an expression."""

Number = Fraction | float


class Calculator:
    """Nothing is run: the expression's tree is walked, and only arithmetic is known."""

    async def spec(self) -> Spec:
        """See the module."""
        return Spec(
            "calculator",
            "works out arithmetic: + - * / // % ** and " + ", ".join(sorted(FUNCTIONS)),
            {"expression": "such as (3 + 4) * 12 / 5"},
        )

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """The value: a whole number, a decimal if that is exact, else a fraction with a decimal beside it."""
        text = plain(text_of(arguments, "expression"))
        if not text or len(text) > LONGEST:
            return failure(
                f"an expression has 1 to {LONGEST} letters", text[:40], "Write one, such as 2 * (3 + 4)."
            )
        try:
            return shown(_value(ast.parse(text, mode="eval").body))
        except ZeroDivisionError:
            return failure("division by zero", text)
        except (SyntaxError, RecursionError, MemoryError):
            return failure(
                "the expression must be arithmetic", text, "Write numbers, + - * / ** and parentheses."
            )
        except OverflowError:
            return failure("a number is too large", text)
        except ValueError as error:
            return failure(str(error))


def plain(text: str) -> str:
    """An expression as Python writes it: other signs for the operators, thousands and a closing ``= ?`` are read too."""
    text = text.strip().strip("`$").strip()
    text = re.sub(r"\s*=\s*\??\s*$", "", text)
    for sign, operator in (
        ("×", "*"),
        ("·", "*"),
        ("÷", "/"),
        ("−", "-"),
        ("–", "-"),
        ("^", "**"),
        ("[", "("),
        ("]", ")"),
    ):
        text = text.replace(sign, operator)
    if not re.search(r"\b0[xX]", text):
        text = re.sub(r"(?<=\d) ?[xX] ?(?=[\d(])", "*", text)
    if not re.search(r"[A-Za-z]\s*\(", text):  # commas part the arguments of a function
        text = re.sub(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)", lambda found: found[0].replace(",", ""), text)
    text = re.sub(r"(?<![\w.])0+(?=\d)", "", text)
    return " ".join(re.sub(r"(?<=\d)%(?=\s*(?:$|[)*/+]))", "/100", text).split())


def shown(value: Number) -> str:
    """A number as it is answered."""
    if isinstance(value, float):
        return f"{value:.12g}"
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    places = max(value.denominator.bit_length(), 1)
    if rest == 1 and places <= 40:
        scaled = abs(value.numerator) * 10**places // value.denominator
        digits = f"{scaled:0{places + 1}d}"
        return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:].rstrip('0')}"
    return f"{value.numerator}/{value.denominator} (about {float(value):.12g})"


def _value(node: ast.expr) -> Number:
    """The value of a tree.

    Raises:
        ValueError: it is no arithmetic, or a whole number or fraction is too large.
        OverflowError: a decimal is.
        ZeroDivisionError: see there.
    """
    if isinstance(node, ast.Constant):
        if node.value == math.inf:
            raise OverflowError
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return _kept(Fraction(str(node.value)))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _value(node.operand)
        return -inner if isinstance(node.op, ast.USub) else inner
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _kept(_OPERATORS[type(node.op)](_value(node.left), _value(node.right)))
    elif isinstance(node, ast.Name) and node.id.lower() in ("pi", "e"):
        return math.pi if node.id.lower() == "pi" else math.e
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _called(node.func.id, node.args)
    raise ValueError(f"only arithmetic is worked out, got {ast.unparse(node)[:60]!r}")


def _called(name: str, arguments: list[ast.expr]) -> Number:
    if name not in FUNCTIONS:
        raise ValueError(f"there is no function {name[:40]!r}. There are {', '.join(sorted(FUNCTIONS))}")
    values = [_value(one) for one in arguments]
    try:
        found = FUNCTIONS[name](*values)
    except TypeError:
        raise ValueError(f"{name} does not take {len(values)} such numbers") from None
    return _kept(found if isinstance(found, float) else Fraction(found))


def _kept(value: Number) -> Number:
    """`value`, if it is not too large to go on with."""
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("the result is no real number")
    if (
        isinstance(value, Fraction)
        and max(abs(value.numerator), value.denominator).bit_length() > DIGITS * 3.33
    ):
        raise ValueError(f"a number has more than {DIGITS} digits")
    return value


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        size = max(abs(base.numerator), base.denominator).bit_length()
        if size > 1 and size * abs(exponent) > DIGITS * 4:
            raise ValueError(f"a number has more than {DIGITS} digits")
        return base ** int(exponent)
    if base < 0:
        raise ValueError("the result is no real number")
    return _root(Fraction(base)) if exponent == Fraction(1, 2) else float(base) ** float(exponent)


def _root(value: Number) -> Number:
    if value < 0:
        raise ValueError("the result is no real number")
    exact = Fraction(value)
    parts = math.isqrt(exact.numerator), math.isqrt(exact.denominator)
    found = Fraction(*parts)
    return found if found * found == exact else math.sqrt(value)


def _whole(value: Number) -> int:
    if isinstance(value, float) or value.denominator != 1:
        raise ValueError(f"a whole number is needed, got {shown(value)[:40]}")
    return value.numerator


def _factorial(value: Number) -> int:
    number = _whole(value)
    if not 0 <= number <= 400:
        raise ValueError(f"factorial takes 0 to 400, got {str(number)[:40]}")
    return math.factorial(number)


_OPERATORS: Mapping[type, Callable[[Any, Any], Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: lambda a, b: a % b,
    ast.Pow: _power,
}

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "factorial": _factorial,
    "floor": math.floor,
    "gcd": lambda *numbers: math.gcd(*map(_whole, numbers)),
    "lcm": lambda *numbers: math.lcm(*map(_whole, numbers)),
    "log": math.log,
    "max": max,
    "min": min,
    "round": lambda value, places=Fraction(0): round(Fraction(value), min(50, max(-50, _whole(places)))),
    "sqrt": _root,
}
"""What may be called."""
