"""A JSON-LD document with one long list, written as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote


@contextmanager
def document(path: Path, head: Mapping[str, Any], name: str) -> Iterator[Callable[[Mapping[str, Any]], object]]:
    """Write `head` with a list `name` behind its other members; give a function that appends to the list."""
    between = "\n"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + f", {json.dumps(name)}: [")

        def append(node: Mapping[str, Any]) -> None:
            nonlocal between
            stream.write(between + json.dumps(node, ensure_ascii=False))
            between = ",\n"

        yield append
        stream.write("\n]}\n")


def iri(kind: str, *names: str) -> str:
    """Return an IRI for what has no address of its own."""
    return ":".join(("urn", f"x-annotator-{kind}", *(quote(name, safe="") for name in names)))


def article_iri(article_id: str) -> str:
    """Return the article's address where its id is one."""
    return article_id if article_id.startswith(("http://", "https://")) else iri("article", article_id)
