"""Records finished runs as a landscape of programs: what was proposed, in order, and what it scored.

``python -m tests.benchmarks.landscapes.record --name bins RUN...``

The file holds no folder's path: a run is called by its search and seed.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from evo.store.journal import read_events
from evo.types import Evaluation, Proposal

FOLDER = Path(__file__).parent / "programs"

SCHEMA = pa.schema(
    [
        pa.field("run", pa.string()),
        pa.field("time", pa.int32()),  # of the proposal among the run's events
        pa.field("judged", pa.int32()),  # of the verdict among them
        pa.field("candidate", pa.string()),
        pa.field("parents", pa.list_(pa.string())),
        pa.field("operator", pa.string()),
        pa.field("note", pa.string()),
        pa.field("file", pa.string()),
        pa.field("text", pa.string()),
        pa.field("stage", pa.string()),
        pa.field("status", pa.string()),
        pa.field("score", pa.float64()),  # null unless the status is ok
        pa.field("seconds", pa.float32()),
    ]
)


def record(folder: Path, stage: str = "search") -> list[dict[str, Any]]:
    """The judged candidates of the run in `folder`, of one file each, as rows of `SCHEMA` by time."""
    run = _name(folder)
    rows: dict[str, dict[str, Any]] = {}
    for time, event in enumerate(read_events(folder)):
        if isinstance(event, Proposal) and event.status == "ok" and event.candidate is not None:
            rows[event.candidate.id] = {"run": run, "time": time, "stage": stage, **_made(event)}
        elif isinstance(event, Evaluation) and event.stage == stage and event.status != "lost":
            verdict = {"status": event.status, "score": event.score, "seconds": event.seconds}
            rows[event.candidate].update(judged=time, **verdict)
    return [row for row in rows.values() if "judged" in row]


def _made(proposal: Proposal) -> dict[str, Any]:
    candidate = proposal.candidate
    assert candidate is not None
    ((file, text),) = candidate.files.items()
    return {
        "candidate": candidate.id,
        "parents": list(candidate.parents),
        "operator": proposal.operator,
        "note": candidate.note,
        "file": file,
        "text": text,
    }


def _name(folder: Path) -> str:
    config = yaml.safe_load((folder / "config.yaml").read_text())
    search = config["search"]["use"].rpartition(":")[2]
    return f"{search}-{config['run']['seed']}"


def write(rows: Iterator[dict[str, Any]] | list[dict[str, Any]], file: Path) -> None:
    """Writes rows as compressed Parquet; the programs of a run resemble each other and take little room."""
    file.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(list(rows), schema=SCHEMA)
    pq.write_table(table, file, compression="zstd", compression_level=19, use_dictionary=["run", "operator"])


def main() -> None:
    """Writes ``programs/NAME.parquet``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the file, such as the problem's")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    args = parser.parse_args()
    rows = [row for run in args.runs for row in record(run)]
    file = args.folder / f"{args.name}.parquet"
    write(rows, file)
    print(f"{file.name}: {len(rows)} candidates of {len(args.runs)} runs, {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
