"""The one way out of the jail, and an event loop that waits for nothing else.

A request is a frame with a number; answers may come in any order, but are handed on in the order of the
requests and one at a time, each when there is nothing left to do without it. So what an agent does next never
depends on which answer was faster, and a design that is run twice does the same twice.
"""

import asyncio
import json
import os
import select
import struct
from typing import Any

FD = 3
"""Descriptor of the channel."""
REQUEST, ANSWER = 6, 7
"""Kinds of frame, as in `evo.evaluate.inside.wire`."""

_HEADER = struct.Struct("<BII")  # kind, number, length of the body
_READ = 1 << 16


class Channel:
    """Sends requests and takes answers, both JSON values.

    Args:
        fd: a stream socket to the judge's side.
    """

    def __init__(self, fd: int = FD) -> None:
        self._fd = fd
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._bytes = bytearray()
        self._sent = self._handed_on = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._arrived: dict[int, bytes] = {}

    def request(self, value: object) -> "asyncio.Future[Any]":
        """What will hold the answer to `value`."""
        future = asyncio.get_running_loop().create_future()
        body = json.dumps(value, separators=(",", ":")).encode()
        self._waiting[self._sent] = future
        data = memoryview(_HEADER.pack(REQUEST, self._sent, len(body)) + body)
        self._sent += 1
        while data:
            data = data[os.write(self._fd, data) :]
        return future

    def wait(self, timeout_s: float | None) -> None:
        """Hands on the next answer; returns without one if it does not come in time.

        Args:
            timeout_s: None waits for as long as it takes.

        Raises:
            RuntimeError: there is nothing to wait for, and no time to pass.
        """
        if timeout_s is None and not self._waiting:
            raise RuntimeError(
                "the agent waits for something that cannot come; it has no threads to wait for"
            )
        while self._handed_on not in self._arrived:
            if not self._poll.poll(None if timeout_s is None else timeout_s * 1000):
                return
            self._take(os.read(self._fd, _READ))
            if timeout_s is not None:
                break
        if (body := self._arrived.pop(self._handed_on, None)) is not None:
            future = self._waiting.pop(self._handed_on)
            self._handed_on += 1
            if not future.done():  # it may have been given up
                future.set_result(json.loads(body))

    def _take(self, data: bytes) -> None:
        if not data:
            raise RuntimeError("the judge has gone")
        self._bytes += data
        while len(self._bytes) >= _HEADER.size:
            _, number, length = _HEADER.unpack_from(self._bytes)
            end = _HEADER.size + length
            if len(self._bytes) < end:
                return
            self._arrived[number] = bytes(self._bytes[_HEADER.size : end])
            del self._bytes[:end]


class Loop(asyncio.BaseEventLoop):
    """Runs coroutines that wait for each other, for time, and for answers of a channel.

    The loops of the standard library open a pair of sockets, which no candidate may.
    """

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._selector = _Selector(channel)

    def _process_events(self, event_list: object) -> None:
        """The selector has done all there is to do."""

    def _write_to_self(self) -> None:
        """There is nobody else who could wake it."""


class _Selector:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def select(self, timeout: float | None) -> list[object]:
        """Waits for the next answer, if the loop has nothing to do; it has if `timeout` is 0."""
        if timeout is None or timeout > 0:
            self._channel.wait(timeout)
        return []
