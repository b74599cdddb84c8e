"""py3langid's model kept on disk as it is in memory: to decompress its LZMA takes .4 s of CPU, to read this .09 s.

The arrays stand in an uncompressed .npz: nothing in it is pickled, and its checksums tell a damaged file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from annotator.scratch import scratch_file

_FORM = 2


def source_of(packed: Path) -> str:
    """Return what a kept model has to be made of: the package's file."""
    return f"{_FORM} {hashlib.blake2b(packed.read_bytes()).hexdigest()}"


def read(kept: Path, source: str, loader: Callable[..., Any]) -> Any | None:  # noqa: ANN401 - py3langid's own
    """Return the model; none where there is no file, a damaged one, or one that was made of something else."""
    import numpy as np

    try:
        with np.load(kept, allow_pickle=False) as arrays:
            if str(arrays["source"]) != source:
                return None
            return loader(
                arrays["ptc"],
                arrays["pc"],
                arrays["classes"].tolist(),
                arrays["nextmove"].data,
                arrays["output"].tolist(),
                tk_row=arrays["row"].tolist(),
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def write(kept: Path, source: str, model: Any) -> None:  # noqa: ANN401 - py3langid's own
    """Keep the model. Where that cannot be done, the next process decompresses it again."""
    import numpy as np

    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with scratch_file(kept.parent) as (path, stream):
            np.savez(
                stream,
                source=np.array(source),
                ptc=model.nb_ptc,
                pc=model.nb_pc,
                classes=np.array(model.nb_classes),
                nextmove=np.asarray(model.tk_nextmove),
                output=np.array(model.tk_output),
                row=np.asarray(model.tk_row),
            )
            stream.close()
            path.replace(kept)
