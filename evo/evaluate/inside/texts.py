"""Modules that the jailed process gets as text, because their files lie where no candidate may read.

They are found before any that lie on the path, and their packages hold nothing but them.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType


def install(texts: Mapping[str, str]) -> None:
    """Has `import` find `texts`, module's name -> its text."""
    if texts:
        sys.meta_path.insert(0, _Finder(texts))


class _Finder(MetaPathFinder, InspectLoader):
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._packages = {
            name[:place] for name in texts for place, letter in enumerate(name) if letter == "."
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module comes from; None if it is not one of these."""
        if fullname not in self._packages and fullname not in self._texts:
            return None
        return spec_from_loader(fullname, self, origin=f"<{fullname}>", is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        """Whether there are modules below it."""
        return fullname in self._packages

    def get_source(self, fullname: str) -> str:
        """Its text; a package that only holds others has none."""
        return self._texts.get(fullname, "")
