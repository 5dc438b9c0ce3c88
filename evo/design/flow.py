"""What an open workflow does with its agent's slots, found by reading its syntax tree."""

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from evo.design.component import SLOTS
from evo.design.contracts import BESIDE, CONTRACTS, methods
from evo.design.declaration import Function, parsed, signature_faults
from evo.design.faults import Fault
from evo.design.parts import OPEN
from evo.errors import one_of

CALLED = tuple(slot for slot in SLOTS if slot != "workflow")
"""Slots that a workflow can call."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What was found.

    Attributes:
        uses: slots that it calls; None if it hands its agent on, so that nobody knows.
        calls: ``slot.method`` -> how often it stands there.
        prompts: paths of the prompts that it reads.
    """

    uses: frozenset[str] | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    prompts: frozenset[str] = frozenset()


def read_flow(text: str) -> tuple[Flow, list[Fault]]:
    """What the workflow in `text` uses, and what is wrong with it."""
    tree = parsed(OPEN, text)
    if isinstance(tree, Fault):
        return Flow(), [tree]
    solve = [one for one in tree.body if isinstance(one, Function) and one.name == "solve"]
    (contract,) = methods("workflow")
    if not solve:
        return Flow(), [Fault(OPEN, "it must define solve at the top level", f"Write: {contract}.")]
    faults = signature_faults(OPEN, solve[-1], contract, 0)
    if faults:
        return Flow(), faults
    agent = contract.parameters[1]
    reader = _Reader(agent)
    try:
        reader.visit(tree)
    except RecursionError:
        return Flow(), [
            Fault(OPEN, "it must not be nested so deep that it cannot be walked", "Write it anew.")
        ]
    uses = None if reader.escapes else frozenset(name for name in reader.seen if name in CALLED)
    return Flow(uses, dict(reader.calls), frozenset(reader.prompts)), reader.faults


class _Reader(ast.NodeVisitor):
    """Walks over everything that is said about the name of the agent."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.seen: set[str] = set()
        self.calls: Counter[str] = Counter()
        self.prompts: set[str] = set()
        self.escapes = False
        self.faults: list[Fault] = []

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """``agent.SLOT`` and ``agent.SLOT.method``."""
        if isinstance(node.value, ast.Name) and node.value.id == self.agent:
            self._slot(node)
            return
        inner = node.value
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == self.agent
            and inner.attr in CONTRACTS
        ):
            self._method(inner.attr, node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """``agent.prompt("name")``."""
        function = node.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr == "prompt"
            and isinstance(function.value, ast.Name)
            and function.value.id == self.agent
        ):
            name = node.args[0] if len(node.args) == 1 else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                self.prompts.add(f"prompts/{name.value}.md")
            else:
                rule = f"line {node.lineno}: {self.agent}.prompt takes one name, as a literal"
                self.faults.append(Fault(OPEN, rule, 'Write: agent.prompt("NAME"), for prompts/NAME.md.'))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """The agent itself: handed on to somewhere."""
        self.escapes |= node.id == self.agent

    def _slot(self, node: ast.Attribute) -> None:
        if node.attr in CALLED or node.attr in BESIDE:
            self.seen.add(node.attr)
            return
        hint = one_of(node.attr, [*CALLED, *(one for one in BESIDE if one not in CALLED)])
        self.faults.append(Fault(OPEN, f"line {node.lineno}: an agent has no {node.attr!r}", hint))

    def _method(self, slot: str, node: ast.Attribute) -> None:
        names = [method.name for method in methods(slot)]
        if node.attr in names:
            self.calls[f"{slot}.{node.attr}"] += 1
        else:
            rule = f"line {node.lineno}: slot {slot} has no {node.attr!r}"
            self.faults.append(Fault(OPEN, rule, one_of(node.attr, names)))
