"""Parents that the replies of the tests are about, a folder each."""

from pathlib import Path

ROOT = Path(__file__).parent


def parent(name: str) -> dict[str, str]:
    """The files of the parent `name`."""
    folder = ROOT / name
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}
