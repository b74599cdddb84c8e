"""What the screen shows of a task beside its fields: HTML in the language of the interface, made as it is pushed.

All of it is text of strangers between tags of ours: it is escaped, and only addresses of the web become links. None of
it comes back (`wire` drops `DISPLAY_FIELDS`), so that it may be as long as people need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from annotator.labelstudio.article_pages import ArticlePages
from annotator.labelstudio.article_pane import ArticlePane
from annotator.labelstudio.interface import Interface, interface
from annotator.models import DISPLAY_FIELDS, SHOWN_BY_PUSH

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_SOME, _NONE = r"(?P<expected>[^;]+?)", "no other number"
_DETAILS = {
    "number_mismatch": re.compile(rf"expected {_SOME}, found (?P<found>[^;]+)"),
    "lost_name": re.compile(rf"expected {_SOME}, not found"),
    "lost_link": re.compile(rf"expected {_SOME}, not found"),
    "lost_negation": re.compile(rf"expected a negation \(“{_SOME}”\)"),
    "hedge_lost": re.compile(rf"expected a hedge \(“{_SOME}”\)"),
    "untranslated": re.compile("left untranslated: (?P<words>[^;]+)"),
    "lost_content": re.compile("no counterpart for (?P<words>[^;]+)"),
}
"""Where the lines of `translation.checks` name the words that people look for."""
_QUIET = {"no_engine", "not_asked", "engine_failed", "undetermined_language", "nothing_to_translate", "empty"}
"""Why there is no translation matters to whoever prepares the articles, and not to whoever labels them."""


_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]")
"""Letters of East Asia that take the room of two."""
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_NEAR = 300
"""Latin letters. What stands further in front of the unit opens by a click, so that the marked unit is in sight at 1024
pixels."""
_NEAR_LONG, _ENDS_LONG = 120, 45
"""Of a longer unit, which stands in full beneath, the marked copy shows both ends, and the paragraph less around it."""


class Place(NamedTuple):
    """Which of the articles of a push the unit is of."""

    article: int = 0
    articles: int = 0


def for_screen(language: str, pages: ArticlePages | None = None) -> Callable[[dict[str, Any], Place], dict[str, Any]]:
    """Return what gives a task's data all that the screen shows of it, with the whole article where there are pages."""
    ui = interface(language)
    return lambda data, place: shown(data, ui, place, pages.pane(data["article_id"]) if pages else None)


def shown(data: Mapping[str, Any], ui: Interface, place: Place, article: ArticlePane | None = None) -> dict[str, Any]:
    """Return a task's data with what the screen shows, in place of what that was made of."""
    kept = {name: value for name, value in data.items() if name not in DISPLAY_FIELDS}
    return {
        **kept,
        **dict.fromkeys(SHOWN_BY_PUSH, ""),
        "shown_place": place_line(data, ui, place),
        "shown_head": _head(data, ui),
        "shown_paragraph": _paragraph(data),
        "shown_article": _article(data, ui, article),
        "shown_warnings": warnings(data, ui),
        "shown_suggestion": _suggestion(data, ui),
    }


def place_line(data: Mapping[str, Any], ui: Interface, place: Place) -> str:
    """Return where the unit stands and what it is. Never empty: it tells the form that a push filled in the rest."""
    units, parts = int(data.get("article_units") or 0), []
    if units > 1:  # of a text that consists of one unit there is nothing to count
        parts.append(ui.unit.format(position=data["position"] + 1, units=units))
    if place.articles > 1:
        parts.append(ui.article.format(number=place.article, articles=place.articles))
    line = f'<span class="cu-where">{escape(" · ".join(parts))}</span>'
    kind = _kind(data, ui)
    is_rtl = data["source_lang"].partition("-")[0] in _RIGHT_TO_LEFT
    style = "cu-shown" + " cu-rtl" * is_rtl + " cu-long" * _is_long(data)
    return f'<div class="{style}">{line}' + (f' <b class="cu-kind">{escape(kind)}</b>' if kind else "") + "</div>"


def _kind(data: Mapping[str, Any], ui: Interface) -> str:
    if data["block"] == "title" and data["position"] and data["source_text"] not in data["article_title"]:
        return ui.kinds["subheading"]
    return ui.kinds.get(data["block"]) or ui.kinds.get(data["kind"], "")


def _head(data: Mapping[str, Any], ui: Interface) -> str:
    title = _text("h2", data["article_title"], data["source_lang"])
    translated = _text("p", data["article_title_translated"], data["target_lang"], "cu-translated")
    post = _with_links(data["post"], ui)
    post = f'<p class="cu-source"><b class="cu-kind">{escape(ui.post)}</b> {post}</p>' if post else ""
    source = _with_links(data["source_line"], ui)
    return title + translated + (f'<p class="cu-source">{source}</p>' if source else "") + post


def _with_links(line: str, ui: Interface) -> str:
    """Return a plain line with its addresses as links that open in a new tab, and its dates as people write them."""
    return " · ".join(_part(part, ui) for part in line.split(" · ") if part)


def _part(part: str, ui: Interface) -> str:
    if _DATE.fullmatch(part):
        return f"<bdi>{escape(ui.date(part))}</bdi>"
    if _is_address(part):
        return f'<a href="{escape(part)}" target="_blank" rel="noopener noreferrer" dir="ltr">{escape(part)}</a>'
    return f"<bdi>{escape(part)}</bdi>"


def _is_address(part: str) -> bool:
    try:
        address = urlsplit(part)
    except ValueError:  # not an address: http://[
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"[\s<>\"'`]", part)


def _paragraph(data: Mapping[str, Any]) -> str:
    """Return what stands around the unit: its paragraph, and at the ends of that the units next to it."""
    original = _around(data, "source_text", "", data["source_lang"])
    translated = _around(data, "translated_text", "_translated", data["target_lang"]) if data["translated_text"] else ""
    if not any(data.get(name) for name in ("paragraph_before", "paragraph_after", "before", "after")):
        return ""
    return f'<div class="cu-par">{original}{translated}</div>'


def _around(data: Mapping[str, Any], unit: str, ending: str, language: str) -> str:
    before, after = data.get(f"paragraph_before{ending}", ""), data.get(f"paragraph_after{ending}", "")
    blank = " " if ending else ""  # the original has its own, and translations come one by one
    far, near = _parted(before, _NEAR_LONG if _is_long(data) else _NEAR)
    more = f'<details class="cu-more"><summary>…</summary>{escape(far)}</details>' if far else ""
    copy = _ends(data[unit]) if _is_long(data) else data[unit]
    lines = [
        "" if before.strip() else _text("p", data[f"before{ending}"], language, "cu-next"),
        f"<div>{more}{escape(near)}{blank}<mark>{escape(copy)}</mark>{blank}{escape(after)}</div>",
        "" if after.strip() else _text("p", data[f"after{ending}"], language, "cu-next"),
    ]
    return f'<div lang="{escape(language)}" dir="auto">{"".join(lines)}</div>'


def _parted(before: str, near: int) -> tuple[str, str]:
    """Return what opens by a click, and what stands in front of the unit at once."""
    if _room(before) <= 4 * near / 3:
        return "", before
    near = near * len(before) // _room(before)
    cut = before.find(" ", len(before) - near)
    return (before[:cut], before[cut:]) if cut > 0 else (before[:-near], before[-near:])


def _is_long(data: Mapping[str, Any]) -> bool:
    return _room(data["source_text"]) > _NEAR


def _room(text: str) -> int:
    """How many Latin letters take as much room."""
    return len(text) + len(_WIDE.findall(text))


def _ends(text: str) -> str:
    """Return both ends of a text, whole words where it has blanks."""
    if len(text) <= 3 * _ENDS_LONG:
        return text
    first, last = text[:_ENDS_LONG], text[-_ENDS_LONG:]
    return f"{first.rpartition(' ')[0] or first} […] {last.partition(' ')[2] or last}"


def _article(data: Mapping[str, Any], ui: Interface, pane: ArticlePane | None) -> str:
    columns = pane.html(data["unit_id"], (data["source_lang"], data["target_lang"])) if pane else ""
    if not columns:
        return ""
    summary = f"<summary>{escape(ui.whole_article)}</summary>"
    return f'<details class="cu-whole">{summary}<div class="cu-par">{columns}</div></details>'


def warnings(data: Mapping[str, Any], ui: Interface) -> str:
    """Return why the translation may be wrong, in words for whoever labels."""
    line, codes = data.get("translation_warnings", ""), data.get("translation_warning_codes") or ()
    if not data["translated_text"] and (line or codes):
        return f'<p class="cu-quiet">{escape(ui.warnings["no_translation"])}</p>'
    codes = [code for code in codes if code not in _QUIET] or (["other"] if line else [])
    told = dict.fromkeys(_warning(code, line, ui) for code in codes)
    return "".join(f'<p class="cu-doubt">{escape(words)}</p>' for words in told)


def _warning(code: str, line: str, ui: Interface) -> str:
    found = pattern.search(line) if (pattern := _DETAILS.get(code)) else None
    words = {name: _listed(text) for name, text in found.groupdict().items()} if found else {}
    if code == "number_mismatch" and words:
        code = (
            "number_added" if words["expected"] == _NONE
            else "number_missing" if words["found"] == "none"
            else "number_changed"
        )  # fmt: skip
    if code == "lost_content" and not words:
        code = "part_lost"
    try:
        return ui.warnings.get(code, ui.warnings["other"]).format(**words)
    except KeyError:  # a line of an older version, or of another tool
        return ui.warnings["other"]


def _listed(text: str) -> str:
    return re.sub(r" and \d+ more$", ", …", text.strip())


def _suggestion(data: Mapping[str, Any], ui: Interface) -> str:
    if not data["suggested_label"]:
        return ""
    label = f"<b>{escape(ui.called(data['suggested_label']))}</b>"
    given = [reason for reason in data["suggestion_reasons"].split("; ") if reason]
    reasons = escape(ui.separator).join(f"<i><bdi>{escape(_reason(reason, ui))}</bdi></i>" for reason in given)
    because = f" <span>{escape(ui.because)}{reasons}</span>" if given else ""
    return f'<p class="cu-suggested">{escape(ui.suggested)}{label}{because}</p>'


def _reason(reason: str, ui: Interface) -> str:
    """Return a reason in the language of the interface, with the share in brackets that it may end in."""
    words, _, share = reason.partition(" (")
    share = share.replace("%", ui.percent)
    return f"{ui.reasons.get(words, words)} ({share}" if share else ui.reasons.get(reason, reason)


def _text(tag: str, text: str, language: str, style: str = "") -> str:
    styled = f' class="{style}"' if style else ""
    return f'<{tag}{styled} lang="{escape(language)}" dir="auto">{escape(text)}</{tag}>' if text.strip() else ""
