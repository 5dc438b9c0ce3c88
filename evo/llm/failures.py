"""Why a call to a language model failed, and what is to be done about it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from evo.llm import keys
from evo.llm.settings import ModelSettings

Remedy = Literal["again", "give_up", "take_out"]
"""``again``: another try may be answered. ``give_up``: this call never will be. ``take_out``: no call
to this model will be."""

Cause = Literal[
    "unreachable", "slow", "cut", "nonsense", "server", "crowded", "refused", "unknown", "request", "long"
]
"""``crowded``: a rate limit. ``cut``: the connection ended before the answer did. ``nonsense``: the
answer is none. ``refused``: no key, a wrong one, or no credit. ``unknown``: no such model. ``long``: the
prompt does not fit. ``request``: refused for what it says."""

_LONGEST_TEXT = 300


class CallFailed(Exception):
    """One call failed. Its message is one line for people, without any key.

    Attributes:
        remedy, cause: see `Remedy` and `Cause`.
        retry_after_s: how long the server asks to be left alone.
    """

    def __init__(self, text: str, remedy: Remedy, cause: Cause, retry_after_s: float = 0.0) -> None:
        super().__init__(keys.scrub(text))
        self.remedy, self.cause, self.retry_after_s = remedy, cause, retry_after_s


def understand(error: BaseException, model: ModelSettings, key_variables: tuple[str, ...] = ()) -> CallFailed:
    """What litellm raised, told apart by its status and by the names of its classes.

    Args:
        error: of a call, or the `TimeoutError` of its deadline.
        model: that was called.
        key_variables: where its key may be, for the way out.
    """
    names, status = {kind.__name__ for kind in type(error).__mro__}, getattr(error, "status_code", None)
    if isinstance(error, TimeoutError) or "Timeout" in names:
        return CallFailed(
            f"{model.called} did not answer within llm.timeout_s={model.timeout_s:g}.", "again", "slow"
        )
    said = _said(error)
    is_refusal = isinstance(status, int) and 400 <= status < 500 and status not in (408, 409, 425)
    if not is_refusal:
        return _broken(error, model, said)
    if status == 429 and not _is_about_money_or_key(said):
        text = f"{model.called} is at its rate limit: {said}"
        return CallFailed(text, "again", "crowded", _retry_after(error))
    return _refused(names, status, model, key_variables, said)


def _refused(
    names: set[str], status: object, model: ModelSettings, key_variables: tuple[str, ...], said: str
) -> CallFailed:
    """A request that will be refused every time, or a model that refuses all of them."""
    if status in (401, 402, 403) or _is_about_money_or_key(said):
        return CallFailed(_refusal(model, key_variables, said), "take_out", "refused")
    if status == 404:
        where = f"the server at {model.base_url}" if model.base_url else "its provider"
        text = f"{where} knows no model {model.model!r}: {said} Set llm.model=..."
        return CallFailed(text, "take_out", "unknown")
    if "ContextWindowExceededError" in names:
        text = (
            f"the prompt does not fit into the context of {model.called}: {said} Set llm.context_tokens=..."
        )
        return CallFailed(text, "give_up", "long")
    return CallFailed(f"{model.called} refused the request: {said}", "give_up", "request")


def _broken(error: BaseException, model: ModelSettings, said: str) -> CallFailed:
    """A connection or a server that did not do its part."""
    chain = {type(one).__name__ for one in _chain(error)}
    if chain & {"ConnectError", "ClientConnectorError", "ClientConnectorDNSError", "ConnectTimeout"}:
        way_out = (
            f"no server at {model.base_url}: start it, or set llm.base_url=..."
            if model.base_url
            else f"{model.called} cannot be reached: check the network and the proxy settings."
        )
        return CallFailed(way_out, "again", "unreachable")
    has_answered = getattr(error, "response", None) is not None and getattr(
        error, "litellm_response_headers", None
    )
    if has_answered:
        return CallFailed(f"{model.called} failed: {said}", "again", "server", _retry_after(error))
    cut = chain & {"APIConnectionError", "ReadError", "RemoteProtocolError", "ClientPayloadError"}
    text = "closed the connection before its answer was complete." if cut else f"answered nonsense: {said}"
    return CallFailed(f"{model.called} {text}", "again", "cut" if cut else "nonsense")


def _refusal(model: ModelSettings, variables: tuple[str, ...], said: str) -> str:
    if variables:
        return (
            f"{model.called} refused the key in {' or '.join(variables)}: {said} "
            f"Set another: export {variables[0]}=..."
        )
    if model.base_url:
        return (
            f"the server at {model.base_url} wants a key: {said} Name its variable with "
            "llm.key_variable=MY_KEY, and export MY_KEY=..."
        )
    return f"{model.called} refused to answer: {said}"


def _is_about_money_or_key(said: str) -> bool:
    """What some providers say with a status that means something else."""
    low = said.lower()
    return any(
        words in low
        for words in (
            "insufficient_quota",
            "exceeded your current quota",
            "credit balance",
            "api key not valid",
        )
    )


def _said(error: BaseException) -> str:
    """The message without litellm's own names in front, on one line, not too long, ending in a full stop."""
    text = re.sub(r"\s+", " ", str(error)).strip()
    text = re.sub(r"^(?:litellm\.\w+: |\w+Error: |\w+Exception - |Error code: \d+ - )+", "", text)
    text = text.partition(" Traceback (most recent")[0].rstrip(". ")
    return keys.scrub(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + " ...") + "."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error`, and what it came of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _retry_after(error: BaseException) -> float:
    """Seconds in the ``Retry-After`` header, or 0."""
    headers: Any = getattr(error, "litellm_response_headers", None) or {}
    text = str(headers.get("retry-after") or "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
