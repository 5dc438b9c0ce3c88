"""Prompts: Markdown templates whose ``{{name}}`` lines are filled with sections, cut to what fits.

A template is a file of ``evo/operators/prompts``, or the file of the same name in the folder ``prompts``
beside the problem. Everything that a candidate or a model wrote stands in a fence that it cannot close, or
is quoted line by line; ``system.md`` says that such text is data and never an instruction.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from evo.errors import ConfigError, InvalidCandidate, one_of
from evo.types import Problem

Message = dict[str, str]

CUT_FIRST = (
    "inspirations",
    "tried",
    "effects",
    "context",
    "cases",
    "metrics",
    "guidance",
    "feedback",
    "advice",
)
"""What is left out of a prompt that is too long, in this order, each section's last item first. The
statement, the parents, the direction and the template's own words are never cut."""

SECTIONS = (*CUT_FIRST, "statement", "parent", "second", "broken", "error", "direction", "reply")

QUOTED_CHARACTERS = 1_500
"""Of a candidate's or judge's free text that a prompt holds."""

_SLOT = re.compile(r"^\{\{\s*(\w+)\s*\}\}[ \t]*$", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BACKTICKS = re.compile(r"`{3,}")
_LANGUAGES = {".py": "python", ".cpp": "cpp", ".cc": "cpp", ".cu": "cuda", ".js": "javascript", ".rs": "rust"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a prompt: a heading and items, the most important first; nothing is shown without items."""

    heading: str
    items: tuple[str, ...]

    def text(self) -> str:
        """As it stands in the prompt."""
        if not self.items:
            return ""
        return "\n\n".join([f"## {self.heading}", *self.items] if self.heading else self.items)


class Templates:
    """The templates of a problem.

    Args:
        problem: whose folder may hold ``prompts/NAME.md``.
    """

    def __init__(self, problem: Problem) -> None:
        self._folders = [Path(__file__).parent.parent / "prompts"]
        if problem.folder is not None:
            self._folders.insert(0, problem.folder / "prompts")
        self._read: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """The template `name`.

        Raises:
            ConfigError: it has a slot that no section fills.
        """
        if name not in self._read:
            file = next(f for folder in self._folders if (f := folder / f"{name}.md").is_file())
            text = file.read_text(encoding="utf-8")
            for slot in _SLOT.findall(text):
                if slot not in SECTIONS:
                    raise ConfigError(f"{file} has no section {slot!r} to show. {one_of(slot, SECTIONS)}")
            self._read[name] = text
        return self._read[name]

    def lines(self, name: str) -> list[str]:
        """The items of a Markdown list, such as ``directions.md``."""
        return [line[2:].strip() for line in self[name].splitlines() if line.startswith("- ")]


def assemble(
    templates: Sequence[tuple[str, str]],
    sections: Mapping[str, Section],
    room: int,
    count: Callable[[str], int],
) -> list[Message]:
    """Messages that fit into `room`.

    Args:
        templates: role and template of each message.
        sections: by name; those that no template shows are left out.
        room: tokens that all messages may have together.
        count: tokens of a text.

    Raises:
        InvalidCandidate: even without all that may be cut they do not fit.
    """
    shown = {slot for _, text in templates for slot in _SLOT.findall(text)}
    kept = {name: section for name, section in sections.items() if name in shown}
    size = sum(count(_SLOT.sub("", text)) for _, text in templates)
    sizes = {name: [count(item) + 2 for item in section.items] for name, section in kept.items()}
    size += sum(sum(items) for items in sizes.values()) + 8 * len(kept)
    for name in CUT_FIRST:
        while size > room and sizes.get(name):
            size -= sizes[name].pop()
            kept[name] = replace(kept[name], items=kept[name].items[: len(sizes[name])])
    if size > room:
        raise InvalidCandidate(
            f"the prompt has about {size} tokens without anything that may be left out, and the model takes "
            f"{room}. Use a model with more context (llm.context_tokens) or make the seed shorter"
        )
    return [{"role": role, "content": _filled(text, kept)} for role, text in templates]


def _filled(template: str, sections: Mapping[str, Section]) -> str:
    text = _SLOT.sub(lambda slot: sections[slot[1]].text() if slot[1] in sections else "", template)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def fenced(text: str, path: str = "") -> str:
    """Code in a fence that nothing in it can close."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    language = _LANGUAGES.get(PurePosixPath(path).suffix, "")
    return f"{fence}{language}\n{printable(text).rstrip()}\n{fence}"


def program(files: Mapping[str, str], paths: Sequence[str] | None = None) -> str:
    """A candidate's files, or those at `paths`; a single one without its name."""
    chosen = sorted(files) if paths is None else list(paths)
    if len(files) == 1:
        return fenced(files[chosen[0]], chosen[0])
    return "\n\n".join(f"`{path}`:\n{fenced(files[path], path)}" for path in chosen)


def quoted(text: str, most: int = QUOTED_CHARACTERS) -> str:
    """Free text of a candidate or its judge: its end if it is long, every line marked as quoted."""
    clean = printable(text).strip()
    if len(clean) > most:
        clean = f"[...] {clean[-most:]}"
    return "\n".join(f"> {line}" for line in clean.splitlines())


def one_line(text: str, most: int = 160) -> str:
    """`text` on one line, cut."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= most else f"{flat[: most - 3]}..."


def printable(text: str) -> str:
    """Without control characters and halves of surrogate pairs."""
    return _UNPRINTABLE.sub("?", text)
