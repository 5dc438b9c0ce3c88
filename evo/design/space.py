"""All designs that a catalogue allows: counted, gone through, drawn from, and repaired into."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from evo.design.catalogue import Catalogue
from evo.design.component import SAME, SLOTS, WORLD, Need, Part
from evo.design.design import Design
from evo.design.faults import Fault
from evo.design.parameter import Value, drawn, grids
from evo.design.parts import OPEN, normal
from evo.design.rules import OFF, asks_model, broken, counted, idle
from evo.errors import ProblemError

REPAIRS = 12
"""Changes that a repair may take before it gives up."""

DRAWS = 200
"""Draws before a space is said to hold no valid design."""

Parts = Mapping[str, Part]


class Space:
    """The designs that differ in some slots.

    Args:
        catalogue: components and their parameters; a wide range is gone through in a few steps.
        slots: that differ; all if empty.
        base: what stands in the other slots; nothing else does in a space of all slots.

    Raises:
        ProblemError: a slot is unknown, or has no component that could stand there.
    """

    def __init__(self, catalogue: Catalogue, slots: Sequence[str] = (), base: Design | None = None) -> None:
        self.catalogue = catalogue
        self.slots = tuple(slot for slot in SLOTS if not slots or slot in slots)
        self.base = base
        if unknown := set(slots) - set(SLOTS):
            raise ProblemError(f"a design has no slot {sorted(unknown)[0]!r}. Choices: {', '.join(SLOTS)}.")
        if base is None and len(self.slots) < len(SLOTS):
            raise ProblemError("a space of some slots needs a design that fills the others.")
        self.components = {slot: self._components(slot) for slot in self.slots}
        for slot, names in self.components.items():
            if not names:
                raise ProblemError(f"no component for slot {slot} does without what this problem lacks.")

    def options(self, slot: str) -> list[Part]:
        """Everything that may stand in `slot`, with every combination of its parameters' grids."""
        found: dict[str, Part] = {}
        for name in self.components[slot]:
            for values in grids(self.catalogue.parameters(slot, name)):
                part = normal(slot, name, values, self.catalogue)
                found.setdefault(str(sorted(part.values.items())) + name, part)
        return list(found.values())

    @property
    def size(self) -> int:
        """How many combinations there are, those included that are no valid designs."""
        return math.prod(len(self.options(slot)) for slot in self.slots)

    def __iter__(self) -> Iterator[Design]:
        """Every valid design, in a fixed order."""
        options = [self.options(slot) for slot in self.slots]
        for chosen in product(*options):
            parts = self._whole(dict(zip(self.slots, chosen, strict=True)))
            if not broken(parts, self.catalogue, self._uses) and not self._is_twin(parts):
                yield self._design(counted(parts, self.catalogue))

    def draw(self, rng: np.random.Generator) -> Design:
        """A random valid design: every component of a slot as likely as the others, then repaired.

        Raises:
            ProblemError: none was found.
        """
        for _ in range(DRAWS):
            design = self.repaired({slot: self.draw_part(slot, rng) for slot in self.slots}, rng)
            if design is not None:
                return design
        raise ProblemError(
            f"no valid design was found in {DRAWS} draws. Look at the needs of its components."
        )

    def draw_part(self, slot: str, rng: np.random.Generator, other_than: str = "") -> Part:
        """A random component for `slot`, another than the one named if there is one, with random values."""
        names = [name for name in self.components[slot] if name != other_than] or list(self.components[slot])
        name = names[int(rng.integers(len(names)))]
        return normal(slot, name, drawn(self.catalogue.parameters(slot, name), rng), self.catalogue)

    def repaired(self, chosen: Parts, rng: np.random.Generator, keep: Collection[str] = ()) -> Design | None:
        """The design with `chosen` in the slots of this space, repaired; None if that was not found.

        Args:
            chosen: of every slot of the space.
            rng: see `repair`.
            keep: slots that stay as they are, besides those that are not of the space.
        """
        parts = repair(self._whole(chosen), self.catalogue, rng, self._fixed() | set(keep), self._uses)
        return None if parts is None else self._design(parts)

    def _is_twin(self, parts: Parts) -> bool:
        """Whether it differs from another only in what has no effect."""
        return any(
            parts[slot].values.get(one.name, one.default) != one.default
            for slot, one in idle(parts, self.catalogue)
        )

    def _components(self, slot: str) -> tuple[str, ...]:
        return tuple(name for name in self.catalogue.names(slot) if _is_possible(self.catalogue, slot, name))

    def _fixed(self) -> frozenset[str]:
        return frozenset(SLOTS) - set(self.slots)

    @property
    def _uses(self) -> frozenset[str] | None:
        return self.base.flow.uses if self.base is not None else None

    def _whole(self, chosen: Parts) -> dict[str, Part]:
        given = self.base.parts if self.base is not None else {}
        return {slot: chosen[slot] if slot in chosen else given[slot] for slot in SLOTS}

    def _design(self, parts: Parts) -> Design:
        if self.base is None:
            return Design(parts, {}, self.catalogue)
        kept: set[str] = set()
        for slot in self._fixed():
            kept |= self.base.files_of(slot)
        texts = {path: text for path, text in self.base.texts.items() if path in kept}
        return Design(parts, texts, self.catalogue, self.base.flow, self.base.budget)


def repair(
    parts: Parts,
    catalogue: Catalogue,
    rng: np.random.Generator,
    keep: Collection[str] = (),
    uses: frozenset[str] | None = None,
) -> dict[str, Part] | None:
    """`parts` with as little changed as makes them fit together; None if that was not found.

    A need is met by filling the slot that is needed, or else its owner leaves; what is never called leaves.

    Args:
        parts: of every slot, each sound by itself.
        catalogue: that they come from.
        rng: chooses where there are several ways.
        keep: slots that must stay as they are.
        uses: see `evo.design.rules.broken`.
    """
    found = settled(parts, catalogue)
    for _ in range(REPAIRS):
        faults = broken(found, catalogue, uses)
        if not faults:
            return found
        ways = _ways(found, faults[0], catalogue, rng, keep)
        if not ways:
            return None
        slot, part = ways[0]
        found = settled({**found, slot: part}, catalogue)
    return None


def settled(parts: Parts, catalogue: Catalogue) -> dict[str, Part]:
    """`parts` without models for nodes that ask none, and without values that have no effect."""
    parts = counted(parts, catalogue)
    model = parts["model"]
    kept = {node: value for node, value in model.values.items() if asks_model(node, parts, catalogue)}
    return {**parts, "model": Part(model.use, {node: value for node, value in kept.items() if value != SAME})}


def _ways(
    parts: Parts, fault: Fault, catalogue: Catalogue, rng: np.random.Generator, keep: Collection[str]
) -> list[tuple[str, Part]]:
    """Changes of one slot each that may mend a fault, the best first."""
    slot, need = fault.where, fault.need
    ways: list[tuple[str, Part]] = []
    if need:
        wanted = Need.of(need)
        if wanted.slot != WORLD and wanted.slot not in keep:
            ways += [(wanted.slot, part) for part in _filling(parts, wanted, catalogue, rng)]
        if slot == "tools" and slot not in keep:
            ways += _fewer_tools(parts["tools"], need, catalogue)
    if not need and slot in keep:
        ways += _company(slot, catalogue, rng, keep)
    if slot not in keep:
        names = [name for name in catalogue.names(slot) if name != parts[slot].use]
        light = [name for name in names if not _needs(catalogue, slot, name)]
        if slot == "tools" and not need and catalogue.tools():
            ways.append((slot, _with_tool(parts["tools"], catalogue, rng)))
        elif light:
            name = OFF if OFF in light else light[int(rng.integers(len(light)))]
            ways.append((slot, normal(slot, name, {}, catalogue)))
    return ways


def _company(
    slot: str, catalogue: Catalogue, rng: np.random.Generator, keep: Collection[str]
) -> list[tuple[str, Part]]:
    """What would call a slot that stays as it is: workflows or, of model and profile, whatever asks a model."""
    speaks = slot in ("model", "profile")
    if speaks and not catalogue.models:
        return []
    found = []
    for where in SLOTS[:-1] if speaks else ("workflow",):
        for name in catalogue.names(where) if where not in keep else ():
            one = catalogue.component(where, name)
            if "model" in one.needs if speaks else one.uses is None or slot in one.uses:
                found.append((where, normal(where, name, {}, catalogue)))
    return [found[place] for place in rng.permutation(len(found))]


def _filling(parts: Parts, wanted: Need, catalogue: Catalogue, rng: np.random.Generator) -> list[Part]:
    """What can be put into the slot that is needed, in random order."""
    if wanted.slot == "tools" and wanted.names:
        now = parts["tools"]
        use = now.use if now.use != OFF else _first_filled(catalogue, "tools")
        return [normal("tools", use, {**now.values, wanted.names[0]: True}, catalogue)] if use else []
    names = [
        name
        for name in wanted.names or catalogue.names(wanted.slot)
        if name != OFF and name in catalogue.names(wanted.slot) and _is_possible(catalogue, wanted.slot, name)
    ]
    order = [names[place] for place in rng.permutation(len(names))]
    return [
        normal(wanted.slot, name, drawn(catalogue.parameters(wanted.slot, name), rng), catalogue)
        for name in order
    ]


def _fewer_tools(tools: Part, need: str, catalogue: Catalogue) -> list[tuple[str, Part]]:
    """The tools without those that have the need."""
    left = {
        name: value
        for name, value in tools.values.items()
        if name not in catalogue.tools() or need not in catalogue.component("tool", name).needs
    }
    return [("tools", normal("tools", tools.use, left, catalogue))] if len(left) < len(tools.values) else []


def _with_tool(tools: Part, catalogue: Catalogue, rng: np.random.Generator) -> Part:
    names = [name for name in catalogue.tools() if _is_possible(catalogue, "tool", name)]
    if not names:
        return Part(OFF)
    values: dict[str, Value] = {**tools.values, names[int(rng.integers(len(names)))]: True}
    return normal("tools", tools.use, values, catalogue)


def _first_filled(catalogue: Catalogue, slot: str) -> str:
    return next((name for name in catalogue.names(slot) if name != OFF), "")


def _needs(catalogue: Catalogue, slot: str, name: str) -> tuple[str, ...]:
    return () if name == OPEN else catalogue.component(slot, name).needs


def _is_possible(catalogue: Catalogue, slot: str, name: str) -> bool:
    """Whether the world and the models that there are can meet a component's needs at all."""
    needs = [Need.of(text) for text in _needs(catalogue, slot, name)]
    return all(
        catalogue.world.issuperset(need.names)
        if need.slot == WORLD
        else bool(catalogue.models)
        if need.slot == "model" and not need.names
        else True
        for need in needs
    )
