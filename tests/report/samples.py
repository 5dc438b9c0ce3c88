"""Runs as a search would leave them, of any length, for the tests of the page and the plots."""

import difflib
import math

import numpy as np

from evo.report.summary import (
    BudgetRow,
    ChampionRow,
    FailureRow,
    Improvement,
    LineageRow,
    OperatorRow,
    RungRow,
    RunSummary,
    SplitScore,
    Timing,
)

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x00\x1b[2J\u202e\ud800"
"""What a candidate would write if it could choose."""

SEED = '''"""Circles on a grid."""
import numpy as np

# EVOLVE-BLOCK-START
def solve(n):
    """n circles as rows of x, y, radius."""
    k = 6
    radius = 0.5 / k
    rows = [(radius * (2 * (i % k) + 1), radius * (2 * (i // k) + 1), radius) for i in range(n)]
    return np.array(rows)
# EVOLVE-BLOCK-END
'''

BETTER = '''"""Circles on a grid."""
import numpy as np

# EVOLVE-BLOCK-START
def solve(n):
    """n circles as rows of x, y, radius."""
    k, shift = 5, 0.01
    radius = 0.4953 / k  # a little less than half
    rows = [(radius * (2 * (i % k) + 1), radius * (2 * (i // k) + 1), radius) for i in range(n - 1)]
    gap = np.sqrt(2) * radius - radius
    return np.array([*rows, (2 * radius, 2 * radius, gap - 1e-12)])
# EVOLVE-BLOCK-END
'''


def picture() -> str:
    """Circles in the unit square."""
    circles = "".join(
        f'<circle cx="{0.1 + 0.2 * (i % 5)}" cy="{0.1 + 0.2 * (i // 5)}" r="0.098" fill="#9fc6e8" stroke="#0f6fb8" stroke-width=".003"/>'
        for i in range(25)
    )
    style = "<style>rect{fill:#f4f8fb}</style>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{style}<rect width="1" height="1"/>{circles}</svg>'


def curve(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and scores of the ``ok`` evaluations of a run of `n`, creeping up to 2.636."""
    rng = np.random.default_rng(seed)
    numbers = np.flatnonzero(rng.random(n) < 0.7) + 1
    typical = 2.636 - 1.67 * np.exp(-3.5 * np.log1p(numbers) / math.log1p(max(n, 2)))
    scores = np.minimum(typical - rng.exponential(0.25, numbers.size) + 0.02, 2.6339)
    return numbers.astype(float), np.where(numbers == numbers[:1], 0.9598, scores)


def improvements(numbers: np.ndarray, scores: np.ndarray, note: str = "") -> tuple[Improvement, ...]:
    """The best-so-far curve of `scores`."""
    rows: list[Improvement] = []
    names = ("tune", "ast.mutate", "ast.crossover")
    for number, score in zip(numbers.tolist(), scores.tolist(), strict=True):
        if not rows or score > rows[-1].score:
            operator = names[int(number) % 3] if rows else "seed"
            text = note or f"radius {0.3 + number % 7 / 50:.3f} -> {0.31 + number % 5 / 50:.3f}"
            rows.append(Improvement(int(number), score, f"{int(number):016x}", operator, text))
    return tuple(rows)


def diff(before: str, after: str) -> str:
    """As ``evo diff`` shows it."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "a/seed.py", "b/seed.py", lineterm=""
    )
    return "\n".join(lines)


def sample(n: int = 1_000, text: str = "", verified: bool = True) -> RunSummary:
    """A finished run of `n` evaluations; `text` replaces whatever a candidate may write."""
    numbers, scores = curve(n)
    rows = improvements(numbers, scores, text)
    steps = [*rows[: -1 : max(1, len(rows) // 9)], rows[-1]]
    champion = ChampionRow(
        rows[-1].candidate,
        rows[-1].score,
        rows[-1].operator,
        text or rows[-1].note,
        {"smallest_radius": 0.0412, "slack": 1e-12},
        {text or "seed.py": text or BETTER, "constants.json": text or '{"k": 5}'},
        tuple(LineageRow(one.candidate, one.operator, one.score, "ok", one.note) for one in steps),
        text or picture(),
        text or diff(SEED, BETTER),
        (
            SplitScore("selection", 2.6290, 2.6285, 2.6294, 5),
            SplitScore("holdout", 2.6281, 2.6279, 2.6283, 3),
        ),
        verified,
        text,
    )
    failed = n - len(numbers)
    return RunSummary(
        folder="runs/circle_packing-20260101-120000",
        problem=text or "circle_packing",
        statement=text
        or "Pack 26 circles into the unit square so that the sum of their radii is as large as possible.\n\n"
        "Circles may touch but must not overlap, and none may reach out of the square.",
        seed=3,
        search="islands",
        settings={
            "search.use": "evo.search.islands:Islands",
            "search.n_islands": "8",
            "search.migrate_every": "50",
            "operators.tune.weight": "1.0",
            "operators.ast.mutate.weight": text or "2.0",
            "pool.use": "evo.pool.ray:RayPool",
            "pool.slots": "2",
            "budget.evaluations": str(n),
            "run.seed": "3",
            "sandbox.min_level": "S2",
        },
        metrics_meaning={"smallest_radius": "of all circles", "slack": "distance to the nearest overlap"},
        best_known=2.635863,
        best_known_source="AlphaEvolve (2025), table B.12",
        ending="met",
        reason=f"evaluations budget of {n} spent",
        budgets=(BudgetRow("evaluations", n, n), BudgetRow("seconds", 83.2, 600), BudgetRow("usd", 0.0)),
        evaluations=n,
        proposal_counts={"ok": n, "duplicate": n // 3, "invalid": n // 20},
        evaluation_counts={
            "ok": len(numbers),
            "invalid": failed // 2,
            "timeout": failed // 4,
            "crashed": failed - failed // 2 - failed // 4,
        },
        ladder=(
            RungRow("parse", n + n // 3 + n // 20, n // 20, 0.8, "no change, or one that does not compile"),
            RungRow("duplicate", n + n // 3, n // 3, 0.1, "judged before"),
            RungRow("stage: search", n, failed, 71.0),
        ),
        operators=(
            OperatorRow("seed", 1, 0, 0, 1, 1, 0),
            OperatorRow("tune", n // 2, n // 8, 0, n // 2 - n // 8, n // 3, n // 20, 0.31, -0.012, 2.2),
            OperatorRow("ast.mutate", n // 2, n // 6, n // 20, n // 4, n // 6, n // 60, 0.052, -0.21, 4.4),
            OperatorRow("ast.crossover", n // 3, n // 30, 0, n // 4, n // 5, n // 90, 0.02, -0.4, 1.1),
        ),
        improvements=rows,
        points_evaluation=numbers,
        points_score=scores,
        champion=champion,
        failures=(
            FailureRow(
                "invalid",
                failed // 2,
                "00000000000000aa",
                "ast.mutate",
                text or "Circles 3 and 17 overlap by 0.0021.",
            ),
            FailureRow(
                "crashed",
                failed - failed // 2 - failed // 4,
                "00000000000000ab",
                "ast.crossover",
                text
                or 'Traceback (most recent call last):\n  File "seed.py", line 9, in solve\nZeroDivisionError: float division by zero',
            ),
            FailureRow(
                "timeout", failed // 4, "00000000000000ac", "ast.mutate", text or "The time limit is 10 s."
            ),
        ),
        sandbox="S3",
        timing=Timing(83.2, 141.0, n / 83.2, 2.0, 5.0),
        versions={"evo": "0.1.0", "python": "3.11.2", "numpy": "2.4.0", "ray": "2.60.0"},
        written="2026-01-01 12:01",
    )
