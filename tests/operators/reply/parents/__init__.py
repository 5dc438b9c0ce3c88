"""Parents that the replies of the tests are about, a folder each; ``.txt`` at the end of each name keeps tools off."""

from pathlib import Path

ROOT = Path(__file__).parent


def parent(name: str) -> dict[str, str]:
    """The files of the parent `name`."""
    folder = ROOT / name
    files = sorted(path for path in folder.rglob("*") if path.suffix == ".txt")
    return {
        path.relative_to(folder).as_posix().removesuffix(".txt"): path.read_bytes().decode() for path in files
    }
