"""Who the candidates of a run are and whom they descend from, as columns; some 300 bytes a candidate."""

from array import array
from collections.abc import Sequence

from evo.types import Candidate

_UNPROPOSED = -1


class Candidates:
    """Ids in the order they first occurred, as a child, as a parent, or in an evaluation.

    A candidate's place in that order stands for it in all other columns of the archive.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._places: dict[str, int] = {}
        self._proposals = array("q")
        self._operators = array("i")
        self._parents_at = array("q")
        self._parents_count = array("i")
        self._parents = array("q")
        self._notes: list[str] = []

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, candidate: str) -> int:
        """Its place.

        Raises:
            KeyError: it did not occur.
        """
        return self._places[candidate]

    def get(self, candidate: str) -> int | None:
        """Its place, or None if it did not occur."""
        return self._places.get(candidate)

    def enter(self, candidate: str) -> int:
        """Its place, a new one if it did not occur before."""
        place = self._places.setdefault(candidate, len(self.ids))
        if place == len(self.ids):
            self.ids.append(candidate)
            self._proposals.append(_UNPROPOSED)
            self._operators.append(0)
            self._parents_at.append(0)
            self._parents_count.append(0)
            self._notes.append("")
        return place

    def propose(self, made: Candidate, proposal: int, operator: int) -> None:
        """Enters a candidate as the one of proposal number `proposal`; parents come before children."""
        parents = [self.enter(one) for one in made.parents]
        place = self.enter(made.id)
        self._proposals[place] = proposal
        self._operators[place] = operator
        self._parents_at[place] = len(self._parents)
        self._parents_count[place] = len(parents)
        self._parents.extend(parents)
        self._notes[place] = made.note

    def proposed(self, candidate: str) -> bool:
        """Whether a proposal brought it."""
        place = self._places.get(candidate)
        return place is not None and self.proposal(place) is not None

    def proposal(self, place: int) -> int | None:
        """Number of the proposal that brought the candidate, if one did."""
        number = self._proposals[place]
        return None if number == _UNPROPOSED else number

    def operator(self, place: int) -> int:
        """Code of the operator that proposed it."""
        return self._operators[place]

    def parents(self, place: int) -> Sequence[int]:
        """Places of its parents."""
        start = self._parents_at[place]
        return self._parents[start : start + self._parents_count[place]]

    def note(self, place: int) -> str:
        """What its operator did."""
        return self._notes[place]
