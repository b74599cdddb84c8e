"""How to cite a dataset: an entry for BibTeX, and CITATION.cff (Citation File Format 1.2.0)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from annotator.dataset.about import About, Author

FILE = "CITATION.cff"
_OF_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_NOT_IN_TEX = re.compile(r"[`\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PARTICLES = frozenset(
    ("de", "del", "della", "di", "da", "do", "dos", "van", "von", "der", "den", "ten", "ter", "zu", "la", "le")
)


def bibtex(about: About) -> str:
    """Return the entry, without what nobody has said. No text in it is a command of TeX or ends its field."""
    fields = {
        "title": f"{{{_tex(about.title)}}}",
        "author": " and ".join(f"{{{_tex(author.name)}}}" for author in about.authors),
        "year": about.date[:4],
        "version": _tex(about.version),
        "doi": _tex(about.doi),
        "url": _tex(about.url),
        "note": "Data set",
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@misc{{{_key(about)},", *lines, "}"])


def cff(about: About) -> str:
    """Return `CITATION.cff`; nothing while nobody has said who made the dataset, for no file of that form is valid."""
    if not about.authors:
        return ""
    values = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": about.title,
        "authors": [_person(author) for author in about.authors],
        "version": about.version,
        "date-released": about.date if len(about.date) == len("2026-01-01") else "",
        "doi": about.doi,
        "url": about.url,
        "license": about.license if " " not in about.license and not about.license.startswith("LicenseRef-") else "",
        "abstract": about.description,
    }
    return "".join(f"{name}: {_yaml(value)}\n" for name, value in values.items() if value)


def _person(author: Author) -> dict[str, str]:
    *given, family = _names(author)
    name = {"given-names": " ".join(given), "family-names": family} if given else {"name": author.name}
    more = {"orcid": f"https://orcid.org/{author.orcid}" if author.orcid else "", "affiliation": author.affiliation}
    return {**name, **{key: value for key, value in more.items() if value}}


def _names(author: Author) -> list[str]:
    """Return the given names and, last, the family name: `Ruiz, Ana`, `Ana de la Ruiz`. A group has one name."""
    family, comma, given = author.name.partition(", ")
    words = author.name.split()
    if author.group or len(words) == 1:
        return [author.name]
    if comma:
        return [*given.split(), family]
    first = next((at for at, word in enumerate(words) if at and word.lower() in _PARTICLES), len(words) - 1)
    return [*words[:first], " ".join(words[first:])]


def _tex(text: str) -> str:
    return "".join(_OF_TEX.get(sign, sign) for sign in _NOT_IN_TEX.sub(" ", text))


def _key(about: About) -> str:
    family = _names(about.authors[0])[-1] if about.authors else ""
    return "-".join(filter(None, _words(f"{family} {about.date[:4]} {about.title}")))[:60].strip("-") or "dataset"


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    yield from re.findall("[a-z0-9]+", plain)


def _yaml(value: object) -> str:
    r"""Return a value as JSON in ASCII, which YAML takes as it stands whatever is in it."""
    return json.dumps(value)
