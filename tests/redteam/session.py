"""One warm evaluator in a process of its own, and the search for what candidates leave behind."""

import json
import os
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.redteam import traces
from tests.redteam.hostile import HERE, Hostile, load, one
from tests.redteam.target.problem import AGENT_S, STAGES
from tests.redteam.variant import Python, Unreachable, Variant, machine_lacks, python_for
from tests.redteam.world import World

ANSWER_WITHIN_S = 60.0
FEEDBACK_LIMIT = 100_000
LIMITS_S = {stage.name: stage.timeout_s for stage in STAGES}
LATE_S = 1.0
"""How late any verdict may come on a busy machine; `test_soak` measures it closely."""
PLAIN = load(HERE / "controls" / "plain.py", "controls/plain")
AGENT = load(HERE / "controls" / "agent.py", "controls/agent")


@dataclass(frozen=True)
class Judged:
    """An evaluation as plain values, and the wall time of the whole call in seconds."""

    evaluation: dict[str, Any]
    wall: float

    @property
    def status(self) -> str:
        return str(self.evaluation["status"])

    @property
    def score(self) -> float | None:
        return self.evaluation["score"]


class Session:
    """A runner with its world. `left` compares with what was there after the first honest candidate."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.python: Python = python_for(variant)
        self.world = World(variant.uid, variant.gid, self.python.project)
        self.log = self.world.base / "runner.log"
        self.log.touch()
        self.world.harm()
        self.folders: set[Path] = set()
        self._run()
        try:
            self.level = str(
                self.ask(do="open", min_level=variant.level, bubblewrap=variant.bubblewrap)["level"]
            )
        except RunnerFailed as error:
            self.close()
            lacks = machine_lacks(variant)
            if error.kind == "UnsafeMachine" and lacks:
                raise Unreachable(f"this machine lacks {lacks}") from None
            raise  # a sandbox that cannot be built where it could be is a failure, not a reason to skip
        for control in (PLAIN, AGENT, PLAIN, AGENT):
            self.judge(control)
        self.rebase()

    def judge(self, hostile: Hostile) -> Judged:
        """Runs one candidate."""
        answer = self.ask(do="judge", files=hostile.files, stage=hostile.stage, target=hostile.target)
        return Judged(answer["evaluation"], answer["wall"])

    def wrong(self, hostile: Hostile) -> list[str]:
        """All that is wrong after `hostile` was judged: verdict, traces, leaks, the next honest candidate."""
        found = []
        if hostile.first:
            found += self.wrong_verdict(one(hostile.first))
        found += self.wrong_verdict(hostile)
        if left := self.left():
            found += left
            self.rebase()
        honest = AGENT if hostile.target == "agent" else PLAIN
        after = self.judge(honest)
        if reason := honest.wrong(after.status, after.score):
            found.append(f"next honest candidate: {reason}: {after.evaluation['feedback'][-500:]}")
        return found

    def wrong_verdict(self, hostile: Hostile) -> list[str]:
        """What is wrong with the verdict itself, and with what it says."""
        judged = self.judge(hostile)
        said = json.dumps(judged.evaluation) + self.log.read_text(errors="replace")
        feedback = str(judged.evaluation["feedback"])
        found = [reason for reason in [hostile.wrong(judged.status, judged.score)] if reason]
        limit_s = AGENT_S if hostile.target == "agent" else LIMITS_S[hostile.stage]
        if judged.wall > limit_s + LATE_S:
            found.append(f"the verdict took {judged.wall:.2f} s")
        try:
            json.dumps(judged.evaluation, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            found.append(f"the evaluation is no text: {error}")
        if self.world.canary in said or self.world.canary[-20:] in said:
            found.append("a secret token is in the evaluation or the log")
        if "BREACH" in said:
            found.append("the candidate got what it wanted")
        if len(feedback) > FEEDBACK_LIMIT:
            found.append(f"the feedback has {len(feedback)} characters")
        if judged.evaluation["sandbox"] != self.variant.level:
            found.append(f"judged at level {judged.evaluation['sandbox']!r}")
        return [*found, f"feedback: {feedback[-1500:]!r}"] if found else []

    def left(self, within_s: float = 2.0) -> list[str]:
        """What is there that was not; waits a little for the kernel to finish what was killed."""
        end = time.monotonic() + within_s
        while (found := self._left()) and time.monotonic() < end:
            time.sleep(0.02)
        return found + self.world.harm()

    def resident_mb(self) -> float:
        """Resident memory of the evaluator's process in MiB."""
        return traces.resident_mb(self.runner.pid)

    def close(self) -> list[str]:
        """Closes evaluator and runner; what they left behind."""
        found = []
        if self.runner.poll() is None:
            try:
                self.ask(do="close")
                found = self._left_after_close()
            finally:
                self.runner.stdin.close()
                try:
                    self.runner.wait(10)
                except subprocess.TimeoutExpired:
                    self.runner.kill()
                    self.runner.wait()
        self.runner.stdout.close()
        self.log_file.close()
        self.world.close()
        return found

    def ask(self, **request: Any) -> dict[str, Any]:
        """Sends a request to the runner and waits for the answer.

        Raises:
            RunnerFailed: it raised, died, or did not answer in time.
        """
        try:
            self.runner.stdin.write(json.dumps(request).encode() + b"\n")
            self.runner.stdin.flush()
        except BrokenPipeError:
            raise RunnerFailed("Dead", f"the evaluator is gone: {self._last_words()}") from None
        if not select.select([self.runner.stdout], [], [], ANSWER_WITHIN_S)[0]:
            self.runner.kill()
            raise RunnerFailed("Hang", f"no answer within {ANSWER_WITHIN_S} s: {self._last_words()}")
        line = self.runner.stdout.readline()
        if not line:
            raise RunnerFailed("Dead", f"the evaluator died: {self._last_words()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RunnerFailed(answer["error"], f"{answer['text']}\n{answer['traceback'][-3000:]}")
        return answer

    def _run(self) -> None:
        self.log_file = self.log.open("ab")
        path = {"PYTHONPATH": os.pathsep.join(self.python.path)}
        as_user: dict[str, Any] = {}
        if self.variant.uid != os.getuid():
            as_user = {"user": self.variant.uid, "group": self.variant.gid, "extra_groups": []}
        self.runner = subprocess.Popen(
            [self.python.executable, "-m", "tests.redteam.runner"],
            cwd=self.python.project,
            env=self.world.environment(**path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log_file,
            **as_user,
        )

    def rebase(self) -> None:
        """Takes what is there now for granted, so that one culprit does not accuse the next."""
        self.marked = traces.marked_files(self.world.base, self.world.home, self.python.project)
        self.segments = traces.shared_segments()
        self.processes = traces.descendants(self.runner.pid)
        self.descriptors = traces.descriptors(self.runner.pid)
        self.folders = {self.world.work, self.world.home, *traces.held_folders(self.runner.pid)}
        self.files = self._files()

    def _left(self) -> list[str]:
        processes = traces.descendants(self.runner.pid)
        found = [f"process {p.name} ({p.state}), {p.pid}" for p in processes if p not in self.processes]
        found += [f"process {p.name} is gone" for p in self.processes - processes]
        now = traces.descriptors(self.runner.pid)
        if len(now) != len(self.descriptors):
            found.append(f"descriptors: {sorted(set(now) ^ set(self.descriptors))}")
        files = self._files()
        found += [f"file {path}" for path in sorted(files - self.files)[:10]]
        found += [f"file {path} is gone" for path in sorted(self.files - files)[:10]]
        marked = traces.marked_files(self.world.base, self.world.home, self.python.project)
        found += [f"file {path}" for path in sorted(marked - self.marked)[:10]]
        found += [f"segment {name}" for name in traces.shared_segments() - self.segments]
        return found

    def _files(self) -> set[str]:
        return set().union(*map(traces.files_below, self.folders))

    def _left_after_close(self) -> list[str]:
        end = time.monotonic() + 2.0
        while True:
            found = [f"process {p.name}, {p.pid} after close" for p in traces.descendants(self.runner.pid)]
            found += [f"file {path} after close" for path in sorted(traces.files_below(self.world.work))[:10]]
            kept = [folder for folder in self.folders if not folder.is_relative_to(self.world.base)]
            found += [f"folder {folder} after close" for folder in kept if folder.exists()]
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.02)

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]


class RunnerFailed(Exception):
    """The runner raised, died, or hangs; `kind` is the exception's name there."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
