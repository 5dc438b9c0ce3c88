"""Memory groups are made only where they are delegated. The files here stand in for a mounted cgroup v2."""

import os
import subprocess
from pathlib import Path

import pytest

from evo.evaluate import cgroup


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """user.slice / user@1.service (delegated) / app.slice / run.scope"""
    scope = tmp_path / "user.slice" / "user@1.service" / "app.slice" / "run.scope"
    scope.mkdir(parents=True)
    for group in (scope, *scope.parents[:4]):
        (group / "cgroup.subtree_control").write_text("" if group == scope else "cpu memory pids\n")
    try:
        os.setxattr(scope.parents[1], "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    return tmp_path


OWN = "/user.slice/user@1.service/app.slice/run.scope"


class TestDelegated:
    def test_is_the_closest_parent_within_what_was_delegated(self, tree: Path):
        assert (
            cgroup.delegated(tree, OWN) is None
        )  # app.slice is below the delegated group, not marked itself
        os.setxattr(tree / "user.slice/user@1.service/app.slice", "user.delegate", b"1")
        assert cgroup.delegated(tree, OWN) == tree / "user.slice/user@1.service/app.slice"

    def test_needs_the_memory_controller(self, tree: Path):
        os.setxattr(tree / "user.slice/user@1.service/app.slice", "user.delegate", b"1")
        (tree / "user.slice/user@1.service/app.slice/cgroup.subtree_control").write_text("cpu pids\n")
        assert cgroup.delegated(tree, OWN) == tree / "user.slice/user@1.service"

    def test_is_nothing_where_nobody_delegated(self, tree: Path):
        os.removexattr(tree / "user.slice/user@1.service", "user.delegate")
        assert cgroup.delegated(tree, OWN) is None

    def test_is_answered_on_this_machine(self):
        found = cgroup.delegated()
        assert found is None or found.is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="groups are made by root where nobody delegated them")
class TestMemoryGroup:
    def test_takes_a_process_in_and_is_removed_after_it(self):
        root = cgroup._mounted()
        if root is None or not os.access(root, os.W_OK):
            pytest.skip("no cgroup v2 here")
        with subprocess.Popen(["sleep", "30"]) as process:
            try:
                group = cgroup.MemoryGroup(root, process.pid)
                assert group.path.name in Path(f"/proc/{process.pid}/cgroup").read_text()
            finally:
                process.kill()
                process.wait()
        group.close()
        assert not group.path.exists()

    def test_that_cannot_be_filled_is_removed(self):
        root = cgroup._mounted()
        if root is None or not os.access(root, os.W_OK):
            pytest.skip("no cgroup v2 here")
        with pytest.raises(OSError):  # noqa: PT011 - the kernel says no such process
            cgroup.MemoryGroup(root, 2**22 + 1)
        assert not list(root.glob(f"evo-jail-{os.getpid()}-*"))

    def test_a_limit_is_written_when_it_changes(self, tmp_path: Path):
        group = cgroup.MemoryGroup(tmp_path, 1)
        limit = group.path / "memory.max"
        group.allow(5)
        assert limit.read_text() == "5"
        limit.write_text("other")
        group.allow(5)
        assert limit.read_text() == "other"
        group.allow(6)
        assert limit.read_text() == "6"
