"""The model server keeps its word, seen through plain HTTP."""

import http.client
import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from evo.testing.model_server import Answer, ModelServer

HELLO = [{"role": "user", "content": "hello, you"}]


def post(server: ModelServer, timeout: float = 5.0, **more: Any) -> tuple[int, Mapping[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=timeout)
    body = json.dumps({"model": "local", "messages": HELLO, **more})
    try:
        connection.request("POST", "/v1/chat/completions", body, {"Authorization": "Bearer secret"})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read().decode()
    finally:
        connection.close()


def test_answers_in_order_and_repeats_the_last() -> None:
    with ModelServer([Answer("one"), Answer("two", finish_reason="length", usage=(7, 3))]) as server:
        replies = [json.loads(post(server)[2]) for _ in range(3)]
        assert [r["choices"][0]["message"]["content"] for r in replies] == ["one", "two", "two"]
        assert replies[1]["choices"][0]["finish_reason"] == "length"
        assert replies[1]["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        assert (server.requests, server.answered, server.in_flight) == (3, 3, 0)
        assert server.authorisations == {"Bearer secret"}
        assert server.log[0].body["messages"] == HELLO


def test_a_rule_sees_the_request_and_its_index() -> None:
    with ModelServer(lambda request, index: Answer(f"{request['messages'][0]['content']} {index}")) as server:
        texts = [json.loads(post(server)[2])["choices"][0]["message"]["content"] for _ in range(2)]
        assert texts == ["hello, you 0", "hello, you 1"]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_refuses(status: int) -> None:
    with ModelServer([Answer(status=status, retry_after=1.5)]) as server:
        got, headers, body = post(server)
        assert (got, headers["Retry-After"]) == (status, "1.5")
        assert json.loads(body)["error"]["message"]
        assert (server.requests, server.answered) == (1, 0)


def test_faults() -> None:
    faults = [Answer(fault=f) for f in ("cut", "nonsense", "schema", "context", "stall")]
    with ModelServer([*faults, Answer(usage=None)]) as server:
        with pytest.raises(http.client.IncompleteRead):
            post(server)
        with pytest.raises(json.JSONDecodeError):
            json.loads(post(server)[2])
        assert "choices" not in json.loads(post(server)[2])
        status, _, body = post(server)
        assert (status, json.loads(body)["error"]["code"]) == (400, "context_length_exceeded")
        with pytest.raises(TimeoutError):
            post(server, timeout=0.2)
        assert "usage" not in json.loads(post(server)[2])


def test_streams() -> None:
    text = "a longer answer, in several pieces"
    with ModelServer([Answer(text)]) as server:
        _, _, body = post(server, stream=True, stream_options={"include_usage": True})
        lines = [line.removeprefix("data: ") for line in body.split("\n\n") if line]
        assert lines[-1] == "[DONE]"
        chunks = [json.loads(line) for line in lines[:-1]]
        assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"]) == text
        assert chunks[-1]["usage"]["total_tokens"] > 0


def test_counts_what_is_in_flight_and_in_a_window() -> None:
    with ModelServer([Answer(delay_s=0.3)]) as server:
        threads = [threading.Thread(target=post, args=(server,)) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (server.peak, server.requests) == (40, 40)
        assert server.most_in_window(60.0) == 40
        assert server.most_in_window(1e-9) < 40
        server.forget()
        assert (server.requests, server.peak) == (0, 0)


def test_lists_its_models_and_can_refuse_others() -> None:
    with ModelServer(models=("small", "large"), strict=True) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
        connection.request("GET", "/v1/models")
        assert [m["id"] for m in json.loads(connection.getresponse().read())["data"]] == ["small", "large"]
        connection.close()
        assert post(server)[0] == 404
        assert post(server, model="small")[0] == 200
