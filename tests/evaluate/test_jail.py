"""What a candidate can do in the jail, what it cannot, and what becomes of it."""

import gc
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from evo.errors import ConfigError
from evo.evaluate import Jail, Limits, Program, Sandbox, Warm
from evo.evaluate.boxes import Boxes
from evo.evaluate.inside import wire
from evo.evaluate.launch import Zygote
from tests.evaluate.conftest import BRIEF, HONEST, Run, run_in, value


def brief(**changes: float) -> Limits:
    return Limits(**{"wall_s": 5.0, "memory_mb": 1024, **changes})


def zygote_of(jail: Jail) -> Zygote:
    return jail._held.zygote()


class TestAnswers:
    def test_come_back_for_every_case_in_order(self, run: Run):
        outcome = run("def solve(n):\n    return {'n': n, 'half': (n / 2,)}", *({"n": n} for n in range(5)))
        assert [wire.unpack(claim) for claim in outcome.claims] == [
            {"n": n, "half": [n / 2]} for n in range(5)
        ]
        assert len(outcome.case_seconds) == 5
        assert 0 < outcome.cpu_s < 1
        assert 0 < outcome.wall_s < 5

    def test_arrays_go_in_and_out_exactly(self, run: Run):
        grid = np.random.default_rng(1).normal(size=(40, 30))
        outcome = run(
            "def solve(grid, text):\n    return {'t': grid.T, 'text': text}", {"grid": grid, "text": "ä\n\0"}
        )
        found = value(outcome)
        assert np.array_equal(found["t"], grid.T)
        assert found["text"] == "ä\n\0"

    def test_may_be_large(self, run: Run):
        outcome = run("def solve(a):\n    return a", {"a": np.arange(120_000.0)})
        assert value(outcome).sum() == np.arange(120_000.0).sum()

    def test_of_several_files(self, run: Run):
        files = {
            "main.py": "import helper\nfrom parts.inner import two\n\ndef solve():\n    return helper.one() + two()",
            "helper.py": "def one():\n    return 1",
            "parts/inner.py": "from pathlib import Path\n\ndef two():\n    return int(Path('parts/data.txt').read_text())",
            "parts/data.txt": "2",
        }
        assert value(run(files)) == 3

    def test_of_another_function_in_another_file(self, run: Run):
        files = {"a.py": "def go():\n    return 'a'", "b.py": "def go():\n    return 'b'"}
        assert value(run(files, entry="go", main="b.py")) == "b"

    def test_of_modules_that_were_not_loaded_before(self, run: Run):
        source = (
            "import sys\nbefore = set(sys.modules)\nimport wave, colorsys, sqlite3, numpy.polynomial.hermite_e, numpy.ma\n"
            "def solve():\n    return ['wave' in before, colorsys.rgb_to_hsv(1, 0, 0)[2], 'numpy.ma' in sys.modules]"
        )
        assert value(run(source)) == [False, 1, True]

    def test_draw_the_same_from_the_same_seed(self, run: Run):
        source = "import random\nimport numpy as np\n\ndef solve():\n    return [random.random(), np.random.rand(), hash('x')]"
        first, again, other = (value(run(source, seed=seed)) for seed in (1, 1, 2))
        assert first == again != other
        assert first[2] == other[2]

    def test_of_threads(self, run: Run):
        source = (
            "from concurrent.futures import ThreadPoolExecutor\n\ndef solve():\n"
            "    with ThreadPoolExecutor(8) as pool:\n        return sum(pool.map(lambda i: i * i, range(100)))"
        )
        assert value(run(source)) == 328350

    def test_through_files_of_its_own(self, run: Run):
        source = (
            "import os, tempfile\nimport numpy as np\n\ndef solve():\n    np.save('a.npy', np.arange(3))\n"
            "    with tempfile.NamedTemporaryFile() as file:\n        file.write(b'x')\n"
            "    os.mkdir('d'); os.rename('a.npy', 'd/a.npy')\n    return np.load('d/a.npy')"
        )
        assert value(run(source)).tolist() == [0, 1, 2]

    def test_start_from_an_empty_folder(self, run: Run):
        leaves = "def solve():\n    open('left', 'w').close()\n    return 1"
        looks = "import os\n\ndef solve():\n    return os.listdir('.')"
        assert value(run(leaves)) == 1
        assert value(run(looks)) == ["solve.py"]

    def test_carry_nothing_into_the_next_process(self, run: Run):
        patches = "import numpy as np\nnp.arange = None\n\ndef solve():\n    return 1"
        assert value(run(patches)) == 1
        assert value(run("import numpy as np\n\ndef solve():\n    return len(np.arange(3))")) == 3


class TestSurroundings:
    def test_hold_no_secret_and_no_stray_descriptor(self, run: Run, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("EVO_TEST_SECRET", "hidden")
        source = (
            "import os, sys\n\ndef solve():\n    fds = []\n    for fd in range(64):\n        try:\n            fds.append([fd, os.fstat(fd).st_mode >> 12])\n"
            "        except OSError:\n            pass\n    return [dict(os.environ), fds, sys.argv, [n for n in sys.modules if n.startswith(('evo', 'inside'))]]"
        )
        environment, descriptors, arguments, modules = value(run(source))
        assert "hidden" not in str([environment, arguments])
        assert modules == []
        assert [fd for fd, _ in descriptors][:4] == [0, 1, 2, 3]
        assert all(kind == 4 for _, kind in descriptors[4:])  # handles of folders to import from, no more
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            assert environment[name] == "1"
        assert environment["PYTHONHASHSEED"] == "0"
        assert environment["CUDA_VISIBLE_DEVICES"] == ""

    def test_are_an_unprivileged_user(self, run: Run):
        ids = value(
            run("import os\n\ndef solve():\n    return [*os.getresuid(), *os.getresgid(), *os.getgroups()]")
        )
        assert 0 not in ids

    def test_do_not_show_what_is_hidden(self, tmp_path: Path):
        secret = tmp_path / "problem" / "answers.txt"
        secret.parent.mkdir()
        secret.write_text("42")
        tmp_path.chmod(0o755)
        source = "import pathlib, evo\n\ndef solve(path):\n    return pathlib.Path(path).read_text()"
        for bubblewrap in ("auto", "off"):
            jail = Jail(Sandbox(bubblewrap=bubblewrap), Warm(hidden=(secret.parent,)))
            try:
                for text in (source, source.replace(", evo", "")):
                    outcome = run_in(jail, text, {"path": str(secret)})
                    assert outcome.status == "crashed"
                    assert "42" not in outcome.feedback
            finally:
                jail.close()


class TestVerdicts:
    def test_exceptions_crash_with_the_candidates_own_frames(self, run: Run):
        source = "def inner(x):\n    return 1 / x\n\ndef solve():\n    print('about to')\n    return inner(0)"
        outcome = run(source)
        assert outcome.status == "crashed"
        assert outcome.feedback.splitlines() == [
            "Traceback (most recent call last):",
            '  File "solve.py", line 6, in solve',
            "    return inner(0)",
            '  File "solve.py", line 2, in inner',
            "    return 1 / x",
            "ZeroDivisionError: division by zero",
        ]
        assert outcome.output == b"about to\n"

    @pytest.mark.parametrize(
        ("source", "status", "text"),
        [
            ("def solve(:\n", "crashed", "SyntaxError"),
            ("import no_such_module", "crashed", "No module named"),
            ("def other():\n    pass", "invalid", "no function 'solve'"),
            ("solve = 3", "invalid", "no function 'solve'"),
            ("def solve(n):\n    pass", "crashed", "missing 1 required"),
            ("def solve():\n    return input()", "crashed", "EOFError"),
            ("import sys\n\ndef solve():\n    sys.exit(3)", "crashed", "sys.exit(3)"),
            ("import os\n\ndef solve():\n    os._exit(0)", "crashed", "exited with status 0"),
            ("import os\nos._exit(97)", "memory", "memory"),
            ("import os\n\ndef solve():\n    os.kill(os.getpid(), 9)", "crashed", "SIGKILL"),
            ("import ctypes\n\ndef solve():\n    ctypes.string_at(0)", "crashed", "SIGSEGV"),
            ("def solve():\n    return solve()", "crashed", "RecursionError"),
            ("def solve():\n    raise KeyboardInterrupt", "crashed", "KeyboardInterrupt"),
            ("def solve():\n    raise MemoryError('mine')", "memory", "mine"),
            ("def solve():\n    return bytearray(2 << 30)", "memory", "MemoryError"),
            ("import numpy as np\n\ndef solve():\n    return np.ones(1 << 29)", "memory", "MemoryError"),
            ("import mmap\n\ndef solve():\n    return len(mmap.mmap(-1, 2 << 30))", "memory", ""),
            ("def solve():\n    return {1, 2}", "invalid", "return a list"),
            ("def solve():\n    return 'x' * (1 << 20)", "invalid", "1048576"),
            ("def solve():\n    return 10 ** 10000", "invalid", ""),
            ("import os\n\ndef solve():\n    os.write(3, b'nonsense' * 9)", "invalid", "no claim"),
            ("def solve():\n    while True:\n        print('x' * 4000)", "crashed", "16 MiB"),
            ("def solve():\n    n = 0\n    while True:\n        open(str(n), 'w').close(); n += 1", "crashed", "working folder"),
        ],
    )  # fmt: skip
    def test_failures(self, run: Run, source: str, status: str, text: str):
        outcome = run(source)
        assert (outcome.status, text in outcome.feedback) == (status, True), outcome.feedback
        assert len(outcome.output) <= 64 << 10

    def test_files_have_a_largest_size(self, run: Run):
        source = "def solve():\n    with open('f', 'wb') as f:\n        for _ in range(64):\n            f.write(bytes(1 << 20))"
        outcome = run(source)
        assert outcome.status == "crashed"
        assert "File too large" in outcome.feedback

    @pytest.mark.parametrize(
        "files",
        [
            {"solve.py": "#" * (256 << 10) + "\n"},
            {f"f{i}.py": "" for i in range(300)},
            {"../solve.py": ""},
            {"/tmp/solve.py": ""},
            {"a\0.py": ""},
            {"": ""},
            {},
            {"a.py": "", "b.py": ""},
            {"notes.txt": ""},
        ],
        ids=["large", "many", "up", "absolute", "null", "nameless", "none", "ambiguous", "no python"],
    )
    def test_programs_that_cannot_be_run_are_invalid(self, run: Run, files: dict[str, str]):
        outcome = run(files)
        assert outcome.status == "invalid"
        assert outcome.feedback

    def test_the_first_case_that_fails_ends_the_run(self, run: Run):
        outcome = run("def solve(n):\n    return 1 / n", {"n": 1}, {"n": 0}, {"n": 2})
        assert outcome.status == "crashed"
        assert [wire.unpack(claim) for claim in outcome.claims] == [1.0]

    def test_claims_written_by_hand_count_once_each(self, run: Run):
        source = (
            "import os, struct\n\ndef solve(n):\n    body = struct.pack('<II', 1, 1) + b'7'\n"
            "    os.write(3, struct.pack('<BII', 4, 0, len(body)) + body)\n    return 8"
        )
        assert run(source, {"n": 0}, {"n": 1}).status == "invalid"


class TestTime:
    @pytest.mark.parametrize(
        "body", ["while True:\n        pass", "import time; time.sleep(60)", "import signal; signal.pause()"]
    )
    def test_is_up_at_most_a_quarter_second_late(self, run: Run, body: str):
        start = time.monotonic()
        outcome = run(f"def solve():\n    {body}", limits=brief(wall_s=0.3))
        assert outcome.status == "timeout"
        assert 0.3 <= time.monotonic() - start < 0.3 + 0.25 + 0.5  # the last for a busy machine
        assert "0.3 s" in outcome.feedback

    def test_of_all_threads_counts(self, run: Run):
        source = (
            "import hashlib, threading, time\n\ndef burn():\n    end = time.monotonic() + 0.9\n"
            "    while time.monotonic() < end:\n        hashlib.sha256(bytes(1 << 20)).digest()\n\n"
            "def solve():\n    threads = [threading.Thread(target=burn) for _ in range(4)]\n"
            "    [t.start() for t in threads]\n    [t.join() for t in threads]"
        )
        outcome = run(source, limits=brief(wall_s=1.2))
        if outcome.cpu_s > 1.2:  # where only one core is free the threads take no more than that
            assert outcome.status == "timeout"

    def test_is_not_lost_to_the_file_of_cases(self, run: Run):
        source = "import time\ntime.sleep(0.4)\n\ndef solve(a):\n    return len(a)"
        assert value(run(source, {"a": np.zeros(500_000)})) == 500_000

    def test_is_up_for_a_program_that_does_not_take_its_cases(self, run: Run):
        source = "import time\ntime.sleep(60)"
        assert run(source, {"a": np.zeros(500_000)}, limits=brief(wall_s=0.3)).status == "timeout"


class TestDriver:
    DRIVER = "def drive(function, xs):\n    return [function(x) for x in xs]\n"

    def test_stands_between_a_case_and_the_function(self):
        jail = Jail(Sandbox(), Warm(driver=self.DRIVER))
        try:
            assert value(run_in(jail, "def solve(x):\n    return x + 1", {"xs": [1, 2]})) == [2, 3]
            direct = "def solve(xs):\n    return len(xs)"
            assert value(run_in(jail, direct, {"xs": [1, 2]}, driven=False)) == 2
        finally:
            jail.close()


class TestWarm:
    def test_named_modules_are_loaded_before(self):
        jail = Jail(Sandbox(bubblewrap="off"), Warm(imports=("wave",)))
        try:
            source = "import sys\nbefore = set(sys.modules)\n\ndef solve():\n    return 'wave' in before"
            assert value(run_in(jail, source)) is True
        finally:
            jail.close()

    def test_a_module_that_is_not_there_is_named(self):
        with pytest.raises(ImportError, match="no_such_module"):
            Jail(Sandbox(), Warm(imports=("no_such_module",)))


def descriptors() -> set[str]:
    """What every open descriptor of this process leads to."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists them
            found.add(f"{entry.name}:{entry.readlink()}")
    return found


def children() -> set[int]:
    return {
        int(pid)
        for thread in Path("/proc/self/task").iterdir()
        for pid in (thread / "children").read_text().split()
    }


class TestLife:
    @pytest.mark.parametrize("bubblewrap", ["auto", "off"])
    def test_leaves_no_process_descriptor_or_file(self, bubblewrap: str):
        gc.collect()
        before = descriptors(), children(), _folders()
        jail = Jail(Sandbox(bubblewrap=bubblewrap))
        during = descriptors(), children()
        hostile = (
            "import os\nos.makedirs('a/b/c')\nos.symlink('/', 'a/root')\n\ndef solve():\n    while True: pass"
        )
        for source in (
            HONEST,
            hostile,
            "import os\nos._exit(1)",
            "def solve(n):\n    return 'x' * (2 << 20)",
        ):
            run_in(jail, source, {"n": 3}, limits=brief(wall_s=0.2))
        assert (descriptors(), children()) == during
        jail.close()
        jail.close()
        assert (descriptors(), children(), _folders()) == before

    def test_ends_with_the_object_that_holds_it(self):
        before = children()
        jail = Jail(Sandbox(bubblewrap="off"))
        pid = zygote_of(jail).pid
        del jail
        gc.collect()
        assert children() == before
        assert not Path(f"/proc/{pid}").exists()

    def test_a_closed_jail_says_so(self):
        jail = Jail(Sandbox(bubblewrap="off"))
        jail.close()
        with pytest.raises(ValueError, match="closed"):
            run_in(jail, HONEST, {"n": 1})

    @pytest.mark.parametrize("bubblewrap", ["auto", "off"])
    def test_a_jailed_process_that_died_is_replaced(self, bubblewrap: str):
        jail = Jail(Sandbox(bubblewrap=bubblewrap))
        try:
            for _ in range(2):
                zygote = zygote_of(jail)
                os.kill(zygote.pid, signal.SIGKILL)
                deadline = time.monotonic() + 5
                while zygote.alive and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert value(run_in(jail, HONEST, {"n": 3})).tolist() == [0, 1, 4]
        finally:
            jail.close()

    @pytest.mark.parametrize("bubblewrap", ["auto", "off"])
    def test_one_that_dies_under_a_candidate_loses_the_run_and_nothing_else(self, bubblewrap: str):
        jail = Jail(Sandbox(bubblewrap=bubblewrap))
        try:
            before = _folders()
            killer = threading.Timer(0.3, os.kill, (zygote_of(jail).pid, signal.SIGKILL))
            killer.start()
            outcome = run_in(jail, "import time\n\ndef solve():\n    time.sleep(30)", limits=brief(wall_s=20))
            killer.join()
            assert outcome.status == "lost"
            assert outcome.claims == ()
            assert value(run_in(jail, HONEST, {"n": 3})).tolist() == [0, 1, 4]
            assert _folders() == before
        finally:
            jail.close()

    def test_what_a_killed_judge_left_is_swept_up(self):
        first = Boxes()
        stale = first.path.parent / "evo-jail-stale"
        (stale / "box" / "x").mkdir(parents=True)
        second = Boxes()
        assert first.path.exists()
        assert not stale.exists()
        for boxes in (first, second):
            boxes.close()
            assert not boxes.path.exists()

    def test_a_forked_process_does_not_end_its_parents_jail(self, jails):
        jail = jails("off")
        pid = os.fork()
        if pid == 0:
            jail._held.close()
            os._exit(0)
        os.waitpid(pid, 0)
        assert value(run_in(jail, HONEST, {"n": 2})).tolist() == [0, 1]

    def test_a_weaker_replacement_is_refused(self):
        jail = Jail(Sandbox(bubblewrap="off"))
        try:
            jail._held._without = ("landlock",)
            os.kill(zygote_of(jail).pid, signal.SIGKILL)
            time.sleep(0.2)
            outcome = run_in(jail, HONEST, {"n": 2})
            assert outcome.status == "lost"
            assert "layers" in outcome.feedback
        finally:
            jail.close()


def _folders() -> set[Path]:
    return {path for place in ("/dev/shm", "/tmp") for path in Path(place).glob(f"evo-jail-{os.getpid()}-*")}


class TestSettings:
    def test_limits_are_checked(self):
        with pytest.raises(ConfigError, match="1024"):
            Limits(memory_mb=512)
        with pytest.raises(ConfigError, match="timeout_s"):
            Limits(wall_s=0)
        with pytest.raises(ConfigError, match=r"min_level.*S3"):
            Sandbox(min_level="S4")
        with pytest.raises(ConfigError, match=r"bubblewrap.*auto"):
            Sandbox(bubblewrap="yes")

    def test_memory_is_what_the_limits_say(self, run: Run):
        source = "import mmap\n\ndef solve():\n    return len(mmap.mmap(-1, 1200 << 20))"
        assert run(source, limits=brief(memory_mb=1024)).status == "memory"
        assert value(run(source, limits=brief(memory_mb=2048))) == 1200 << 20

    def test_the_limits_of_a_brief_run(self):
        assert Program({}).entry == "solve"
        assert BRIEF.claim_bytes == 1 << 20
