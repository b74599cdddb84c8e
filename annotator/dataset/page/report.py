"""The report page of a dataset: everything that its template shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

from markupsafe import Markup

from annotator.agreement import Agreement, AgreementOptions, AgreementReport, measure_agreement
from annotator.agreement.coefficients import NAMES
from annotator.agreement.ratings import natural_order
from annotator.agreement.review import ANSWERS
from annotator.dataset.page import svg
from annotator.dataset.page.content import PageContent, UnitView
from annotator.dataset.page.svg import Interval, css_class
from annotator.dataset.reading import Progress, counted, of_dataset
from annotator.models import RecordStatus
from annotator.output import Kind, replacing
from annotator.package_data import read_data
from annotator.templates import load_template
from annotator.text import shown_name

FILE = "report.html"
_STATUSES = (RecordStatus.UNDECIDED, RecordStatus.SKIPPED, RecordStatus.UNLABELLED)
_ORDER = (*ANSWERS, *(str(status) for status in _STATUSES))
_HEAD = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"""
_PAGE = Kind("a report", lambda stream: stream.read(len(_HEAD)) == _HEAD)
_TITLES = {"alpha": "alpha", "kappa": "kappa", "fleiss": "Fleiss", "ac1": "AC1", "raw": "raw"}
_MOST_WARNINGS = 15
_TITLE = 90


def write_report(
    dataset: Path, out: Path, *, options: AgreementOptions, content: PageContent, progress: Progress
) -> None:
    """Write the page about the dataset folder.

    Raises:
        UsageError: the folder is not a dataset, or `out` is a file of another kind.
    """
    records = content.collect(of_dataset(dataset))
    with replacing(out, _PAGE) as stream:
        report = measure_agreement(counted(records, progress), options)
        stream.writelines(piece.encode() for piece in page(shown_name(dataset.resolve().name), report, content))


def page(name: str, report: AgreementReport, content: PageContent) -> Iterator[str]:
    """Yield the page piece by piece."""
    template = load_template(__package__, "report.html.jinja", {"css_class": css_class})
    return template.generate(
        name=name,
        css=Markup(read_data(__package__, "page.css")),  # noqa: S704 - our own
        tiles=_tiles(report, content),
        labels=_labels(content),
        agreement=_agreement(report),
        confusion=svg.heat_map(report.confusion, "Pairs of people by their two answers"),
        annotators=_annotators(report, content),
        disputed=report.disputed,
        translations=_translations(content),
        articles=[_article(article, units) for article, units in content.articles.items()],
        article_count=content.article_count,
    )


def _tiles(report: AgreementReport, content: PageContent) -> list[tuple[str, str, str]]:
    total, alpha = content.outcomes.total(), report.overall.alpha
    labelled = sum(content.outcomes[answer] for answer in ANSWERS[:-1])
    value = report.overall.undefined["alpha"] if alpha is None else f"{alpha:.2f}"
    interval = report.overall.intervals.get("alpha")
    return [
        ("units", f"{total:,}", f"{content.article_count:,} articles"),
        ("labelled", f"{labelled:,}", f"{labelled / total:.0%}" if total else ""),
        ("undecided", f"{content.outcomes[RecordStatus.UNDECIDED]:,}", "people differ, no majority"),
        ("annotators", f"{len(content.annotators):,}", f"{report.overall.units:,} units with two labels"),
        ("alpha", value, f"95 %: {interval[0]:.2f} to {interval[1]:.2f}" if interval else report.overall.no_interval),
    ]


def _labels(content: PageContent) -> dict[str, Any]:
    groups = []
    for title, counters in (("By language", content.languages), ("By kind", content.kinds)):
        rows = sorted(counters.items(), key=lambda row: (-row[1].total(), row[0]))
        groups.append((title, _bars(rows, f"Labels: {title.lower()}")))
    return {
        "order": _ORDER,
        "answers": [answer for answer in _ORDER if content.outcomes[answer]],
        "all": _bars([("all", content.outcomes)], "Labels of all units"),
        "groups": groups,
    }


def _bars(rows: Sequence[tuple[str, Mapping[str, float]]], title: str) -> Markup:
    return svg.stacked_bars(rows, _ORDER, title)


def _agreement(report: AgreementReport) -> dict[str, Any]:
    groups: dict[str, Mapping[str, Agreement]] = {
        "": {"four labels": report.overall, "checkable or not": report.checkable},
        "label against the rest": report.by_label,
        "language": report.by_language,
        "kind": report.by_kind,
        "suggestion": report.by_suggestion,
        "reads": report.by_reader,
        "pair": report.by_pair,
    }
    plotted = ("", "label against the rest", "language")
    intervals = [_interval(name, agreement) for group in plotted for name, agreement in groups[group].items()]
    followed = report.followed
    return {
        "plot": svg.forest(intervals, "Krippendorff’s alpha with intervals"),
        "heads": ("", *_TITLES.values(), "units", "annotators"),
        "rows": [
            _row(f"{group}: {name}" if group else name, agreement)
            for group, members in groups.items()
            for name, agreement in members.items()
        ],
        "reader_note": report.reader_note,
        "followed": f"{followed['followed']:,} of {followed['shown']:,}" if followed else "",
        "excluded": ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in report.excluded.items()),
    }


def _interval(name: str, agreement: Agreement) -> Interval:
    if "alpha" not in agreement.values:
        return Interval(name, None, note=agreement.undefined["alpha"])
    low, high = agreement.intervals.get("alpha", (None, None))
    return Interval(name, agreement.values["alpha"], low, high, f"({agreement.units:,} units)")


def _row(name: str, agreement: Agreement) -> list[str]:
    values = (_value(agreement, coefficient) for coefficient in NAMES)
    return [name, *values, f"{agreement.units:,}", f"{agreement.annotators:,}"]


def _value(agreement: Agreement, coefficient: str) -> str:
    if coefficient not in agreement.values:
        return agreement.undefined[coefficient]
    interval = agreement.intervals.get(coefficient)
    return f"{agreement.values[coefficient]:.2f}" + (f"\n[{interval[0]:.2f}, {interval[1]:.2f}]" if interval else "")


def _annotators(report: AgreementReport, content: PageContent) -> dict[str, Any]:
    annotators = sorted(content.annotators.items(), key=lambda row: natural_order(row[0]))
    periods = [
        (row["period"], {name: share * row["answers"] for name, share in row["shares"].items()}) for row in report.drift
    ]
    return {
        "answers": (*ANSWERS, str(RecordStatus.SKIPPED)),
        "plot": _bars(annotators, "Answers of each annotator"),
        "rows": [_times(annotator, times) for annotator, times in report.lead_times.items()],
        "periods": [
            (row["period"], f"{row['units']:,}", "none" if row["raw"] is None else f"{row['raw']:.2f}")
            for row in report.drift
        ],
        "periods_plot": _bars(periods, "Answers by period"),
    }


def _times(annotator: str, times: Mapping[str, float]) -> list[str]:
    seconds = [f"{times[name]:.1f} s" if name in times else "no time" for name in ("median", "p90")]
    return [annotator, f"{times['answers']:,}", *seconds]


def _translations(content: PageContent) -> dict[str, Any]:
    return {
        "warnings": f"{sum(content.warnings.values()):,}",
        "units": f"{content.translated:,}",
        "rows": [(text, f"{number:,}") for text, number in content.warnings.most_common(_MOST_WARNINGS)],
        "examples": [view.data for view in content.warned_units],
    }


def _article(article_id: str, units: Sequence[UnitView]) -> dict[str, Any]:
    first = units[0].data
    return {
        "title": first.article_title or shorten(first.source_text, _TITLE, placeholder=" …") or article_id,
        "source_line": first.source_line,
        "units": list(_article_units(units)),
    }


def _article_units(units: Sequence[UnitView]) -> Iterator[dict[str, Any]]:
    """Units of one stretch follow each other; a gap in the offsets of more than a blank is a new paragraph."""
    end = units[0].data.start
    for view in units:
        data = view.data
        yield {
            "gap": "\n" if data.start - end > 1 else " ",
            "is_title": data.block == "title",
            "answer": view.answer,
            "votes": view.votes,
            "text": data.source_text or f"[{data.start}–{data.end}]",
        }
        end = data.end
