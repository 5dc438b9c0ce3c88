"""Facts and histories of many candidates as matrices: for trees, and block by block for kernels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evo.value.facts import SIZE_OF_CHANGE, STRUCTURE, Facts
from evo.value.lineage import HISTORY, PARENT_SCORES
from evo.value.record import RECORD
from evo.value.syntax import MOST_CONSTANTS

LINEAGE = (*HISTORY, *PARENT_SCORES)

BAGS = ("tokens", "calls", "words", "change")
"""Blocks of hashed counts; the others, ``lineage``, ``size of change`` and ``structure``, hold named numbers."""

IN_TREES = ("lineage", "record", "size of change", "structure")
"""Blocks that trees split on, beside slots and parameters."""

OF_CHANGES = ("lineage", "record", "size of change", "change")
"""Blocks that trees of changes split on."""

NOT_IN_KERNELS = ("record",)

Contents = Mapping[str, Sequence[str | float | None]]
"""Slot or parameter -> what stands there in each of the rows; None where nothing does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate as it enters a matrix.

    Attributes:
        facts: of its files.
        lineage: ``[len(LINEAGE)]`` float32.
        record: ``[len(RECORD)]`` float32.
        parent: standardised score of its first parent that has one; nan if none has.
    """

    facts: Facts
    lineage: np.ndarray
    record: np.ndarray
    parent: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """``n`` candidates.

    Attributes:
        blocks: name -> ``[n, d]`` float32, centred, of mean squared length 1 over the rows fitted to.
        trees: ``[n, d]`` float32, what trees split on.
        changes: ``[n, d]`` float32, what trees of changes split on.
        parents: ``[n]`` standardised score of the parent; nan where there is none.
        codes: ``[n, n_slots]`` int32: which component; -1 for one that was not there when fitted.
        numbers: ``[n, n_parameters]`` float32 in standard deviations; nan where there is none.
        skeletons: ``[n]`` int64.
        constants: ``[n, MOST_CONSTANTS]`` float32.
    """

    blocks: Mapping[str, np.ndarray]
    trees: np.ndarray
    changes: np.ndarray
    parents: np.ndarray
    codes: np.ndarray
    numbers: np.ndarray
    skeletons: np.ndarray
    constants: np.ndarray

    def __len__(self) -> int:
        return len(self.trees)

    def take(self, rows: "np.ndarray | slice") -> "Encoded":
        """Some of the rows."""
        return Encoded(
            {name: block[rows] for name, block in self.blocks.items()},
            self.trees[rows],
            self.changes[rows],
            self.parents[rows],
            self.codes[rows],
            self.numbers[rows],
            self.skeletons[rows],
            self.constants[rows],
        )


class Columns:
    """Which columns there are, and how they are scaled: fitted to the rows that a model learns from.

    Attributes:
        slots: names of the slots, in order.
        components: slot -> component -> code; a slot that a design lacks has the component ``""``.
        parameters: names of the numeric parameters, in order.
        tree_names: ``[d]`` what stands in each column for trees.
        tree_groups: ``[d]`` the block or slot that each belongs to.

    Args:
        raw: what `_raw` makes of the rows.
        contents: what stands in each of their slots, see `_contents`.
    """

    def __init__(self, raw: Mapping[str, np.ndarray], contents: Contents) -> None:
        self._fit_slots(contents)
        self._centre: dict[str, np.ndarray] = {}
        self._factor: dict[str, np.ndarray] = {}
        self._kept: dict[str, np.ndarray] = {}
        for name, block in raw.items():
            if name not in NOT_IN_KERNELS:
                self._fit_block(name, block)
        self._plain = {
            name: np.flatnonzero(np.ptp(raw[name], axis=0) > 0)
            for name in dict.fromkeys((*IN_TREES, *OF_CHANGES))
        }
        self._name_trees()

    @classmethod
    def fit(cls, rows: Sequence[Row]) -> tuple["Columns", Encoded]:
        """The columns of `rows`, at least one, and their matrices."""
        raw = _raw(rows)
        contents = _contents(rows, sorted(set().union(*(row.facts.slots for row in rows))))
        columns = cls(raw, contents)
        return columns, columns._encode(rows, raw, contents)

    def encode(self, rows: Sequence[Row]) -> Encoded:
        """The matrices of `rows`."""
        return self._encode(rows, _raw(rows), _contents(rows, {*self.slots, *self.parameters}))

    def _encode(self, rows: Sequence[Row], raw: Mapping[str, np.ndarray], contents: Contents) -> Encoded:
        blocks = {
            name: (raw[name][:, kept] - self._centre[name]) * self._factor[name]
            for name, kept in self._kept.items()
            if len(kept)
        }
        codes, numbers = self._codes(contents, len(rows)), self._numbers(contents, len(rows))
        trees = [raw[name][:, self._plain[name]] for name in IN_TREES]
        trees.append(codes[:, self._hot_slots] == self._hot_codes)
        trees.append(np.nan_to_num(numbers, nan=-9.0))
        constants = np.zeros((len(rows), MOST_CONSTANTS), np.float32)
        for at, row in enumerate(rows):
            found = row.facts.constants[:MOST_CONSTANTS]
            constants[at, : len(found)] = found
        return Encoded(
            blocks,
            np.ascontiguousarray(np.hstack([part.astype(np.float32) for part in trees])),
            np.ascontiguousarray(np.hstack([raw[name][:, self._plain[name]] for name in OF_CHANGES])),
            np.array([row.parent for row in rows]),
            codes,
            numbers,
            np.array([row.facts.skeleton for row in rows], np.int64),
            constants,
        )

    # -- slots ------------------------------------------------------------------------------------

    def _fit_slots(self, contents: Contents) -> None:
        different = {name: set(values) for name, values in contents.items()}
        texts = {
            name: sorted(one for one in found if isinstance(one, str)) for name, found in different.items()
        }
        self.components: dict[str, dict[str, int]] = {
            slot: {component: code for code, component in enumerate(["", *found])}
            for slot, found in texts.items()
            if found
        }
        self.slots = [slot for slot in self.components if len(different[slot]) > 1]
        self._code = {slot: _Codes(self.components[slot]) for slot in self.slots}
        for code in self._code.values():
            code[None] = code[""]
        hot = [
            (at, code)
            for at, slot in enumerate(self.slots)
            for code in self.components[slot].values()
            if code or None in different[slot]
        ]
        self._hot_slots, self._hot_codes = (np.array([one[i] for one in hot], int) for i in (0, 1))
        self.parameters = [
            name for name, found in different.items() if sum(isinstance(one, float) for one in found) > 1
        ]
        numbers = {
            name: [one for one in contents[name] if isinstance(one, float)] for name in self.parameters
        }
        self._mean = np.array([np.mean(numbers[name]) for name in self.parameters], np.float32)
        self._deviation = np.array([np.std(numbers[name]) for name in self.parameters], np.float32)

    def _codes(self, contents: Contents, n: int) -> np.ndarray:
        """``[n, n_slots]`` int32; -1 for what is no text."""
        found = np.empty((n, len(self.slots)), np.int32)
        for at, slot in enumerate(self.slots):
            found[:, at] = list(map(self._code[slot].__getitem__, contents[slot]))
        return found

    def _numbers(self, contents: Contents, n: int) -> np.ndarray:
        """``[n, n_parameters]`` float32 in standard deviations; nan for what is no number."""
        found = np.empty((n, len(self.parameters)), np.float32)
        for at, name in enumerate(self.parameters):
            found[:, at] = [value if isinstance(value, float) else np.nan for value in contents[name]]
        return (found - self._mean) / self._deviation

    # -- blocks -----------------------------------------------------------------------------------

    def _fit_block(self, name: str, block: np.ndarray) -> None:
        kept = np.flatnonzero(np.ptp(block, axis=0) > 0)
        block = block[:, kept]
        centre = block.mean(axis=0)
        if name in BAGS:
            there = (block != 0).mean(axis=0)
            factor = np.log(2.0 / (there + 1.0 / len(block)))  # rare ones say more
        else:
            factor = 1 / np.maximum(block.std(axis=0), 0.05)  # a number that hardly moves is not blown up
        size = np.sqrt((((block - centre) * factor) ** 2).sum(axis=1).mean()) if len(kept) else 1.0
        self._kept[name], self._centre[name] = kept, centre.astype(np.float32)
        self._factor[name] = (factor / max(float(size), 1e-9)).astype(np.float32)

    def _name_trees(self) -> None:
        names = {
            "lineage": LINEAGE,
            "record": RECORD,
            "size of change": SIZE_OF_CHANGE,
            "structure": STRUCTURE,
        }
        self.tree_names: list[str] = []
        self.tree_groups: list[str] = []
        for block in IN_TREES:
            for at in self._plain[block].tolist():
                self.tree_names.append(names[block][at] if block in names else f"{block} {at}")
                self.tree_groups.append(block)
        for at, code in zip(self._hot_slots.tolist(), self._hot_codes.tolist(), strict=True):
            slot = self.slots[at]
            component = next(text for text, found in self.components[slot].items() if found == code)
            self.tree_names.append(f"{slot}={component or 'none there'}")
            self.tree_groups.append(f"slot {slot}")
        self.tree_names += self.parameters
        self.tree_groups += [f"slot {name}" for name in self.parameters]


def _raw(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    facts = [row.facts for row in rows]
    found = {
        "lineage": _stacked([row.lineage for row in rows]),
        "record": _stacked([row.record for row in rows]),
        "size of change": _stacked([one.size_of_change for one in facts]),
        "structure": _stacked([one.structure for one in facts]),
    }
    for name in BAGS:
        found[name] = _stacked([getattr(one, name) for one in facts]).astype(np.float32)
    return found


def _contents(rows: Sequence[Row], names: Iterable[str]) -> Contents:
    designs = [row.facts.slots for row in rows]
    first = tuple(designs[0])
    if all(tuple(slots) == first for slots in designs):  # as in most spaces: all columns at once
        found = dict(zip(first, zip(*(slots.values() for slots in designs), strict=True), strict=True))
        return {name: found.get(name) or [None] * len(rows) for name in names}
    return {name: [slots.get(name) for slots in designs] for name in names}


class _Codes(dict[object, int]):
    """Component -> code; -1 for any other."""

    def __missing__(self, component: object) -> int:
        return -1


def _stacked(vectors: Sequence[np.ndarray]) -> np.ndarray:
    """As `numpy.stack`, which takes five times as long for many short ones."""
    return np.concatenate(vectors).reshape(len(vectors), -1)
