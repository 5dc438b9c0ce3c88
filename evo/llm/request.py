"""One question to a language model, and its address."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.llm import keys, tokens
from evo.llm.settings import ModelSettings
from evo.types import CallRole, ProposeTask, Reply, Usage

Messages = Sequence[Mapping[str, str]]


@dataclass(slots=True)
class Request:
    """What is asked for a task, of one model after another if need be.

    Attributes:
        turn: which call of the task this is.
        temperature: in the place of the model's own; None for that.
        key: see `content_key`.
        run_seed: of the run.
        tries: calls made so far, of all models.
        tokens: of the messages, about.
    """

    task: ProposeTask
    messages: Messages
    turn: int
    role: CallRole
    temperature: float | None
    key: str
    run_seed: int
    tries: int = 0
    tokens: int = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = count_messages(self.messages)

    def draws(self, stream: int) -> np.random.Generator:
        """Of the run, the task, the turn and `stream` alone."""
        return np.random.default_rng((self.run_seed % 2**63, self.task.number, self.turn, stream))

    def reply(self, model: str, text: str, finish: str, seconds: float, usage: Usage) -> Reply:
        """The record of an answer to this, without keys that a server may have echoed."""
        task = self.task
        return Reply(
            number=task.number,
            turn=self.turn,
            role=self.role,
            model=model,
            key=self.key,
            text=keys.scrub_used(text),
            finish=finish,
            prompt=keys.scrub_used(json.dumps(list(self.messages), ensure_ascii=False)),
            operator=task.operator,
            parents=task.parents,
            inspirations=task.inspirations,
            repairs=task.repairs,
            asked=task.model,
            known=task.known,
            tries=self.tries,
            seconds=seconds,
            usage=usage,
        )


def count_messages(messages: Messages) -> int:
    """Tokens of `messages`, about, with what separates them."""
    return sum(tokens.count(message["content"]) + 4 for message in messages)


def content_key(
    model: ModelSettings, messages: Messages, temperature: float | None, seed: int, turn: int
) -> str:
    """The address of a question: equal for equal questions, different for another draw of the same.

    Args:
        model: that is asked first.
        messages: as they are sent.
        temperature: in the place of the model's own; None for that.
        seed: of the task.
        turn: which call of the task it is.
    """
    asked = {
        "model": model.model,
        "messages": [dict(message) for message in messages],
        "temperature": model.temperature if temperature is None else temperature,
        "reasoning_effort": model.reasoning_effort,
        "max_tokens": model.max_tokens,
        "seed": seed,
        "turn": turn,
    }
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
