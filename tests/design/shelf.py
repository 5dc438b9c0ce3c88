"""A catalogue made of declarations alone, and designs in it: what the tests of designs share."""

from collections.abc import Mapping
from pathlib import Path

from evo.design.catalogue import Catalogue, Entry
from evo.design.component import Component, Need
from evo.design.contracts import methods
from evo.design.parameter import Choice, Flag, Float, Int, Prompt, Text
from evo.types import Problem

COMPONENTS = (
    Component("workflow", "loop", "thinks and acts in turn", "C", parameters=(Int("steps", 10, 1, 40),)),
    Component(
        "workflow",
        "vote",
        "asks several times",
        "C",
        parameters=(Int("voters", 3, 1, 9),),
        needs=("model",),
        uses=("reasoning", "model"),
    ),
    Component("reasoning", "none", "does not think", "C"),
    Component("reasoning", "rule", "thinks without a model", "C"),
    Component(
        "reasoning",
        "chain",
        "step by step",
        "C",
        parameters=(Float("heat", 0.5, 0.1, 2.0, log=True), Prompt()),
        needs=("model",),
    ),
    Component("planning", "none", "no plan", "C"),
    Component(
        "planning",
        "search",
        "tree search",
        "C",
        parameters=(Int("width", 4, 1, 64, log=True),),
        needs=("memory=map|visited",),
    ),
    Component("planning", "undo", "takes steps back", "C", needs=("world.undo",)),
    Component("memory", "none", "nothing", "C"),
    Component("memory", "window", "the latest", "C", parameters=(Int("size", 8, 1, 64, log=True),)),
    Component("memory", "map", "places", "C", parameters=(Choice("detail", 2, (1, 2, 4)),)),
    Component("memory", "visited", "where it was", "C"),
    Component(
        "memory",
        "summary",
        "the gist",
        "C",
        parameters=(Flag("short"), Int("words", 50, 10, 90, when="short")),
        needs=("model",),
    ),
    Component("tools", "none", "no tools", "C"),
    Component("tools", "all", "every tool", "C"),
    Component("tool", "sum", "adds", "C"),
    Component("tool", "python", "runs code", "C", parameters=(Float("timeout_s", 5.0, 1.0, 60.0),)),
    Component("profile", "none", "nobody", "C"),
    Component(
        "profile",
        "expert",
        "an expert",
        "C",
        parameters=(Choice("field", "any", ("any", "maths", "law")), Text("words")),
    ),
    Component("guard", "none", "lets pass", "C"),
    Component("guard", "careful", "asks before code", "C", needs=("tools.python",)),
)

CATALOGUE = Catalogue(
    (Entry(one, f"{one.slot}/{one.name}.py") for one in COMPONENTS), models=("small", "large")
)

ALONE = {
    shelf: [one.name for one in COMPONENTS if one.slot == shelf]
    for shelf in dict.fromkeys(one.slot for one in COMPONENTS)
}
"""As a problem's ``slots``: none of evo's own components but these."""

RICH = """\
# a comment
slots:
  tools: {use: all, python: true, python.timeout_s: 10}
  workflow: loop
  memory: {size: 16, use: window}
  reasoning: {use: chain, prompt: prompts/think.md}
  model: {use: small, reasoning: large}
"""

POOR = "slots:\n  workflow: loop\n"


def files(text: str = POOR, **more: str) -> Mapping[str, str]:
    """A candidate with `text` as its design; ``think="..."`` is a prompt."""
    return {"design.yaml": text, **{f"prompts/{name}.md": prompt for name, prompt in more.items()}}


def source(component: Component, body: str = "") -> str:
    """A file that declares `component`, with a class that keeps its contract and does nothing."""
    given = [one.name for one in component.parameters]
    given += [Need.of(need).slot for need in component.needs]
    if component.slot == "tools" and component.name != "none":
        given.append("members")
    lines = [
        "from evo.design.component import Component",
        "from evo.design.parameter import Choice, Flag, Float, Int, Prompt, Text",
        f"DECLARATION = {component!r}",
        f"class {component.use}:",
        f"    def __init__(self, {', '.join(dict.fromkeys(given))}):" if given else "    def __init__(self):",
        "        pass",
    ]
    for method in methods(component.slot):
        parameters = ", ".join(f"{name}: object" for name in method.parameters)
        lines += [
            f"    async def {method.name}(self, {parameters}) -> {method.returns}:",
            f"        {body or '...'}",
        ]
    return "\n".join(lines) + "\n"


def problem(folder: Path, **options: object) -> Problem:
    """A problem in `folder` whose components are `COMPONENTS`, each a file, and whose seed is `POOR`."""
    for component in COMPONENTS:
        file = folder / "components" / component.slot / f"{component.name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source(component))
    design = {"models": ["small", "large"], **options}
    return Problem("designs", "", seeds=[dict(files())], folder=folder, options={"design": design})
