"""The rows of a run, in order or at random, whichever files they are in by now."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from evo.errors import JournalCorrupt, RunError
from evo.store.cache import ByteCache
from evo.store.locations import Locations
from evo.store.part import Part
from evo.store.schema import (
    CANDIDATE_COLUMNS,
    EVALUATION_COLUMNS,
    INDEX_COLUMNS,
    decode,
    decode_candidate,
    decode_index,
)
from evo.store.segment import Segment
from evo.types import Candidate, Evaluation, Event, Proposal

Block = Part | Segment
"""A stretch of the run's events: a part of the journal, or the segment it was sealed into."""

CACHE_BYTES = 32 << 20
_RECORD_BYTES = 500  # of a candidate or an evaluation besides its texts
_WARM_SEGMENTS = 16  # whose parsed footers are kept: about two megabytes each


def segment_path(folder: Path, number: int) -> Path:
    """Where the segment `number` of the run in `folder` is, or will be."""
    return folder / "archive" / f"{number:06d}.parquet"


def part_path(folder: Path, number: int) -> Path:
    """Where the part `number` of the run's journal is."""
    return folder / "journal" / f"{number:06d}.journal"


class Records:
    """Candidates and evaluations by id, read from the disk where they are not in a cache.

    Attributes:
        blocks: in the order of their events, without holes. A part that was sealed meanwhile by
            the run's writer is replaced by its segment when that is noticed.
        locations: where what is.
    """

    def __init__(self, folder: Path, blocks: Sequence[Block], cache_bytes: int = CACHE_BYTES) -> None:
        self.folder = folder
        self.blocks = list(blocks)
        self.locations = Locations()
        self._candidates: ByteCache[str, Candidate] = ByteCache(cache_bytes // 4)
        self._evaluations: ByteCache[tuple[str, str | None], Evaluation] = ByteCache(cache_bytes // 4)
        self._groups: ByteCache[tuple[int, int, Sequence[str]], pa.RecordBatch] = ByteCache(cache_bytes // 2)
        self._warm: OrderedDict[int, Segment] = OrderedDict()

    @property
    def next_seq(self) -> int:
        """Number of the event that will come next; as many came before."""
        return self.blocks[-1].next_seq if self.blocks else 0

    def index(self) -> None:
        """Fills `locations` from the blocks."""
        for batch in self.batches(INDEX_COLUMNS):
            for row in decode_index(batch):
                self.locations.note(row)

    def batches(self, columns: Sequence[str] | None = None, since: int = 0) -> Iterator[pa.RecordBatch]:
        """The rows from event `since` on, in order and in small batches.

        Raises:
            JournalCorrupt: a file has changed since it was opened.
        """
        end = self.next_seq
        while since < end:
            at = self._find(since)
            try:
                for batch in self.blocks[at].batches(columns, since):
                    told = batch.slice(0, end - since)
                    since += told.num_rows
                    yield told
            except FileNotFoundError:
                self._sealed_meanwhile(at)

    def candidate(self, candidate: str) -> Candidate:
        """The candidate with this id, as it was first proposed.

        Raises:
            KeyError: there is none.
        """
        found = self._candidates.get(candidate)
        if found is None:
            seq = self.locations.candidate(candidate)
            if seq is None:
                raise KeyError(f"no candidate {candidate!r} was proposed in {self.folder}")
            found = decode_candidate(self._row(seq, CANDIDATE_COLUMNS))
            self._keep_candidate(found)
        return found

    def evaluation(self, candidate: str, stage: str | None = None) -> Evaluation:
        """The latest evaluation of a candidate that was not lost, at `stage` or at any stage.

        Raises:
            KeyError: there is none.
        """
        key = (candidate, stage)
        found = self._evaluations.get(key)
        if found is None:
            seq = self.locations.evaluation(candidate, stage)
            if seq is None:
                where = "" if stage is None else f" at stage {stage!r}"
                raise KeyError(f"candidate {candidate!r} was not judged{where} in {self.folder}")
            found = self._read_evaluation(seq)
            self._evaluations.put(key, found, _size(found))
        return found

    def evaluations(self, candidate: str) -> list[Evaluation]:
        """Every evaluation of a candidate at any stage, lost ones too, in order."""
        return [self._read_evaluation(seq) for seq in self.locations.evaluations(candidate)]

    def remember(self, seq: int, event: Event) -> None:
        """Notes an event that was just recorded, and keeps it at hand: it will be asked for next."""
        if isinstance(event, Evaluation):
            row = {"kind": "evaluation", "candidate": event.candidate, "stage": event.stage}
            self.locations.note(row | {"seq": seq, "status": event.status})
            if event.status != "lost":
                self._evaluations.drop((event.candidate, None))
                self._evaluations.put((event.candidate, event.stage), event, _size(event))
        elif isinstance(event, Proposal) and event.candidate is not None:
            made = event.candidate
            self.locations.note({"kind": "proposal", "candidate": made.id, "seq": seq})
            if self.locations.candidate(made.id) == seq:
                self._keep_candidate(made)

    def replace(self, segment: Segment) -> None:
        """Puts a segment in the place of the part it was sealed from."""
        self.blocks[segment.number - self.blocks[0].number] = segment

    def _row(self, seq: int, columns: Sequence[str]) -> pa.RecordBatch:
        at = self._find(seq)
        try:
            block = self.blocks[at]
            if isinstance(block, Part):
                return block.row(seq).select(list(columns))
            return self._sealed_row(block, seq, columns)
        except FileNotFoundError:
            self._sealed_meanwhile(at)
            return self._row(seq, columns)

    def _read_evaluation(self, seq: int) -> Evaluation:
        event = decode(self._row(seq, EVALUATION_COLUMNS))[0]
        if not isinstance(event, Evaluation):
            raise JournalCorrupt(f"event {seq} of {self.folder} is not the evaluation it was.")
        return event

    def _sealed_row(self, segment: Segment, seq: int, columns: Sequence[str]) -> pa.RecordBatch:
        group = segment.group_of(seq)
        key = (segment.number, group, columns)
        batch = self._groups.get(key)
        if batch is None:
            batch = segment.group(group, columns)
            self._groups.put(key, batch, batch.nbytes)
            self._keep_warm(segment)
        return batch.slice(seq - segment.group_start(group), 1)

    def _find(self, seq: int) -> int:
        """Place in `blocks` of the one that has event `seq`."""
        return bisect_right(self.blocks, seq, key=attrgetter("first_seq")) - 1

    def _sealed_meanwhile(self, at: int) -> None:
        block = self.blocks[at]
        path = segment_path(self.folder, block.number)
        try:
            self.replace(Segment.load(path))
        except FileNotFoundError:
            raise RunError(f"{block.path} is gone, and there is no {path}. Was it removed?") from None

    def _keep_warm(self, segment: Segment) -> None:
        self._warm[segment.number] = segment
        self._warm.move_to_end(segment.number)
        if len(self._warm) > _WARM_SEGMENTS:
            self._warm.popitem(last=False)[1].cool()

    def _keep_candidate(self, candidate: Candidate) -> None:
        size = sum(len(text) for text in candidate.files.values()) + len(candidate.memo)
        self._candidates.put(candidate.id, candidate, size + _RECORD_BYTES)


def _size(evaluation: Evaluation) -> int:
    return (
        len(evaluation.feedback) + len(evaluation.artefact) + _RECORD_BYTES * (1 + len(evaluation.cases) // 4)
    )
