"""A Gaussian process whose kernel is a sum of many, each as strong as the labels say it is."""

from dataclasses import dataclass

import numpy as np

BELIEF = 1.0
"""How many labels' worth of evidence a kernel's prior strength has."""

NOISE = 0.2
"""Share of the variance that is taken to be noise before any label says otherwise."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """Variances: of each kernel, ``[n_kernels]``, and of the noise."""

    kernels: np.ndarray
    noise: float

    @classmethod
    def prior(cls, shares: np.ndarray) -> "Strengths":
        """Of standardised targets: `NOISE` for the noise and the rest in proportion to `shares`."""
        return cls((1 - NOISE) * shares / shares.sum(), NOISE)


def estimate(
    kernels: np.ndarray,
    y: np.ndarray,
    noisiness: np.ndarray,
    *,
    start: Strengths,
    prior: Strengths,
    rounds: int,
) -> Strengths:
    """The most probable strengths, nearly: every round is sure to make them more probable.

    Args:
        kernels: ``[n_kernels, n, n]`` positive semi-definite, of mean diagonal about 1.
        y: ``[n]`` standardised.
        noisiness: ``[n]`` how much more noise than a label of this run each has, at least 1.
        start: where to begin.
        prior: its values are where few labels leave them, with inverse-gamma tails.
        rounds: how often to improve, at least 1.

    Source: Zhou et al., MM algorithms for variance components models (2019), with a prior added.
    """
    strengths = start
    flat = kernels.reshape(len(kernels), -1)
    for _ in range(rounds):
        inverse = np.linalg.inv(covariance(kernels, noisiness, strengths))
        weights = inverse @ y
        fit = flat @ np.outer(weights, weights).ravel()  # y' V^-1 K V^-1 y
        trace = flat @ inverse.ravel()  # tr(V^-1 K)
        noise_fit = float(weights**2 @ noisiness)
        noise_trace = float(np.diag(inverse) @ noisiness)
        strengths = Strengths(
            _improved(strengths.kernels, fit, trace, prior.kernels),
            float(_improved(strengths.noise, noise_fit, noise_trace, prior.noise)),
        )
    return strengths


def _improved(
    now: "np.ndarray | float",
    fit: "np.ndarray | float",
    trace: "np.ndarray | float",
    prior: "np.ndarray | float",
) -> "np.ndarray":
    return np.asarray(now * np.sqrt((fit + BELIEF * prior / now**2) / (trace + BELIEF / now)))


def covariance(kernels: np.ndarray, noisiness: np.ndarray, strengths: Strengths) -> np.ndarray:
    """``[n, n]`` of the labels; their common mean has variance 1."""
    n = len(noisiness)
    found = np.tensordot(strengths.kernels, kernels, axes=1) + 1.0
    found[np.arange(n), np.arange(n)] += strengths.noise * noisiness + 1e-9
    return found


@dataclass(frozen=True, slots=True)
class Process:
    """A fitted process.

    Attributes:
        strengths: of the kernels and the noise.
        inverse: ``[n, n]`` of the labels' covariance.
        weights: ``[n]`` the inverse times the labels.
        left_out, left_out_variance: ``[n]`` what it says of each label without that label.
    """

    strengths: Strengths
    inverse: np.ndarray
    weights: np.ndarray
    left_out: np.ndarray
    left_out_variance: np.ndarray

    def predict(self, shared: np.ndarray, own: float) -> tuple[float, float]:
        """Mean and variance of one label to come.

        Args:
            shared: ``[n]`` its covariance with the labels, the common mean included.
            own: its own variance, without noise.
        """
        mean = float(shared @ self.weights)
        known = float(shared @ (self.inverse @ shared))
        return mean, max(own - known, 0.0) + self.strengths.noise


def solve(total: np.ndarray, y: np.ndarray, strengths: Strengths) -> Process:
    """The process with these strengths; `total` is the labels' `covariance`, ``[n, n]``.

    Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eqs. 2.25, 2.26, 5.12.
    """
    inverse = np.linalg.inv(total)
    inverse = (inverse + inverse.T) / 2
    weights = inverse @ y
    precision = np.maximum(np.diag(inverse), 1e-12)
    return Process(strengths, inverse, weights, y - weights / precision, 1 / precision)
