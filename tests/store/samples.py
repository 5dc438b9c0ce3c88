"""Events to store: the i-th is always the same."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from evo.store.journal import read_batches
from evo.store.schema import decode
from evo.types import Candidate, CaseResult, Evaluation, Event, Proposal, Usage

WORDS = [f"name_{i}" for i in range(400)]


def candidate(i: int, size: int = 300) -> Candidate:
    """The i-th candidate, with about `size` characters in its file."""
    rng = random.Random(i)
    words = " ".join(rng.choices(WORDS, k=size // 9))
    parents = (candidate_id(rng.randrange(i)),) if i else ()
    operator = "ast.mutate" if i else "seed"
    return Candidate(
        candidate_id(i), {"main.py": f"# {i}\n{words}\n"}, parents, operator, f"{i} from {parents}"
    )


def candidate_id(i: int) -> str:
    return f"{random.Random(f'id {i}').getrandbits(64):016x}"


def proposal(i: int, size: int = 300) -> Proposal:
    made = candidate(i, size)
    return Proposal(i, made.operator, made.parents, made, known=i, seconds=0.25, usage=Usage(10, 20, 0.5))


def evaluation(i: int, stage: str = "search", attempt: int = 1) -> Evaluation:
    rng = random.Random(i)
    score = rng.random()
    return Evaluation(
        candidate_id(i),
        stage,
        attempt,
        score=score,
        metrics={"score": score, "half": score / 2},
        cases=(CaseResult("only", "ok", score, 0.1),),
        artefact=f"[{score}]",
        seconds=0.1,
        usage=Usage(cpu_s=0.125),
        sandbox="S3",
        seed=rng.getrandbits(64),
    )


def event(i: int, size: int = 300) -> Event:
    """Proposals and evaluations in turn."""
    return evaluation(i // 2) if i % 2 else proposal(i // 2, size)


def events(n: int, start: int = 0, size: int = 300) -> list[Event]:
    return [event(i, size) for i in range(start, start + n)]


def frames(n: int, per_frame: int, size: int = 300) -> Iterator[list[Event]]:
    """`n` events in frames."""
    for start in range(0, n, per_frame):
        yield events(min(per_frame, n - start), start, size)


def numbered(folder: Path) -> Iterator[tuple[int, Event]]:
    """What a reader finds in a run, each event with its number; lost ones are passed over."""
    for batch in read_batches(folder):
        numbers = [
            seq
            for seq, kind in zip(batch["seq"].to_pylist(), batch["kind"].to_pylist(), strict=True)
            if kind != "missing"
        ]
        yield from zip(numbers, decode(batch), strict=True)


def differing(found: Sequence[tuple[int, Event]], size: int = 300) -> list[int]:
    """Numbers of events that are not what was written."""
    return [i for i, one in found if one != event(i, size)]
