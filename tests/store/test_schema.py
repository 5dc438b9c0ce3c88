"""Every event survives its way into a row and back."""

import dataclasses
import math
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.errors import JournalCorrupt, RunError
from evo.store.journal import Journal, read_events
from evo.store.schema import (
    CANDIDATE_COLUMNS,
    COLUMNS,
    EVALUATION_COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    VERSION_KEY,
    WITHOUT_BULK,
    conform,
    decode,
    decode_candidate,
    decode_index,
    encode,
    missing,
    schema_of,
)
from evo.testing.journal import every_kind_of_event
from evo.types import STATUSES, Candidate, CaseResult, Evaluation, Event, Proposal, Reply, Steering, Usage

# Every character, halves of surrogate pairs included, which UTF-8 cannot hold.
TEXT = st.text(st.characters(codec=None, categories=None), max_size=12) | st.sampled_from(
    ["", "\\", "\\ud800", "\ud800", "\ud83d\ude00", "\0", "\\\\u0041", "e\u0301", "\ufdd0"]
)
INT = st.integers(-(2**63), 2**63 - 1)
FLOAT = st.floats(allow_nan=False)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
USAGE = st.builds(Usage, INT, INT, st.none() | FLOAT, FLOAT, FLOAT)
PARENTS = st.lists(TEXT, max_size=3).map(tuple)
CANDIDATES = st.builds(Candidate, TEXT, st.dictionaries(TEXT, TEXT, max_size=3), PARENTS, TEXT, TEXT, TEXT)
MADE = st.builds(
    Proposal,
    INT,
    TEXT,
    PARENTS,
    CANDIDATES,
    st.sampled_from(["ok", "duplicate"]),
    TEXT,
    INT,
    FLOAT,
    USAGE,
    TEXT,
)
UNMADE = st.builds(
    Proposal,
    INT,
    TEXT,
    PARENTS,
    st.none(),
    st.sampled_from(["similar", "invalid", "timeout", "crashed", "lost"]),
    TEXT,
    INT,
    FLOAT,
    USAGE,
    TEXT,
    st.sampled_from(["", "read", "apply", "compile", "novelty", "model", "budget"]),
)
CASES = st.lists(
    st.builds(CaseResult, TEXT, st.sampled_from(STATUSES), st.none() | FLOAT, FLOAT), max_size=3
).map(tuple)


@st.composite
def evaluations(draw: st.DrawFn) -> Evaluation:
    status = draw(st.sampled_from(STATUSES))
    return Evaluation(
        draw(TEXT),
        draw(TEXT),
        draw(INT),
        status,
        draw(FINITE) if status == "ok" else None,
        draw(st.dictionaries(TEXT, FLOAT, max_size=3)),
        draw(CASES),
        draw(TEXT),
        draw(TEXT),
        draw(FLOAT),
        draw(USAGE),
        draw(TEXT),
        draw(st.integers(0, 2**64 - 1)),
        draw(st.booleans()),
    )


STEERING = st.builds(Steering, TEXT, TEXT, TEXT, st.sampled_from(["advice", "pin", "veto", "edit"]))
REPLIES = st.builds(
    Reply,
    INT,
    INT,
    st.sampled_from(["propose", "fix", "judge", "agent"]),
    *[TEXT] * 6,
    PARENTS,
    PARENTS,
    TEXT,
    TEXT,
    INT,
    INT,
    FLOAT,
    USAGE,
)
EVENTS = st.one_of(MADE, UNMADE, evaluations(), STEERING, REPLIES)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=5))
def test_every_event_comes_back(events: list[Event]) -> None:
    batch = encode(events, 7, 1.5)
    assert decode(batch) == events
    assert [repr(event) for event in decode(batch)] == [repr(event) for event in events]
    message = pa.ipc.read_record_batch(batch.serialize(), SCHEMA)
    assert decode(message) == events
    assert batch["seq"].to_pylist() == list(range(7, 7 + len(events)))


@settings(max_examples=100, deadline=None)
@given(MADE, evaluations())
def test_parts_of_a_row_are_enough_for_a_part_of_an_event(made: Proposal, verdict: Evaluation) -> None:
    batch = encode([made, verdict], 0, 0.0)
    assert decode_candidate(batch.select(list(CANDIDATE_COLUMNS)).slice(0, 1)) == made.candidate
    assert decode(batch.select(list(EVALUATION_COLUMNS)).slice(1, 1)) == [verdict]
    assert decode_index(batch)[1]["candidate"] == verdict.candidate


def test_events_without_their_bulk() -> None:
    full = every_kind_of_event()
    for event, bare in zip(full, decode(encode(full, 0, 0.0).select(list(WITHOUT_BULK))), strict=True):
        if isinstance(event, Evaluation):
            assert bare == dataclasses.replace(event, cases=(), feedback="", artefact="")
        elif isinstance(event, Proposal) and event.candidate:
            made = dataclasses.replace(event.candidate, files={}, memo="")
            assert bare == dataclasses.replace(event, candidate=made)
        elif isinstance(event, Reply):
            assert bare == dataclasses.replace(event, text="", prompt="")
        else:
            assert bare == event


def test_readers_see_plain_text_wherever_it_can_be_written() -> None:
    made = Candidate("id", {"a.py": "x = '\\n'\n"}, note="\\ plain")
    odd = Candidate("id", {"a.py": "x = '\\n\ud800'\n"}, note="\\ plain")
    batch = encode([Proposal(0, "op", candidate=one) for one in (made, odd)], 0, 0.0)
    assert batch["note"].to_pylist() == ["\\ plain", "\\\\ plain"]
    assert batch["files"].to_pylist()[0] == [("a.py", "x = '\\n'\n")]
    assert batch["escaped"].to_pylist() == [None, True]


def test_not_a_number_is_kept() -> None:
    (found,) = decode(encode([Evaluation("c", "s", status="lost", metrics={"a": math.nan})], 0, 0.0))
    assert isinstance(found, Evaluation)
    assert math.isnan(found.metrics["a"])


@pytest.mark.parametrize(
    ("event", "column"),
    [
        (Evaluation("c", status="lost", seed=-1), "seed"),
        (Evaluation("c", status="lost", seed=2**64), "seed"),
        (Proposal(2**63, "op", status="lost"), "number"),
        (Proposal(1, "op", status="lost", reason=5), "reason"),  # type: ignore[arg-type]
        (Evaluation("c", status="lost", metrics={"a": "b"}), "metrics"),  # type: ignore[dict-item]
    ],
)
def test_what_a_column_cannot_keep_is_refused_by_its_name(event: Event, column: str) -> None:
    with pytest.raises(ValueError, match=column):
        encode([event], 0, 0.0)


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(TypeError, match="got dict"):
        encode([{}], 0, 0.0)  # type: ignore[list-item]


def test_rows_of_an_earlier_version_are_read() -> None:
    """As if these columns had been added since; their fields take their defaults."""
    added = ["known", "made_by", "made_from", "metrics", "escaped"]
    events = [Proposal(1, "op", status="lost", known=4), Evaluation("c", "s", score=1.0, metrics={"a": 1.0})]
    early = encode(events, 0, 0.0).drop_columns(added)
    assert conform(early).schema.equals(SCHEMA)
    assert decode(conform(early)) == decode(early)
    first, second = decode(early)
    assert (first, second) == (
        dataclasses.replace(events[0], known=0),
        dataclasses.replace(events[1], metrics={}),
    )


def test_a_run_that_an_earlier_version_wrote_is_read(tmp_path: Path) -> None:
    """In format 1 there were no replies; half of the events are in a segment, half in the journal."""
    folder = tmp_path / "run"
    shutil.copytree(Path(__file__).parents[1] / "golden" / "run_format_1", folder)
    written = [event for event in every_kind_of_event() if not isinstance(event, Reply)][:9]
    assert list(read_events(folder)) == written
    with Journal.open(folder) as journal:
        assert list(journal.replay()) == written
        journal.append([every_kind_of_event()[-1]])
    assert list(read_events(folder)) == [*written, every_kind_of_event()[-1]]


def test_a_later_version_is_refused() -> None:
    assert SCHEMA.metadata[VERSION_KEY] == str(SCHEMA_VERSION).encode()
    assert schema_of(SCHEMA_VERSION, "here").names == [name for name, _ in COLUMNS]
    with pytest.raises(RunError, match=r"journal/000001.journal is written in format 3.*pip install -U"):
        schema_of(SCHEMA_VERSION + 1, "journal/000001.journal")


def test_lost_rows_are_no_events() -> None:
    batch = missing(5, 3)
    assert batch["seq"].to_pylist() == [5, 6, 7]
    assert decode(batch) == []


def test_an_unknown_kind_is_not_passed_over() -> None:
    batch = encode([Steering("a")], 3, 0.0)
    strange = batch.set_column(1, "kind", pa.array(["gossip"]))
    with pytest.raises(JournalCorrupt, match=r"event 3 .*gossip"):
        decode(strange)
