"""How alike two texts are: MinHash over five-word shingles, in bands that near-duplicates share.

A. Z. Broder, "On the resemblance and containment of documents" (1997), in 16 bands of 4, which meet half way at a
resemblance of one half. datasketch 1.x draws other permutations than 2.x, which would split one corpus in two ways.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from datasketch import MinHash
    from numpy.typing import NDArray

    Sketch: TypeAlias = NDArray[np.uint32]

BANDS = 16
_PERMUTATIONS = 64
"""The estimate of a resemblance of one half then has a standard error of 1/16: sqrt(0.5 * 0.5 / 64)."""
_ROWS = _PERMUTATIONS // BANDS
_SHINGLE = 5
_ALIKE = 0.5
_WORD = re.compile(r"\w+")


def sketch(text: str) -> Sketch:
    """Return the smallest hash of the text's shingles under each permutation. A text of few words is one shingle."""
    import numpy as np

    words = _WORD.findall(text.casefold())
    starts = range(max(1, len(words) - _SHINGLE + 1))
    sketched = _empty().copy()
    sketched.update_batch([" ".join(words[at : at + _SHINGLE]).encode() for at in starts])
    return sketched.hashvalues.astype(np.uint32)


def stored(digits: bytes) -> Sketch:
    """Return the sketch whose bytes were kept."""
    import numpy as np

    return np.frombuffer(digits, dtype=np.uint32)


def bands(sketched: Sketch) -> list[int]:
    """Return a number for each band; SQLite's are signed and of 64 bits."""
    rows = (sketched[at : at + _ROWS].tobytes() for at in range(0, _PERMUTATIONS, _ROWS))
    digests = (hashlib.blake2b(row, digest_size=8, salt=bytes([band])).digest() for band, row in enumerate(rows))
    return [int.from_bytes(digest, "big", signed=True) for digest in digests]


def alike(first: Sketch, second: Sketch) -> bool:
    """Tell whether at least half of the shingles are the same, as far as the sketches tell."""
    return resemblance(first, second) >= _ALIKE


def resemblance(first: Sketch, second: Sketch) -> float:
    """Return which share of the shingles of both texts the two have in common, as far as the sketches tell."""
    return float((first == second).mean())


def has_words(text: str) -> bool:
    """Tell whether there is anything to compare."""
    return _WORD.search(text) is not None


@cache
def _empty() -> MinHash:
    """Load datasketch when a text is compared: it brings scipy, 1.3 s of CPU, which other commands can do without."""
    from datasketch import MinHash

    return MinHash(num_perm=_PERMUTATIONS, seed=1, hashfunc=crc32, scheme="affine32")
