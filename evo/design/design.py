"""A design: which component stands in which slot, and the files that it brings along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evo.design.budget import Limits, read_budget
from evo.design.catalogue import OPTION, Catalogue
from evo.design.component import SLOTS, Part, shown
from evo.design.faults import Fault, InvalidDesign
from evo.design.flow import Flow, read_flow
from evo.design.parameter import PROMPT, Prompt
from evo.design.parts import (
    DESIGN,
    OPEN,
    Change,
    active,
    budget_of,
    changes,
    document_of,
    parts_of,
    read_part,
    with_budget,
    written,
)
from evo.design.rules import OFF, broken, counted
from evo.document import DESIGN_FILES
from evo.errors import one_of
from evo.identity import candidate_id
from evo.types import Problem


@dataclass(frozen=True, slots=True)
class Design:
    """A design that was checked. Make one with `load`.

    Attributes:
        parts: of every slot, in the order of `SLOTS`, with all values that count.
        texts: the files beside ``design.yaml``: ``workflow.py``, ``components/*.py``, ``prompts/*.md``.
        budget: limits of its own for one case, see `evo.design.budget`.
        catalogue: what its components are found in, those of its own included.
        flow: what its open workflow calls; empty if it has none.
    """

    parts: Mapping[str, Part]
    texts: Mapping[str, str] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()), compare=False, repr=False)
    flow: Flow = field(default_factory=Flow, compare=False, repr=False)
    budget: Limits = field(default_factory=dict)

    @classmethod
    def load(cls, files: Mapping[str, str], catalogue: Catalogue) -> "Design":
        """The design in a candidate's files. Nothing of it runs.

        Raises:
            InvalidDesign: it breaks rules; all of them are named.
        """
        slots, node, faults = document_of(files)
        budget, wrong = read_budget(node)
        faults += wrong
        texts = {path: text for path, text in files.items() if path not in DESIGN_FILES}
        known, wrong = catalogue.with_own({path: text for path, text in texts.items() if _is_component(path)})
        faults += wrong
        parts, wrong = _parts(slots, known) if slots or not faults else ({}, [])
        faults += wrong
        flow = Flow()
        if OPEN in texts and slots:
            flow, wrong = read_flow(texts[OPEN])
            faults += wrong
        if not faults:
            faults += broken(parts, known, flow.uses)
        if len(parts) == len(SLOTS):
            faults += _file_faults(parts, texts, known, flow)
        if faults:
            raise InvalidDesign(faults)
        return cls(counted(parts, known), texts, known, flow, budget)

    def files(self) -> dict[str, str]:
        """The files in canonical form: the same for all ways to write the same design."""
        return {DESIGN: written(self.parts, self.budget), **dict(sorted(self.texts.items()))}

    @property
    def id(self) -> str:
        """Id of the candidate that `files` are."""
        return candidate_id(self.files())

    @staticmethod
    def diff(a: "Design", b: "Design") -> tuple[Change, ...]:
        """What must change to make `b` of `a`, in slots and limits."""
        one, other = (with_budget(design.parts, design.budget) for design in (a, b))
        return changes(one, other, a.texts, b.texts)

    def files_of(self, slot: str) -> frozenset[str]:
        """Paths of the files that what stands in `slot` brings along."""
        return _files_of(slot, self.parts[slot], self.catalogue, self.flow)


def diff_of_files(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Change, ...] | None:
    """How two candidates differ in slots, as they are written; None unless both are designs that can be read."""
    one, other = parts_of(a), parts_of(b)
    if one is None or other is None:
        return None
    texts = [{path: text for path, text in files.items() if path not in DESIGN_FILES} for files in (a, b)]
    return changes(with_budget(one, budget_of(a)), with_budget(other, budget_of(b)), *texts)


def checker(problem: Problem) -> Callable[[Mapping[str, str]], dict[str, str]] | None:
    """What gives a candidate's files in canonical form, and refuses what is no valid design with `InvalidDesign`.

    None if `problem` is none of designs: it has no `OPTION` and no seed with a design's file.
    """
    if not is_of_designs(problem):
        return None
    catalogue = Catalogue.of(problem)

    def check(files: Mapping[str, str]) -> dict[str, str]:
        return Design.load(files, catalogue).files()

    return check


def is_of_designs(problem: Problem) -> bool:
    """Whether its candidates are designs."""
    return OPTION in problem.options or any(_is_design(seed, problem.folder) for seed in problem.seeds)


def _is_design(seed: str | Mapping[str, str], folder: Path | None) -> bool:
    if isinstance(seed, Mapping):
        return any(name in seed for name in DESIGN_FILES)
    place = (folder or Path.cwd()) / seed
    return place.name in DESIGN_FILES or any((place / name).is_file() for name in DESIGN_FILES)


def _parts(slots: Mapping[str, object], catalogue: Catalogue) -> tuple[dict[str, Part], list[Fault]]:
    """The parts of all slots that can be read; one that is not named is empty."""
    unknown = [slot for slot in slots if slot not in SLOTS]
    faults = [Fault(shown(slot), "there is no such slot", one_of(slot[:60], SLOTS)) for slot in unknown]
    parts: dict[str, Part] = {}
    for slot in SLOTS:
        if slot not in slots and OFF not in catalogue.names(slot):
            choices = ", ".join(catalogue.names(slot))
            faults.append(
                Fault(slot, "it must be filled", f"Choices: {choices or 'none in this catalogue'}.")
            )
            continue
        part, wrong = read_part(slot, slots.get(slot, OFF), catalogue)
        faults += wrong
        if part is not None:
            parts[slot] = part
    return parts, faults


def _file_faults(
    parts: Mapping[str, Part], texts: Mapping[str, str], catalogue: Catalogue, flow: Flow
) -> list[Fault]:
    """Files that are missing, and files that nobody uses."""
    used: set[str] = set()
    faults: list[Fault] = []
    for slot in SLOTS:
        paths = _files_of(slot, parts[slot], catalogue, flow)
        used |= paths
        for path in sorted(paths - texts.keys()):
            rule = f"{parts[slot].use} uses {path}, which is not there"
            faults.append(Fault(slot, rule, f"Write {path}, or take it out."))
    for path in sorted(texts.keys() - used):
        known = path == OPEN or _is_component(path) or PROMPT.fullmatch(path)
        fix = f"Put {path} to use, or leave it out." if known else f"A design has {', '.join(KINDS)}."
        faults.append(Fault(path, "nothing uses this file", fix))
    return faults


KINDS = (DESIGN, OPEN, "components/NAME.py", "prompts/NAME.md")
"""The files that a design may have."""


def _files_of(slot: str, part: Part, catalogue: Catalogue, flow: Flow) -> frozenset[str]:
    if part.use == OPEN and slot == "workflow":
        return frozenset({OPEN, *flow.prompts})
    found = {
        str(value)
        for parameter, value in active(slot, part, catalogue)
        if isinstance(parameter, Prompt) and value
    }
    if slot != "model":
        names = [(slot, part.use)]
        if slot == "tools":
            names += [("tool", name) for name in catalogue.tools() if part.values.get(name) is True]
        entries = [catalogue.entry(*name) for name in names]
        found |= {entry.place for entry in entries if entry.is_own}
    return frozenset(found)


def _is_component(path: str) -> bool:
    return path.startswith("components/") and path.endswith(".py")
