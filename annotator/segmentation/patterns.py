"""Patterns of what ends a sentence, of what hangs on to its end, and of what may open the next one.

All of them run in linear time: runs are possessive or bounded, so that a megabyte without a blank costs no more.
Where a long text is searched, a set of characters comes first and the look back after it: `re` skips ahead to a set.
"""

from __future__ import annotations

import re
from functools import cache

_EMOJI = "\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23fa"
EMOJI = f"[{_EMOJI}](?:[{_EMOJI}\ufe0f\u200d\u20e3\U000e0020-\U000e007f])*+"
# A link ends before the sentence's own marks, quotation marks and brackets: "(voir https://exemple.org)."
LINK = r"(?:https?://|www\.|pic\.(?:twitter|x)\.com/)[^\s<>«»]*[^\s<>«».,;:!?…'\"”’)\]]"
POST_LINK = re.compile(r"https?://t\.co/|pic\.(?:twitter|x)\.com/")


@cache
def scan(marks: str) -> re.Pattern[str]:
    """Match everything after which a sentence may end where the language has `marks` besides the common ones.

    A link is matched whole, so that its full stops are not looked at.
    """
    return re.compile(
        rf"(?P<link>{LINK})"
        rf"|(?P<mark>[.!?…؟۔{marks}]++(?:[ \u00a0\u202f]?[!?…]++)*+)"
        r"|(?P<full>[。！？｡।॥।։]++)"
        rf"|(?P<emoji>{EMOJI}(?:\s?{EMOJI})*+|(?<=\s)[:;]-?[)(DPp](?!\w))"
    )


MAY_END = re.compile(rf"[.!?…؟۔。！？｡।॥։:;{_EMOJI}]")
"""The first characters of what `scan()` matches, apart from links; looking for them takes a tenth of its time."""

TAIL = re.compile(
    rf"(?P<sure>[^\S\n]*(?:{EMOJI}|\[\d{{1,3}}\]|[¹²³⁴-⁹]+|[(\[](?:…|\.\.\.)[)\]]))"
    rf"|(?P<tag>\s*(?:{LINK}|#\w+))"
    r"|(?P<handle>\s*@\w+)"
)
"""What stays with the sentence before it: always, unless a sentence goes on after it, only at the very end."""

NEXT = re.compile(r"(?:[\s«»“”„‘’‚\"'`(\[¿¡‹›「『（《*_–—-]|,,)*+(?:(?P<word>[^\W\d_]+)|(?P<digit>\d)|(?P<sign>\S))?")
"""The first word, figure or sign of what follows, past quotation marks, brackets and dashes."""

# A dash with blanks around it; before a comma or a stop the second blank is missing ("– dit-il –, il").
DASH = re.compile(r"[\s–—](?:(?<=\S\s)[–—-]\s|(?<=\s[–—])(?=[,.;:]))")
# Emoji that point at what follows or stand at its head: no sentence ends behind them.
POINTERS = frozenset("👉➡⬇⬆⬅↘↗🔴🔵🟢🟠🟡⚠▶►✅❌🚨📌📍➜➤☛👇👆")
# "2.5 points. $3 million was lost": signs that may begin a sentence in the place of a capital; `↑` and `^` an entry of
# an encyclopedia's list of references.
SIGNS_THAT_OPEN = frozenset("@#$£€•►→§&↑^")
# exemple.Com is an address, terminé.La two sentences.
TOP_LEVEL = re.compile(r"com|org|net|fr|eu|info|gov|edu|tv|io|co|uk|de|es|it|be|ch|ca|gouv|js|md")
APOSTROPHES = ("'", "’")
ROMAN = re.compile(r"[IVXLC]{1,6}")


def may_hold_link(text: str) -> bool:
    """Tell at once, of most texts, that `LINK` matches nowhere in them."""
    return "//" in text or "www." in text or "pic." in text
