"""Reads candidates and the verdicts that they must get.

A candidate is one file below ``candidates/<class>/``, never imported here. Comments at its top say what
it must get; ``<expression>`` is Python without names, so that odd bytes and sizes can be written down:

    # verdict: timeout           allowed statuses, as few as are right
    # score: 64                  exact score if ``ok`` is allowed; ``<=64`` for at most
    # stage: brief               stage of the problem, which sets the time limit; ``search`` unless given
    # problem: driven            the problem with a driver; those in ``agent`` are workflows of agents
    # naive: run                 harmless even where nothing holds it: also run against the naive adapter
    # first: state/leave_files   candidate that is run right before
    # levels: S3                 sandbox levels that promise to hold it
    # needs: x86_64              machine that its raw system calls are numbered for
    # file: ("name", "text")     a further file: <expression>
    # append: "text"             more source: <expression>
"""

import platform
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CLASSES = ("time", "resource", "crash", "forge", "escape", "state", "agent")
MAIN = "solve.py"
WORKFLOW = "workflow.py"
DESIGN = "slots:\n  workflow: workflow.py\n"


@dataclass(frozen=True)
class Hostile:
    """A candidate and what is right for it; `most` says that `score` is an upper bound."""

    name: str
    files: dict[str, str]
    verdicts: tuple[str, ...]
    score: float | None = None
    most: bool = False
    stage: str = "search"
    target: str = ""
    naive: bool = False
    first: str = ""
    levels: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    def wrong(self, status: str, score: float | None) -> str:
        """What is wrong with a verdict; empty if nothing is."""
        if status not in self.verdicts:
            return f"status {status}, allowed: {', '.join(self.verdicts)}"
        if status != "ok":
            return ""
        assert self.score is not None, f"{self.name} may be ok and names no score"
        fine = score is not None and (score <= self.score if self.most else score == self.score)
        return "" if fine else f"score {score!r}, right: {'at most ' if self.most else ''}{self.score!r}"


def load(path: Path, name: str) -> Hostile:
    """The candidate in a file, or in a folder with a ``solve.py``."""
    if path.is_dir():
        files = {str(file.relative_to(path)): file.read_text() for file in sorted(path.rglob("*.py"))}
    else:
        files = {MAIN: path.read_text()}
    is_agent = path.parent.name == "agent" or name == "controls/agent"
    head: dict[str, str] = {}
    extra: dict[str, str] = {}
    for line in files[MAIN].splitlines():
        if not line.startswith("#"):
            break
        key, _, value = line[1:].strip().partition(": ")
        if key == "file":
            extra.update([eval(value, {"__builtins__": {}})])
        else:
            head[key] = value
    files[MAIN] += eval(head.get("append", "''"), {"__builtins__": {}})
    if is_agent:
        files = {WORKFLOW: files[MAIN], "design.yaml": DESIGN}
        files["design.yaml"] += "  model: small\n" if "agent.model" in files[WORKFLOW] else ""
    score = head.get("score")
    return Hostile(
        name=name,
        files=files | extra,
        verdicts=tuple(head["verdict"].split()),
        score=float(score.removeprefix("<=")) if score else None,
        most=bool(score) and score.startswith("<="),
        stage=head.get("stage", "search"),
        target="agent" if is_agent else head.get("problem", ""),
        naive=head.get("naive") == "run",
        first=head.get("first", ""),
        levels=tuple(head.get("levels", "").split()),
    )


def candidates(kind: str = "*") -> list[Hostile]:
    """Every candidate of a class that this machine's calls are numbered for, by name."""
    paths = sorted((HERE / "candidates").glob(f"{kind}/*.py"))
    every = [(path, f"{path.parent.name}/{path.stem}") for path in paths]
    return [load(path, name) for path, name in every if _fits(path)]


def one(name: str) -> Hostile:
    """The candidate called ``<class>/<name>``."""
    return load(HERE / "candidates" / f"{name}.py", name)


def controls() -> list[Hostile]:
    """The honest candidates."""
    paths = sorted(path for path in (HERE / "controls").iterdir() if not path.name.startswith("_"))
    return [load(path, f"controls/{path.stem}") for path in paths]


def _fits(path: Path) -> bool:
    needs = [line.split()[-1] for line in path.read_text().splitlines()[:12] if line.startswith("# needs: ")]
    return not needs or platform.machine() in needs
