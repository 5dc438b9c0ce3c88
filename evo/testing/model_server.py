"""A language model for tests: an OpenAI-compatible server on loopback that says what it is told to.

It can also misbehave: refuse, stall, cut its answer short, send nonsense. It counts what it was asked.

In a test:
    >>> with ModelServer([Answer("first"), Answer(status=429)]) as server:  # doctest: +SKIP
    ...     ask(base_url=server.url)
    ...     assert server.requests == 2

By hand: ``python -m evo.testing.model_server --port 8123 --text "x = 1" --delay 0.5``
"""

import argparse
import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

Fault = Literal["", "stall", "cut", "nonsense", "schema", "context"]
"""How an answer goes wrong. ``stall``: nothing is sent until the client closes. ``cut``: the
connection is closed in the middle of the body. ``nonsense``: the body is no JSON. ``schema``: it is
JSON without choices. ``context``: the request is refused as too long, in OpenAI's words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with one request.

    Attributes:
        delay_s: waited before anything is sent.
        usage: tokens in and out; None leaves the usage out, the default counts four letters a token.
        status: of HTTP; 400 and above send an error of that kind.
        retry_after: seconds, as the header of an error.
        fault: how it goes wrong.
        error: text of an error, in the place of the server's own.
    """

    text: str = "ok"
    delay_s: float = 0.0
    finish_reason: str = "stop"
    usage: tuple[int, int] | None = (-1, -1)
    status: int = 200
    retry_after: float | None = None
    fault: Fault = ""
    error: str = ""


Rule = Callable[[Mapping[str, Any], int], Answer]
"""``rule(request, index) -> Answer``: `request` is the body that was sent, `index` counts from 0."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. `arrived` is of the monotonic clock, in seconds."""

    index: int
    arrived: float
    authorisation: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class _Counts:
    answered: int = 0
    open: set[int] = field(default_factory=set)
    peak: int = 0
    log: list[Asked] = field(default_factory=list)


class ModelServer:
    """The server; runs in a thread of its own between ``with`` and the end of its block.

    Args:
        rule: says what to answer: a function, or answers in order, the last of which is repeated.
        models: names that ``/v1/models`` lists; a request for another one is answered all the same.
        port: 0 takes a free one.
        strict: refuse models that are not in `models` with 404, as real servers do.
    """

    def __init__(
        self,
        rule: Rule | Sequence[Answer] = (Answer(),),
        models: Sequence[str] = ("local",),
        port: int = 0,
        strict: bool = False,
    ) -> None:
        self._rule: Rule = rule if callable(rule) else _in_order(rule)
        self.models, self.port, self._strict = tuple(models), port, strict
        self._counts = _Counts()
        self._ready, self._thread = threading.Event(), threading.Thread(target=self._work, daemon=True)
        self._loop = asyncio.new_event_loop()
        self._failure: OSError | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What to give a client as ``base_url``."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def requests(self) -> int:
        """How many chat requests arrived."""
        return len(self._counts.log)

    @property
    def answered(self) -> int:
        """How many of them were answered in full, with status 200 and no fault."""
        return self._counts.answered

    @property
    def in_flight(self) -> int:
        """How many are being answered now."""
        return len(self._counts.open)

    @property
    def peak(self) -> int:
        """The most that were being answered at one time."""
        return self._counts.peak

    @property
    def log(self) -> list[Asked]:
        """Every chat request, in the order of arrival."""
        return list(self._counts.log)

    @property
    def authorisations(self) -> set[str]:
        """Every ``Authorization`` header that was seen, and every ``x-api-key``."""
        return {asked.authorisation for asked in self._counts.log}

    def most_in_window(self, seconds: float) -> int:
        """The largest number of requests that arrived within any `seconds` (half-open)."""
        times = [asked.arrived for asked in self._counts.log]
        most = first = 0
        for last, arrived in enumerate(times):
            while arrived - times[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    def forget(self) -> None:
        """Starts counting afresh; answers in order go on where they were."""
        self._counts.log.clear()
        self._counts.answered, self._counts.peak = 0, 0
        self._counts.open.clear()

    def __enter__(self) -> "ModelServer":
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            server = self._loop.run_until_complete(
                asyncio.start_server(self._connected, "127.0.0.1", self.port, backlog=1024)
            )
            self.port = server.sockets[0].getsockname()[1]
        except OSError as error:
            self._failure = error
            return
        finally:
            self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._connections:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._connections, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))  # closed transports leave the loop
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while (request := await _read(reader)) and await self._respond(request, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client or the server went away
        finally:
            self._connections.discard(task)
            writer.close()

    async def _respond(
        self, request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers one request; False when the connection is to be closed."""
        if request.path.endswith("/models"):
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            await _send(writer, 200, json.dumps(listed))
            return True
        if request.path.endswith("/counts"):
            await _send(writer, 200, json.dumps({"requests": self.requests, "peak": self.peak}))
            return True
        if not request.path.endswith("/chat/completions"):
            await _send(writer, 404, _error(404, f"no such path: {request.path}"))
            return True
        counts, body = self._counts, json.loads(request.body)
        key = request.headers.get("authorization") or request.headers.get("x-api-key", "")
        asked = Asked(len(counts.log), time.monotonic(), key, body)
        counts.log.append(asked)
        counts.open.add(asked.index)
        counts.peak = max(counts.peak, len(counts.open))
        try:
            return await self._answer(asked, reader, writer)
        finally:
            counts.open.discard(asked.index)

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        answer = self._rule(asked.body, asked.index)
        if self._strict and asked.body.get("model") not in self.models:
            answer = Answer(status=404, error=f"The model `{asked.body.get('model')}` does not exist.")
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.fault == "stall":
            await reader.read()  # until the client closes
            return False
        status, text = _body(answer, asked)
        # Counted before the last byte goes out: a client that has its answer may look at once.
        self._counts.open.discard(asked.index)
        self._counts.answered += status == 200 and not answer.fault
        if answer.fault == "cut":
            writer.write(_head(status, len(text.encode())) + text.encode()[: len(text) // 2])
            await writer.drain()
            return False
        if asked.body.get("stream") and status == 200 and not answer.fault:
            await _stream(writer, answer, asked)
        else:
            wait = "" if answer.retry_after is None else f"Retry-After: {answer.retry_after:g}\r\n"
            await _send(writer, status, text, wait)
        return True


def _in_order(answers: Sequence[Answer]) -> Rule:
    """Answers by index, the last one repeated."""
    return lambda _request, index: answers[min(index, len(answers) - 1)]


async def _read(reader: asyncio.StreamReader) -> _Request | None:
    """The next request of a connection; None at its end."""
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _version = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", 0))
    return _Request(method, path.partition("?")[0], headers, await reader.readexactly(length))


def _head(status: int, length: int, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Error'}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n{more}\r\n"
    ).encode()


async def _send(writer: asyncio.StreamWriter, status: int, text: str, more: str = "") -> None:
    data = text.encode()
    writer.write(_head(status, len(data), more) + data)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, answer: Answer, asked: Asked) -> None:
    """The answer as server-sent events, a few letters each."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    pieces = [answer.text[i : i + 16] for i in range(0, len(answer.text), 16)]
    deltas: list[tuple[dict[str, str], str | None]] = [({"content": piece}, None) for piece in pieces]
    for delta, finish in [*deltas, ({}, answer.finish_reason)]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        _chunk(writer, json.dumps({**_common(asked, "chat.completion.chunk"), "choices": [choice]}))
        await writer.drain()
    if (usage := _usage(answer, asked)) and (asked.body.get("stream_options") or {}).get("include_usage"):
        last = {**_common(asked, "chat.completion.chunk"), "choices": [], "usage": usage}
        _chunk(writer, json.dumps(last))
    _chunk(writer, "[DONE]")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
    data = f"data: {text}\n\n".encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _common(asked: Asked, kind: str) -> dict[str, Any]:
    model = asked.body.get("model", "local")
    return {"id": f"answer-{asked.index}", "object": kind, "created": 0, "model": model}


def _body(answer: Answer, asked: Asked) -> tuple[int, str]:
    """Status and body of an answer that is not streamed."""
    if answer.fault == "context":
        return 400, _error(400, "This model's maximum context length is 4096 tokens.", answer.fault)
    if answer.status >= 400:
        return answer.status, _error(answer.status, answer.error)
    if answer.fault == "nonsense":
        return answer.status, "<html>it works, but not as you hoped</html>"
    if answer.fault == "schema":
        return answer.status, json.dumps({"id": "answer", "object": "surprise", "data": []})
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": answer.text},
        "finish_reason": answer.finish_reason,
    }
    whole: dict[str, Any] = {**_common(asked, "chat.completion"), "choices": [choice]}
    if usage := _usage(answer, asked):
        whole["usage"] = usage
    return answer.status, json.dumps(whole)


def _usage(answer: Answer, asked: Asked) -> dict[str, int] | None:
    if answer.usage is None:
        return None
    tokens_in, tokens_out = answer.usage
    if tokens_in < 0:
        letters = sum(len(str(part.get("content", ""))) for part in asked.body.get("messages", ()))
        tokens_in, tokens_out = letters // 4 + 1, len(answer.text) // 4 + 1
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


_SAYINGS = {
    401: ("invalid_api_key", "Incorrect API key provided."),
    404: ("model_not_found", "The model does not exist."),
    429: ("rate_limit_exceeded", "Rate limit reached."),
    500: ("server_error", "The server had an error."),
    503: ("overloaded", "The engine is overloaded."),
}


def _error(status: int, text: str = "", fault: Fault = "") -> str:
    code, own = _SAYINGS.get(status, ("invalid_request_error", "The request cannot be answered."))
    code = "context_length_exceeded" if fault == "context" else code
    return json.dumps({"error": {"message": text or own, "type": code, "param": None, "code": code}})


def main(words: Sequence[str] | None = None) -> int:
    """Serves until interrupted; prints the URL on its first line."""
    parser = argparse.ArgumentParser(prog="python -m evo.testing.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--text", default="ok", help="what to answer")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--model", action="append", help="a name to list; may be given again")
    parser.add_argument(
        "--script", type=Path, help=f"a JSON list of answers with {', '.join(f.name for f in fields(Answer))}"
    )
    given = parser.parse_args(words)
    rule: list[Answer] = [Answer(given.text, given.delay)]
    if given.script:
        rule = [Answer(**entry) for entry in json.loads(given.script.read_text(encoding="utf-8"))]
    with ModelServer(rule, models=given.model or ("local",), port=given.port) as server:
        print(server.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{server.requests} requests, at most {server.peak} at a time", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
