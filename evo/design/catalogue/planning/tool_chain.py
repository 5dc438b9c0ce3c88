"""A* over chains of tool calls that a model proposes, before any of them is made."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evo.design.acting import as_call
from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec
from evo.design.exploration import unseen, words
from evo.design.member import joined, numbered
from evo.design.parameter import Choice, Float, Int
from evo.design.replies import listed, mark
from evo.design.steps import on_tools
from evo.design.talk import spelled

DECLARATION = Component(
    slot="planning",
    name="tool_chain",
    purpose="A* over chains of calls that a model proposes: steps and doubt so far, plus what is left to do",
    use="ToolChain",
    source="Zhuang et al., ToolChain*: Efficient Action Space Navigation with A* Search (2023), arXiv:2310.13227",
    parameters=(
        Choice("heuristic", default="words", choices=("words", "model")),
        Float("weight", default=0.5, low=0.0, high=5.0),
        Int("samples", default=3, low=1, high=6),
        Int("expansions", default=6, low=1, high=32, log=True),
        Int("depth", default=6, low=1, high=16, log=True),
    ),
    needs=("model",),
)

DONE = "DONE"
"""What the model proposes where nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Calls in their order, with what they cost."""

    steps: tuple[str, ...] = ()
    cost: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.steps[-1:] == (DONE,)


class ToolChain:
    """The chain with the lowest f = g + h is gone on with, until it is complete.

    g: for each call 1, and up to 1 more the fewer of `samples` proposals named it. h: `weight` for each word
    of the goal that no call has, or for each call that the model thinks is still missing.
    """

    def __init__(
        self, *, heuristic: str, weight: float, samples: int, expansions: int, depth: int, model: Model
    ) -> None:
        self._by_model, self._weight, self._model = heuristic == "model", weight, model
        self._samples, self._expansions, self._depth = samples, expansions, depth
        self._goal, self._state, self._tools = "", "", tuple[Spec, ...]()
        self.expanded: list[tuple[str, ...]] = []

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The cheapest complete chain; if none was found in time, the one with the lowest f."""
        self._goal, self._state, self._tools = goal, state, tuple(tools)
        self.expanded = []
        open_chains: list[tuple[float, int, Chain]] = [(0.0, 0, Chain())]
        best, n = Chain(), 0
        while open_chains:
            best = heapq.heappop(open_chains)[2]
            if best.is_complete or len(self.expanded) >= self._expansions or len(best.steps) >= self._depth:
                break
            self.expanded.append(best.steps)
            chains = await self._extended(best)
            for chain, rest in zip(chains, await asyncio.gather(*map(self._rest, chains)), strict=True):
                n += 1
                heapq.heappush(open_chains, (chain.cost + rest, n, chain))
        return Plan(tuple(step for step in best.steps if step != DONE))

    async def revise(self, feedback: str) -> Plan:
        """Searches anew from what is known now."""
        return await self.plan(self._goal, feedback, self._tools)

    async def _extended(self, chain: Chain) -> list[Chain]:
        """The chain with each of the calls that were proposed to follow it."""
        replies = await asyncio.gather(*(self._proposal(chain, place) for place in range(self._samples)))
        counts = Counter(step for step in replies if step)
        found = []
        for step, n in counts.items():
            doubt = 1 - n / self._samples
            found.append(Chain((*chain.steps, step), chain.cost + (0.0 if step == DONE else 1.0) + doubt))
        return found

    async def _proposal(self, chain: Chain, place: int) -> str:
        """One next call as the plan spells it, `DONE`, or empty."""
        done = f"Calls so far:\n{numbered(chain.steps)}" if chain.steps else ""
        prompt = joined(
            f"Goal: {self._goal}",
            self._state,
            on_tools(self._tools, self._state),
            done,
            f"Proposal {place + 1}: what is the one best next call or action? Reply with it alone, or with {DONE} if nothing is left to do.",
        )
        reply = await self._model.ask(prompt, role="proposer")
        if DONE in reply:
            return DONE
        actions = [spec.name for spec in self._tools if not spec.arguments]
        call = as_call(reply, actions, self._tools)
        if call is not None:
            return spelled(call)
        return "" if self._tools else next(iter(listed(reply, 1)), "")

    async def _rest(self, chain: Chain) -> float:
        """h: what is left to do, at least 0; nothing once a chain is complete."""
        if chain.is_complete:
            return 0.0
        if not self._by_model:
            return self._weight * unseen(self._goal, chain.steps)
        prompt = joined(
            f"Goal: {self._goal}",
            self._state,
            f"Calls so far:\n{numbered(chain.steps)}",
            "How many more calls are needed to reach the goal? Reply with a number from 0 to 20 alone.",
        )
        left = mark(await self._model.ask(prompt, role="estimator"), 0, 20)
        return self._weight * (len(words(self._goal)) if left is None else left)
