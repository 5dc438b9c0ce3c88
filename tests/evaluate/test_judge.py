"""The judge turns whatever comes back, and whatever its problem's function does, into a verdict."""

import math

import numpy as np
import pytest

from evo import Case, Evaluation, InvalidCandidate, Problem
from evo.errors import ProblemError
from evo.evaluate.inside import wire
from evo.evaluate.judge import Judge, judge_claim, printable

CASE = Case("only", {"n": 1}, expected=3)


def problem(score) -> Problem:
    return Problem("p", "…", seeds=[{}], score=score)


def verdict(score, output: object = 1.0, case: Case = CASE) -> Evaluation:
    return Judge(problem(score))([wire.pack(output)], case, np.random.default_rng(5))


class TestJudge:
    def test_calls_with_as_much_as_the_function_takes(self):
        assert verdict(Evaluation.ok).score == 1.0
        assert verdict(lambda output, case: Evaluation.ok(output + case.expected)).score == 4.0
        assert (
            verdict(lambda output, *, rng: Evaluation.ok(rng.random())).score
            == np.random.default_rng(5).random()
        )
        assert verdict(lambda output, case, rng: Evaluation.ok(case.expected + rng.integers(1))).score == 3.0

    def test_hands_over_a_list_where_the_case_has_parts(self):
        case = Case("parts", [{"n": 1}, {"n": 2}])
        judge = Judge(problem(lambda outputs, case: Evaluation.ok(sum(outputs) * len(case.inputs))))
        assert judge([wire.pack(2), wire.pack(3)], case, np.random.default_rng(0)).score == 10.0

    def test_refusals_carry_their_message(self):
        def refuse(output: object) -> Evaluation:
            raise InvalidCandidate(f"got {output}")

        found = verdict(refuse, "\x1b[31mred")
        assert (found.status, found.feedback) == ("invalid", "got \N{REPLACEMENT CHARACTER}[31mred")

    @pytest.mark.parametrize(
        "score",
        [
            lambda output: 1 / 0,
            lambda output: Evaluation.ok(math.nan),
            lambda output: Evaluation.ok(1.0, size=math.inf),
            lambda output: Evaluation.ok("much"),
            lambda output: 1.0,
            lambda output: None,
            lambda output: output["x"],
            lambda output: Evaluation(score=1.0, metrics={"a": math.nan}),
        ],
    )
    def test_a_judge_that_trips_refuses(self, score):
        found = verdict(score)
        assert found.status == "invalid"
        assert "could not score" in found.feedback

    def test_a_claim_that_is_none_is_refused(self):
        found = Judge(problem(Evaluation.ok))([b"\x80\x04K\x01."], CASE, np.random.default_rng(0))
        assert found.status == "invalid"
        assert "cannot be judged" in found.feedback

    def test_needs_a_function(self):
        with pytest.raises(ProblemError, match="no score"):
            Judge(problem(None))


class TestOwnOutputs:
    def test_are_judged_like_claims(self):
        shape = problem(lambda output: Evaluation.ok(len(output), second=output[1]))
        found = judge_claim(shape, (1, np.float64(2)), CASE)
        assert (found.score, dict(found.metrics)) == (2.0, {"second": 2.0})
        with pytest.raises(InvalidCandidate, match="could not score"):
            judge_claim(shape, 1, CASE)


class TestPrintable:
    def test_shows_text_and_hides_controls(self):
        assert printable("ä\n\ta\x00\x1b[2J\ud800b") == "ä\n\ta\ufffd\ufffd[2J\ufffdb"

    def test_keeps_both_ends_of_long_text(self):
        text = printable("a" * 5000 + "b" * 5000)
        assert len(text) <= 2000
        assert text.startswith("aaa")
        assert text.endswith("bbb")
