"""Answers of models in a file, one JSON object a line, by the address of their question.

Several processes may add to one file: every line is written at once, at the end, and those of others are read
when an answer is looked for.
"""

import json
import os
import threading
from dataclasses import asdict, fields
from pathlib import Path

from evo.errors import ProblemError
from evo.llm.question import Question, Said

_FIELDS = [field.name for field in fields(Said)]


class Recording:
    """A file of answers.

    Args:
        path: of the file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
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
        with self._lock:
            if not self.path.is_file() or self.path.stat().st_size <= self._read:
                return
            with self.path.open("rb") as file:
                file.seek(self._read)
                data = file.read()
            whole = data[: data.rfind(b"\n") + 1]  # the last line may be on its way
            for line in whole.splitlines():
                self._take(line)
            self._read += len(whole)

    def add(self, question: Question, said: Said) -> None:
        """Keeps an answer, in the file too."""
        row = {"key": question.key, "model": question.model, **asdict(said)}
        line = (json.dumps(row, separators=(",", ":")) + "\n").encode()
        with self._lock:
            self._answers[question.key] = said
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                if os.write(fd, line) != len(line):
                    raise OSError(f"{self.path}: the disk took only a part of a line")
            finally:
                os.close(fd)

    def _take(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            said = Said(**{name: row[name] for name in _FIELDS if name in row})
            self._answers.setdefault(str(row["key"]), said)
        except (ValueError, KeyError, TypeError):
            raise ProblemError(
                f"{self.path} holds a line that is no recorded answer: {line[:80]!r}."
            ) from None
