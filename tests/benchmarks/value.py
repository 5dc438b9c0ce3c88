"""How well the value model predicts real agents' scores, and what it costs.

``make bench-value DATA=../shared/data/agent-runs``; ``JSON=path`` writes the figures too. The rows are agents
that a search made for five tasks, each with a validation score (midpoint of its interval). Everything is
predicted by `Ensemble` with its default settings; nothing is set for a task.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evo.types import Candidate, Evaluation, Event, Plan, Proposal
from evo.value.ensemble import Ensemble
from evo.value.facts import facts_of
from evo.value.fitting import Size, fit

TASKS = ("arc", "drop", "gpqa", "mgsm", "mmlu")
RANKABLE = ("arc", "drop", "mgsm")
"""Tasks where a score on other questions ranks the agents alike; on the others there is nothing to predict."""

FLOORS = {
    "arc": (0.58, 0.64),
    "drop": (0.42, -0.14),
    "gpqa": (0.10, 0.16),
    "mgsm": (0.26, 0.22),
    "mmlu": (0.14, 0.04),
}
"""From the data's README, its duplicate rows included: ridge on TF-IDF, forest on 14 hand counts."""

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Agent:
    """A row; `generation` 0 is an initial agent."""

    candidate: Candidate
    generation: int
    score: float


@dataclass(frozen=True, slots=True)
class Predicted:
    """Forecasts of some agents: mean and standard deviation, the truth, and the mean of the labels behind each."""

    mean: np.ndarray
    std: np.ndarray
    truth: np.ndarray
    labels_mean: np.ndarray

    def held(self) -> np.ndarray:
        return np.abs(self.truth - self.mean) <= 1.645 * self.std


def read(folder: Path, task: str) -> list[Agent]:
    """The agents of a task in the order they were made, each program once."""
    found: dict[str, Agent] = {}
    for row in json.loads((folder / f"adas_{task}.json").read_text()):
        low, high = map(float, re.findall(r"([\d.]+)%[,)]", row["fitness"])[:2])
        generation = 0 if row["generation"] == "initial" else int(row["generation"])
        files = {"agent.py": row["code"], "thought.md": str(row["thought"])}
        candidate = Candidate.of(files, operator="meta" if generation else "seed")
        found.setdefault(candidate.id, Agent(candidate, generation, (low + high) / 2))
    return list(found.values())


def events_of(agents: Sequence[Agent], judged: Sequence[Agent]) -> list[Event]:
    """All are proposed, the `judged` are judged."""
    events: list[Event] = [
        Proposal(at, one.candidate.operator, (), one.candidate) for at, one in enumerate(agents)
    ]
    return events + [Evaluation(one.candidate.id, "search", 1, "ok", one.score) for one in judged]


def predict(
    agents: Sequence[Agent],
    judged: Sequence[Agent],
    asked: Sequence[Agent],
    earlier: Sequence[Sequence[Agent]] = (),
) -> Predicted:
    """What the model says of `asked` when it has seen `judged`; fitted once, after the last label."""
    model = Ensemble(0, Plan())
    for others in earlier:
        model.learn_from(events_of(others, others))
    model.fit_when(max(len(judged), 1))
    for event in events_of(agents, judged):
        model.tell(event)
    forecast = model.predict([one.candidate.id for one in asked])
    mean = float(np.mean([one.score for one in judged])) if judged else 0.0
    truth = np.array([one.score for one in asked])
    return Predicted(forecast.mean, forecast.std, truth, np.full(len(asked), mean))


def joined(parts: Sequence[Predicted]) -> Predicted:
    return Predicted(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("mean", "std", "truth", "labels_mean")
        )
    )


def leave_one_out(agents: Sequence[Agent], earlier: Sequence[Sequence[Agent]] = ()) -> Predicted:
    return joined(
        [predict(agents, [other for other in agents if other is not one], [one], earlier) for one in agents]
    )


def late_from_early(agents: Sequence[Agent]) -> Predicted:
    """The later half, in blocks of five, each predicted from everything before it."""
    half = len(agents) // 2
    return joined([predict(agents, agents[:at], agents[at : at + 5]) for at in range(half, len(agents), 5)])


def tf_idf_ridge(agents: Sequence[Agent]) -> Predicted:
    """The README's linear floor, on rows without duplicates."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    x = TfidfVectorizer(sublinear_tf=True).fit_transform([one.candidate.files["agent.py"] for one in agents])
    y, x = np.array([one.score for one in agents]), x.toarray()
    found = [
        Ridge(1.0).fit(np.delete(x, at, 0), np.delete(y, at)).predict(x[at : at + 1])[0]
        for at in range(len(y))
    ]
    return Predicted(
        np.array(found), np.ones(len(y)), y, np.array([np.delete(y, at).mean() for at in range(len(y))])
    )


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Rank correlation; 0 where either is constant."""
    from scipy.stats import rankdata

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def summary(parts: Sequence[Predicted]) -> dict[str, float]:
    """Mean over tasks of the rank correlation, with a 95 % interval over resampled agents of each task.

    ``advantage`` correlates what is predicted over the mean of the labels behind the prediction: with one
    left out that mean falls when the one is good, which alone ranks them backwards.
    """
    rng = np.random.default_rng(0)
    advantage = [part.mean - part.labels_mean for part in parts]
    draws = []
    for _ in range(RESAMPLES):
        rows = [rng.integers(len(part.truth), size=len(part.truth)) for part in parts]
        draws.append(
            np.mean([spearman(part.mean[at], part.truth[at]) for part, at in zip(parts, rows, strict=True)])
        )
    low, high = np.percentile(draws, (2.5, 97.5))
    held = np.concatenate([part.held() for part in parts])
    error = np.concatenate([part.mean - part.truth for part in parts])
    flat = np.concatenate([part.labels_mean - part.truth for part in parts])
    return {
        "rows": float(sum(len(part.truth) for part in parts)),
        "spearman": float(np.mean([spearman(part.mean, part.truth) for part in parts])),
        "low": float(low),
        "high": float(high),
        "advantage": float(
            np.mean([spearman(gain, part.truth) for gain, part in zip(advantage, parts, strict=True)])
        ),
        "coverage": float(held.mean()),
        "mse_over_task_mean": float((error**2).mean() / (flat**2).mean()),
    }


def quality(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Every protocol on every task, on the three rankable ones together, and on all five."""
    agents = {task: read(folder, task) for task in TASKS}
    others = {task: [agents[other] for other in TASKS if other != task] for task in TASKS}
    protocols: dict[str, Callable[[str], Predicted]] = {
        "leave one out": lambda task: leave_one_out(agents[task]),
        "leave one out, warm": lambda task: leave_one_out(agents[task], others[task]),
        "leave task out": lambda task: predict(agents[task], [], agents[task], others[task]),
        "late from early": lambda task: late_from_early(agents[task]),
        "TF-IDF ridge": lambda task: tf_idf_ridge(agents[task]),
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, protocol in protocols.items():
        parts = {task: protocol(task) for task in TASKS}
        found[name] = {task: summary([parts[task]]) for task in TASKS}
        found[name]["arc drop mgsm"] = summary([parts[task] for task in RANKABLE])
        found[name]["all"] = summary(list(parts.values()))
    return found


# -- cost -----------------------------------------------------------------------------------------


def program(rng: np.random.Generator, lines: int) -> str:
    """Some Python of about 35 characters a line."""
    body = "\n".join(
        f"    x = step_{rng.integers(40)}(x, {rng.random():.3f}) + {rng.integers(90)}" for _ in range(lines)
    )
    return f"import math\n\n\ndef solve(x):\n{body}\n    return x\n"


def costs(n: int) -> dict[str, float]:
    """Milliseconds: of features, of learning to `n` labels, of a fit to `n` rows, and of predictions."""
    rng = np.random.default_rng(0)
    big = [Candidate.of({"main.py": program(rng, 100)}) for _ in range(30)]
    parent = facts_of(big[0], [])
    start = time.process_time()
    for candidate in big:
        facts_of(candidate, [parent])
    found = {"feature_ms_at_4_kb": 1e3 * (time.process_time() - start) / len(big)}
    model = Ensemble(0, Plan(), rows=n)  # keeps everything, so that one fit to all of it can be timed
    model.fit_when(n + 1)
    ordinary = Ensemble(0, Plan())
    names, told = [], 0.0
    for number in range(n):
        parents = tuple(names[-1 - int(rng.integers(min(50, len(names)))) :][:1]) if names else ()
        candidate = Candidate.of({"main.py": program(rng, 12)}, parents, "change")
        names.append(candidate.id)
        failed = rng.random() < 0.1
        score = None if failed else float(rng.normal())
        status = "crashed" if failed else "ok"
        events = (
            Proposal(number, "change", parents, candidate),
            Evaluation(candidate.id, "search", 1, status, score, seconds=float(rng.random())),
        )
        for event in events:
            model.tell(event)
        start = time.process_time()
        for event in events:
            ordinary.tell(event)
        told += time.process_time() - start
        if number >= 64:
            ordinary.forget([names[number - 64]])
    found["tell_ms"] = 1e3 * told / n
    for label, one, size in (("all_rows", model, n), ("window", ordinary, 2048)):
        material = one.material()
        start = time.process_time()
        fit(material, Size(48, 384), np.random.default_rng, None)
        found[f"fit_s_{label}_{min(size, n)}"] = time.process_time() - start
    for batch in (1, 8, 64):
        fresh = [
            Candidate.of({"main.py": program(rng, 12)}, (names[-1],), "change") for _ in range(5 * batch)
        ]
        for at, candidate in enumerate(fresh):
            ordinary.tell(Proposal(n + 1000 * batch + at, "change", candidate.parents, candidate))
        start = time.process_time()
        for at in range(5):
            ordinary.predict([candidate.id for candidate in fresh[at * batch : (at + 1) * batch]])
        found[f"predict_ms_batch_{batch}"] = 1e3 * (time.process_time() - start) / len(fresh)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of agent runs; without it only costs are measured")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rows", type=int, default=10_000, help="labels at which costs are measured")
    arguments = parser.parse_args()
    figures: dict[str, object] = {}
    if arguments.data:
        figures["quality"] = found = quality(arguments.data)
        for protocol, tasks in found.items():
            print(f"\n{protocol}\n{'':16}{'rows':>6}{'spearman':>10}{'95 % interval':>18}{'advantage':>11}"
                  f"{'coverage':>10}{'mse/mean':>10}{'floors':>14}")  # fmt: skip
            for task, row in tasks.items():
                floors = " / ".join(f"{floor:.2f}" for floor in FLOORS.get(task, ()))
                print(f"{task:16}{row['rows']:6.0f}{row['spearman']:10.2f}{row['low']:9.2f} to {row['high']:5.2f}"
                      f"{row['advantage']:11.2f}{row['coverage']:10.2f}{row['mse_over_task_mean']:10.2f}{floors:>14}")  # fmt: skip
        print("\n'task mean' has a spearman of 0 by definition; left out one by one it ranks backwards (-1), "
              "which is why 'advantage' stands beside it.")  # fmt: skip
    figures["cost"] = costs(arguments.rows)
    for name, value in figures["cost"].items():  # type: ignore[attr-defined]
        print(f"{name:28}{value:10.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
