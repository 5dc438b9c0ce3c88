"""Answers what a design asks while it plays a case: the world's side and the models' side of the pipe."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evo.design.contracts import Seen
from evo.design.environment import Environment, Opening
from evo.design.trajectory import CASE_BYTES, Spoken, Trajectory
from evo.errors import ModelLost
from evo.evaluate import Answered, Halt
from evo.llm.broker import Books, Broker, Outcome, OverBudget
from evo.llm.question import Question
from evo.play.requests import asked, clean, order_of

MOST_REQUESTS = 20_000
"""Requests of one case, of any kind."""
MOST_ROLES = 24
"""Roles of one case that are booked apart; what further ones ask is booked as ``other``."""


@dataclass(slots=True)
class Host:
    """Answers what a design asks in one case; an `evo.evaluate.Exchange`.

    Attributes:
        world: the environment, begun; None if there is none.
        models: that the design has in its slots.
        begin: begins the case anew; None if the world does not offer that.
        steps: made in the world.
        spoken: calls of models that were answered, by the number of their request.
        written: bytes of the messages of them all.
    """

    world: Environment | None
    broker: Broker
    books: Books
    models: frozenset[str]
    trajectory: Trajectory
    begin: Callable[[], Opening] | None = None
    steps: int = 0
    restarts: int = 0
    requests: int = 0
    roles: set[str] = field(default_factory=set)
    spoken: dict[int, Spoken] = field(default_factory=dict)
    written: int = 0

    def ask(self, body: bytes, later: Callable[[Answered], None]) -> Answered | None:
        """See `evo.evaluate.Exchange`."""
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            return Halt("timeout", f"over {MOST_REQUESTS} requests in this case")
        order = order_of(body)
        match order.get("do"):
            case "model":
                return self._model(order, later)
            case "step" if isinstance(order.get("action"), str):
                return self._step(clean(order["action"]))
            case "actions":
                return _packed([] if self.world is None else list(self.world.actions()))
            case "restart":
                return self._restart()
        return Halt("invalid", "a request that is none of those there are")

    def _step(self, action: str) -> Answered:
        try:
            self.books.budget.check("steps", self.steps + 1)
        except OverBudget as error:
            return Halt("timeout", f"It went {error}.")
        self.steps += 1
        if self.world is None:
            seen = Seen("There is no world to act in: answer the question.")
        else:
            seen = self.world.step(action)
        self.trajectory.stepped(action, seen.text)
        return _told(seen)

    def _restart(self) -> Answered:
        if self.begin is None:
            return Halt("invalid", "This world cannot be begun anew.")
        self.restarts += 1
        seen = Seen(self.begin().context)
        self.trajectory.stepped("(restart)", seen.text)
        return _told(seen)

    def _model(self, order: Mapping[str, Any], later: Callable[[Answered], None]) -> Answered | None:
        question = asked(order)
        if question is None or question.model not in self.models or question.model == "none":
            return Halt(
                "invalid", "It asks a model that its design does not have, or not as one asks a model."
            )
        if question.role not in self.roles and len(self.roles) < MOST_ROLES:
            self.roles.add(question.role)
        question = question if question.role in self.roles else replace(question, role="other")
        place = self.requests
        self.written += sum(len(text) for _, text in question.messages)
        answer = self.broker.ask(
            self.books, question, lambda found: later(self._answered(place, question, found))
        )
        return None if answer is None else self._answered(place, question, answer)

    def _answered(self, place: int, question: Question, answer: Outcome) -> Answered:
        """What the design gets of an answer; this may be called in the broker's thread."""
        if isinstance(answer, OverBudget):
            return Halt("timeout", f"It went {answer}.")
        if isinstance(answer, ModelLost):
            return Halt("lost", f"No answer of the model {question.model}: {answer}")
        if self.written <= CASE_BYTES:
            self.spoken[place] = Spoken(question.node, question.role, question.messages, answer.text)
        return json.dumps(answer.text).encode()


def _told(seen: Seen) -> bytes:
    return _packed([seen.text, seen.reward, seen.done])


def _packed(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
