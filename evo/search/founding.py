"""Sorts the pool of a cold start into groups of candidates that are alike."""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from zlib import crc32

from evo.search.population import Node
from evo.types import Evaluation, Event, Plan, Proposal

SKETCH = 256
"""Hashes that are kept of a candidate: enough to tell similarities apart that differ by about .05."""

GRAM = 3
"""Tokens in a row that are hashed together."""

ROUNDS = 20
"""Most times that the groups are improved."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


class Pool:
    """Remembers of the seeds and of the cold start's candidates what they look like and how they behave."""

    def __init__(self, plan: Plan) -> None:
        self._size = plan.n_seeds + plan.cold_start
        self._stage = plan.stages[-1]
        self._sketches: dict[str, frozenset[int]] = {}
        self._behaviours: dict[str, dict[str, float]] = {}

    def tell(self, event: Event) -> None:
        """Notes a candidate of the pool, or the first verdict of the last stage on one."""
        if isinstance(event, Proposal):
            if event.number < self._size and event.candidate is not None:
                self._sketches.setdefault(event.candidate.id, sketch(event.candidate.files))
        elif (
            isinstance(event, Evaluation)
            and event.candidate in self._sketches
            and event.stage == self._stage
            and event.score is not None
        ):
            self._behaviours.setdefault(event.candidate, behaviour(event))

    def groups(self, nodes: Sequence[Node], n: int) -> list[list[Node]]:
        """`nodes`, all of them judged ``ok``, in up to `n` groups, none of them empty.

        Distance is half structure (one less the share of token n-grams in common) and half behaviour
        (mean difference of ranks over score, metrics and case scores).
        """
        ranked = sorted(nodes, key=lambda node: (-node.score, node.number))
        sketches = [self._sketches.get(node.id, frozenset()) for node in ranked]
        ranks = _ranks([{**self._behaviours.get(node.id, {}), "": node.score} for node in ranked])
        distances = [[0.0] * len(ranked) for _ in ranked]
        for i, j in combinations(range(len(ranked)), 2):
            apart = (_unlike(sketches[i], sketches[j]) + _apart(ranks[i], ranks[j])) / 2
            distances[i][j] = distances[j][i] = apart
        return [[ranked[place] for place in group] for group in k_medoids(distances, n)]


def sketch(files: Mapping[str, str]) -> frozenset[int]:
    """The smallest hashes of the token n-grams of all files: the same on every machine.

    Source: Broder, On the resemblance and containment of documents, 1997.
    """
    hashes: set[int] = set()
    for path in sorted(files):
        tokens = _TOKEN.findall(files[path])
        for start in range(max(1, len(tokens) - GRAM + 1)):
            hashes.add(crc32(" ".join(tokens[start : start + GRAM]).encode("utf-8", "surrogatepass")))
    return frozenset(sorted(hashes)[:SKETCH])


def k_medoids(distances: Sequence[Sequence[float]], k: int) -> list[list[int]]:
    """Up to `k` groups of ``range(n)``, each around the member that is nearest to all others in it.

    The first centre is 0, each further one what is farthest from all before; then members and centres
    are chosen in turn until nothing changes. Nothing in it is random; of equals the lower one counts.

    Args:
        distances: ``[n][n]``, symmetric, with zeros for what is the same.
        k: at least 1; there are fewer groups if fewer are different from each other.

    Source: Park and Jun, A simple and fast algorithm for K-medoids clustering, 2009, with
    farthest-first centres (Gonzalez, 1985).
    """
    n = len(distances)
    centres = [0] if n else []
    while 0 < len(centres) < k:
        far = max(range(n), key=lambda i: min(distances[i][c] for c in centres))
        if min(distances[far][c] for c in centres) == 0:
            break
        centres.append(far)
    groups: list[list[int]] = []
    for _ in range(ROUNDS if n else 0):
        groups = [[] for _ in centres]
        for i in range(n):
            nearest = min(range(len(centres)), key=lambda g: (i != centres[g], distances[i][centres[g]]))
            groups[nearest].append(i)
        improved = [min(group, key=lambda i: sum(distances[i][j] for j in group)) for group in groups]
        if improved == centres:
            break
        centres = improved
    return groups


def behaviour(evaluation: Evaluation) -> dict[str, float]:
    """Metrics and case scores of a verdict, by names that cannot be taken for each other."""
    cases = {f"case {one.case}": one.score for one in evaluation.cases if one.score is not None}
    return {**{f"metric {name}": value for name, value in evaluation.metrics.items()}, **cases}


def _ranks(behaviours: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Each value as its place among all values of that name, 0 for the lowest, 1 for the highest."""
    found: list[dict[str, float]] = [{} for _ in behaviours]
    for name in sorted({name for behaviour in behaviours for name in behaviour}):
        values = sorted({behaviour[name] for behaviour in behaviours if name in behaviour})
        places = {value: place / max(1, len(values) - 1) for place, value in enumerate(values)}
        for ranks, behaviour in zip(found, behaviours, strict=True):
            if name in behaviour:
                ranks[name] = places[behaviour[name]]
    return found


def _apart(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Mean difference of ranks; what only one of the two has counts as 1."""
    names = one.keys() | other.keys()
    apart = sum(abs(one[n] - other[n]) if n in one and n in other else 1.0 for n in sorted(names))
    return apart / max(1, len(names))


def _unlike(one: frozenset[int], other: frozenset[int]) -> float:
    """One less the Jaccard similarity that two sketches stand for; 0 for two that are empty."""
    smallest = sorted(one | other)[:SKETCH]
    return 1 - len(one & other & set(smallest)) / len(smallest) if smallest else 0.0
