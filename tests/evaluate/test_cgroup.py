"""Memory groups are made only where they are delegated. The files here stand in for a mounted cgroup v2."""

import os
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
