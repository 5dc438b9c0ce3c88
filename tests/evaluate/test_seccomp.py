"""What the system call filter answers, call by call, for both architectures."""

import os
import signal

import pytest

from evo.evaluate.inside import syscalls
from evo.evaluate.inside.seccomp import Filter

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
MACHINES = ("x86_64", "aarch64")
FORK = int(signal.SIGCHLD)
THREAD = 0x3D0F00  # what pthread_create asks of clone


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def call(machine: str):
    table = {name: number for part in syscalls.numbers(machine) for name, number in part.items()}
    made = Filter(machine)
    return lambda name, *arguments: made.answer(table[name], arguments)


class TestTables:
    def test_every_number_stands_once(self, machine: str):
        free, checked, refused = syscalls.numbers(machine)
        numbers = [*free.values(), *checked.values(), *refused.values()]
        assert len(numbers) == len(set(numbers)) > 250

    def test_names_are_the_same_on_both_but_for_old_calls(self):
        x86, arm = (set().union(*syscalls.numbers(machine)) for machine in MACHINES)
        assert arm <= x86
        assert {"openat", "clone", "ptrace", "io_uring_setup"} <= arm
        assert "fork" in x86 - arm

    def test_an_unknown_architecture_is_refused(self):
        with pytest.raises(OSError, match="riscv64"):
            Filter("riscv64")


class TestFilter:
    def test_answers_for_every_number_as_the_tables_say(self, machine: str):
        free, checked, refused = syscalls.numbers(machine)
        made = Filter(machine)
        for number in range(600):
            if number in free.values():
                assert made.answer(number) == ALLOW
            elif number in refused.values():
                assert made.answer(number) == EPERM
            elif number not in checked.values():
                assert made.answer(number) == ENOSYS

    def test_threads_but_no_processes(self, call):
        assert call("clone", THREAD) == ALLOW
        assert call("clone", FORK) == EPERM
        for namespace in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
            assert call("clone", THREAD | namespace) == EPERM

    def test_clone3_is_unknown_so_that_clone_is_tried(self, machine: str):
        assert Filter(machine).answer(435) == ENOSYS

    def test_signals_to_itself_alone(self, call):
        for name in ("kill", "tgkill"):
            assert call(name, os.getpid()) == ALLOW
            for other in (0, -1, 1, os.getppid()):
                assert call(name, other) == EPERM

    def test_limits_of_itself_alone(self, call):
        assert call("prlimit64", 0) == ALLOW
        assert call("prlimit64", 1) == EPERM

    @pytest.mark.parametrize(
        ("name", "position", "harmful"),
        [
            ("fcntl", 1, 8),
            ("fcntl", 1, 10),
            ("ioctl", 1, 0x5412),
            ("ioctl", 1, 0x5452),
            ("prctl", 0, 1),
            ("prctl", 0, 4),
            ("prctl", 0, 22),
        ],
    )
    def test_harmful_requests_are_refused(self, call, name: str, position: int, harmful: int):
        arguments = [3] * position + [harmful]
        assert call(name, *arguments) == EPERM

    def test_a_file_that_is_only_read_cannot_be_emptied(self, call):
        assert call("openat", 0, 0, os.O_RDONLY | os.O_TRUNC) == EPERM
        assert call("openat", 0, 0, os.O_WRONLY | os.O_TRUNC | os.O_CREAT) == ALLOW
        assert call("openat", 0, 0, os.O_RDONLY) == ALLOW

    def test_calls_of_another_architecture_kill(self, machine: str):
        made = Filter(machine)
        for audit in (0x40000003, 0x40000028, 0xC000003E if machine == "aarch64" else 0xC00000B7):
            assert made.answer(1, audit=audit) == KILL

    def test_calls_of_the_x32_abi_kill(self):
        assert Filter("x86_64").answer(0x40000000 | 1) == KILL
