"""A jail starts whatever descriptors its parent has open: workers hold many."""

import os

import pytest

from evo.evaluate import Jail, Limits, Program, Sandbox
from evo.evaluate.inside import wire, zygote

SOURCE = "def solve(x):\n    return x + 1\n"


@pytest.mark.parametrize("below", range(6))
def test_the_control_socket_may_have_any_number(below: int) -> None:
    """Around the number that the zygote moves its end to; each offset puts another socket end on it."""
    held = []
    try:
        while (last := os.open(os.devnull, os.O_RDONLY)) < zygote._CONTROL - below:
            held.append(last)
        held.append(last)
        jail = Jail(Sandbox(bubblewrap="off"))
        try:
            outcome = jail.run(Program({"a.py": SOURCE}, "solve"), [wire.pack({"x": 1})], Limits())
            assert (outcome.status, wire.unpack(outcome.claims[0])) == ("ok", 2)
        finally:
            jail.close()
    finally:
        for number in held:
            os.close(number)
