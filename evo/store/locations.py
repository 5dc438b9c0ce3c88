"""Where in a run each candidate and its evaluations are recorded: the numbers of their events."""

from array import array

import numpy as np

from evo.store.schema import MISSING, Row

_NOWHERE = -1


class Locations:
    """An index in memory, of about 200 bytes a candidate. It is derived, and rebuilt at each opening.

    Attributes:
        missing: how many events damage has taken.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._proposals = array("q")  # by the candidate's number here
        self._evaluations: dict[str, array[int]] = {}  # by stage, then likewise; may be shorter
        self._every_number = array("i")  # of each evaluation in order, lost ones too
        self._every_seq = array("q")
        self.missing = 0

    def note(self, row: Row) -> None:
        """Takes in an event, given as its index columns; later ones come later."""
        kind, candidate, seq = row["kind"], row["candidate"], row["seq"]
        if kind == MISSING:
            self.missing += 1
        elif kind == "proposal" and candidate is not None:
            number = self._number(candidate)
            if self._proposals[number] == _NOWHERE:
                self._proposals[number] = seq
        elif kind == "evaluation":
            number = self._number(candidate)
            self._every_number.append(number)
            self._every_seq.append(seq)
            if row["status"] != "lost":
                self._latest(row["stage"], number, seq)

    def candidate(self, candidate: str) -> int | None:
        """Number of the event that first brought this candidate, or None."""
        number = self._numbers.get(candidate)
        return None if number is None else _or_none(self._proposals[number])

    def evaluation(self, candidate: str, stage: str | None) -> int | None:
        """Number of the latest evaluation that was not lost, at `stage` or at any; None without one."""
        number = self._numbers.get(candidate)
        if number is None:
            return None
        stages = self._evaluations if stage is None else (stage,)
        return _or_none(max((self._at(one, number) for one in stages), default=_NOWHERE))

    def evaluations(self, candidate: str) -> list[int]:
        """Numbers of every evaluation of a candidate, in order."""
        number = self._numbers.get(candidate)
        if number is None:
            return []
        return [int(i) for i in np.array(self._every_seq)[np.array(self._every_number) == number]]

    def candidates(self) -> list[str]:
        """Ids of every candidate that was proposed, in order."""
        return [id_ for id_, number in self._numbers.items() if self._proposals[number] != _NOWHERE]

    def _latest(self, stage: str, number: int, seq: int) -> None:
        places = self._evaluations.setdefault(stage, array("q"))
        if len(places) <= number:
            places.extend([_NOWHERE] * (number + 1 - len(places)))
        places[number] = seq

    def _at(self, stage: str, number: int) -> int:
        places = self._evaluations.get(stage, ())
        return places[number] if number < len(places) else _NOWHERE

    def _number(self, candidate: str) -> int:
        number = self._numbers.setdefault(candidate, len(self._numbers))
        if number == len(self._proposals):
            self._proposals.append(_NOWHERE)
        return number


def _or_none(seq: int) -> int | None:
    return None if seq == _NOWHERE else seq
