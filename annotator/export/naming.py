"""Who an annotator is: a user of a server. The same number on another server is somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from annotator.export.studio import Orphan
from annotator.models import Annotation

Rename = Callable[[str, str], str]
"""From an annotator and the server whose user that is to a name that nobody else in the dataset has."""

PSEUDONYM_DIGITS = 10
_PSEUDONYM = re.compile(rf"a-[0-9a-f]{{{PSEUDONYM_DIGITS}}}")
T = TypeVar("T")


def is_pseudonym(annotator: str) -> bool:
    """Tell whether the name is a pseudonym of ours, which nobody else has on any server."""
    return bool(_PSEUDONYM.fullmatch(annotator))


def qualified(annotator: str, server: str) -> str:
    """Return a name that holds on all servers."""
    return f"{annotator}@{server}" if server and not is_pseudonym(annotator) else annotator


def names(servers: Collection[str]) -> Rename:
    """Return the names that the servers have: numbers, and of several servers `NUMBER@SERVER`."""
    return qualified if len(servers) > 1 else lambda annotator, _server: annotator


def source_names(sources: Sequence[Path]) -> dict[Path, str]:
    """Return a name for each source, in the order of the names.

    A path would tell where somebody's files lie. Of equal names the later ones are numbered.
    """
    named: dict[Path, str] = {}
    for path in sorted(set(sources), key=lambda path: (path.name, str(path))):
        same = sum(name.partition("#")[0] == path.name for name in named.values())
        named[path] = f"{path.name}#{same + 1}" if same else path.name
    return named


def separated(lines: Iterable[T], server: str) -> Iterator[T | Annotation | Orphan]:
    """Give answers that do not say on which server they were given this one."""
    for line in lines:
        if isinstance(line, Annotation) and not line.server:
            yield line.model_copy(update={"server": server, "project_server": line.project_server or server})
        elif isinstance(line, Orphan):
            yield line._replace(origin=replace(line.origin, server=server))
        else:
            yield line
