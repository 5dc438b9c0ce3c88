"""What is known of a candidate from its files and its parents, before anybody judges it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from evo.document import DESIGN_FILES
from evo.types import Candidate
from evo.value.bags import bag, grams, tokens_of, words_of
from evo.value.edits import EDIT, NO_EDIT, edit_of, lines_of
from evo.value.slots import Slots, slots_of
from evo.value.syntax import COUNTED, Syntax, syntax_of

TOKENS, CALLS, WORDS = 384, 128, 384
"""Places of the bags: token pairs, calls, words in strings and prose."""

MOST_CHARACTERS = 40_000
"""Of a candidate's text, that are read; past them a longer text says no more of itself."""

_KEYWORDS = ("if", "for", "while", "return", "def", "class", "import", "(", "[", "{", "=", "+", "-", "*", "/")

STRUCTURE = (
    *("files", "characters", "lines", "tokens", "different tokens"),
    *(f"text {word}" for word in _KEYWORDS),
    *("parses", "nodes", "depth", "nesting", "loops deep", "turns", "looped calls", "different calls"),
    *("string characters", "string words", "constants", "named arguments"),
    *COUNTED,
)
"""Names of the structural numbers, in order; all but ``parses`` are ``log(1 + count)``."""

SIZE_OF_CHANGE = (
    *("tokens added", "tokens removed", "size ratio", "structure moved", "only constants", "constants moved"),
    *("slots changed", "unlike the other parent"),
    *EDIT,
)
"""Names of the numbers that compare a candidate with its parents; 0 for one without known parents."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A candidate as the value model keeps it: some 3 KB beside its text.

    Attributes:
        structure: ``[len(STRUCTURE)]`` float32.
        tokens, calls, words: bags, float16, of `TOKENS`, `CALLS` and `WORDS` places.
        change: what went, came and stayed of the lines that differ from the first parent's, see `Edit.marks`.
        size_of_change: ``[len(SIZE_OF_CHANGE)]`` float32.
        slots: of a design; empty for anything else.
        constants: ``[n]`` float32, at most `MOST_CONSTANTS`: ``sign(c) * log(1 + |c|)`` of each.
        skeleton: candidates with the same differ in names and constants alone.
        touched: places of the first parent that it changes, see `Edit.places`.
        text: what its children are compared with.
    """

    structure: np.ndarray
    tokens: np.ndarray
    calls: np.ndarray
    words: np.ndarray
    change: np.ndarray
    size_of_change: np.ndarray
    slots: Slots
    constants: np.ndarray
    skeleton: int
    touched: tuple[tuple[int, ...], ...]
    text: str


def facts_of(candidate: Candidate, parents: Sequence[Facts]) -> Facts:
    """What is known of `candidate`, given its parents' facts, as far as they are known, the first first."""
    slots = slots_of(candidate.files)
    # A design's own file is its slots, which are compared exactly; its other files are text.
    text = {
        path: candidate.files[path][:MOST_CHARACTERS]
        for path in sorted(candidate.files)
        if slots is None or path not in DESIGN_FILES
    }
    whole = "\n".join(text.values())
    tokens = tokens_of(whole)
    trees = {path: syntax_of(body) for path, body in text.items() if _may_be_python(path)}
    known = [tree for tree in trees.values() if tree is not None]
    one = Facts(
        structure=_structure(text, tokens, known),
        tokens=bag(grams(tokens), TOKENS).astype(np.float16),
        calls=bag([call for tree in known for call in tree.calls], CALLS).astype(np.float16),
        words=bag(grams(_words(text, trees)), WORDS).astype(np.float16),
        change=NO_EDIT.marks,
        size_of_change=np.zeros(len(SIZE_OF_CHANGE), np.float32),
        slots=slots or {},
        constants=_damped([value for tree in known for value in tree.constants]),
        skeleton=crc32(" ".join(str(tree.skeleton) for tree in known).encode()) if known else 0,
        touched=NO_EDIT.places,
        text=whole,
    )
    return _against(one, parents) if parents else one


def _words(text: Mapping[str, str], trees: Mapping[str, Syntax | None]) -> list[str]:
    """Of the strings in programs and of all files that are none: prompts, descriptions, notes."""
    found: list[str] = []
    for path, body in text.items():
        tree = trees.get(path)
        found += tree.words if tree is not None else words_of(body)
    return found


def _may_be_python(path: str) -> bool:
    return path.endswith(".py") or "." not in path


def _structure(text: Mapping[str, str], tokens: Sequence[str], trees: Sequence[Syntax]) -> np.ndarray:
    counts = Counter(tokens)
    kinds: Counter[str] = Counter()
    for tree in trees:
        kinds.update(tree.kinds)
    numbers: list[float] = [
        len(text),
        sum(map(len, text.values())),
        sum(body.count("\n") for body in text.values()),
        len(tokens),
        len(counts),
        *(counts[word] for word in _KEYWORDS),
        len(trees) == len(text),
        sum(tree.nodes for tree in trees),
        max((tree.depth for tree in trees), default=0),
        max((tree.nesting for tree in trees), default=0),
        max((tree.loops_deep for tree in trees), default=0),
        sum(tree.turns for tree in trees),
        sum(tree.looped for tree in trees),
        len({call for tree in trees for call in tree.calls}),
        sum(tree.characters for tree in trees),
        sum(len(tree.words) for tree in trees),
        sum(len(tree.constants) for tree in trees),
        sum(call.endswith("=") for tree in trees for call in tree.calls),
        *(kinds[kind] for kind in COUNTED),
    ]
    return np.log1p(np.array(numbers, np.float32))


def _damped(values: Sequence[float]) -> np.ndarray:
    if not values:
        return np.zeros(0, np.float32)
    found = np.nan_to_num(np.array(values[:64], np.float64), posinf=0.0, neginf=0.0)
    return (np.sign(found) * np.log1p(np.abs(found))).astype(np.float32)


def _n_different(slots: Slots, others: Slots) -> int:
    """Slots and parameters that are not the same in both."""
    here = [slot for slot, value in slots.items() if others.get(slot) != value]
    return len(here) + len(others.keys() - slots.keys())


def _against(one: Facts, parents: Sequence[Facts]) -> Facts:
    """`one` with what it changed against `parents`."""
    first, last = parents[0], parents[-1]
    moved = one.tokens.astype(np.float32) - first.tokens.astype(np.float32)
    same_form = one.skeleton == first.skeleton and len(one.constants) == len(first.constants)
    constants = int((one.constants != first.constants).sum()) if same_form else 0
    edit = edit_of(lines_of(first.text, first.slots), lines_of(one.text, one.slots))
    size = np.array(
        [
            np.log1p(moved[moved > 0].sum()),
            np.log1p(-moved[moved < 0].sum()),
            one.structure[1] - first.structure[1],
            np.log1p(np.abs(one.structure - first.structure).sum()),
            float(same_form),
            np.log1p(constants),
            _n_different(one.slots, first.slots),
            np.log1p(np.abs(one.structure - last.structure).sum()) if last is not first else 0.0,
            *edit.numbers,
        ],
        np.float32,
    )
    return replace(one, change=edit.marks, size_of_change=size, touched=edit.places)
