"""The components that designs are made of, found by listing files and read without running them."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evo.design.component import SAME, SHELVES, SLOTS, Component
from evo.design.declaration import declared
from evo.design.faults import Fault
from evo.design.parameter import Choice, Flag, Parameter
from evo.errors import PluginError, ProblemError, one_of
from evo.types import Problem

OPTION = "design"
"""What a problem says about its designs stands in ``Problem.options`` under this name, see `Catalogue.of`."""

HERE = Path(__file__).resolve().parent
"""Folder of evo's own components."""

NONE = Component("memory", "none", "nothing stands in this slot", "None")
"""Stands for the model of designs that ask none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A component and its file.

    Attributes:
        place: path of the file; of a candidate's own component, within the candidate.
        is_own: whether it is a candidate's own, and so must only ever run in the jail.
    """

    component: Component
    place: str
    is_own: bool = False

    @property
    def reference(self) -> str:
        """As `evo.plugins.load` takes it; of evo's own, the same on every machine."""
        if Path(self.place).is_relative_to(HERE):
            return f"{__name__}.{self.component.slot}.{self.component.name}:{self.component.use}"
        return f"{self.place}:{self.component.use}"


class Catalogue:
    """Which components there are for each slot.

    Args:
        entries: of two for the same slot with the same name, the later counts.
        models: names of the models that nodes may use; empty where no design may ask one.
        world: what the environment offers beside acting, such as ``undo``.
        only: slot -> names of its components that may be used; of a slot that is not there, all.
        acts: there is a world to act in; without one tools are all that an agent can call.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        models: Sequence[str] = (),
        world: Iterable[str] = (),
        only: Mapping[str, Sequence[str]] | None = None,
        acts: bool = True,
    ) -> None:
        self.entries = tuple(entries)
        self.models = tuple(models)
        self.world = frozenset(world)
        self.only = dict(only or {})
        self.acts = acts
        self._shelves: dict[str, dict[str, Entry]] = {shelf: {} for shelf in SHELVES}
        for entry in self.entries:
            slot, name = entry.component.slot, entry.component.name
            if entry.is_own or slot not in self.only or name in self.only[slot]:
                self._shelves[slot][name] = entry
        self._parameters: dict[tuple[str, str], tuple[Parameter, ...]] = {}

    @classmethod
    def of(cls, problem: Problem) -> "Catalogue":
        """What designs for `problem` are made of: evo's own, and those in its folder ``components``.

        That folder may have folders by slot, as evo's own has. The problem may say more in ``options={"design": {...}}``: ``models`` (names), ``world`` (what its
        environment offers) and ``slots`` (slot -> names of components that may be used).

        Raises:
            ProblemError: the option is wrong.
            PluginError: a file in the folder is no component.
        """
        option = _option(problem)
        entries = list(ours())
        if problem.folder:
            own = problem.folder / "components"
            entries += [
                entry for folder in (own, *(own / shelf for shelf in SHELVES)) for entry in in_folder(folder)
            ]
        only = option.get("slots", {})
        acts = bool(problem.options.get("world"))
        found = cls(entries, option.get("models", ()), option.get("world", ()), only, acts)
        for slot, names in only.items():
            known = [one.component.name for one in entries if one.component.slot == slot]
            for name in names:
                if name not in known:
                    hint = one_of(name, known) if known else one_of(slot, SHELVES)
                    raise ProblemError(
                        f"problem {problem.name}: slot {slot} has no component {name!r}. {hint}"
                    )
        return found

    def with_own(self, files: Mapping[str, str]) -> tuple["Catalogue", list[Fault]]:
        """This one and the components of a candidate's own, which are read and never run here."""
        own: list[Entry] = []
        faults: list[Fault] = []
        for path in sorted(files):
            component, wrong = declared(path, files[path])
            faults += wrong
            if component is None:
                continue
            slot, name = component.slot, component.name
            if path != f"components/{name}.py":
                faults.append(
                    Fault(path, f"a component's file has its name, {name}", f"Call it components/{name}.py.")
                )
            elif name in self.names(slot):
                rule = f"a new component needs a name of its own, {name} stands in slot {slot} already"
                faults.append(Fault(path, rule, "Choose another name."))
            else:
                own.append(Entry(component, path, is_own=True))
        if not own:
            return self, faults
        return Catalogue([*self.entries, *own], self.models, self.world, self.only, self.acts), faults

    def names(self, slot: str) -> tuple[str, ...]:
        """The components that may stand in `slot`; ``none`` comes first."""
        if slot == "model":
            return ("none", *self.models)
        names = sorted(self._shelves.get(slot, {}))
        return tuple(sorted(names, key=lambda name: name != "none"))

    def entry(self, slot: str, name: str) -> Entry:
        """A component with its file.

        Raises:
            KeyError: there is none.
        """
        return self._shelves[slot][name]

    def component(self, slot: str, name: str) -> Component:
        """The declaration of a component; a model has none of its own.

        Raises:
            KeyError: there is none.
        """
        return NONE if slot == "model" else self._shelves[slot][name].component

    def parameters(self, slot: str, name: str) -> tuple[Parameter, ...]:
        """All that may be written beside a component: its parameters and, for ``tools`` and ``model``, the members.

        Each tool is a flag by its name, with its own parameters as ``TOOL.NAME``. A model may be another one
        for a node, by the slot's name.

        Raises:
            KeyError: there is no such component.
        """
        key = (slot, name)
        if key not in self._parameters:
            own = self.component(slot, name).parameters
            self._parameters[key] = (*own, *self._members(slot, name))
        return self._parameters[key]

    def is_left_out(self, slot: str, name: str, value: object) -> bool:
        """Whether a parameter is not written: a tool that is off, a node with the model of all."""
        if slot == "model":
            return value == SAME
        return slot == "tools" and value is False and name in self._shelves["tool"]

    def tools(self) -> tuple[str, ...]:
        """The members that ``tools`` may have."""
        return tuple(sorted(self._shelves["tool"]))

    def _members(self, slot: str, name: str) -> Iterable[Parameter]:
        if slot == "model" and name != "none":
            choices = (SAME, *(model for model in self.models if model != name))
            return [Choice(node, SAME, choices) for node in SLOTS[:-1]] if len(choices) > 1 else []
        found: list[Parameter] = []
        for tool in self.tools() if slot == "tools" and name != "none" else ():
            found.append(Flag(tool))
            for one in self.component("tool", tool).parameters:
                when = f"{tool}.{one.when}" if one.when else tool
                found.append(dataclasses.replace(one, name=f"{tool}.{one.name}", when=when))
        return found


def _option(problem: Problem) -> Mapping[str, Any]:
    """What the problem says about its designs.

    Raises:
        ProblemError: a key or a kind of value is wrong.
    """
    option = problem.options.get(OPTION, {})
    for key, value in option.items():
        where = f"problem {problem.name}: options['{OPTION}']"
        if key not in ("models", "world", "slots"):
            raise ProblemError(f"{where} has no key {key!r}. {one_of(key, ['models', 'world', 'slots'])}")
        lists = value.values() if key == "slots" else [value]
        if any(isinstance(one, str) for one in lists):
            raise ProblemError(f"{where}[{key!r}] must hold names in a list, got {value!r}.")
    for model in option.get("models", ()):
        if model in ("none", SAME, ""):
            raise ProblemError(
                f"problem {problem.name}: no model can be called {model!r}. Choose another name."
            )
    return option  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def ours() -> tuple[Entry, ...]:
    """The components that come with evo: ``SLOT/NAME.py`` beside this file."""
    return tuple(entry for shelf in SHELVES for entry in in_folder(HERE / shelf))


def in_folder(folder: Path) -> tuple[Entry, ...]:
    """The components whose files lie in `folder`; none if there is no such folder.

    Raises:
        PluginError: a file is no component.
    """
    return tuple(_read(file.resolve(), file.stat().st_mtime_ns) for file in sorted(folder.glob("*.py")))


@lru_cache(maxsize=512)
def _read(file: Path, changed: int) -> Entry:
    del changed  # a file that was changed is read again
    component, faults = declared(str(file), file.read_text(encoding="utf-8"))
    if component is not None and component.name != file.stem:
        faults.append(
            Fault(str(file), f"a component's file has its name, {component.name}", "Rename one of them.")
        )
    if faults or component is None:
        raise PluginError("; ".join(map(str, faults)))
    return Entry(component, str(file))


def plain(component: Component) -> dict[str, Any]:
    """A declaration as JSON values, for listings."""
    return {
        "slot": component.slot,
        "name": component.name,
        "purpose": component.purpose,
        "source": component.source,
        "needs": list(component.needs),
        "parameters": {one.name: one.schema() for one in component.parameters},
    }
