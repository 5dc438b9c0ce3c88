"""A pool with a Ray of its own, from start to end, and what it does when a part of Ray is killed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("alone.py")
ROOT = SCRIPT.parents[2]


def environment() -> dict[str, str]:
    """As a user has it: without what other tests' Ray left behind."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def play(scenario: str, *arguments: str, folder: Path) -> tuple[dict[str, Any], str]:
    """What the scenario said, all in one, and its stderr."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), scenario, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        said.update(json.loads(line))  # and so stdout holds nothing but what the scenario says
    return said, done.stderr


@pytest.mark.timeout(250)
def test_a_pool_starts_ray_for_this_machine_alone_and_leaves_nothing(tmp_path: Path) -> None:
    said, stderr = play("whole_life", folder=tmp_path)
    assert said["statuses"] == {"a": "ok", "b": "lost", "c": "ok"}
    assert said["slots"] == 3, "slots beyond the machine's cores are offered by a Ray of our own"
    assert {address.removeprefix("::ffff:") for address in said["listening"]} == {"127.0.0.1"}
    assert str(ROOT) in said["path_of_worker"]
    assert said["path_of_driver"] == str(ROOT)
    assert said["left"] == {}
    assert not said["folder_left"]
    assert [line.partition(" (")[0] for line in stderr.splitlines()] == ["lost a worker: worker died"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "text", "lost"),
    [
        ("raylet/raylet", "Ray on this machine has died. Everything so far is kept", {"lost"}),
        ("gcs_server", "Ray's head has not answered for 30 s. Everything so far is kept", set()),
    ],
)
def test_a_dead_ray_ends_the_run_early(part: str, text: str, lost: set[str], tmp_path: Path) -> None:
    said, _ = play("lose", part, folder=tmp_path)
    assert said["error"].startswith(text)
    assert set(said["events"]) == lost
    assert said["noticed_s"] < 45
    assert said["closed_s"] < 25
    assert said["left"] == {}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_driver_takes_everything_with_it(tmp_path: Path) -> None:
    driver = subprocess.Popen(
        [sys.executable, str(SCRIPT), "wait_to_be_killed"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with driver:
        assert driver.stdout is not None
        pids = json.loads(driver.stdout.readline())["pids"]
        driver.kill()
    assert len(pids) >= 5
    deadline = time.monotonic() + 150  # Ray's agents take more than a minute to find out
    while any(running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(1)


def running(pid: int) -> bool:
    """Whether a process lives, and is no zombie that nobody collects."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_a_dead_node_is_noticed_its_task_lost_and_the_next_node_used(tmp_path: Path) -> None:
    said, _ = play("two_nodes", str(tmp_path), folder=tmp_path)
    assert (said["slots"], said["places"]) == (2, 3)
    ((name, status, feedback),) = said["lost"]
    assert status == "lost"
    assert "node" in feedback
    assert said["losses"] == {"node died": 1}
    assert said["again"] == [[name, "ok", 2]]
    assert said["error"].startswith("no worker has been available for")
    assert "A worker needs 1 CPU; 1 node(s) offer nothing." in said["error"]
    assert said["left"] == {}
