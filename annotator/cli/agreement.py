"""`annotator agreement`: how far the annotators agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import (
    SeparateServers,
    counting,
    printable,
    say,
    show,
    show_failures,
    show_table,
    show_unnamed,
)

if TYPE_CHECKING:
    from annotator.agreement import Agreement, AgreementReport

_PIPED_WIDTH = 200
_COEFFICIENTS = ("alpha", "kappa", "fleiss", "ac1", "raw")


def agreement(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Annotation files, exports of Label Studio or a dataset folder.", metavar="SOURCE..."),
    ],
    original_readers: Annotated[
        str,
        typer.Option(metavar="ID,ID", help="Annotators who read the original, not the translation."),
    ] = "",
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples of the articles.")] = 1000,
    seed: Annotated[int, typer.Option(help="Random seed for the bootstrap.")] = 1,
    disputed: Annotated[int, typer.Option(min=1, help="How many of the most disputed units to list.")] = 20,
    separate_servers: SeparateServers = False,
) -> Answer[shapes.Agreed]:
    """Tell how far people agree, by label, language, kind and pair, with intervals, and on what they differ."""
    from annotator.agreement import AgreementOptions, measure_agreement
    from annotator.answers import records_of

    readers = frozenset(name.strip() for name in original_readers.split(",") if name.strip())
    options = AgreementOptions(resamples=resamples, seed=seed, disputed=disputed, original_readers=readers)
    with (
        counting("units") as advance,
        records_of(sources, progress=advance, separate_servers=separate_servers) as stream,
    ):
        report = measure_agreement(stream.records, options)
    show_failures(stream.collected.failures, stream.collected.set_aside.total(), "")
    show_unnamed(stream.collected.unnamed)
    _show(report)
    return Answer.of(report.as_json(), shapes.Agreed, partial_if(stream.collected.unprocessed))


def _show(report: AgreementReport) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", *_COEFFICIENTS):
        table.add_column(name, justify="left")
    for name in ("units", "annotators"):
        table.add_column(name, justify="right")
    for title, agreements in _groups(report):
        table.add_row(title)
        for name, measured in agreements.items():
            cells = [_cell(measured, coefficient) for coefficient in _COEFFICIENTS]
            table.add_row(printable(f"  {name}"), *cells, str(measured.units), str(measured.annotators))
    show_table(table, piped_width=_PIPED_WIDTH)
    _show_rest(report)


def _groups(report: AgreementReport) -> list[tuple[str, Mapping[str, Agreement]]]:
    return [
        ("overall", {"four labels": report.overall, "checkable or not": report.checkable}),
        ("label against the rest", report.by_label),
        ("mark set or not", report.by_mark),
        ("language", report.by_language),
        ("kind", report.by_kind),
        ("pair of annotators", report.by_pair),
        ("suggestion", report.by_suggestion),
        ("translation on the screen", report.by_translation),
        ("reads", report.by_reader),
    ]


def _cell(measured: Agreement, name: str) -> str:
    if name not in measured.values:
        return measured.undefined[name]
    value = f"{measured.values[name]:.3f}"
    if name not in measured.intervals:
        return value
    low, high = measured.intervals[name]
    return f"{value} [{low:.2f}, {high:.2f}]"


def _show_rest(report: AgreementReport) -> None:
    if report.overall.no_interval:
        show(f"no interval: {report.overall.no_interval}")
    if report.reader_note:
        show(f"original against translation readers: {report.reader_note}")
    if report.followed:
        show(f"suggestion followed: {report.followed['followed']} of {report.followed['shown']} answers")
    for name, row in report.suggestions.items():
        low, high = row["interval"] or (None, None)
        interval = f" [{low:.2f}, {high:.2f}]" if low is not None else ""
        what = "shown minus hidden" if name == "difference" else f"suggestion {name}: the answer is the same"
        show(f"{what}: {row['share']:.3f}{interval}, {row['answers']} answers")
    show("left out: " + _pairs(report.excluded))
    for annotator, times in report.lead_times.items():
        show(f"annotator {annotator}: {_pairs(times)} (seconds)")
    for annotator, measured in report.against_gold.items():
        labels = ", ".join(
            f"{name} {part['right']} of {part['answers']}" for name, part in measured["by_label"].items()
        )
        show(f"annotator {annotator} gave {measured['right']} of {measured['answers']} known answers: {labels}")
    for row in report.drift:
        raw = "no unit with two answers" if row["raw"] is None else f"raw agreement {row['raw']}"
        show(f"{row['period']}: {row['answers']} answers, {row['units']} units, {raw}")
    show("pairs of people by their two answers:")
    for name, cells in report.confusion.items():
        show(f"  {name}: {_pairs(cells)}")
    for unit in report.disputed:
        show(f"disputed {unit.unit_id}: {_pairs(unit.answers)}: {' '.join(unit.text.split())}")
    say("n counts units with two labels or more; intervals are 95 %, over articles")


def _pairs(cells: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in cells.items())
