"""What must hold between the slots of a design."""

from collections.abc import Iterator, Mapping

from evo.design.catalogue import Catalogue
from evo.design.component import WORLD, Component, Need, Part
from evo.design.faults import Fault
from evo.design.parameter import AGENTS, CALLS, Parameter
from evo.design.parts import OPEN, normal

OFF = "none"
"""The component of a slot that is empty."""


def broken(
    parts: Mapping[str, Part], catalogue: Catalogue, uses: frozenset[str] | None = None
) -> list[Fault]:
    """What a design whose parts are sound by themselves gets wrong between them.

    Needs must be met, and nothing may stand there that nobody asks: two designs that mean the same would
    differ, and a component would be praised for what it had no part in.

    Args:
        parts: of every slot; see `evo.design.parts.read_part`.
        catalogue: that they come from.
        uses: slots that an open workflow calls, None if that is not known; a component says it itself.
    """
    found: list[Fault] = []
    wanted: set[str] = set()
    askers: set[str] = set()
    for slot, component in components(parts, catalogue):
        for text in component.needs:
            need = Need.of(text)
            wanted.add(need.slot)
            if not need.met(parts, catalogue.world):
                found.append(_unmet(slot, component, need, text, catalogue))
        askers |= {slot} if _asks_model(component) else set()
    workflow = parts["workflow"].use
    asks = workflow == OPEN and (uses is None or "model" in uses)
    if workflow != OPEN:
        declared = catalogue.component("workflow", workflow).uses
        uses = None if declared is None else frozenset(declared)
    if uses is not None:
        # Its system prompt stands before whatever a model is asked, but for what the profile itself asks.
        speaks = {"profile"} if "model" in uses or askers - {"profile"} else set()
        found += _idle(parts, uses | wanted | speaks, workflow)
    guard, tools = parts["guard"], parts["tools"]
    if guard.use != OFF and not _has(CALLS, parts, catalogue):
        rule = f"{guard.use} has no call to guard: there is no world, and no tools"
        found.append(Fault("guard", rule, "Write guard: none, or fill slot tools.", "tools"))
    if tools.use != OFF and not any(tools.values.get(name) is True for name in catalogue.tools()):
        found.append(
            Fault(
                "tools",
                f"{tools.use} has no tool",
                f"Write one beside it, such as NAME: true. {_tools(catalogue)}",
            )
        )
    return found + list(_models(parts, catalogue, asks or bool(askers)))


def components(parts: Mapping[str, Part], catalogue: Catalogue) -> Iterator[tuple[str, Component]]:
    """The declared components that take part, tools included, each with its slot."""
    for slot, part in parts.items():
        if slot != "model" and part.use != OPEN:
            yield slot, catalogue.component(slot, part.use)
        if slot == "tools":
            for name in catalogue.tools():
                if part.values.get(name) is True:
                    yield slot, catalogue.component("tool", name)


def idle(parts: Mapping[str, Part], catalogue: Catalogue) -> list[tuple[str, Parameter]]:
    """The parameters, with their slots, that have no effect because of what other slots are filled with."""
    return [
        (slot, parameter)
        for slot, component in components(parts, catalogue)
        if component.slot == slot
        for parameter in component.parameters
        if parameter.when in AGENTS and not _has(parameter.when, parts, catalogue)
    ]


def counted(parts: Mapping[str, Part], catalogue: Catalogue) -> dict[str, Part]:
    """`parts` with the values that have an effect, and no others: designs that mean the same are written alike."""
    kept = dict(parts)
    without = {(slot, parameter.name) for slot, parameter in idle(parts, catalogue)}
    for slot, component in components(parts, catalogue):
        if component.slot == slot and any(one.when in AGENTS for one in component.parameters):
            whole = normal(slot, component.name, parts[slot].values, catalogue)
            values = {name: value for name, value in whole.values.items() if (slot, name) not in without}
            kept[slot] = Part(component.name, values)
    return kept


def asks_model(slot: str, parts: Mapping[str, Part], catalogue: Catalogue) -> bool:
    """Whether what stands in `slot` asks a model; of an open workflow it is taken for granted."""
    if parts[slot].use == OPEN:
        return True
    return any(_asks_model(one) for where, one in components(parts, catalogue) if where == slot)


def _has(what: str, parts: Mapping[str, Part], catalogue: Catalogue) -> bool:
    """Whether the agent has one of `AGENTS`."""
    return parts["tools"].use != OFF or (what == CALLS and catalogue.acts)


def _asks_model(component: Component) -> bool:
    return any(Need.of(text).slot == "model" for text in component.needs)


def _unmet(slot: str, component: Component, need: Need, text: str, catalogue: Catalogue) -> Fault:
    rule = f"{component.name} needs {text.replace('|', ' or ').replace('=', ': ')}"
    if need.slot == WORLD:
        return Fault(
            slot, f"{rule}, which this problem's world does not offer", "Choose another component.", text
        )
    if need.slot == "tools" and need.names:
        return Fault(slot, rule, f"Set {need.names[0]}: true in slot tools.", text)
    choices = [one for one in need.names or catalogue.names(need.slot) if one != OFF]
    fix = (
        f"Put one of {', '.join(choices)} into slot {need.slot}."
        if choices
        else "There is none for this problem."
    )
    return Fault(slot, rule, fix, text)


def _idle(parts: Mapping[str, Part], used: frozenset[str], workflow: str) -> list[Fault]:
    return [
        Fault(slot, f"{part.use} is never called by workflow {workflow}", f"Write {slot}: none.")
        for slot, part in parts.items()
        if slot not in ("workflow", "model") and part.use != OFF and slot not in used
    ]


def _models(parts: Mapping[str, Part], catalogue: Catalogue, is_wanted: bool) -> Iterator[Fault]:
    model = parts["model"]
    if model.use != OFF and not is_wanted:
        yield Fault("model", f"nothing asks {model.use}", "Write model: none.")
    for node in model.values:
        if node not in parts or not asks_model(node, parts, catalogue):
            yield Fault(
                "model",
                f"nothing in slot {node} asks a model, got {node}: {model.values[node]}",
                f"Take {node} out.",
            )


def _tools(catalogue: Catalogue) -> str:
    return f"Choices: {', '.join(catalogue.tools())}." if catalogue.tools() else "This catalogue has none."
