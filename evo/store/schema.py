"""Events as rows of one wide Arrow table, in the journal and in the Parquet archive alike.

Every kind of event fills the columns it needs and leaves the others null. Small columns come
first, so that a reader who wants scores does not pass the texts.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from evo.errors import JournalCorrupt, RunError
from evo.types import Candidate, CaseResult, Evaluation, Event, Proposal, Reply, Steering, Usage

SCHEMA_VERSION = 2
"""Of `COLUMNS`. A later version may add columns and give the rows of earlier ones a meaning.

2 added what language models take: rows of kind ``reply``, and a proposal's model and rung.
"""

VERSION_KEY = b"evo.schema_version"
MISSING = "missing"
"""`kind` of a row that stands for an event that damage has taken."""

Row = dict[str, Any]

_TEXT = pa.string()
_CASE = pa.struct(
    [("case", _TEXT), ("status", _TEXT), ("score", pa.float64()), ("seconds", pa.float64())],
)
COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("seq", pa.int64()),  # number of the event in the run
    ("kind", _TEXT),  # proposal, evaluation, steering, reply or missing
    ("time", pa.float64()),  # when it was recorded, seconds since 1970
    ("candidate", _TEXT),  # id; null in a proposal that made none
    ("status", _TEXT),
    ("seconds", pa.float64()),
    ("tokens_in", pa.int64()),
    ("tokens_out", pa.int64()),
    ("usd", pa.float64()),  # null where the price is unknown
    ("cpu_s", pa.float64()),
    ("gpu_s", pa.float64()),
    # evaluations
    ("stage", _TEXT),
    ("attempt", pa.int64()),
    ("score", pa.float64()),
    ("metrics", pa.map_(_TEXT, pa.float64())),
    ("sandbox", _TEXT),
    ("seed", pa.uint64()),
    ("verified", pa.bool_()),
    # proposals
    ("number", pa.int64()),
    ("operator", _TEXT),
    ("parents", pa.list_(_TEXT)),
    ("known", pa.int64()),
    ("reason", _TEXT),
    ("note", _TEXT),
    ("made_by", _TEXT),  # the candidate's own operator, where it is not the proposal's
    ("made_from", pa.list_(_TEXT)),  # its own parents, likewise
    ("model", _TEXT),  # of replies too
    ("rung", _TEXT),
    ("repairs", _TEXT),  # of replies too
    # replies; they also have a number, operator, parents and known: those of their task
    ("turn", pa.int64()),
    ("role", _TEXT),
    ("key", _TEXT),
    ("finish", _TEXT),
    ("inspirations", pa.list_(_TEXT)),
    ("asked", _TEXT),
    ("tries", pa.int64()),
    # steering
    ("action", _TEXT),
    ("target", _TEXT),
    ("author", _TEXT),
    ("text", _TEXT),
    # bulky
    ("escaped", pa.bool_()),  # true where the row's texts went through `_escape`
    ("memo", _TEXT),
    ("cases", pa.list_(_CASE)),
    ("feedback", _TEXT),
    ("artefact", _TEXT),
    ("files", pa.map_(_TEXT, _TEXT)),
    ("reply", _TEXT),
    ("prompt", _TEXT),
)
_ADDED = {
    2: frozenset(
        "model rung turn role key finish inspirations repairs asked tries reply prompt".split()  # noqa: SIM905
    )
}
"""Version -> columns that earlier ones lack."""
_STRUCT = pa.struct(COLUMNS)
SCHEMA = pa.schema(COLUMNS, metadata={VERSION_KEY: str(SCHEMA_VERSION)})

BULKY = ("memo", "cases", "feedback", "artefact", "files", "reply", "prompt")
"""Columns that an index of the run does without."""

WITHOUT_BULK = tuple(name for name, _ in COLUMNS if name not in BULKY)

CANDIDATE_COLUMNS = (
    *("candidate", "operator", "parents", "note", "made_by", "made_from"),
    *("escaped", "memo", "files"),
)
EVALUATION_COLUMNS = (
    *("kind", "candidate", "status", "seconds", "tokens_in", "tokens_out", "usd", "cpu_s", "gpu_s", "stage"),
    *("attempt", "score", "metrics", "sandbox", "seed", "verified"),
    *("escaped", "cases", "feedback", "artefact"),
)
INDEX_COLUMNS = ("seq", "kind", "candidate", "status", "stage", "escaped")


def check_version(version: int, where: str) -> None:
    """Refuses what a later version of evo wrote.

    Raises:
        RunError: `version` is above `SCHEMA_VERSION`.
    """
    if version > SCHEMA_VERSION:
        raise RunError(
            f"{where} is written in format {version}, and this evo reads formats up to {SCHEMA_VERSION}. "
            "Upgrade it with: pip install -U evo-search"
        )


def schema_of(version: int, where: str) -> pa.Schema:
    """The schema that rows of `version` were written in.

    Raises:
        RunError: `version` is above `SCHEMA_VERSION`.
    """
    check_version(version, where)
    if version == SCHEMA_VERSION:
        return SCHEMA
    later = {name for since, names in _ADDED.items() if since > version for name in names}
    columns = [column for column in COLUMNS if column[0] not in later]
    return pa.schema(columns, metadata={VERSION_KEY: str(version)})


def encode(events: Sequence[Event], first_seq: int, time: float) -> pa.RecordBatch:
    """`events` as one record batch.

    Args:
        events: any number of them.
        first_seq: number of the first; the others count up from it.
        time: seconds since 1970 that all of them get.

    Raises:
        TypeError: something is not an event.
        ValueError: a field holds a value that its column cannot keep.
    """
    rows = [_row(event) for event in events]
    for seq, row in enumerate(rows, first_seq):
        row["seq"], row["time"] = seq, time
    try:
        return _batch(rows)
    except UnicodeEncodeError:
        return _batch([_encodable(row) for row in rows])
    except (pa.ArrowException, OverflowError) as error:
        raise ValueError(f"{_culprit(rows)}: {error}") from error


def missing(first_seq: int, rows: int) -> pa.RecordBatch:
    """`rows` rows that stand for lost events."""
    return _batch([{"seq": seq, "kind": MISSING} for seq in range(first_seq, first_seq + rows)])


def conform(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`batch` with the columns of `SCHEMA`, those that an earlier version lacks filled with nulls."""
    if batch.schema.equals(SCHEMA):
        return batch
    known = set(batch.schema.names)
    columns = [
        batch.column(name) if name in known else pa.nulls(batch.num_rows, type_) for name, type_ in COLUMNS
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def decode(batch: pa.RecordBatch) -> list[Event]:
    """The events of a batch, in order; rows of kind `MISSING` are left out.

    Columns that the batch lacks, because it was read in part or written by an earlier version,
    leave their fields empty.

    Raises:
        JournalCorrupt: a row is of a kind that does not exist.
    """
    rows = batch.to_pylist()
    return [_event(row) for row in rows if row["kind"] != MISSING]


def decode_index(batch: pa.RecordBatch) -> list[Row]:
    """The rows of a batch with their `INDEX_COLUMNS`."""
    return [_plain(row) for row in batch.select(INDEX_COLUMNS).to_pylist()]


def decode_candidate(batch: pa.RecordBatch) -> Candidate:
    """The candidate in the one row of a batch that has `CANDIDATE_COLUMNS`."""
    return _to_candidate(_plain(batch.to_pylist()[0]))


def _batch(rows: list[Row]) -> pa.RecordBatch:
    batch = pa.RecordBatch.from_struct_array(pa.array(rows, type=_STRUCT))
    return batch.replace_schema_metadata(SCHEMA.metadata)


def _culprit(rows: Iterable[Row]) -> str:
    types = dict(COLUMNS)
    for row in rows:
        for name, value in row.items():
            try:
                pa.array([value], type=types[name])
            except (pa.ArrowException, OverflowError, UnicodeEncodeError):
                return f"{row['kind']} with {name} {value!r:.80} cannot be recorded"
    return "an event cannot be recorded"


def _row(event: Event) -> Row:
    encoder = _ENCODERS.get(type(event))
    if encoder is None:
        raise TypeError(
            f"a journal takes Proposal, Evaluation, Steering and Reply, got {type(event).__name__}"
        )
    return encoder(event)


def _of_proposal(event: Proposal) -> Row:
    row: Row = {
        "kind": "proposal",
        "number": event.number,
        "operator": event.operator,
        "parents": event.parents,
        "status": event.status,
        "reason": event.reason,
        "known": event.known,
        "seconds": event.seconds,
        "model": event.model,
        "rung": event.rung,
        "repairs": event.repairs,
        **_of_usage(event.usage),
    }
    made = event.candidate
    if made is not None:
        row["candidate"], row["files"] = made.id, list(made.files.items())
        row["note"], row["memo"] = made.note, made.memo
        if made.operator != event.operator:
            row["made_by"] = made.operator
        if made.parents != event.parents:
            row["made_from"] = made.parents
    return row


def _of_evaluation(event: Evaluation) -> Row:
    return {
        "kind": "evaluation",
        "candidate": event.candidate,
        "stage": event.stage,
        "attempt": event.attempt,
        "status": event.status,
        "score": event.score,
        "metrics": list(event.metrics.items()),
        "cases": [
            {"case": one.case, "status": one.status, "score": one.score, "seconds": one.seconds}
            for one in event.cases
        ],
        "feedback": event.feedback,
        "artefact": event.artefact,
        "seconds": event.seconds,
        "sandbox": event.sandbox,
        "seed": event.seed,
        "verified": event.verified,
        **_of_usage(event.usage),
    }


def _of_steering(event: Steering) -> Row:
    return {
        "kind": "steering",
        "text": event.text,
        "author": event.author,
        "target": event.target,
        "action": event.action,
    }


def _of_reply(event: Reply) -> Row:
    return {
        "kind": "reply",
        "number": event.number,
        "turn": event.turn,
        "role": event.role,
        "model": event.model,
        "key": event.key,
        "reply": event.text,
        "finish": event.finish,
        "prompt": event.prompt,
        "operator": event.operator,
        "parents": event.parents,
        "inspirations": event.inspirations,
        "repairs": event.repairs,
        "asked": event.asked,
        "known": event.known,
        "tries": event.tries,
        "seconds": event.seconds,
        **_of_usage(event.usage),
    }


def _of_usage(usage: Usage) -> Row:
    return {
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "usd": usage.usd,
        "cpu_s": usage.cpu_s,
        "gpu_s": usage.gpu_s,
    }


_ENCODERS: Mapping[type, Callable[[Any], Row]] = {
    Proposal: _of_proposal,
    Evaluation: _of_evaluation,
    Steering: _of_steering,
    Reply: _of_reply,
}


def _plain(row: Row) -> Row:
    if row.get("escaped"):
        return {name: _mapped(_unescape, value) for name, value in row.items()}
    return row


def _event(row: Row) -> Event:
    decoder = _DECODERS.get(row["kind"])
    if decoder is None:
        raise JournalCorrupt(f"event {row.get('seq')} is of the unknown kind {row['kind']!r}")
    return decoder(_plain(row))


def _to_candidate(row: Row) -> Candidate:
    by, parents = row.get("made_by"), row.get("made_from")
    return Candidate(
        row["candidate"],
        dict(row.get("files") or ()),
        tuple(row["parents"] if parents is None else parents),
        row["operator"] if by is None else by,
        _or(row.get("note"), ""),
        _or(row.get("memo"), ""),
    )


def _to_proposal(row: Row) -> Proposal:
    return Proposal(
        row["number"],
        row["operator"],
        tuple(row["parents"]),
        None if row["candidate"] is None else _to_candidate(row),
        row["status"],
        _or(row.get("reason"), ""),
        _or(row.get("known"), 0),
        _or(row.get("seconds"), 0.0),
        _to_usage(row),
        _or(row.get("model"), ""),
        _or(row.get("rung"), ""),
        _or(row.get("repairs"), ""),
    )


def _to_evaluation(row: Row) -> Evaluation:
    return Evaluation(
        candidate=row["candidate"],
        stage=row["stage"],
        attempt=row["attempt"],
        status=row["status"],
        score=row["score"],
        metrics=dict(row.get("metrics") or ()),
        cases=tuple(CaseResult(**case) for case in row.get("cases") or ()),
        feedback=_or(row.get("feedback"), ""),
        artefact=_or(row.get("artefact"), ""),
        seconds=_or(row.get("seconds"), 0.0),
        usage=_to_usage(row),
        sandbox=_or(row.get("sandbox"), ""),
        seed=_or(row.get("seed"), 0),
        verified=bool(row["verified"]),
    )


def _to_steering(row: Row) -> Steering:
    return Steering(row["text"], row["author"], row["target"], row["action"])


def _to_reply(row: Row) -> Reply:
    return Reply(
        number=row["number"],
        turn=row["turn"],
        role=row["role"],
        model=row["model"],
        key=row["key"],
        text=_or(row.get("reply"), ""),
        finish=row["finish"],
        prompt=_or(row.get("prompt"), ""),
        operator=row["operator"],
        parents=tuple(row["parents"]),
        inspirations=tuple(row["inspirations"]),
        repairs=row["repairs"],
        asked=row["asked"],
        known=row["known"],
        tries=row["tries"],
        seconds=row["seconds"],
        usage=_to_usage(row),
    )


def _to_usage(row: Row) -> Usage:
    return Usage(row["tokens_in"], row["tokens_out"], row["usd"], row["cpu_s"], row["gpu_s"])


def _or(value: Any, default: Any) -> Any:
    """`value`, or `default` where its column is null or lacking; a negative zero is kept."""
    return default if value is None else value


_DECODERS: Mapping[str, Callable[[Row], Event]] = {
    "proposal": _to_proposal,
    "evaluation": _to_evaluation,
    "steering": _to_steering,
    "reply": _to_reply,
}

# A str may hold halves of surrogate pairs, which UTF-8 and so Arrow cannot. Such a row is kept
# with backslashes doubled and each half as \uXXXX; every other row is kept as it is.
_UNSAFE = re.compile(r"[\\\ud800-\udfff]")
_ESCAPES = re.compile(r"\\(\\|u[0-9a-f]{4})")


def _encodable(row: Row) -> Row:
    try:
        _batch([row])
    except UnicodeEncodeError:
        return {name: _mapped(_escape, value) for name, value in row.items()} | {"escaped": True}
    return row


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda hit: "\\\\" if hit[0] == "\\" else f"\\u{ord(hit[0]):04x}", text)


def _unescape(text: str) -> str:
    return _ESCAPES.sub(lambda hit: "\\" if hit[1] == "\\" else chr(int(hit[1][1:], 16)), text)


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    """`value` with `change` applied to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_mapped(change, key): _mapped(change, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(change, one) for one in value)
    return value
