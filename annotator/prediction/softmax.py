"""Softmax regression that starts from odds that are there, with how sure it may be (temperature).

The weights are corrections to the log-odds of another predictor, held near zero by a ridge: without units nothing is
corrected. The loss is convex, so that the same units give the same weights. scipy is there with datasketch, and 20
lines on its L-BFGS are less to keep than a learner of several hundred megabytes; a prediction needs numpy alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_RIDGE = 10.0
"""On 968 real and 688 own units 5 and 20 each lose a little, by log-loss held out."""
_FEW = 10.0
"""Units below which a label is held nearer to its odds: of 100 real sentences two or three are rhetoric, from which
nothing can be learned (macro-F1 .75 beside .72 without it)."""
_BALANCE = 0.5
"""Rare labels weigh more, by this power of how rare they are: at 0 and .3 macro-F1 loses .01 to .03, at .7 log-loss."""
_STEPS = 2_000
_PIECE = 2**14
"""Numbers that are worked on at a time. Of more, BLAS makes a job for all cores, whose waiting for each other took ten
times as long as the work: 1.5 s of CPU instead of .15 for 495 units on a busy machine."""
_TEMPERATURES = np.geomspace(0.5, 3, 91)
_LEAST = 1e-12


def fit(columns: Matrix, labels: NDArray[np.int64], start: Matrix) -> Matrix:
    """Return a row of weights for each column, and one for the constant behind them, that correct the log-odds `start`.

    `labels` are columns of `start`. A label that no unit has keeps its odds but for what the others win.
    """
    from scipy.optimize import minimize

    size = start.shape[1]
    wide = np.column_stack([columns, np.ones(len(columns))])
    wanted, weight = np.eye(size)[labels], _weights(labels, size)[:, None]
    ridge = _RIDGE * (1 + _FEW / (1 + np.bincount(labels, minlength=size)))
    pieces = [slice(at, at + _rows(wide)) for at in range(0, len(wide), _rows(wide))]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(-1, size)
        surprise, slope = float(np.sum(ridge * weights**2)) / 2, ridge * weights
        for piece in pieces:
            given = probabilities(wide[piece] @ weights + start[piece])
            surprise -= float(np.sum(weight[piece] * wanted[piece] * np.log(given + _LEAST)))
            slope += wide[piece].T @ (weight[piece] * (given - wanted[piece]))
        return surprise, slope.ravel()

    options = {"maxiter": _STEPS, "maxfun": _STEPS, "ftol": 1e-12, "gtol": 1e-7}
    found = minimize(loss, np.zeros(wide.shape[1] * size), jac=True, method="L-BFGS-B", options=options)  # type: ignore[no-untyped-call]
    return np.asarray(found.x, dtype=np.float64).reshape(-1, size)


def _rows(matrix: Matrix) -> int:
    return max(1, _PIECE // matrix.shape[1])


def odds(columns: Matrix, weights: Matrix, start: Matrix) -> Matrix:
    """Return the corrected log-odds."""
    corrected: Matrix = columns @ weights[:-1] + weights[-1] + start
    return corrected


def probabilities(log_odds: Matrix) -> Matrix:
    """Return what the log-odds of each row stand for."""
    powers = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def temperature(log_odds: Matrix, labels: NDArray[np.int64]) -> float:
    """Return what to divide log-odds of held-out units by, so that a score is the share of right ones.

    C. Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017): one number, which a hundred units can tell.
    """
    losses = [log_loss(log_odds / divisor, labels) for divisor in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 4)


def log_loss(log_odds: Matrix, labels: NDArray[np.int64]) -> float:
    """Return the mean surprise at the right labels."""
    right = probabilities(log_odds)[np.arange(len(labels)), labels]
    return float(-np.log(right + _LEAST).mean())


def _weights(labels: NDArray[np.int64], size: int) -> Matrix:
    """Return how much each unit counts; the whole counts as much as there are units."""
    counts = np.bincount(labels, minlength=size)
    share = (len(labels) / np.maximum(counts, 1)) ** _BALANCE
    weights: Matrix = share[labels] * len(labels) / share[labels].sum()
    return weights
