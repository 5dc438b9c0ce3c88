"""Answers of models in a file, one JSON object a line, by the address of their question.

Several processes may add to one file, one at a time; of two answers of one model to one question the first
counts, for all.
"""

import fcntl
import json
import threading
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO

from evo.errors import ProblemError
from evo.llm.question import Question, Said

_FIELDS = [field.name for field in fields(Said)]


class Recording:
    """A file of answers.

    Args:
        path: of the file; it need not be there.
        by: who answers, with the settings that matter (`evo.llm.settings.ModelSettings.answers_as`): what the
            file has of others is left alone. Empty takes those of anybody.

    Attributes:
        models: who answered what is in the file, as far as it says so.
    """

    def __init__(self, path: Path, by: str = "") -> None:
        self.path, self.by = path, by
        self.models: set[str] = set()
        self._answers: dict[str, Said] = {}
        self._read = 0
        self._lock = threading.Lock()
        self.refresh()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: str) -> Said | None:
        """The answer, if it was known when the file was last read."""
        return self._answers.get(key)

    def refresh(self) -> None:
        """Reads what was added since.

        Raises:
            ProblemError: a line is none of a recording.
        """
        if self.path.is_file():
            with self._lock, self.path.open("rb") as file:
                self._read_on(file)

    def add(self, question: Question, said: Said) -> Said:
        """Keeps an answer, in the file too; the one that counts, if another process was faster."""
        row = {"key": question.key, "model": question.model, **asdict(said)}
        if self.by:
            row["by"] = self.by
        line = (json.dumps(row, separators=(",", ":")) + "\n").encode()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._read_on(file)
            if (known := self._answers.get(question.key)) is not None:
                return known
            file.write(line)
            file.flush()
            self._answers[question.key] = said
        return said

    def _read_on(self, file: IO[bytes]) -> None:
        """Takes the whole lines from where it stopped; the last one may be on its way, or was cut by a crash."""
        file.seek(self._read)
        data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._take(line)
        self._read += len(whole)

    def _take(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            said = Said(**{name: row[name] for name in _FIELDS if name in row})
            key, by = str(row["key"]), str(row.get("by", ""))
        except (ValueError, KeyError, TypeError):
            raise ProblemError(
                f"{self.path} holds a line that is no recorded answer: {line[:80]!r}."
            ) from None
        if by:
            self.models.add(by)
        if not by or not self.by or by == self.by:
            self._answers.setdefault(key, said)
