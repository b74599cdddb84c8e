"""The page itself. Everything that comes from data is escaped; a policy in its head forbids every request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from textwrap import shorten

from annotator.agreement import Agreement, Options, Survey, survey
from annotator.agreement.coefficients import NAMES
from annotator.agreement.ratings import natural
from annotator.agreement.review import ANSWERS
from annotator.export.page import svg
from annotator.export.page.gathering import Gathered, Shown
from annotator.export.page.svg import Interval, css_class
from annotator.export.reading import Progress, of_dataset
from annotator.models import Record, RecordStatus

FILE = "report.html"
_STATUSES = (RecordStatus.UNDECIDED, RecordStatus.SKIPPED, RecordStatus.UNLABELLED)
_ORDER = (*ANSWERS, *(str(status) for status in _STATUSES))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TITLES = {"alpha": "alpha", "kappa": "kappa", "fleiss": "Fleiss", "ac1": "AC1", "raw": "raw"}
_MOST_WARNINGS = 15
_TITLE = 90


def write_report(dataset: Path, out: Path, *, options: Options, gathered: Gathered, progress: Progress) -> None:
    """Write the page about the dataset folder.

    Raises:
        UsageError: the folder is no dataset.
    """
    records = gathered.watch(of_dataset(dataset))
    told = survey(_counted(records, progress), options)
    with out.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in page(dataset.resolve().name, told, gathered))


def _counted(records: Iterable[Record], progress: Progress) -> Iterator[Record]:
    for done, record in enumerate(records, start=1):
        progress(done)
        yield record


def page(name: str, told: Survey, gathered: Gathered) -> Iterator[str]:
    """Yield the lines of the page."""
    css = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    yield '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(name)}</title><style>{css}</style></head><body>"
    yield f"<h1>{escape(name)}</h1>"
    yield '<p class="quiet">What people said of the claim units of these articles, and how far they agree.</p>'
    yield from _tiles(told, gathered)
    yield from _labels(gathered)
    yield from _agreement(told)
    yield from _confusion(told)
    yield from _people(told, gathered)
    yield from _disputed(told)
    yield from _translations(gathered)
    yield from _articles(gathered)
    yield "</body></html>"


def _tiles(told: Survey, gathered: Gathered) -> Iterator[str]:
    total, alpha = gathered.standing.total(), told.overall.values.get("alpha")
    labelled = sum(gathered.standing[answer] for answer in ANSWERS[:-1])
    shown = told.overall.undefined["alpha"] if alpha is None else f"{alpha:.2f}"
    low_high = told.overall.intervals.get("alpha")
    tiles = [
        ("units", f"{total:,}", f"{gathered.article_count:,} articles"),
        ("labelled", f"{labelled:,}", f"{labelled / total:.0%}" if total else ""),
        ("undecided", f"{gathered.standing[RecordStatus.UNDECIDED]:,}", "people differ, no majority"),
        ("annotators", f"{len(gathered.people):,}", f"{told.overall.units:,} units with two labels"),
        ("alpha", shown, f"95 %: {low_high[0]:.2f} to {low_high[1]:.2f}" if low_high else told.overall.no_interval),
    ]
    yield '<dl class="tiles">'
    for title, number, note in tiles:
        yield f"<div><dt>{escape(title)}</dt><dd>{escape(number)}<small>{escape(note)}</small></dd></div>"
    yield "</dl>"


def _labels(gathered: Gathered) -> Iterator[str]:
    yield "<h2>Labels</h2>"
    yield from _legend(answer for answer in _ORDER if gathered.standing[answer])
    yield svg.stacked_bars([("all", gathered.standing)], _ORDER, "Labels of all units")
    for title, groups in (("By language", gathered.languages), ("By kind", gathered.kinds)):
        rows = sorted(groups.items(), key=lambda row: (-row[1].total(), row[0]))
        yield f"<h3>{title}</h3>" + svg.stacked_bars(rows, _ORDER, f"Labels: {title.lower()}")


def _legend(answers: Iterable[str]) -> Iterator[str]:
    items = "".join(f'<li class="{css_class(answer)}">{escape(answer)}</li>' for answer in answers)
    yield f'<ul class="legend">{items}</ul>'


def _agreement(told: Survey) -> Iterator[str]:
    groups: dict[str, Mapping[str, Agreement]] = {
        "": {"four labels": told.overall, "checkable or not": told.checkable},
        "label against the rest": told.by_label,
        "language": told.by_language,
        "kind": told.by_kind,
        "suggestion": told.by_suggestion,
        "reads": told.by_reader,
        "pair": told.by_pair,
    }
    yield "<h2>Agreement</h2>"
    yield "<p>Krippendorff’s alpha: 1 is perfect, 0 is chance. Bars are 95 % intervals over articles.</p>"
    main = {name: one for group in ("", "label against the rest", "language") for name, one in groups[group].items()}
    yield svg.forest([_interval(name, one) for name, one in main.items()], "Krippendorff’s alpha with intervals")
    rows = [
        _row(f"{group}: {name}" if group else name, one) for group, part in groups.items() for name, one in part.items()
    ]
    yield from _table(("", *_TITLES.values(), "units", "annotators"), rows)
    if told.reader_note:
        yield f'<p class="quiet">Original against translation readers: {escape(told.reader_note)}.</p>'
    if told.followed:
        share = f"{told.followed['followed']:,} of {told.followed['shown']:,}"
        yield f"<p>The suggestion was followed in {share} answers that were given in sight of one.</p>"
    left_out = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in told.excluded.items())
    yield f'<p class="quiet">“not a unit” is a status and takes no part in agreement. Left out: {escape(left_out)}.</p>'


def _interval(name: str, one: Agreement) -> Interval:
    if "alpha" not in one.values:
        return Interval(name, None, note=one.undefined["alpha"])
    low, high = one.intervals.get("alpha", (None, None))
    return Interval(name, one.values["alpha"], low, high, f"({one.units:,} units)")


def _row(name: str, one: Agreement) -> list[str]:
    return [name, *(_value(one, key) for key in NAMES), f"{one.units:,}", f"{one.annotators:,}"]


def _value(one: Agreement, key: str) -> str:
    if key not in one.values:
        return one.undefined[key]
    low_high = one.intervals.get(key)
    return f"{one.values[key]:.2f}" + (f"\n[{low_high[0]:.2f}, {low_high[1]:.2f}]" if low_high else "")


def _confusion(told: Survey) -> Iterator[str]:
    yield "<h2>What is taken for what</h2>"
    yield "<p>Pairs of people who judged the same unit, by their two answers; shaded by share of the row.</p>"
    yield svg.heat_map(told.confusion, "Pairs of people by their two answers")


def _people(told: Survey, gathered: Gathered) -> Iterator[str]:
    yield "<h2>Annotators</h2>"
    yield from _legend((*ANSWERS, str(RecordStatus.SKIPPED)))
    people = sorted(gathered.people.items(), key=lambda row: natural(row[0]))
    yield svg.stacked_bars(people, _ORDER, "Answers of each annotator")
    rows = []
    for who, times in told.lead_times.items():
        known = [f"{times[name]:.1f} s" if name in times else "no time" for name in ("median", "p90")]
        rows.append([who, f"{times['answers']:,}", *known])
    yield from _table(("annotator", "answers", "median time", "90 % within"), rows)
    if told.drift:
        yield "<h3>Over time</h3>"
        parts = [
            (row["period"], {name: share * row["answers"] for name, share in row["shares"].items()})
            for row in told.drift
        ]
        yield svg.stacked_bars(parts, _ORDER, "Answers by period")
        periods = [
            [row["period"], f"{row['units']:,}", "none" if row["raw"] is None else f"{row['raw']:.2f}"]
            for row in told.drift
        ]
        yield from _table(("period", "units completed", "raw agreement"), periods)


def _disputed(told: Survey) -> Iterator[str]:
    yield "<h2>Most disputed units</h2>"
    if not told.disputed:
        yield "<p>None: nobody differs.</p>"
    for unit in told.disputed:
        said = "".join(
            f'<span class="tag {css_class(a)}">{escape(who)}: {escape(a)}</span>' for who, a in unit.said.items()
        )
        comments = "".join(f"<br><small>{escape(who)}: {escape(text)}</small>" for who, text in unit.comments.items())
        text = escape(unit.text) or '<span class="quiet">text kept back</span>'
        yield f"<blockquote>{text}<br>{said}<small>{escape(unit.unit_id)}</small>{comments}</blockquote>"


def _translations(gathered: Gathered) -> Iterator[str]:
    yield "<h2>Translation warnings</h2>"
    warned = sum(gathered.warnings.values())
    yield f"<p>{warned:,} warnings on {gathered.translated:,} translated units.</p>"
    rows = [[text, f"{number:,}"] for text, number in gathered.warnings.most_common(_MOST_WARNINGS)]
    if rows:
        yield from _table(("warning", "units"), rows)
    for shown in gathered.warned:
        data = shown.data
        translated = f'<span class="quiet">{escape(data.translated_text)}</span><br>' if data.translated_text else ""
        warning = f"<small>{escape(data.translation_warnings)}</small>"
        yield f"<blockquote>{escape(data.source_text)}<br>{translated}{warning}</blockquote>"


def _articles(gathered: Gathered) -> Iterator[str]:
    yield "<h2>Articles</h2>"
    number = f"{len(gathered.articles):,} of {gathered.article_count:,}"
    yield f"<p>{number} articles, their units coloured by the label that stands.</p>"
    yield from _legend(_ORDER)
    for article, units in gathered.articles.items():
        title = units[0].data.article_title or shorten(units[0].data.source_text, _TITLE, placeholder=" …") or article
        yield f"<details><summary>{escape(title)} <small>{len(units):,} units</small></summary>"
        yield f'<p class="quiet">{escape(units[0].data.source_line)}</p>'
        yield f'<p class="text">{_article_text(units)}</p></details>'


def _article_text(units: Sequence[Shown]) -> str:
    """Units of one stretch follow each other; a gap in the offsets of more than a blank is a new paragraph."""
    parts, end = [], units[0].data.start
    for shown in units:
        data = shown.data
        parts.append("\n" if data.start - end > 1 else " ")
        kind = f"unit {css_class(shown.answer)}{' title' if data.block == 'title' else ''}"
        tip = f"{shown.answer} ({shown.said})"
        text = escape(data.source_text) or f"[{data.start}–{data.end}]"
        parts.append(f'<span class="{kind}" title="{escape(tip)}">{text}</span>')
        end = data.end
    return "".join(parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield '<div class="scroll"><table><tr>' + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"
    yield from ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    yield "</table></div>"
