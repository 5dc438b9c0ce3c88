"""What the tests of asking models share."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evo.llm import Ceiling, LanguageModels, LlmSettings
from evo.testing.model_server import ModelServer
from evo.types import ProposeTask, Reply

NO_LIMIT = Ceiling()
HELLO = [{"role": "user", "content": "improve this"}]


async def hurry(seconds: float) -> None:
    """A sleep that does not last."""
    await asyncio.sleep(min(seconds, 0.01))


@dataclass
class Kept:
    """Stands in for the journal: what was recorded, in order."""

    replies: list[Reply] = field(default_factory=list)

    async def record(self, reply: Reply) -> None:
        await asyncio.sleep(0)
        self.replies.append(reply)


def settings(server: ModelServer, **more: Any) -> LlmSettings:
    return LlmSettings.of({"model": "local", "base_url": server.url, "retries": 6, "max_tokens": 500, **more})


def models(server: ModelServer, kept: Kept, limits: Ceiling = NO_LIMIT, **more: Any) -> LanguageModels:
    return LanguageModels(settings(server, **more), kept.record, limits, sleep=hurry)


def task(number: int, model: str = "") -> ProposeTask:
    return ProposeTask(number, "llm.diff", ("p",), seed=1000 + number, model=model, known=3)


async def ask_all(
    asked: LanguageModels,
    numbers: Sequence[int],
    model: str = "",
    messages: Sequence[Mapping[str, str]] = HELLO,
) -> list[Reply | BaseException]:
    """Asks for all tasks at once and closes the client."""
    try:
        calls = (asked.ask(task(number, model), messages) for number in numbers)
        return await asyncio.gather(*calls, return_exceptions=True)
    finally:
        await asked.close()
