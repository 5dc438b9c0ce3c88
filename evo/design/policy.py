r"""A small language for rules about calls: which may be made, on which condition, and what is done instead.

A rule is a line; the first that fits a call decides::

    allow calculator
    deny python when code matches "import (os|socket)"  # the reason is what stands after the mark
    replace eat* with look when made >= 1
    deny * when repeated >= 3

After ``allow``, ``deny`` or ``replace`` stands the name of a tool or an action of the world, in which ``*``
stands for any letters; one of more than one word is quoted. After ``with`` stands what is done instead, a name
with or without arguments in JSON. Conditions are joined by ``and``; each is the name of an argument, or one of

    ``made``      calls made so far that the rule's name fits
    ``repeated``  the same calls with the same arguments made just before, without another between
    ``steps``     calls made so far
    ``last``      name of the last call

then ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``contains`` or ``matches`` (a regular expression that is found
anywhere), then a value: a number, a word or a quoted text. A condition on an argument that a call does not have
does not hold. Numbers are compared as numbers, anything else as text.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from evo.design.contracts import Allow, Call, Deny, Replace
from evo.errors import one_of

VERBS = ("allow", "deny", "replace")
FACTS = ("made", "repeated", "steps", "last")

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SIGNS = (*_COMPARE, "contains", "matches")
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\{.*?\}(?=\s|$)|#.*|[<>!]=|[=<>]|[^\s"=<>!#]+)')


@dataclass(frozen=True, slots=True)
class Condition:
    """``subject sign value``, see the module."""

    subject: str
    sign: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    Attributes:
        verb: one of `VERBS`.
        name: that a call's name must fit.
        conditions: that all must hold.
        instead: of a replacement.
        reason: what stands after the mark.
    """

    verb: str
    name: str
    conditions: tuple[Condition, ...] = ()
    instead: Call | None = None
    reason: str = ""

    def fits(self, call: Call, trace: Sequence[Call]) -> bool:
        """Whether it decides about `call` after those in `trace`."""
        if not _named(call.name, self.name):
            return False
        facts = {
            "made": sum(_named(one.name, self.name) for one in trace),
            "repeated": repeated(call, trace),
            "steps": len(trace),
            "last": trace[-1].name if trace else "",
        }
        return all(_holds(one, {**call.arguments, **facts}) for one in self.conditions)

    def verdict(self) -> Allow | Deny | Replace:
        """What it decides."""
        if self.verb == "allow":
            return Allow()
        if self.instead is not None:
            return Replace(self.instead, self.reason)
        return Deny(self.reason or f"A rule forbids {self.name}. Do something else.")


def rules(text: str) -> tuple[Rule, ...]:
    """The rules in a text, a line each; empty lines and lines that begin with the mark # say nothing.

    Raises:
        ValueError: a line is none.
    """
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return tuple(_rule(line, f"rule {number}") for number, line in lines if line and not line.startswith("#"))


def repeated(call: Call, trace: Sequence[Call]) -> int:
    """How often `call` was made just before, with the same arguments and nothing between."""
    n = 0
    for one in reversed(trace):
        if one.name != call.name or dict(one.arguments) != dict(call.arguments):
            break
        n += 1
    return n


def _rule(line: str, where: str) -> Rule:
    tokens = _tokens(line, where)
    reason = tokens.pop()[1:].strip() if tokens[-1].startswith("#") else ""
    verb, name = tokens[0], _text(tokens[1]) if len(tokens) > 1 else ""
    if verb not in VERBS or not name:
        raise ValueError(
            f"{where} must begin with a verb and a name, got {line[:60]!r}. {one_of(verb, VERBS)}"
        )
    at, instead = 2, None
    if verb == "replace":
        instead, at = _instead(tokens, where)
    rest = tokens[at:]
    if rest and (rest[0] != "when" or len(rest) % 4):
        raise ValueError(
            f"{where}: write when NAME SIGN VALUE and NAME SIGN VALUE, got {' '.join(rest)[:60]!r}"
        )
    conditions = [_condition(rest[place : place + 4], where) for place in range(0, len(rest), 4)]
    return Rule(verb, name, tuple(conditions), instead, reason)


def _instead(tokens: Sequence[str], where: str) -> tuple[Call, int]:
    """The call after ``with``, and where the rest begins."""
    if len(tokens) < 4 or tokens[2] != "with":
        raise ValueError(f"{where}: write replace NAME with NAME, got {' '.join(tokens)[:60]!r}")
    name = _text(tokens[3])
    if len(tokens) < 5 or not tokens[4].startswith("{"):
        return Call(name), 4
    try:
        return Call(name, json.loads(tokens[4])), 5
    except (ValueError, RecursionError):
        raise ValueError(f"{where}: arguments are JSON, got {tokens[4][:60]!r}") from None


def _condition(tokens: Sequence[str], where: str) -> Condition:
    joint, subject, sign, value = tokens
    if joint not in ("when", "and") or sign not in _SIGNS:
        raise ValueError(
            f"{where}: a condition is NAME SIGN VALUE, got {' '.join(tokens)[:60]!r}. {one_of(sign, _SIGNS)}"
        )
    text = _text(value)
    if sign == "matches":
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{where}: {text[:60]!r} is no regular expression: {error}") from None
    return Condition(_text(subject), sign, text)


def _tokens(line: str, where: str) -> list[str]:
    found, at = [], 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            raise ValueError(f"{where}: cannot be read from {line[at : at + 40]!r}. Close its quotes.")
        found.append(token[1])
        at = token.end()
    return found


def _text(token: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", token[1:-1]) if token.startswith('"') else token


def _named(name: str, pattern: str) -> bool:
    return fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]").replace("?", "[?]"))


def _holds(condition: Condition, known: Mapping[str, Any]) -> bool:
    if condition.subject not in known:
        return False
    found, value, sign = known[condition.subject], condition.value, condition.sign
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
    if sign == "contains":
        return value.casefold() in text.casefold()
    if sign == "matches":
        return re.search(value, text) is not None
    numbers = _number(text), _number(value)
    if None not in numbers:
        return _COMPARE[sign](*numbers)
    return _COMPARE[sign](text, value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
