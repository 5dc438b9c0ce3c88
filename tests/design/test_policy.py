"""Rules about calls: how they are read, when they hold, and what is wrong with those that cannot be read."""

import pytest

from evo.design.contracts import Allow, Call, Deny, Replace
from evo.design.policy import repeated, rules

LOOK = Call("look")


def fits(rule: str, call: Call, *trace: Call) -> bool:
    (one,) = rules(rule)
    return one.fits(call, trace)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("deny pay", True),
        ("deny PAY", True),
        ("deny p*", True),
        ("deny *", True),
        ("deny ay", False),
        ("deny pa?", False),
        ("deny pay when amount > 99", True),
        ("deny pay when amount > 100", False),
        ("deny pay when amount >= 100 and to = mallory", True),
        ("deny pay when amount >= 100 and to = alice", False),
        ("deny pay when amount = 100.0", True),
        ("deny pay when to != alice", True),
        ('deny pay when note contains "RENT"', True),
        (r'deny pay when note matches "^the \\w+$"', True),
        (r'deny pay when note matches "^rent"', False),
        ("deny pay when absent = 1", False),
        ("deny pay when absent != 1", False),
        ("deny pay when tags contains b", True),
    ],
)
def test_when_a_rule_fits(rule: str, holds: bool) -> None:
    call = Call("pay", {"amount": 100, "to": "mallory", "note": "the rent", "tags": ["a", "b"]})
    assert fits(rule, call) is holds


def test_what_was_done_before_counts() -> None:
    eat, drink = Call("eat apple"), Call("drink tea")
    assert not fits("deny eat* when made >= 2", eat, eat, drink)
    assert fits("deny eat* when made >= 2", eat, eat, drink, Call("eat pear"))
    assert not fits("deny * when repeated >= 2", eat, eat, drink, eat)
    assert fits("deny * when repeated >= 2", eat, drink, eat, eat)
    assert fits("allow * when steps < 2", eat, drink)
    assert not fits("allow * when steps < 2", eat, drink, drink)
    assert fits('deny "drink tea" when last = "eat apple"', drink, eat)
    assert not fits('deny "drink tea" when last = "eat apple"', drink)
    assert repeated(Call("a", {"n": 1}), [Call("a", {"n": 1}), Call("a", {"n": 2})]) == 0


def test_what_a_rule_decides() -> None:
    text = """
    # a comment

    allow look
    deny shout  # it is night
    deny sing
    replace "eat apple" with look
    replace pay with ask {"whom": "alice", "about": "a sum"} when amount > 5  # too much
    """
    verdicts = [rule.verdict() for rule in rules(text)]
    assert verdicts == [
        Allow(),
        Deny("it is night"),
        Deny("A rule forbids sing. Do something else."),
        Replace(LOOK),
        Replace(Call("ask", {"whom": "alice", "about": "a sum"}), "too much"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("forbid look", "must begin with a verb and a name"),
        ("deny", "must begin with a verb and a name"),
        ("deny pay if amount > 3", "write when NAME SIGN VALUE"),
        ("deny pay when amount", "write when NAME SIGN VALUE"),
        ("deny pay when amount is 3", "a condition is NAME SIGN VALUE"),
        ("deny pay when a = 1 or b = 2", "a condition is NAME SIGN VALUE"),
        ("replace pay", "write replace NAME with NAME"),
        ("replace pay with ask {whom}", "arguments are JSON"),
        ('deny pay when to matches "("', "no regular expression"),
        ("deny pay when to matches " + "(" * 2000, "no regular expression"),
        ("deny pay when to matches a{99999999999}", "no regular expression"),
        ("replace pay with ask " + '{"a":' * 700, "arguments are JSON"),
        ('deny "pay', "Close its quotes"),
    ],
)
def test_what_is_wrong_with_a_rule(line: str, said: str) -> None:
    with pytest.raises(ValueError, match="rule 2") as raised:
        rules(f"allow look\n{line}")
    assert said in str(raised.value)
