"""Converts between units of one kind, by exact factors."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.tooling import failure, text_of
from evo.errors import one_of

DECLARATION = Component(
    slot="tool",
    name="units",
    purpose="conversion between units",
    use="Units",
    source="BIPM, The International System of Units, 9th ed. (2019); NIST Handbook 44, Appendix C, exact factors",
)

FACTORS: Mapping[str, Mapping[str, str]] = {
    "length": {
        "m metre meter": "1",
        "nm nanometre nanometer": "1e-9",
        "um µm micrometre micrometer micron": "1e-6",
        "mm millimetre millimeter": "0.001",
        "cm centimetre centimeter": "0.01",
        "dm decimetre decimeter": "0.1",
        "km kilometre kilometer": "1000",
        "in inch inches": "0.0254",
        "ft foot feet": "0.3048",
        "yd yard": "0.9144",
        "mi mile": "1609.344",
        "nmi nautical_mile": "1852",
    },
    "mass": {
        "kg kilogram kilogramme": "1",
        "mg milligram": "1e-6",
        "g gram gramme": "0.001",
        "t tonne metric_ton": "1000",
        "oz ounce": "0.028349523125",
        "lb lbs pound": "0.45359237",
        "st stone": "6.35029318",
        "ton short_ton": "907.18474",
    },
    "time": {
        "s sec second": "1",
        "ms millisecond": "0.001",
        "us µs microsecond": "1e-6",
        "min minute": "60",
        "h hr hour": "3600",
        "d day": "86400",
        "wk week": "604800",
        "fortnight": "1209600",
        "yr year julian_year": "31557600",
    },
    "area": {
        "m2 m² square_metre square_meter": "1",
        "cm2 cm² square_centimetre square_centimeter": "0.0001",
        "km2 km² square_kilometre square_kilometer": "1000000",
        "ha hectare": "10000",
        "acre": "4046.8564224",
        "ft2 ft² square_foot square_feet": "0.09290304",
        "in2 in² square_inch square_inches": "0.00064516",
        "mi2 mi² square_mile": "2589988.110336",
    },
    "volume": {
        "m3 m³ cubic_metre cubic_meter": "1",
        "l litre liter": "0.001",
        "dl decilitre deciliter": "0.0001",
        "cl centilitre centiliter": "0.00001",
        "ml millilitre milliliter cm3 cm³ cubic_centimetre cubic_centimeter": "0.000001",
        "gal gallon": "0.003785411784",
        "qt quart": "0.000946352946",
        "pt pint": "0.000473176473",
        "cup": "0.0002365882365",
        "floz fl_oz fluid_ounce": "0.0000295735295625",
        "tbsp tablespoon": "0.00001478676478125",
        "tsp teaspoon": "0.00000492892159375",
        "ft3 ft³ cubic_foot cubic_feet": "0.028316846592",
    },
    "speed": {
        "m/s mps metre_per_second meter_per_second": "1",
        "km/h kmh kph kilometre_per_hour kilometer_per_hour": "5/18",
        "mph mi/h mile_per_hour": "0.44704",
        "kn knot": "463/900",
        "ft/s foot_per_second feet_per_second": "0.3048",
    },
    "energy": {
        "j joule": "1",
        "kj kilojoule": "1000",
        "cal calorie": "4.184",
        "kcal kilocalorie": "4184",
        "wh watt_hour": "3600",
        "kwh kilowatt_hour": "3600000",
    },
    "data": {
        "bit": "1",
        "b byte": "8",
        "kb kilobyte": "8000",
        "mb megabyte": "8e6",
        "gb gigabyte": "8e9",
        "tb terabyte": "8e12",
        "kib kibibyte": "8192",
        "mib mebibyte": "8388608",
        "gib gibibyte": "8589934592",
    },
    "angle": {
        "deg ° degree": "1",
        "arcmin arcminute": "1/60",
        "arcsec arcsecond": "1/3600",
        "turn revolution": "360",
    },
}
"""Kind -> names of a unit -> how many of the kind's first unit it is. Gallons to teaspoons are those of the USA."""

TEMPERATURES: Mapping[str, tuple[str, str]] = {
    "k kelvin": ("1", "0"),
    "c °c celsius degree_celsius": ("1", "273.15"),
    "f °f fahrenheit degree_fahrenheit": ("5/9", "45967/180"),
}
"""Names of a unit -> factor and offset into kelvin."""

KINDS: Mapping[str, tuple[str, Fraction, Fraction]] = {
    name: (kind, Fraction(factor), Fraction(offset))
    for kind, units in {
        **{kind: {names: (one, "0") for names, one in units.items()} for kind, units in FACTORS.items()},
        "temperature": TEMPERATURES,
    }.items()
    for names, (factor, offset) in units.items()
    for name in names.split()
}
"""Name of a unit -> its kind, factor and offset."""

LONGEST = 100
"""Letters of an amount or a unit."""

_WISH = re.compile(r"\s*(-?[\d.,/ ]+?)\s*([^\d\s].*?)\s+(?:in|into|to|as|->|=)\s+(.+?)\s*\??\s*")


class Units:
    """Works with fractions: 1 mile is 1609.344 m, no more and no less."""

    async def spec(self) -> Spec:
        """See the module."""
        return Spec(
            "units",
            f"converts between units of {', '.join(sorted({kind for kind, _, _ in KINDS.values()}))}",
            {"amount": "a number, or all in one: 3 km to miles", "from": "its unit", "to": "the wanted unit"},
        )

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """Such as ``3 km = about 1.86411357671 mi``; a value that is no short decimal has 12 digits."""
        amount, source, target = _wish(arguments)
        try:
            number = Fraction(amount.replace(",", "").replace(" ", "")) if len(amount) <= 40 else None
        except (ValueError, ZeroDivisionError):
            number = None
        if number is None or abs(number) > 10**30:
            return failure("amount must be a number", amount, "Write 3 or 2.5.")
        found = []
        for name in (source, target):
            unit = _unit(name)
            if unit is None:
                return failure("this unit is not known", name, one_of(_key(name)[:40], sorted(KINDS)))
            found.append(unit)
        (kind, factor, offset), (other, divisor, shift) = found
        if kind != other:
            return failure(f"{source} is a unit of {kind}, {target} one of {other}")
        return f"{amount.strip()} {source} = {_shown((number * factor + offset - shift) / divisor)} {target}"


def _wish(arguments: Mapping[str, Any]) -> tuple[str, str, str]:
    """Amount and units, which may all stand in the first text."""
    amount = text_of(arguments, "amount")[:LONGEST]
    source, target = (str(arguments.get(name) or "")[:LONGEST] for name in ("from", "to"))
    if source and target:
        return amount, source, target
    whole = f"{amount} {source}".strip() + (f" to {target}" if target else "")
    found = _WISH.fullmatch(whole)
    return (found[1], found[2], found[3]) if found else (amount, source, target)


def _unit(name: str) -> tuple[str, Fraction, Fraction] | None:
    key = _key(name)
    singular = [key, key.removesuffix("s"), key.removesuffix("es"), re.sub(r"s(?=_per_)", "", key)]
    return next((KINDS[one] for one in singular if one in KINDS), None)


def _key(name: str) -> str:
    text = re.sub(r"\^", "", name.strip().casefold().rstrip("."))
    text = re.sub(r"^degrees?\s+(?=[cfk]|cel|fah|kel)", "", text)
    text = re.sub(r"^sq\.?\s", "square ", text)
    text = re.sub(r"^(?:the|a|an)\s+", "", text)
    return re.sub(r"s?[\s_-]per[\s_-]", "_per_", re.sub(r"\s+", "_", text))


def _shown(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    exact = f"{float(value):.12g}"
    return exact if Fraction(exact) == value else f"about {exact}"
