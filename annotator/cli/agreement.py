"""`annotator agreement`: how far the annotators agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotator.cli.console import (
    SeparateServers,
    counting,
    printable,
    say,
    show,
    show_failures,
    show_json,
    show_unnamed,
)
from annotator.errors import ExitCode

if TYPE_CHECKING:
    from annotator.agreement import Agreement, Survey

_COEFFICIENTS = ("alpha", "kappa", "fleiss", "ac1", "raw")


def agreement(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Annotation files, exports of Label Studio or a dataset folder.", metavar="SOURCE..."),
    ],
    original_readers: Annotated[
        str, typer.Option(metavar="ID,ID", help="Annotators who read the original, not the translation.")
    ] = "",
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples of the articles.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 1,
    disputed: Annotated[int, typer.Option(min=1, help="How many of the most disputed units to list.")] = 20,
    separate_servers: SeparateServers = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Tell how far people agree, by label, language, kind and pair, with intervals, and on what they differ."""
    from annotator.agreement import Options, survey
    from annotator.answers import records_of

    readers = frozenset(name.strip() for name in original_readers.split(",") if name.strip())
    options = Options(resamples=resamples, seed=seed, disputed=disputed, original_readers=readers)
    with (
        counting("units") as advance,
        records_of(sources, progress=advance, separate_servers=separate_servers) as found,
    ):
        told = survey(found.records, options)
    show_failures(found.collected.failures, found.collected.set_aside.total(), "")
    show_unnamed(found.collected.unnamed)
    if as_json:
        show_json(told.as_json())
    else:
        _show(told)
    if found.collected.unprocessed:
        raise typer.Exit(ExitCode.PARTIAL)


def _show(told: Survey) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", *_COEFFICIENTS):
        table.add_column(name, justify="left")
    for name in ("units", "annotators"):
        table.add_column(name, justify="right")
    for title, agreements in _groups(told):
        table.add_row(title)
        for name, one in agreements.items():
            table.add_row(
                printable(f"  {name}"), *(_cell(one, c) for c in _COEFFICIENTS), str(one.units), str(one.annotators)
            )
    console = Console()
    Console(width=None if console.is_terminal else 200, markup=False, highlight=False).print(table)
    _show_rest(told)


def _groups(told: Survey) -> list[tuple[str, Mapping[str, Agreement]]]:
    return [
        ("overall", {"four labels": told.overall, "checkable or not": told.checkable}),
        ("label against the rest", told.by_label),
        ("language", told.by_language),
        ("kind", told.by_kind),
        ("pair of annotators", told.by_pair),
        ("suggestion", told.by_suggestion),
        ("translation on the screen", told.by_translation),
        ("reads", told.by_reader),
    ]


def _cell(one: Agreement, name: str) -> str:
    if name not in one.values:
        return one.undefined[name]
    shown = f"{one.values[name]:.3f}"
    return f"{shown} [{one.intervals[name][0]:.2f}, {one.intervals[name][1]:.2f}]" if name in one.intervals else shown


def _show_rest(told: Survey) -> None:
    if told.overall.no_interval:
        show(f"no interval: {told.overall.no_interval}")
    if told.reader_note:
        show(f"original against translation readers: {told.reader_note}")
    if told.followed:
        show(f"suggestion followed: {told.followed['followed']} of {told.followed['shown']} answers")
    show("left out: " + _pairs(told.excluded))
    for who, times in told.lead_times.items():
        show(f"annotator {who}: {_pairs(times)} (seconds)")
    for row in told.drift:
        raw = "no unit with two answers" if row["raw"] is None else f"raw agreement {row['raw']}"
        show(f"{row['period']}: {row['answers']} answers, {row['units']} units, {raw}")
    show("pairs of people by their two answers:")
    for name, cells in told.confusion.items():
        show(f"  {name}: {_pairs(cells)}")
    for unit in told.disputed:
        show(f"disputed {unit.unit_id}: {_pairs(unit.said)}: {' '.join(unit.text.split())}")
    say("n counts units with two labels or more; intervals are 95 %, over articles")


def _pairs(cells: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in cells.items())
