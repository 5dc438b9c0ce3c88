"""One proposal by a language model: ask, read the answer, have it repaired once, leave out near-copies."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evo.design.design import checker
from evo.errors import BudgetSpent, InvalidCandidate, ModelLost
from evo.operators.chance import Chance
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.novelty import acceptance, nearest, sketch
from evo.operators.llm.prompt import Message, Section, Templates, assemble, one_line, quoted
from evo.operators.reply import NotUnderstood, Understood, read_reply
from evo.roles import Models
from evo.types import Attempt, Candidate, Problem, ProposeTask, Reply, Usage

ECHOED_CHARACTERS = 8_000
"""Of an answer that could not be read, what the model is shown again."""


@dataclass
class Writer:
    """What all operators that ask a model share; they differ in what they show it.

    Attributes:
        problem: what is searched.
        models: who is asked.
        notebook: what was tried before.
        repair: whether an answer that cannot be used is sent back once, with the reason.
        novelty: least probability that a candidate is kept, however like a judged sibling it is; 1 keeps all.
    """

    problem: Problem
    models: Models
    notebook: Notebook
    repair: bool = True
    novelty: float = 0.5

    def __post_init__(self) -> None:
        self.templates = Templates(self.problem)
        self._rules = checker(self.problem)

    async def write(
        self,
        task: ProposeTask,
        template: str,
        sections: Mapping[str, Section],
        base: Candidate,
        temperature: float | None = None,
    ) -> Attempt:
        """Asks for a change of `base`.

        Args:
            task: what this is for.
            template: name of the user's message; ``system`` stands before it.
            sections: what the templates may show.
            base: whose files the answer changes.
            temperature: in the place of the model's own.

        Raises:
            InvalidCandidate: the prompt does not fit into the model's context.
            ModelLost, BudgetSpent: nothing was answered.
        """
        talk = _Talk(self.models, task, temperature)
        start = time.thread_time()
        messages = assemble(
            [("system", self.templates["system"]), ("user", self.templates[template])],
            sections,
            self.models.room(talk.model),
            lambda text: self.models.count(talk.model, text),
        )
        talk.cpu_s += time.thread_time() - start
        reply = await talk.ask(messages, "propose")
        found, problem = self._read(talk, reply, base)
        if problem is not None and self.repair:
            try:
                reply = await talk.ask([*messages, *self._complaint(reply, problem)], "fix")
            except (ModelLost, BudgetSpent) as error:
                return talk.failed(problem, f"; it was not repaired: {error}")
            found, again = self._read(talk, reply, base)
            problem = again
        if found is None:
            return talk.failed(problem or NotUnderstood("no answer"))
        return self._judge_novelty(task, talk, base, found)

    def _read(
        self, talk: "_Talk", reply: Reply, base: Candidate
    ) -> tuple[Understood | None, NotUnderstood | None]:
        start = time.thread_time()
        try:
            found = read_reply(
                reply.text,
                base.files,
                self.problem.mutable,
                cut=reply.finish == "length",
                rules=self._rules,
            )
        except NotUnderstood as problem:
            return None, problem
        finally:
            talk.cpu_s += time.thread_time() - start
        return found, None

    def _complaint(self, reply: Reply, problem: NotUnderstood) -> list[Message]:
        error = {"error": Section("", (quoted(str(problem)),))}
        (complaint,) = assemble([("user", self.templates["repair"])], error, 1 << 30, len)
        return [{"role": "assistant", "content": reply.text[:ECHOED_CHARACTERS]}, complaint]

    def _judge_novelty(self, task: ProposeTask, talk: "_Talk", base: Candidate, found: Understood) -> Attempt:
        note = one_line(f"{found.thought} ({found.how})" if found.thought else found.how)
        parents = task.parents or (base.id,)
        made = Candidate.of(found.files, parents, task.operator, note)
        if self.novelty < 1 and not task.independent:
            alike = nearest(sketch(made.files), self.notebook.outlines(parents[0]))
            # A stream of its own, so that what a prompt drew does not decide what is kept.
            if not Chance(task.seed ^ 0x5EED).true(acceptance(alike, self.novelty)):
                return Attempt(
                    None,
                    talk.usage,
                    talk.model,
                    "similar",
                    f"{alike:.0%} of it is in a sibling that was judged already: {note}",
                    "novelty",
                )
        return Attempt(made, talk.usage, talk.model)


class _Talk:
    """The calls of one task, and what they cost."""

    def __init__(self, models: Models, task: ProposeTask, temperature: float | None) -> None:
        self._models, self._task, self._temperature = models, task, temperature
        self._turns = 0
        self._cost = Usage()
        self.cpu_s = 0.0
        self.model = task.model or models.names[0]
        if task.model != self.model:
            self._task = replace(task, model=self.model)

    @property
    def usage(self) -> Usage:
        return replace(self._cost, cpu_s=self._cost.cpu_s + self.cpu_s)

    async def ask(self, messages: Sequence[Message], role: str) -> Reply:
        reply = await self._models.ask(
            self._task,
            messages,
            turn=self._turns,
            role="fix" if role == "fix" else "propose",
            temperature=self._temperature,
        )
        self._turns += 1
        self._cost += self._models.bill(self._task, reply)
        return reply

    def failed(self, problem: NotUnderstood, more: str = "") -> Attempt:
        return Attempt(None, self.usage, self.model, "invalid", f"{problem}{more}", problem.rung)


def require_models(models: Models, operator: str) -> Models:
    """`models`, if there are any.

    Raises:
        InvalidCandidate: there are none.
    """
    if not models.names:
        raise InvalidCandidate(f"{operator} asks a language model. Choose one with: evo run llm=local")
    return models
