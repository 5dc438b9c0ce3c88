"""What the archive says about candidates and operators, as plain records and as a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pyarrow as pa

from evo.types import Proposal, Status

_ROWS_AT_ONCE = 1024
_TABLE = pa.schema(
    [
        ("number", pa.int64()),
        ("id", pa.string()),
        ("operator", pa.string()),
        ("parents", pa.list_(pa.string())),
        ("note", pa.string()),
        ("stage", pa.string()),
        ("status", pa.string()),
        ("score", pa.float64()),
        ("seconds", pa.float64()),
        ("attempts", pa.int64()),
        ("verified", pa.bool_()),
        ("metrics", pa.map_(pa.string(), pa.float64())),
        ("scores", pa.map_(pa.string(), pa.float64())),
    ]
)
_FILES = pa.field("files", pa.map_(pa.string(), pa.string()))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the archive knows of a candidate.

    Attributes:
        number: of the proposal that brought it; None if it was judged without one.
        stage: the search stage it is known by: the last that judged it; None before the first.
        status: verdict of that stage; ``lost`` if all there is are lost attempts; None before.
        score: of that stage, None unless `status` is ``ok``.
        seconds: what the candidate took there.
        attempts: how often it was judged there.
        metrics: as that stage found them.
        verified: False when the score may be forged: judge and candidate shared a process.
        scores: stage -> score, for every stage with an ``ok``, those that do not steer included.
    """

    id: str
    number: int | None
    operator: str
    parents: tuple[str, ...]
    note: str
    stage: str | None = None
    status: Status | None = None
    score: float | None = None
    seconds: float = 0.0
    attempts: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    verified: bool = True
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class OperatorRecord:
    """What came of the proposals of one operator.

    Attributes:
        proposed: finished proposals; `duplicate` gave a known candidate, `failed` gave none.
        invalid: of the failed, those where the operator said itself that none can be made.
        judged: of its candidates; `ok` of them have a score at the last search stage.
        improved: of those with a score, that it is higher than that of each parent.
        best_gain, mean_gain: score minus the best parent's; None without any.
        seconds: making the proposals, not judging them.
        usd: None where a price is unknown.
    """

    proposed: int = 0
    duplicate: int = 0
    failed: int = 0
    invalid: int = 0
    judged: int = 0
    ok: int = 0
    improved: int = 0
    best_gain: float | None = None
    mean_gain: float | None = None
    seconds: float = 0.0
    tokens: int = 0
    usd: float | None = 0.0

    def count(self, event: Proposal) -> None:
        """Adds a finished proposal; what becomes of its candidate is not counted here."""
        self.proposed += 1
        self.duplicate += event.status == "duplicate"
        self.failed += event.candidate is None
        self.invalid += event.status == "invalid"
        self.seconds += event.seconds
        self.tokens += event.usage.tokens_in + event.usage.tokens_out
        if self.usd is not None:
            self.usd = None if event.usage.usd is None else self.usd + event.usage.usd


def as_table(
    standings: Iterable[Standing], files: Callable[[str], Mapping[str, str]] | None = None
) -> pa.Table:
    """One row a candidate; with a column ``files`` if there is a function that gives an id's.

    A text that UTF-8 cannot hold is shown with question marks in the places that it cannot.
    """
    schema = _TABLE if files is None else _TABLE.append(_FILES)
    rows, batches = iter(standings), []
    while some := [_row(one) for one in islice(rows, _ROWS_AT_ONCE)]:
        if files is not None:
            for row in some:
                row["files"] = list(files(row["id"]).items())
        batches.append(_batch(some, schema))
    return pa.Table.from_batches(batches, schema)


def _row(one: Standing) -> dict[str, Any]:
    return {
        "number": one.number,
        "id": one.id,
        "operator": one.operator,
        "parents": one.parents,
        "note": one.note,
        "stage": one.stage,
        "status": one.status,
        "score": one.score,
        "seconds": one.seconds,
        "attempts": one.attempts,
        "verified": one.verified,
        "metrics": list(one.metrics.items()),
        "scores": list(one.scores.items()),
    }


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    try:
        return pa.RecordBatch.from_pylist(rows, schema)
    except UnicodeEncodeError:
        return pa.RecordBatch.from_pylist(_shown(rows), schema)


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_shown(one) for one in value)
    return value
