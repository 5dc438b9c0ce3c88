"""The contract must refuse searches that break one of its rules."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from evo.search.greedy import Greedy
from evo.search.population import Node
from evo.testing import SearchContract
from evo.testing.world import MODELS, ONE_STAGE, THREE_STAGES
from evo.types import EvaluateTask, Evaluation, Event, Proposal, ProposeTask, Reply

CONTRACT = SearchContract()


class BreedsFromFailures(Greedy):
    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        judged = [node for node in self._core.population.nodes if node.status is not None]
        return judged[-n:]


class BreedsFromOneTwice(Greedy):
    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        return super()._pick(number, 1, rng) * n


class ForgetsWhatIsInFlight(Greedy):
    def choose(self, n: int) -> list[EvaluateTask]:
        tasks = super().choose(n)
        for task in tasks:
            node = self._core.population.find(task.candidate)
            assert node is not None
            self._core.frontier.add(node.index, self.plan.stages.index(task.stage), task.attempt)
        return tasks


class UsesGlobalRandomness(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        return [replace(task, seed=random.getrandbits(60)) for task in super().ask(n)]


class IgnoresTheRunSeed(Greedy):
    def __post_init__(self) -> None:
        self.run_seed = 0
        super().__post_init__()


class LooksAtTheHoldout(Greedy):
    def tell(self, event: Event) -> None:
        if isinstance(event, Evaluation) and event.stage == "holdout":
            self._core.known += 1
        super().tell(event)


class CountsItsOwnAsks(Greedy):
    asks = 0

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        self.asks += 1
        return self._core.population.parents.draw(np.random.default_rng(self.asks), n)


class CountsEveryTell(Greedy):
    tells = 0

    def tell(self, event: Event) -> None:
        self.tells += 1
        super().tell(event)

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        return self._core.population.parents.draw(np.random.default_rng(self.tells), n)


class NeverHoldsBack(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        self._core._in_flight.clear()
        return super().ask(n)


class GivesLostOnesUp(Greedy):
    def tell(self, event: Event) -> None:
        if isinstance(event, Evaluation) and event.status == "lost":
            event = replace(event, status="crashed")
        super().tell(event)


class TriesLostOnesForever(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        if isinstance(event, Evaluation) and event.status == "lost" and event.attempt < 50:
            node = self._core.population.find(event.candidate)
            assert node is not None
            self._core.frontier.add(node.index, 0, event.attempt + 1)


class JudgesDuplicates(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        if isinstance(event, Proposal) and event.status == "duplicate" and event.candidate:
            node = self._core.population.find(event.candidate.id)
            if node is not None:
                self._core.frontier.add(node.index, 0)


class DoesNotWaitForSeeds(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        self._core.opening._open.clear()


class SkipsSeedsThatWereNotTold(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        told = self._core._told
        self._core.opening._untold = [i for i in self._core.opening._untold if i > max(told, default=-1)]
        return super().ask(n)


class NamesNoModel(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        return [replace(task, model="") for task in super().ask(n)]


class ShowsTheParents(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        return [replace(t, inspirations=t.parents[: len(t.inspirations)]) for t in super().ask(n)]


class ShowsOneTwice(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        return [replace(t, inspirations=t.inspirations[:1] * len(t.inspirations)) for t in super().ask(n)]


class RepairsAgainAndAgain(Greedy):
    def __post_init__(self) -> None:
        super().__post_init__()
        self._core._orders.repairs.bought = lambda reply: None
        self._core._orders.repairs.finished = lambda proposal, node: None


class RepairsForever(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        self._core._orders.repairs._depth.clear()


class RepairsOneInParallel(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        tasks = []
        for _ in range(n):
            tasks += super().ask(1)
            self._core._orders.repairs._taken.clear()
        return tasks


class RepairsWithTheBest(Greedy):
    def __post_init__(self) -> None:
        super().__post_init__()
        self._core._orders._parents_of = lambda broken: self._core.population.best(1)


class SkipsTheColdStart(Greedy):
    def __post_init__(self) -> None:
        self.plan = replace(self.plan, cold_start=0)
        super().__post_init__()


class DrawsTheStarterLater(Greedy):
    def __post_init__(self) -> None:
        super().__post_init__()
        self._core._orders.mix._drawn = list(self._core._orders.mix.arms)


class WaitsForFailedStarters(Greedy):
    def __post_init__(self) -> None:
        super().__post_init__()
        self._core.opening.told = lambda number: None
        self._core.opening.waits = self._made

    def _made(self, node: Node) -> None:
        self._core.opening._untold.remove(node.number)
        self._core.opening._open.add(node.index)

    def ask(self, n: int) -> list[ProposeTask]:
        return [task for task in super().ask(n) if task.number not in self._core._told]


class ForgetsReplies(Greedy):
    def tell(self, event: Event) -> None:
        if not isinstance(event, Reply):
            super().tell(event)


class ReusesNumbersOfReplies(Greedy):
    def tell(self, event: Event) -> None:
        before = self._core._next
        super().tell(event)
        if isinstance(event, Reply):
            self._core._next = before


class AsksAgainForWhatIsInFlight(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        if isinstance(event, Reply):
            self._core._paid.add(event)


class AsksAgainForWhatIsTold(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        if isinstance(event, Reply) and event.number in self._core._told:
            self._core._paid.add(event)


class BelievesAnyReply(Greedy):
    def __post_init__(self) -> None:
        super().__post_init__()
        self._core._paid.add = lambda reply: self._core._paid._replies.setdefault(reply.number, reply)


class LearnsWhenAsked(Greedy):
    def ask(self, n: int) -> list[ProposeTask]:
        tasks = super().ask(n)
        bandit = self._core._orders.mix.bandit
        for task in tasks:
            if bandit is not None and task.model == "big":
                bandit._learn(2, 1.0, 0.01)
        return tasks


class LearnsFromTheHoldout(Greedy):
    def tell(self, event: Event) -> None:
        super().tell(event)
        bandit = self._core._orders.mix.bandit
        if isinstance(event, Evaluation) and event.stage == "holdout" and bandit is not None:
            bandit._learn(2, 1.0, 0.01)


@dataclass(frozen=True)
class Bite:
    search: type[Greedy]
    check: Callable[[Callable[[int], Greedy]], None]


BITES = [
    Bite(BreedsFromFailures, lambda make: CONTRACT.test_parents_are_told_and_ok(make, ONE_STAGE, 1)),
    Bite(BreedsFromOneTwice, CONTRACT.test_tasks_carry_as_many_distinct_parents_as_their_operator_takes),
    Bite(ForgetsWhatIsInFlight, lambda make: CONTRACT.test_many_slots_in_any_order(make, ONE_STAGE, 3)),
    Bite(UsesGlobalRandomness, CONTRACT.test_global_random_state_is_left_alone),
    Bite(
        UsesGlobalRandomness,
        lambda make: CONTRACT.test_same_seed_same_decisions_other_seed_others(make, ONE_STAGE),
    ),
    Bite(
        IgnoresTheRunSeed,
        lambda make: CONTRACT.test_same_seed_same_decisions_other_seed_others(make, ONE_STAGE),
    ),
    Bite(LooksAtTheHoldout, lambda make: CONTRACT.test_selection_and_holdout_change_nothing(make, ONE_STAGE)),
    Bite(CountsItsOwnAsks, lambda make: CONTRACT.test_replay_gives_the_same_decisions(make, ONE_STAGE, 1)),
    Bite(CountsEveryTell, lambda make: CONTRACT.test_told_twice_is_told_once(make, ONE_STAGE)),
    Bite(NeverHoldsBack, CONTRACT.test_ask_holds_back_while_enough_waits),
    Bite(GivesLostOnesUp, CONTRACT.test_lost_is_tried_max_attempts_times_and_is_no_parent),
    Bite(TriesLostOnesForever, CONTRACT.test_lost_is_tried_max_attempts_times_and_is_no_parent),
    Bite(JudgesDuplicates, CONTRACT.test_a_duplicate_is_never_judged),
    Bite(
        JudgesDuplicates,
        lambda make: CONTRACT.test_nothing_is_judged_twice_but_what_was_lost(make, THREE_STAGES),
    ),
    Bite(DoesNotWaitForSeeds, CONTRACT.test_only_seeds_until_all_seeds_are_judged),
    Bite(SkipsSeedsThatWereNotTold, CONTRACT.test_a_seed_whose_number_was_skipped_is_asked_again),
    Bite(NamesNoModel, lambda make: CONTRACT.test_tasks_name_a_model_of_their_operator(make, True)),
    Bite(ShowsTheParents, CONTRACT.test_inspirations_are_ok_and_others_than_the_parents),
    Bite(ShowsOneTwice, CONTRACT.test_inspirations_are_ok_and_others_than_the_parents),
    Bite(RepairsAgainAndAgain, CONTRACT.test_only_failures_of_models_are_repaired_each_once),
    Bite(RepairsForever, CONTRACT.test_only_failures_of_models_are_repaired_each_once),
    Bite(RepairsWithTheBest, CONTRACT.test_only_failures_of_models_are_repaired_each_once),
    Bite(RepairsOneInParallel, CONTRACT.test_a_repair_is_in_flight_once),
    Bite(SkipsTheColdStart, CONTRACT.test_the_cold_start_comes_after_the_seeds_and_before_all_else),
    Bite(DrawsTheStarterLater, CONTRACT.test_the_cold_start_comes_after_the_seeds_and_before_all_else),
    Bite(WaitsForFailedStarters, CONTRACT.test_a_cold_start_that_fails_is_over),
    Bite(ForgetsReplies, lambda make: CONTRACT.test_what_was_paid_for_is_asked_again_and_first(make, 60)),
    Bite(
        ReusesNumbersOfReplies,
        lambda make: CONTRACT.test_what_was_paid_for_is_asked_again_and_first(make, 60),
    ),
    Bite(AsksAgainForWhatIsInFlight, CONTRACT.test_a_reply_to_what_is_in_flight_changes_nothing),
    Bite(AsksAgainForWhatIsTold, CONTRACT.test_a_reply_whose_proposal_was_told_is_used),
    Bite(BelievesAnyReply, CONTRACT.test_a_reply_that_nobody_can_read_is_let_go),
    Bite(LearnsWhenAsked, lambda make: CONTRACT.test_replay_gives_the_same_decisions(make, MODELS, 4)),
    Bite(LearnsFromTheHoldout, lambda make: CONTRACT.test_selection_and_holdout_change_nothing(make, MODELS)),
]


@pytest.mark.parametrize("bite", BITES, ids=lambda bite: bite.search.__name__)
def test_a_broken_search_is_refused(bite: Bite) -> None:
    bite.check(Greedy)  # the sound one passes
    with pytest.raises(AssertionError):
        bite.check(bite.search)


def test_without_its_fixture_the_contract_says_so() -> None:
    with pytest.raises(NotImplementedError, match="make"):
        SearchContract.make.__wrapped__(CONTRACT)  # type: ignore[attr-defined]
