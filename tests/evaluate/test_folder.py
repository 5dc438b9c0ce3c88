"""Working folders are measured within bounds and removed whatever was built in them."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evo.evaluate.inside import folder


@pytest.fixture
def box() -> Iterator[Path]:
    """A folder within an empty folder, in memory where possible: some of these trees are slow on disk."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as parent:
        made = Path(parent, "box")
        made.mkdir()
        yield made


def nest(box: Path, depth: int, name: str = "d" * 60) -> None:
    """Folders within folders, deeper than any path can name."""
    fd = os.open(box, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=fd)
        deeper = os.open(name, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = deeper
    Path(f"/proc/self/fd/{fd}/bottom").write_text("x")
    os.close(fd)


def open_files() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


class TestRemove:
    def test_takes_all_and_nothing_else(self, box: Path):
        outside = box.parent / "kept"
        outside.mkdir()
        (outside / "file").write_text("kept")
        (box / "to folder").symlink_to(outside)
        (box / "to file").symlink_to(outside / "file")
        (box / "to itself").symlink_to(box)
        (box / "dangling").symlink_to("nowhere")
        (box / "a" / "b").mkdir(parents=True)
        (box / "a" / "b" / "up").symlink_to("../..")
        os.mkfifo(box / "pipe")
        (box / "odd\nname\udc80").write_text("")
        folder.remove(str(box))
        assert list(box.parent.iterdir()) == [outside]
        assert (outside / "file").read_text() == "kept"

    def test_goes_deeper_than_any_path_or_stack(self, box: Path):
        nest(box, 3000)
        folder.remove(str(box))
        assert not box.exists()

    def test_opens_what_was_shut(self, box: Path):
        for mode in (0o000, 0o100, 0o400, 0o500):
            inner = box / f"mode-{mode:o}" / "inner"
            inner.mkdir(parents=True)
            (inner / "file").write_text("x")
            inner.chmod(mode)
            inner.parent.chmod(mode)
        box.chmod(0o000)
        folder.remove(str(box))
        assert not box.exists()

    def test_leaves_no_descriptor_open(self, box: Path):
        nest(box, 50)
        before = open_files()
        folder.remove(str(box))
        assert open_files() == before


class TestHolds:
    def test_counts_bytes_and_files_at_any_depth(self, box: Path):
        nest(box, 200)
        assert folder.holds(str(box), 1 << 30, 1000)
        assert not folder.holds(str(box), 1 << 30, 150)
        (box / "large").write_bytes(b"x" * (1 << 20))
        assert not folder.holds(str(box), 1 << 19, 1000)

    def test_follows_no_link(self, box: Path):
        (box.parent / "large").write_bytes(b"x" * (1 << 20))
        (box / "link").symlink_to(box.parent / "large")
        (box / "loop").symlink_to(box)
        assert folder.holds(str(box), 1 << 19, 10)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root sees into every folder")
    def test_a_shut_folder_does_not_hold(self, box: Path):
        (box / "shut").mkdir(mode=0)
        assert not folder.holds(str(box), 1 << 30, 1000)

    def test_leaves_no_descriptor_open(self, box: Path):
        nest(box, 50)
        before = open_files()
        folder.holds(str(box), 1 << 30, 1000)
        folder.holds(str(box), 1 << 30, 10)
        assert open_files() == before
