"""`annotator` as a function: what a command prints and how it ends, without the second that a process takes to start.

For signals, terminals, limits and several workers a test starts a process of its own.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from annotator.cli import main


def annotator(
    *arguments: str | Path,
    stdin: bytes = b"",
    environment: Mapping[str, str | Path] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command; no server but the data folder's own is known to it. An exception is a failure of the test."""
    out, told = io.BytesIO(), io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
            patch.delenv(name, raising=False)
        for name, value in (environment or {}).items():
            patch.setenv(name, str(value))
        if folder:
            patch.chdir(folder)
        patch.setattr(sys, "stdin", _stream(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", _stream(out))
        patch.setattr(sys, "stderr", _stream(told))
        code = _code([str(argument) for argument in arguments])
        sys.stdout.flush()
        return subprocess.CompletedProcess(["annotator", *arguments], code, out.getvalue(), told.getvalue())


def _code(arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _stream(raw: io.BytesIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
