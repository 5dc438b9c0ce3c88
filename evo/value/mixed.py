"""A linear model whose coefficients are shrunk in groups and whose rows come in families: fitted in closed steps."""

from dataclasses import dataclass

import numpy as np

STEPS = 40
"""Improvements of the variances; each costs the inverse of one matrix of all coefficients."""

BELIEF = 2.0
"""How many coefficients' worth of evidence a group's prior variance has."""

NOISE_BELIEF = 1.0
"""The same of the noise, in rows."""

EXPLAINED = 0.8
"""Share of the variance that coefficients are taken to explain before any row says otherwise."""

NOISE_GUESS = 0.02
"""Prior variance of the noise, and of families, as a share of the variance there is to explain."""

LEAST_DEGREES = 2.0


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is known of the coefficients.

    Attributes:
        mean: ``[d]`` in the unit of the rows' values.
        covariance: ``[d, d]``.
        degrees: of freedom of the noise: rows less the coefficients that they decide.
    """

    mean: np.ndarray
    covariance: np.ndarray
    degrees: float

    def of(self, contrasts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and half width of the 95 % interval of sums of coefficients.

        Args:
            contrasts: ``[m, d]`` weights.

        Returns:
            ``[m]`` each.
        """
        from scipy.special import stdtrit  # late: it costs a fifth of a second

        spread = np.sqrt(np.maximum(((contrasts @ self.covariance) * contrasts).sum(axis=1), 0.0))
        return contrasts @ self.mean, stdtrit(self.degrees, 0.975) * spread


def fit(
    x: np.ndarray, y: np.ndarray, groups: np.ndarray, shares: np.ndarray, families: np.ndarray
) -> Posterior:
    """The coefficients of ``y = m + x @ b + family + noise``.

    Coefficients of a group are drawn from one normal distribution, whose variance is learnt: those of few
    rows are drawn towards 0. So are families, rows that are alike in nearly everything: what sets a whole
    family apart does not blur the differences within it.

    Args:
        x: ``[n, d]``.
        y: ``[n]``, n at least 2.
        groups: ``[d]`` numbers from 0 on, each occurring.
        shares: ``[n_groups]`` above 0: how much each group is taken to explain before any row says otherwise.
        families: ``[n]`` numbers from 0 on, each occurring; all different where there are none.

    Source: Dempster, Laird and Rubin, Maximum likelihood from incomplete data via the EM algorithm (1977),
    section 4.4, variance components, with inverse-gamma priors.
    """
    scale = float(y.std())
    if scale == 0.0 or not x.shape[1]:
        d = x.shape[1]
        return Posterior(np.zeros(d), np.zeros((d, d)), float(len(y)))
    sums = _Sums.of(np.column_stack([x, np.ones(len(y))]), (y - y.mean()) / scale, families)
    return _improved(sums, groups, EXPLAINED * shares / shares.sum(), scale)


def _improved(sums: "_Sums", groups: np.ndarray, prior: np.ndarray, scale: float) -> Posterior:
    n_groups = len(prior)
    sizes = np.bincount(groups, minlength=n_groups)
    variances = prior.copy()
    noise = apart = (1 - EXPLAINED) / 2
    wide = 1e4  # of the intercept
    for step in range(STEPS + 1):
        own = np.append(variances[groups], wide)
        covariance, mean = sums.solve(own, noise, apart)
        if step == STEPS:
            break
        square = mean[:-1] ** 2 + np.diag(covariance)[:-1]
        total = np.bincount(groups, square, minlength=n_groups)
        variances = (total + BELIEF * prior) / (sizes + BELIEF)
        noise, apart = sums.noise(mean, covariance, noise, apart)
    decided = float((1 - np.diag(covariance) / own).sum())
    degrees = max(sums.n - decided, LEAST_DEGREES)
    return Posterior(scale * mean[:-1], scale**2 * covariance[:-1, :-1], degrees)


@dataclass(frozen=True, slots=True)
class _Sums:
    """All that the rows say: products within families, and of families' means by the families' size.

    Attributes:
        n: rows.
        within: ``[d, d]``, ``[d]`` and a number: of x by x, x by y and y by y; one degree less a family.
        between: of each size of families: the size, how many there are, and the same three products.
    """

    n: int
    within: tuple[np.ndarray, np.ndarray, float]
    between: tuple[tuple[float, int, np.ndarray, np.ndarray, float], ...]

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, families: np.ndarray) -> "_Sums":
        sizes = np.bincount(families)
        order = np.argsort(families, kind="stable")
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        means_x = np.add.reduceat(x[order], starts) / sizes[:, None]
        means_y = np.add.reduceat(y[order], starts) / sizes
        rest_x, rest_y = x - means_x[families], y - means_y[families]
        within = (rest_x.T @ rest_x, rest_x.T @ rest_y, float(rest_y @ rest_y))
        between = []
        for power in range(int(sizes.max()).bit_length()):  # sizes from 1, 2, 4 and so on are one kind
            kind = (sizes >> power) == 1
            if kind.any():
                a, b = means_x[kind], means_y[kind]
                size = float(1 / np.mean(1 / sizes[kind]))
                between.append((size, int(kind.sum()), a.T @ a, a.T @ b, float(b @ b)))
        return cls(len(y), within, tuple(between))

    def solve(self, own: np.ndarray, noise: float, apart: float) -> tuple[np.ndarray, np.ndarray]:
        """Covariance and mean of the coefficients, given their prior variances and those of rows and families."""
        precision, told = self.within[0] / noise + np.diag(1 / own), self.within[1] / noise
        for size, _, xx, xy, _ in self.between:
            precision += xx / (apart + noise / size)
            told = told + xy / (apart + noise / size)
        covariance = np.linalg.inv(precision)
        covariance = (covariance + covariance.T) / 2
        return covariance, covariance @ told

    def noise(
        self, mean: np.ndarray, covariance: np.ndarray, noise: float, apart: float
    ) -> tuple[float, float]:
        """Better variances of a row within its family, and of families."""

        def left(xx: np.ndarray, xy: np.ndarray, yy: float) -> float:
            return max(float(yy - 2 * mean @ xy + mean @ xx @ mean + (xx * covariance).sum()), 0.0)

        n_families = sum(n for _, n, *_ in self.between)
        of_rows, of_families = left(*self.within), 0.0
        for size, n, xx, xy, yy in self.between:
            own, all_ = noise / size, apart + noise / size
            square = left(xx, xy, yy)
            of_families += (apart / all_) ** 2 * square + n * apart * (1 - apart / all_)
            of_rows += size * ((own / all_) ** 2 * square + n * own * (1 - own / all_))
        belief, inside = NOISE_BELIEF, self.n - n_families
        guess = NOISE_GUESS * min(1.0, self.within[2] / inside) if inside else NOISE_GUESS
        return (
            (of_rows + belief * guess) / (self.n + belief),
            (of_families + belief * NOISE_GUESS) / (n_families + belief),
        )
