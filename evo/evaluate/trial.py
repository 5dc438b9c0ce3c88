"""One run of a candidate, watched from the judge's process: cases go in, claims come out, time is kept."""

import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from evo.evaluate.clock import Clock
from evo.evaluate.desk import Desk
from evo.evaluate.ending import Outcome, end_of, failure
from evo.evaluate.exchange import MOST_UNREAD, REQUEST_BYTES, Answered, Exchange, Halt
from evo.evaluate.inside import wire
from evo.evaluate.launch import Zygote, ZygoteLost
from evo.evaluate.sandbox import Limits
from evo.types import Status

_STARTING_S = 30.0  # for a fork, and for what the last candidate left to be cleared
_LEAVING_S = 0.1  # for a process that has answered all cases to end by itself
_GRACE_S = 0.15  # for the kernel to end a process that was killed
_CLEARING_S = 0.05  # for its working folder to be cleared; that goes on afterwards
_FEEDBACK_BYTES = 64 << 10
_READ = 1 << 16
_LONGEST_POLL_S = 3600.0


class Trial:
    """A run in progress.

    Args:
        zygote: that forks the candidate.
        program: bytes of the program frame.
        cases: packed inputs; each is sent when the claim before it has arrived.
        limits: of the run.
        number: of the run within the zygote's life.
        oom_kills_before: `oom_kills` at some time before.
        exchange: answers the candidate's requests; None for a candidate that may make none.
    """

    def __init__(
        self,
        zygote: Zygote,
        program: bytes,
        cases: Sequence[bytes],
        limits: Limits,
        *,
        number: int = 0,
        oom_kills_before: int = 0,
        exchange: Exchange | None = None,
    ) -> None:
        self._zygote, self._cases, self._limits = zygote, cases, limits
        self._number, self._oom_kills = number, oom_kills_before
        self._channel, self._theirs = socket.socketpair()
        self._channel.setblocking(False)
        self._output, self._their_output = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(self._their_output, True)
        self._pidfd = -1
        self._desk = Desk(exchange) if exchange is not None else None
        kinds = {wire.READY: 0, wire.CLAIM: limits.claim_bytes, wire.FAILED: _FEEDBACK_BYTES}
        self._reader = wire.FrameReader(kinds if exchange is None else kinds | {wire.REQUEST: REQUEST_BYTES})
        self._to_send = memoryview(wire.frame(wire.PROGRAM, 0, program) + self._case_frame(0))
        self._poll = select.poll()
        self._ready = self._killed = self._gone = False
        self._wall_s = 0.0
        self._clock = Clock(limits.wall_s, limits.whole_s)
        self._claims: list[bytes] = []
        self._seconds: list[float] = []
        self._printed = bytearray()
        self._n_printed = self._claimed = 0
        self._verdict: tuple[Status, str] | None = None
        self._ended: dict[str, Any] | None = None

    def run(self) -> Outcome:
        """Sees the run through.

        Raises:
            ZygoteLost: our side broke; nothing is known about the candidate.
        """
        try:
            self._start()
            self._attend()
            return self._outcome()
        finally:
            self._kill()
            self._settle()
            for fd in (self._output, self._their_output, self._pidfd):
                if fd >= 0:
                    os.close(fd)
            if self._desk is not None:
                self._desk.close()
            self._channel.close()
            self._theirs.close()

    def _start(self) -> None:
        limits = self._limits
        order = {
            "run": self._number,
            "cpu_s": int(-(-limits.most_cpu_s // 1)) + 1,
            "memory_mb": limits.memory_mb,
            "claim_bytes": limits.claim_bytes,
            "box_bytes": limits.box_bytes,
            "box_files": limits.box_files,
        }
        self._zygote.order(order, self._theirs, self._their_output)
        self._theirs.close()
        os.close(self._their_output)
        self._their_output = -1
        while self._pidfd < 0:
            received = self._zygote.receive(_STARTING_S)
            if received is None:
                raise ZygoteLost("it did not start a candidate")
            event, fds = received
            if event.get("event") == "started" and event.get("run") == self._number and len(fds) == 1:
                self._pidfd = fds.pop()
            for fd in fds:
                os.close(fd)
        self._began = self._last = time.monotonic()
        self._clock.start(self._began)

    def _settle(self) -> None:
        """Lets the working folder be cleared, if that does not take long; the next run waits for it otherwise."""
        deadline = time.monotonic() + _CLEARING_S
        with suppress(ZygoteLost):  # found out again, and acted on, by the next order
            while self._pidfd >= 0 and (received := self._zygote.receive(deadline - time.monotonic())):
                if received[0].get("event") == "clean" and received[0].get("run") == self._number:
                    return

    def _attend(self) -> None:
        """Serves whatever is ready until the candidate has ended, or has had its grace."""
        self._poll.register(self._channel, select.POLLIN | select.POLLOUT)
        self._poll.register(self._output, select.POLLIN)
        self._poll.register(self._zygote.control, select.POLLIN)
        if self._desk is not None:
            self._poll.register(self._desk.bell, select.POLLIN)
        while self._ended is None:
            if self._clock.left(time.monotonic()) <= 0:
                if self._killed:
                    return  # the verdict stands; the kernel is still taking its memory apart
                if not self._answered:
                    self._stop("timeout", self._clock.reason)
                self._kill()
                continue
            self._take(dict(self._poll.poll(self._serve() * 1000)))
        while self._verdict is None and self._read_channel():
            pass
        while self._n_printed <= self._limits.output_bytes and self._read_output():
            pass

    def _take(self, ready: dict[int, int]) -> None:
        """Reads and writes once where that can be done without waiting."""
        channel = ready.get(self._channel.fileno(), 0)
        if channel & select.POLLOUT:
            self._send()
        if channel & ~select.POLLOUT:
            self._read_channel()
        if self._output in ready:
            self._read_output()
        if self._zygote.control.fileno() in ready:
            self._read_zygote()
        if self._desk is not None and self._desk.bell in ready:
            for number, answer in self._desk.come():
                self._answer(self._desk, number, answer)

    @property
    def _answered(self) -> bool:
        return len(self._claims) == len(self._cases)

    def _stop(self, status: Status, feedback: str) -> None:
        """Settles how the run ends, unless that is settled, and ends it."""
        if self._verdict is None and not self._answered:
            self._verdict = (status, feedback)
        self._kill()

    def _kill(self) -> None:
        if self._pidfd >= 0 and not self._killed:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self._killed = True
            self._clock.end(time.monotonic() + _GRACE_S)

    def _read_channel(self) -> bool:
        """Takes what one read gives; False if there was nothing.

        No more than that at a time: a flood of frames must not keep the deadline waiting.
        """
        try:
            data = self._channel.recv(_READ)
            for frame in self._reader.feed(data):
                self._on_frame(frame)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            data = b""  # gone with bytes of ours unread
        except wire.WireError as error:
            self._stop("invalid", f"The claim cannot be judged: {error}.")
        if not data:
            self._gone = True
            self._forget(self._channel.fileno())
        return bool(data)

    def _forget(self, fd: int) -> None:
        with suppress(KeyError):
            self._poll.unregister(fd)

    def _send(self) -> None:
        try:
            while self._to_send:
                self._to_send = self._to_send[self._channel.send(self._to_send) :]
            self._poll.modify(self._channel, select.POLLIN)
        except BlockingIOError:
            self._poll.modify(self._channel, select.POLLIN | select.POLLOUT)
        except (BrokenPipeError, ConnectionResetError):
            self._poll.modify(self._channel, select.POLLIN)

    def _on_frame(self, frame: wire.Frame) -> None:
        if frame.kind == wire.READY and not self._ready:
            self._ready = True
        elif frame.kind == wire.FAILED:
            self._stop(*failure(frame.body))
        elif frame.kind == wire.REQUEST and self._desk is not None and self._ready and not self._answered:
            self._desk.take(frame)
            self._clock.pause(time.monotonic())
        elif frame.kind != wire.CLAIM or frame.case != len(self._claims) or self._answered:
            raise wire.WireError("a claim out of turn")
        else:
            self._claims.append(frame.body)
            now = time.monotonic()
            self._seconds.append(now - self._last)
            self._last = now
            self._claimed += len(frame.body)
            if self._claimed > self._limits.claims_bytes:
                raise wire.WireError(f"claims of over {self._limits.claims_bytes} bytes in all")
            if self._answered:
                self._clock.end(min(now + self._clock.left(now), now + _LEAVING_S))
            else:
                self._to_send = memoryview(self._case_frame(len(self._claims)))
                self._send()

    def _serve(self) -> float:
        """Has one request answered, or begun to be; the seconds that may then be waited for what comes next."""
        if self._desk is not None and self._desk.waits and not self._killed:
            number, answer = self._desk.ask()
            if answer is not None:
                self._answer(self._desk, number, answer)
            if self._desk.waits:
                return 0.0
        return min(max(0.0, self._clock.left(time.monotonic())), _LONGEST_POLL_S)

    def _answer(self, desk: Desk, number: int, answer: Answered) -> None:
        if isinstance(answer, Halt):
            self._stop(answer.status, answer.feedback)
            return
        desk.waiting -= 1
        if self._killed or self._gone or self._answered:
            return
        self._to_send = memoryview(bytes(self._to_send) + wire.frame(wire.ANSWER, number, answer))
        if len(self._to_send) > MOST_UNREAD:
            self._stop("crashed", f"It left {MOST_UNREAD >> 20} MiB of answers unread.")
            return
        self._send()
        if not desk.waiting:
            self._clock.go_on(time.monotonic())

    def _read_output(self) -> bool:
        """Takes what one read gives; False if there was nothing."""
        try:
            data = os.read(self._output, _READ)
        except BlockingIOError:
            return False
        if not data:
            self._forget(self._output)
        self._n_printed += len(data)
        self._printed += data
        del self._printed[: -self._limits.kept_bytes]
        if self._n_printed > self._limits.output_bytes:
            self._stop("crashed", f"It printed more than {self._limits.output_bytes >> 20} MiB.")
        return bool(data)

    def _read_zygote(self) -> None:
        received = self._zygote.receive(0)
        if received is None:
            return
        event, _ = received
        if event.get("event") == "ended" and event.get("run") == self._number:
            self._ended = event
            self._wall_s = time.monotonic() - self._began

    def _case_frame(self, number: int) -> bytes:
        return wire.frame(wire.CASE, number, self._cases[number])

    def _outcome(self) -> Outcome:
        wall_s = self._wall_s or time.monotonic() - self._began
        cpu_s = float(self._ended["cpu_s"]) if self._ended else wall_s
        status, feedback = self._judgement(cpu_s)
        claims, seconds, waited_s = tuple(self._claims), tuple(self._seconds), self._clock.waited_s
        return Outcome(status, claims, seconds, feedback, bytes(self._printed), wall_s, cpu_s, waited_s)

    def _judgement(self, cpu_s: float) -> tuple[Status, str]:
        limits = self._limits
        if self._verdict is not None:
            return self._verdict
        if self._answered:
            if cpu_s > limits.most_cpu_s:
                return "timeout", f"It used {cpu_s:.1f} s of CPU time; {limits.most_cpu_s:g} s are allowed."
            return "ok", ""
        if self._ended is None:
            raise ZygoteLost("it did not report the end of a candidate")
        if self._ended["full"]:
            return (
                "crashed",
                f"It filled its working folder ({limits.box_bytes >> 20} MiB, {limits.box_files} files).",
            )
        if not self._ready:
            raise ZygoteLost(self._printed.decode("utf-8", "replace"))
        return end_of(int(self._ended["status"]), cpu_s, limits, self._oom_kills)
