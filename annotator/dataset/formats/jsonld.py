"""A JSON-LD document with one long list, written as a stream, and what its nodes are called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annotator.output import json_members


@contextmanager
def document(path: Path, head: Mapping[str, Any], name: str) -> Iterator[Callable[[Mapping[str, Any]], object]]:
    """Write `head` with a list `name` behind its other members; give a function that appends to the list."""
    opening = json.dumps(head, ensure_ascii=False)[:-1] + f", {json.dumps(name)}: ["
    with (
        path.open("w", encoding="utf-8", newline="\n") as stream,
        json_members(stream.write, opening, "]}\n") as append,
    ):
        yield lambda node: append(json.dumps(node, ensure_ascii=False))


def iri(kind: str, *names: str) -> str:
    """Return an IRI for what has no address of its own."""
    return ":".join(("urn", f"x-annotator-{kind}", *(quote(name, safe="") for name in names)))


def article_iri(article_id: str) -> str:
    """Return the article's address where its id is one."""
    return address(article_id) or iri("article", article_id)


def address(article_id: str) -> str:
    """Return the id where it is an address of the web, else nothing."""
    return article_id if article_id.startswith(("http://", "https://")) else ""
