"""Answers questions about dates: weekdays, days between, days and months later or earlier."""

import re
from calendar import day_name, isleap, month_name, monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.tooling import failure, text_of

DECLARATION = Component(slot="tool", name="calendar", purpose="date arithmetic and weekdays", use="Calendar")

MONTHS = tuple(name.casefold() for name in month_name[1:])
WEEKDAYS = tuple(day_name)

LONGEST = 200
"""Letters of a date or a span of time."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)?,? )?([a-z]{3,9})\.?,? ?(?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})"
)
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_STEP = re.compile(
    r"([+-]?)\s*(\d{1,7})\s*(day|week|month|year)s?(?:\s+(ago|before|earlier|after|later|from))?"
)


class Calendar:
    """The Gregorian calendar, years 1 to 9999."""

    async def spec(self) -> Spec:
        """See the module."""
        return Spec(
            "calendar",
            "the weekday of a date; the days between two dates; a date some time later or earlier",
            {
                "date": "such as 2024-02-29 or 29 February 2024",
                "until": "another date, for the days between; may be left out",
                "add": "such as 3 weeks or -10 days; may be left out",
            },
        )

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """One sentence; a month's last day stands for days that it does not have."""
        until, add = (str(arguments.get(name) or "") for name in ("until", "add"))
        start = read_date(text_of(arguments, "date"))
        end = read_date(until) if until else None
        wrong = [one for one in (start, end) if isinstance(one, str)]
        if wrong or isinstance(start, str) or isinstance(end, str):
            return wrong[0]
        if end is not None:
            return _between(start, end)
        if add:
            return _later(start, add)
        days = 365 + isleap(start.year)
        return f"{told(start)} is day {start.timetuple().tm_yday} of {days} in its year."


def read_date(text: str) -> date | str:
    """The date in a text, or what is wrong with it. Of day and month as numbers, which is which must be clear."""
    plain = " ".join(text[:LONGEST].casefold().split())
    parts: tuple[int, int, int] | None = None
    if found := _ISO.search(plain):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _NUMBERS.search(plain):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second:
            return failure("which is the day and which the month is not clear", text, "Write YYYY-MM-DD.")
        month, day = (second, first) if first > 12 else (first, second)
        parts = (int(found[3]), month, day)
    else:
        for found in _NAMED.finditer(plain):
            month = next(
                (
                    n
                    for n, name in enumerate(MONTHS, 1)
                    if name.startswith(found[2][:4]) or found[2] == name[:3]
                ),
                0,
            )
            day = int(found[1] or found[3] or 0)
            if month and day:
                parts = (int(found[4]), month, day)
    if parts is None:
        return failure("this is no date", text, "Write YYYY-MM-DD.")
    try:
        return date(*parts)
    except ValueError as error:
        return failure(f"there is no such date: {error}", text)


def moved(start: date, n: int, unit: str) -> date:
    """The date `n` units later.

    Raises:
        OverflowError, ValueError: it lies outside the years 1 to 9999.
    """
    if unit in ("day", "week"):
        return start + timedelta(days=n * (7 if unit == "week" else 1))
    months = start.year * 12 + start.month - 1 + n * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def told(day: date) -> str:
    """Such as ``Thursday 2024-02-29``."""
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"


def _between(start: date, end: date) -> str:
    days = (end - start).days
    weeks = f" ({abs(days) // 7} weeks and {abs(days) % 7} days)" if abs(days) > 6 else ""
    return f"From {told(start)} to {told(end)} it is {days} days{weeks}."


def _later(start: date, add: str) -> str:
    """The answer to a span of time, or what is wrong with it."""
    text = f"{add} days" if re.fullmatch(r"[+-]?\s*\d{1,7}", add.strip()) else add
    steps = _STEP.findall(text[:LONGEST].casefold())
    if not steps:
        return failure("add must be a span of time", add, "Write 3 weeks or -10 days.")
    end = start
    try:
        for sign, n, unit, word in steps:
            is_back = (sign == "-") != (word in ("ago", "before", "earlier"))
            end = moved(end, -int(n) if is_back else int(n), unit)
    except (OverflowError, ValueError):
        return failure("the date lies outside the years 1 to 9999", add)
    return f"{told(start)}, {text.strip()}: {told(end)}."
