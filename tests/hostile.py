"""Articles made of what breaks tools: the same for the same seed."""

from __future__ import annotations

import os
import random
from pathlib import Path

PIECES = (
    "Le pont est fermé.", "Selon l’Insee, les prix montent de 2,5 %.", "« Rien n'est sûr », dit-elle.", "Qui paiera ?",
    "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1:A9)", "'=1", "\t=1", '=HYPERLINK("http://a.example","x")', "＝1+1",
    "<script>alert(1)</script>", "<b>gras", "</View>", "&amp;&lt;é&#0;", "<!--", "]]>", "<img src=x onerror=y>",
    "$source_text", "${7*7}", "$", "{{7*7}}", "{% raw %}", "{0}", "%s", "%(x)s", "#{1}", "`id`", "\\n", "\\u0000", "\\",
    "\u202egnirts desrever\u202c", "\u2066isolé\u2069", "\u200f", "\u200b", "\u2060", "\u00ad", "\ufeff", "\ufffd",
    "👩‍👩‍👧", "🇫🇷", "👍🏽", "𝔘𝔫𝔦", "e\u0301te\u0301", "o\u0302\u0323", "\u0301", "\u212b", "ﬁn", "\u1100\u1161\u11a8",
    "Z" + "\u0351" * 40, "עברית", "العربية", "日本語。", "ไทย", "\ue000\ue0ff", "\U000f0000", "\ufdd0", "\uffff",
    "s3://seau/clé.txt", "https://t.co/aB_c?x=1&y=2#z", "www.exemple.fr", "redac@exemple.fr", "@le_maire", "#vote_2024",
    '"', "“”", "„x“", "«", "»", "‘", "’", "''", ";", ",", "|", "\x7f", "\x1b[31m", "\x08", "\x0b", "\x0c", "\x1c",
    "x" * 3_000, "mot " * 300, "1.1." * 50, "(" * 200, "." * 100, "!?" * 50, "- tiret", "1) liste", "date 2025-01",
    "null", "NaN", "À lire aussi : le pont", "Par Élan", "© Studio", "pic.twitter.com/abc", "— A (@a) ",
)  # fmt: skip
GLUE = (
    *[" "] * 4, "", "\n", *["\n\n"] * 2, "\r", "\r\n", "\r\n\r\n", "\u2028", "\u2029", "\x85", "\u00a0", "\u3000", "\t",
)  # fmt: skip
FIELDS = ("title", "url", "site", "date", "author", "brand_new")


def text(drawn: random.Random, longest: int) -> str:
    """Return pieces in a row, with anything between them."""
    return "".join(drawn.choice(PIECES) + drawn.choice(GLUE) for _ in range(drawn.randint(1, longest)))


def articles(seed: int, number: int) -> list[dict[str, str]]:
    """Return rows of articles, each with a text of its own; two in three have an id, all with odd things in it."""
    drawn = random.Random(seed)  # noqa: S311
    return [_row(drawn, at) for at in range(number)]


def _row(drawn: random.Random, at: int) -> dict[str, str]:
    row = {"text": f"{text(drawn, 12)}\n\nArticle {at}."}
    if drawn.random() < 2 / 3:
        row["id"] = f"{drawn.choice(PIECES)[:60]}{at}"
    for field in FIELDS:
        if drawn.random() < 1 / 3:
            row[field] = text(drawn, 2) + (str(at) if field == "url" else "")  # where there is no id, it is the id
    return row


def fifo(path: Path) -> None:
    """Make a FIFO. A table of cases names this, since `os.mkfifo` is no name on Windows."""
    os.mkfifo(path)
