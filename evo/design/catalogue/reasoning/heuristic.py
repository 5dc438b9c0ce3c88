"""Chooses among the possible actions by rules, without a model: each rule gives an action points."""

from collections import Counter
from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Thought
from evo.design.parameter import Choice, Flag
from evo.design.places import eagerness, tried
from evo.design.situation import Situation
from evo.design.wording import (
    FINAL,
    answer,
    is_order,
    meant,
    message,
    order_of,
    overlap,
    quantity,
    says_to,
    sentences,
    thing,
    verb,
)

DECLARATION = Component(
    slot="reasoning",
    name="heuristic",
    purpose="scores the possible actions by rules, without a model",
    use="Heuristic",
    source="word overlap as in information retrieval; orders as in Kuhlmann et al., Guiding a Learner with Advice (2004)",
    parameters=(
        Choice("goal", default=1.0, choices=(0.5, 1.0, 2.0)),
        Choice("plan", default=0.5, choices=(0.5, 1.0)),
        Choice("orders", default="now", choices=("none", "now", "kept")),
        Choice("repeats", default=1.0, choices=(0.0, 1.0)),
        Choice("curious", default=0.0, choices=(0.0, 0.5)),
        Choice("gains", default=0.0, choices=(0.0, 0.5)),
        Flag("reckon"),
        Flag("careful"),
    ),
)

ORDER, AMOUNT, HARM = 3.0, 2.0, 2.0
"""Points of an action that was asked for, of the right or wrong amount, and off one that cannot be taken back."""


class Heuristic:
    """The action with the most points, of equals the first.

    Args:
        goal: points for an action whose words are all in the goal, in proportion for some of them.
        plan: for the next step of the plan.
        orders: whether what was just said, or was said before and is kept, counts as an order.
        repeats: taken off for what the memory says was tried here: half of it the first time, nearly all in the end.
        curious: for opening and reading things.
        gains: for doing with other things what was rewarded before.
        reckon: works out sums and puts things in order of their amounts, if the goal asks for either.
        careful: keeps from what cannot be taken back, such as eating, unless it was ordered or the goal says so.
    """

    def __init__(
        self,
        *,
        goal: float,
        plan: float,
        orders: str,
        repeats: float,
        curious: float,
        gains: float,
        reckon: bool,
        careful: bool,
    ) -> None:
        self._goal, self._plan, self._orders, self._repeats = goal, plan, orders, repeats
        self._curious, self._gains, self._reckon, self._careful = curious, gains, reckon, careful
        self._kept: list[str] = []
        self._words: frozenset[str] = frozenset()
        self._done: set[str] = set()
        self._kinds: Counter[str] = Counter()  # how often each verb was done
        self._gained: Counter[str] = Counter()
        self._lost: set[str] = set()
        self._settled: set[str] = set()
        self._verbs: frozenset[str] = frozenset()
        self._answer: float | None = None
        self._placed: set[float] = set()

    async def think(self, question: str, context: str) -> Thought:
        """One of the actions, with its points; where there are none, the next step of the plan."""
        told = Situation.of(context)
        step = told.plan[0] if told.plan else ""
        if not told.actions:
            return Thought(step)
        self._learn(told)
        wanted = meant(question)
        said, words = self._said(question, told)
        before = tried(told.memory) if self._repeats else {}
        amounts = self._amounts(question, told.actions) if self._reckon else {}
        points: dict[str, float] = {}
        for action in told.actions:
            n = before.get(action, 0)
            named = overlap(action, wanted)
            is_ordered = any(says_to(action, one, words) for one in said)
            points[action] = (
                ORDER * is_ordered
                + self._goal * named
                + self._plan * (action == step)
                - self._repeats * n / (n + 1)
                + amounts.get(action, 0.0)
                + self._drive(action, is_ordered or named == 1.0)
            )
        chosen = max(told.actions, key=lambda action: points[action])
        self._note(chosen, said, words)
        return Thought(chosen, f"{points[chosen]:.2f} points")

    def _learn(self, told: Situation) -> None:
        """Takes in what the last action brought."""
        action, gained, amount = told.feedback.rpartition(": gained ")
        if gained and amount.startswith("-"):
            self._lost.add(action)
            self._gained[verb(action)] -= 1
        elif gained:
            self._gained[verb(action)] += 1
            if verb(action) == "put":
                self._settled.add(thing(action))
        self._verbs |= {verb(action) for action in told.actions}
        if self._reckon and (result := answer(message(told.seen))) is not None:
            self._answer = result

    def _said(self, goal: str, told: Situation) -> tuple[list[str], frozenset[str]]:
        """The sentences that may be orders, and the words of all of them; the goal itself is none."""
        if self._orders == "none":
            return [], frozenset()
        text = message(told.seen)
        now = [one for one in sentences(text) if one not in goal]
        if self._orders == "kept" and any(is_order(one, self._verbs) for one in now):
            new = [one for one in now if one not in self._kept]
            self._kept += new
            if new:
                self._words |= meant(text)
        if self._orders == "kept":
            return list(dict.fromkeys([*now, *self._kept])), self._words | meant(text)
        return now, meant(text)

    def _amounts(self, goal: str, actions: Sequence[str]) -> dict[str, float]:
        """Points for actions with the amount that is wanted, and off those with another."""
        found = {action: amount for action in actions if (amount := quantity(action)) is not None}
        left = [amount for amount in found.values() if amount not in self._placed]
        if self._answer is not None:
            right = self._answer
        elif (order := order_of(goal)) and left:
            right = min(left) if order > 0 else max(left)
        else:
            return {}
        return {action: AMOUNT if amount == right else -AMOUNT for action, amount in found.items()}

    def _drive(self, action: str, is_wanted: bool) -> float:
        """Points for curiosity, hope and care."""
        found = 0.0
        if self._curious and (eagerness(action) == 0 or verb(action) == "read"):
            found += self._curious
        if self._gains:
            found += self._gains * self._promise(action)
        if self._careful and verb(action) in FINAL and not is_wanted:
            found -= HARM
        return found

    def _promise(self, action: str) -> float:
        """What rewards so far say of an action, from -1 to 1: its own, and those of its like."""
        if action in self._lost or thing(action) in self._settled:
            return -1.0
        kind = verb(action)
        n = self._kinds[kind]
        mean = self._gained[kind] / n if n else 0.0
        return max(-1.0, min(1.0, mean)) if mean < 0 or action not in self._done else 0.0

    def _note(self, chosen: str, said: Sequence[str], words: frozenset[str]) -> None:
        """Remembers what it decided: an order that is followed is not followed again."""
        self._done.add(chosen)
        self._kinds[verb(chosen)] += 1
        amount = quantity(chosen)
        if amount is not None and verb(chosen) == "put":
            self._placed.add(amount)
        for one in said:
            if one in self._kept and says_to(chosen, one, words):
                self._kept.remove(one)
                break
