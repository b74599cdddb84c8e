"""How alike two texts are: MinHash over five-word shingles, in bands that near-duplicates share.

A. Z. Broder, "On the resemblance and containment of documents" (1997), in 16 bands of 4, which meet half way at a
resemblance of one half. The numbers are datasketch 2.0's to the last bit, which a test holds us to; they are made here
because importing datasketch means importing SciPy (0.35 s), and because its 1.x has other numbers, so that one corpus
was split in two ways.
"""

from __future__ import annotations

import hashlib
import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Sketch = NDArray[np.uint32]

BANDS = 16
_PERMUTATIONS = 64
_ROWS = _PERMUTATIONS // BANDS
_SHINGLE = 5
_ALIKE = 0.5
_WORD = re.compile(r"\w+")

# h -> a * h + b mod 2^32 with an odd a is a permutation. numpy never changes what a RandomState draws (NEP 19).
_DRAW = np.random.RandomState(1)
_FACTORS = (_DRAW.randint(0, 1 << 31, (_PERMUTATIONS, 1), dtype=np.uint32) << 1) + np.uint32(1)
_SUMMANDS = _DRAW.randint(0, 1 << 32, (_PERMUTATIONS, 1), dtype=np.uint32)


def sketch(text: str) -> Sketch:
    """Return the smallest hash of the text's shingles under each permutation. A text of few words is one shingle."""
    words = _WORD.findall(text.casefold())
    starts = range(max(1, len(words) - _SHINGLE + 1))
    shingles = [" ".join(words[at : at + _SHINGLE]).encode() for at in starts]
    hashes = _mixed(np.fromiter(map(crc32, shingles), np.uint32, len(shingles)))
    smallest: Sketch = (_FACTORS * hashes + _SUMMANDS).min(axis=1)
    return smallest


def bands(made: Sketch) -> list[int]:
    """Return a number for each band; SQLite's are signed and of 64 bits."""
    rows = (made[at : at + _ROWS].tobytes() for at in range(0, _PERMUTATIONS, _ROWS))
    digests = (hashlib.blake2b(row, digest_size=8, salt=bytes([band])).digest() for band, row in enumerate(rows))
    return [int.from_bytes(digest, "big", signed=True) for digest in digests]


def alike(one: Sketch, other: Sketch) -> bool:
    """Tell whether at least half of the shingles are the same, as far as the sketches tell."""
    return bool(np.mean(one == other) >= _ALIKE)


def _mixed(hashes: Sketch) -> Sketch:
    """MurmurHash3's finalizer: CRCs of like texts are alike."""
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes
