"""Writes whole numbers in another base."""

from collections.abc import Mapping
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.tooling import failure, text_of

DECLARATION = Component(
    slot="tool", name="base", purpose="whole numbers from one base into another", use="Base"
)

NUMERALS = "0123456789abcdefghijklmnopqrstuvwxyz"

LONGEST = 200
"""Letters of a number."""

_PREFIXES = {2: "0b", 8: "0o", 16: "0x"}
_NAMES = {"binary": 2, "octal": 8, "decimal": 10, "hexadecimal": 16, "hex": 16}


class Base:
    """Bases 2 to 36, with the letters after 9 as digits."""

    async def spec(self) -> Spec:
        """See the module."""
        return Spec(
            "base",
            "converts a whole number from one base (2 to 36) to another",
            {
                "number": "as written in base from",
                "from": "its base, such as 16",
                "to": "the wanted base, such as 2",
            },
        )

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """The number in the wanted base, in small letters and without a prefix."""
        bases = {name: _base(arguments.get(name, 10)) for name in ("from", "to")}
        for name, base in bases.items():
            if base is None:
                return failure(f"{name} must be a base from 2 to 36", arguments[name])
        source, target = bases["from"] or 10, bases["to"] or 10
        text = (
            text_of(arguments, "number").strip().casefold().replace(",", "").replace("_", "").replace(" ", "")
        )
        digits = text.removeprefix("-").removeprefix(_PREFIXES.get(source, "-"))
        if not digits or len(digits) > LONGEST or any(one not in NUMERALS[:source] for one in digits):
            return failure(f"number must have 1 to {LONGEST} digits of base {source}", text)
        return ("-" if text.startswith("-") else "") + written(int(digits, source), target)


def written(number: int, base: int) -> str:
    """A number that is not negative in a base from 2 to 36."""
    digits = ""
    while number or not digits:
        number, place = divmod(number, base)
        digits = NUMERALS[place] + digits
    return digits


def _base(value: object) -> int | None:
    text = str(value).strip().casefold().removeprefix("base").strip()
    number = _NAMES.get(text) or (int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0)
    return number if 2 <= number <= 36 else None
