"""Facts and histories of many candidates as matrices: for trees, and block by block for kernels."""

from collections.abc import Mapping, Sequence
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
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._fit_slots(rows)
        self._centre: dict[str, np.ndarray] = {}
        self._factor: dict[str, np.ndarray] = {}
        self._kept: dict[str, np.ndarray] = {}
        raw = _raw(rows)
        for name, block in raw.items():
            if name not in NOT_IN_KERNELS:
                self._fit_block(name, block)
        self._plain = {
            name: np.flatnonzero(np.ptp(raw[name], axis=0) > 0)
            for name in dict.fromkeys((*IN_TREES, *OF_CHANGES))
        }
        self._name_trees()

    def encode(self, rows: Sequence[Row]) -> Encoded:
        """The matrices of `rows`."""
        raw = _raw(rows)
        blocks = {
            name: (raw[name][:, kept] - self._centre[name]) * self._factor[name]
            for name, kept in self._kept.items()
            if len(kept)
        }
        codes = np.array([self._code(row.facts.slots) for row in rows], np.int32).reshape(len(rows), -1)
        numbers = np.array([self._numbers(row.facts.slots) for row in rows], np.float32)
        numbers = (numbers.reshape(len(rows), -1) - self._mean) / self._deviation
        trees = [raw[name][:, self._plain[name]] for name in IN_TREES]
        trees += [codes[:, [at]] == code for at, code in self._one_hot]
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

    def _fit_slots(self, rows: Sequence[Row]) -> None:
        texts: dict[str, set[str]] = {}
        numbers: dict[str, list[float]] = {}
        for row in rows:
            for slot, value in row.facts.slots.items():
                if isinstance(value, str):
                    texts.setdefault(slot, set()).add(value)
                else:
                    numbers.setdefault(slot, []).append(value)
        self.components: dict[str, dict[str, int]] = {
            slot: {component: code for code, component in enumerate(["", *sorted(texts[slot])])}
            for slot in sorted(texts)
        }
        self.slots = [slot for slot in self.components if self._varies(slot, rows)]
        self._one_hot = [
            (at, code)
            for at, slot in enumerate(self.slots)
            for code in self.components[slot].values()
            if code or any(slot not in row.facts.slots for row in rows)
        ]
        self.parameters = sorted(name for name, values in numbers.items() if len(set(values)) > 1)
        self._mean = np.array([np.mean(numbers[name]) for name in self.parameters], np.float32)
        self._deviation = np.array([np.std(numbers[name]) for name in self.parameters], np.float32)

    def _varies(self, slot: str, rows: Sequence[Row]) -> bool:
        return len({row.facts.slots.get(slot) for row in rows}) > 1

    def _code(self, slots: Mapping[str, str | float]) -> list[int]:
        return [
            self.components[slot].get(value, -1) if isinstance(value := slots.get(slot, ""), str) else -1
            for slot in self.slots
        ]

    def _numbers(self, slots: Mapping[str, str | float]) -> list[float]:
        return [value if isinstance(value := slots.get(name), float) else np.nan for name in self.parameters]

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
        for at, code in self._one_hot:
            slot = self.slots[at]
            component = next(text for text, found in self.components[slot].items() if found == code)
            self.tree_names.append(f"{slot}={component or 'none there'}")
            self.tree_groups.append(f"slot {slot}")
        self.tree_names += self.parameters
        self.tree_groups += [f"slot {name}" for name in self.parameters]


def _raw(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    return {
        "lineage": np.stack([row.lineage for row in rows]),
        "record": np.stack([row.record for row in rows]),
        "size of change": np.stack([row.facts.size_of_change for row in rows]),
        "structure": np.stack([row.facts.structure for row in rows]),
        "tokens": np.stack([row.facts.tokens for row in rows]).astype(np.float32),
        "calls": np.stack([row.facts.calls for row in rows]).astype(np.float32),
        "words": np.stack([row.facts.words for row in rows]).astype(np.float32),
        "change": np.stack([row.facts.change for row in rows]).astype(np.float32),
    }
