"""A search with settings of its own, as it is written in a list of methods: ``tree[width=2,value=null]``."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from evo.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Variant:
    """A choice of ``search=`` and what is set in it.

    Attributes:
        text: as it was written.
        name: of the file in ``conf/search``.
        settings: ``key=value`` below ``search.``.
    """

    text: str
    name: str
    settings: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Variant":
        """Reads ``name`` or ``name[key=value,...]``.

        Raises:
            ConfigError: it reads otherwise.
        """
        name, bracket, rest = text.partition("[")
        settings = tuple(split(rest[:-1])) if bracket else ()
        if not name or (bracket and not rest.endswith("]")) or not all("=" in one for one in settings):
            raise ConfigError(
                f"a method reads name or name[key=value,...], got {text!r}, for example: default[value=null]"
            )
        return cls(text, name, settings)

    @property
    def words(self) -> list[str]:
        """As words of a configuration."""
        return [f"search={self.name}", *(f"search.{setting}" for setting in self.settings)]

    @property
    def folder(self) -> str:
        """A name for its runs that any file system takes; different for different settings."""
        if not self.settings:
            return self.name
        plain = re.sub(r"[^\w.-]+", "_", "_".join(self.settings))[:60]
        return f"{self.name}_{plain}_{hashlib.sha256(self.text.encode()).hexdigest()[:6]}"


def split(text: str) -> list[str]:
    """The parts of `text` between commas that stand in no bracket."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "[{(") - (sign in "]})")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


_WITHOUT = re.compile(r"^#\s*without\s+([\w .-]+?):\s*(\S.*)$")


def without_each_part(file: Path, own: str = "") -> dict[str, str]:
    """What each part of a search in ``conf/search`` is called, and the method that lacks it.

    A part is a setting that names another class (``value: {use: ...}``), which is left out by ``null``; or
    what a comment says how to turn off: ``# without restarts: patience=1000000``.

    Args:
        file: of the search.
        own: settings that all the methods have, as in ``value.least_seconds=0,frontier=4``.
    """
    import yaml  # comes with omegaconf; read without Hydra, which costs 0.3 CPU-s

    text = file.read_text(encoding="utf-8")
    node = yaml.safe_load(text) or {}
    parts = {key: f"{key}=null" for key, value in node.items() if isinstance(value, dict) and "use" in value}
    found = (_WITHOUT.match(line.strip()) for line in text.splitlines())
    parts |= {match.group(1): match.group(2).strip() for match in found if match}
    return {part: f"{file.stem}[{','.join(filter(None, (own, setting)))}]" for part, setting in parts.items()}
