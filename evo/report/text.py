"""Numbers and foreign text as people read them; shared by the page, the tables and the progress.

Candidates, their notes and their feedback are hostile: what a terminal or a browser would act
on rather than show (escape sequences, text direction, lone surrogates) is made visible here.
"""

import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

MISSING = "–"
"""Stands where there is no value."""

_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, or turn the text's direction
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def visible(text: str, limit: int | None = None) -> str:
    """`text` with everything that is not shown as itself replaced by something that is.

    Control characters become their Unicode pictures (``␛``), the rest reads ``<U+202E>``. Tab
    and line feed stay, carriage returns before a line feed go.

    Args:
        text: any string, lone surrogates included.
        limit: most characters to keep; what is cut off is counted at the end.
    """
    text = str(text)
    cut = ""
    if limit is not None and len(text) > limit:
        cut = f" … ({len(text) - limit:,} more characters)"
        text = text[:limit]
    return _ODD.sub(_picture, text.replace("\r\n", "\n")) + cut


def one_line(text: str, limit: int = 100) -> str:
    """`text` on a single line of at most `limit` characters, white space run together."""
    words = " ".join(str(text)[: 4 * limit].split())
    words = visible(words)
    return words if len(words) <= limit else words[: max(limit - 1, 0)] + "…"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def number(value: float | None, digits: int = 8) -> str:
    """`value` with `digits` significant digits, as any program can read it; ``–`` where there is none."""
    if value is None or not math.isfinite(value):
        return MISSING
    if isinstance(value, int):
        return count(value)
    return f"{value:.{digits}g}"


def gain(value: float | None, digits: int = 4) -> str:
    """`value` with its sign."""
    if value is None or not math.isfinite(value):
        return MISSING
    return ("+" if value > 0 else "") + number(float(value), digits)


def count(value: float | None) -> str:
    """A whole number with separators between thousands."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    """`part` of `whole` in per cent; ``–`` of nothing."""
    if not whole:
        return MISSING
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"


def rate(per_second: float | None, what: str = "") -> str:
    """How many a second; a minute where that is below one."""
    if per_second is None or not math.isfinite(per_second):
        return MISSING
    per_minute = 0 < per_second < 1
    value = 60 * per_second if per_minute else per_second
    shown = count(value) if value >= 100 else number(value, 3)
    return f"{shown}{' ' * bool(what)}{what}/{'min' if per_minute else 's'}"


def duration(seconds: float | None) -> str:
    """A time span in its two largest units: ``850 ms``, ``12.3 s``, ``4 min 05 s``, ``2 h 13 min``."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return MISSING
    if seconds < 59.95:
        return _short(seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def _short(seconds: float) -> str:
    if seconds >= 0.9995:
        return f"{seconds:.1f} s"
    if seconds >= 0.0005:
        return f"{seconds * 1000:.0f} ms"
    return "0 s" if seconds == 0 else "< 1 ms"


def amount(name: str, value: float | None) -> str:
    """A budget's `value` in the unit that its `name` says."""
    if value is None or not math.isfinite(value):
        return MISSING
    if name == "usd":
        return f"${value:,.4f}" if 0 < value < 0.1 else f"${value:,.2f}"
    if name.endswith(("seconds", "_s")):
        return duration(value)
    return count(value) if float(value).is_integer() else number(float(value), 6)


def against(score: float | None, best_known: float | None) -> str:
    """How `score` stands to the best known value.

    A share is only said where zero means nothing was achieved, that is, between positive
    numbers; elsewhere the distance is.
    """
    if score is None or best_known is None:
        return ""
    if score > best_known:
        return f"{gain(score - best_known)} above the best known"
    if score == best_known:
        return "equal to the best known"
    if score > 0:
        return f"{_floor_percent(score / best_known)} of the best known"
    return f"{number(best_known - score, 4)} below the best known"


def _floor_percent(ratio: float) -> str:
    """In per cent, rounded down, so that what falls short never reads 100 %."""
    for decimals in (2, 4, 6):
        text = f"{math.floor(ratio * 10 ** (decimals + 2)) / 10**decimals:.{decimals}f} %"
        if ratio < 0.9999 or not text.startswith("99." + "9" * decimals):
            break
    return text


def files_diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Unified diff of two candidates' files, in the order of their names; empty if they are equal.

    A file that only one of them has stands against ``/dev/null``.
    """
    parts: list[str] = []
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        names = (
            f"a/{path}" if path in before else "/dev/null",
            f"b/{path}" if path in after else "/dev/null",
        )
        old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
        parts += (
            difflib.unified_diff(old, new, *names, lineterm="") if old != new else [f"ends differ: {path}"]
        )
    return "\n".join(parts)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: records become objects, arrays lists, NaN and infinity null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, PurePath) else value


def json_line(row: Any) -> str:
    """`row` as one line of JSON in ASCII, which any terminal and any file takes."""
    return json.dumps(plain(row), allow_nan=False)


def json_lines(rows: Iterable[Any]) -> str:
    """One JSON object a line, as ``--json`` prints them; empty for no rows."""
    return "".join(json_line(row) + "\n" for row in rows)
