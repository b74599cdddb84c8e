"""Two questions put to the encoder's numbers: is the sentence subjective, and does it say who says it?

Each is a logistic regression over 512 numbers. Their weights stand in `heads.npz`; `README.md` is their card, and
`tests/training/encoder_heads.py` trains them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

from annotator.environments import install_command
from annotator.errors import AnnotatorError
from annotator.prediction.encoder import DIMENSIONS, embed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "heads.npz"
HEADS = ("subjective", "sourced")
SHA256 = "9a8e9f94065189b2be98ddafda026aeaef22088a505236dc5b86191734f4d06c"
"""Of the file that this version is made for."""


class Said(NamedTuple):
    """How probable each answer is, to two digits: the last ones differ between machines."""

    subjective: float
    sourced: float


def answers(texts: Sequence[str]) -> list[Said]:
    """Return what the heads say of each text.

    Raises:
        UsageError: the encoder is not installed.
        AnnotatorError: its weights, or those of the heads, are others than those that this version knows.
    """
    import numpy as np

    weights = _shipped()
    odds = embed(texts).astype(np.float64) @ weights[:, :-1].T + weights[:, -1]
    return [Said(*map(float, row)) for row in np.round(1 / (1 + np.exp(-odds)), 2)]


def read_heads(content: bytes, sha256: str) -> NDArray[np.float64]:
    """Return the weights of the heads, a row each with its constant at the end.

    Raises:
        AnnotatorError: it is another file than the one with this digest, or it does not hold what it should.
    """
    import numpy as np

    again = install_command()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AnnotatorError(f"{FILE}: not the weights that this version is made for, or damaged", hint=again)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            weights = np.stack([arrays[name] for name in HEADS]).astype(np.float64)
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        raise AnnotatorError(f"{FILE}: holds no weights", hint=again) from error
    if weights.shape != (len(HEADS), DIMENSIONS + 1) or not np.isfinite(weights).all():
        raise AnnotatorError(f"{FILE}: holds weights of the shape {weights.shape}, or no numbers", hint=again)
    return weights


@cache
def _shipped() -> NDArray[np.float64]:
    return read_heads(files(__package__).joinpath(FILE).read_bytes(), SHA256)
