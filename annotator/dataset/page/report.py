"""The report page of a dataset: everything that its template shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from textwrap import shorten
from typing import Any

from markupsafe import Markup

from annotator.agreement import Agreement, AgreementOptions, AgreementReport, measure_agreement
from annotator.agreement.coefficients import NAMES
from annotator.agreement.ratings import natural_order
from annotator.agreement.review import DisputedUnit
from annotator.dataset.page import svg
from annotator.dataset.page.content import PageContent, UnitView
from annotator.dataset.page.svg import Interval, css_class
from annotator.dataset.reading import Progress, counted, of_dataset
from annotator.labels import ANSWERS
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
_CROISSANT = "croissant.json"
_MOST_BYTES = 1 << 22


@dataclass(frozen=True)
class PageOptions:
    """What only the caller knows of the dataset."""

    name: str
    """Of the folder; the page bears the dataset's title where its croissant.json tells one."""
    server: str = ""
    """Address of the Label Studio that has the tasks: the page links to it; without it the page leads nowhere."""


def write_report(  # noqa: PLR0913
    dataset: Path,
    out: Path,
    *,
    options: AgreementOptions,
    content: PageContent,
    progress: Progress,
    server: str = "",
) -> None:
    """Write the page about the dataset folder, with links into the Label Studio whose address is given.

    Raises:
        UsageError: the folder is not a dataset, or `out` is a file of another kind.
    """
    records = content.collect(of_dataset(dataset))
    with replacing(out, _PAGE) as stream:
        report = measure_agreement(counted(records, progress), options)
        page_options = PageOptions(_title(dataset) or shown_name(dataset.resolve().name), _web(server))
        stream.writelines(piece.encode() for piece in page(page_options, report, content))


def _title(dataset: Path) -> str:
    """The title that the dataset's own description tells; nothing where there is none that can be read."""
    try:
        described = json.loads((dataset / _CROISSANT).read_bytes()[:_MOST_BYTES])
    except (OSError, ValueError, RecursionError):
        return ""
    name = described.get("name") if isinstance(described, dict) else None
    return name.encode("utf-8", "replace").decode() if isinstance(name, str) else ""


def _web(server: str) -> str:
    """Return the address where a link may lead to it; `javascript:` and its like are none."""
    return server.rstrip("/") if server.startswith(("http://", "https://")) else ""


def page(options: PageOptions, report: AgreementReport, content: PageContent) -> Iterator[str]:
    """Yield the page piece by piece."""
    template = load_template(__package__, "report.html.jinja", {"css_class": css_class})
    return template.generate(
        name=options.name,
        css=Markup(read_data(__package__, "page.css")),  # noqa: S704 - our own
        tiles=_tiles(report, content),
        labels=_labels(content),
        agreement=_agreement(report),
        confusion=svg.heat_map(report.confusion, "Pairs of people by their two answers"),
        annotators=_annotators(report, content),
        disputed=[_disputed(unit, options.server) for unit in report.disputed],
        pairs=_pairs(report),
        disputed_count=content.disputed,
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
        ("annotators", f"{len(content.annotators):,}", _who(report, content)),
        ("alpha", value, f"95 %: {interval[0]:.2f} to {interval[1]:.2f}" if interval else report.overall.no_interval),
    ]


def _who(report: AgreementReport, content: PageContent) -> str:
    verdicts = f"; {content.verdicts.total():,} verdicts apart" if content.verdicts else ""
    return f"{report.overall.units:,} units with two labels{verdicts}"


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
        "heads": ("", *_TITLES.values(), "units with two labels", "people with a label"),
        "rows": [
            _row(f"{group}: {name}" if group else name, agreement)
            for group, members in groups.items()
            for name, agreement in members.items()
        ],
        "reader_note": report.reader_note,
        "followed": f"{followed['followed']:,} of {followed['shown']:,}" if followed else "",
        "suggestions": [_following(name, row) for name, row in report.suggestions.items()],
        "excluded": ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in report.excluded.items()),
    }


def _following(name: str, row: Mapping[str, Any]) -> list[str]:
    low, high = row["interval"] or (None, None)
    interval = "none" if low is None else f"{low:.2f} to {high:.2f}"
    return [
        "shown minus hidden" if name == "difference" else name,
        f"{row['share']:.2f}",
        interval,
        f"{row['answers']:,}",
    ]


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
    answers = (*ANSWERS, str(RecordStatus.SKIPPED))
    return {
        "answers": answers,
        "plot": _bars(annotators, "Answers of each annotator"),
        "heads": ("who", *answers, "answers", "a day", "median time", "90 % within"),
        "rows": [
            [annotator, *(f"{counts[answer]:,}" for answer in answers), *_pace(annotator, report, content)]
            for annotator, counts in annotators
        ],
        "verdicts": ", ".join(f"{name} {number:,}" for name, number in sorted(content.verdicts.items())),
        "periods": [
            (row["period"], f"{row['units']:,}", "none" if row["raw"] is None else f"{row['raw']:.2f}")
            for row in report.drift
        ],
        "periods_plot": _bars(periods, "Answers by period"),
    }


def _pace(annotator: str, report: AgreementReport, content: PageContent) -> list[str]:
    """Answers, how many on each day with one, and the seconds of one."""
    times = report.lead_times.get(annotator, {"answers": 0})
    days = len(content.days[annotator] - {""})
    seconds = [f"{times[name]:.1f} s" if name in times else "no time" for name in ("median", "p90")]
    return [f"{times['answers']:,}", f"{times['answers'] / days:,.1f}" if days else "no date", *seconds]


def _disputed(unit: DisputedUnit, server: str) -> dict[str, Any]:
    """The unit, with the classes by which the page filters: one for each pair of answers that it has."""
    pairs = combinations(sorted(set(unit.answers.values()), key=ANSWERS.index), 2)
    there = server and unit.project and unit.task
    return {
        **unit._asdict(),
        "css_classes": " ".join(_pair_class(*pair) for pair in pairs),
        "link": f"{server}/projects/{unit.project}/data?task={unit.task}" if there else "",
    }


def _pairs(report: AgreementReport) -> list[tuple[str, str, int]]:
    """The pairs of answers among the units shown: class, name, number of units."""
    counts = Counter(
        pair
        for unit in report.disputed
        for pair in combinations(sorted(set(unit.answers.values()), key=ANSWERS.index), 2)
    )
    return [(_pair_class(*pair), " and ".join(pair), number) for pair, number in counts.most_common()]


def _pair_class(first: str, second: str) -> str:
    return f"pair-{css_class(first)}-{css_class(second)}"


def _translations(content: PageContent) -> dict[str, Any]:
    return {
        "warnings": f"{sum(content.warnings.values()):,}",
        "warned": f"{content.warned:,}",
        "codes_left": max(0, len(content.warnings) - _MOST_WARNINGS),
        "examples_left": content.warned - len(content.warned_units),
        "units": f"{content.translated:,}",
        "untranslated": content.untranslated,
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
