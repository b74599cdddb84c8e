"""`annotator export`: annotations in, a dataset folder out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import SeparateServers, counting, say, say_counts, show_failures, show_unnamed
from annotator.cli.out_names import dataset_folder

if TYPE_CHECKING:
    from annotator.dataset.collect import ExportReport

_FORMATS = (
    "csv, xlsx, parquet, hf, web-annotation, claims, conll, label-studio or all; can be given several times. "
    "JSONL is always there."
)


def export(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="Files that annotator pull wrote, exports saved from Label Studio, files of tasks.",
            metavar="SOURCE...",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The dataset folder.", callback=dataset_folder)],
    formats: Annotated[list[str], typer.Option("--format", help=_FORMATS)] = ["csv", "hf"],  # noqa: B006
    bom: Annotated[bool, typer.Option("--bom", help="Begin the CSV file with a byte order mark.")] = False,
    delimiter: Annotated[
        str, typer.Option(metavar="SIGN", help="Between the cells of the CSV file: , or ; or | or tab.")
    ] = ",",
    articles: Annotated[
        list[Path] | None,
        typer.Option(
            help="A run folder, or its articles.jsonl: adds the texts, on which offsets count, to the dataset. "
            "Can be given several times.",
            metavar="RUN|FILE",
            show_default="none",
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Keep the annotators as the source has them instead of pseudonyms.")
    ] = False,
    mask_handles: Annotated[
        bool, typer.Option("--mask-handles", help="Cross out @handles and e-mail addresses.")
    ] = False,
    retention: Annotated[
        Literal["full", "units", "offsets"],
        typer.Option(help="The most that leaves of any text: units without context, or offsets without any text."),
    ] = "full",
    include_text: Annotated[
        bool,
        typer.Option(
            "--include-text", help="Keep context and titles also where rights are reserved or unknown: you may do so."
        ),
    ] = False,
    times: Annotated[
        bool, typer.Option("--times", help="Keep the hour of each answer; without it the day alone.")
    ] = False,
    shares: Annotated[
        str, typer.Option(help="Shares of train, validation and test. An article that has a split keeps it.")
    ] = "0.8,0.1,0.1",
    keep_together: Annotated[
        Literal["articles", "units"],
        typer.Option(
            help="What no split divides: articles and near-duplicates of them, or also articles that have a unit in "
            "common, word for word or nearly."
        ),
    ] = "articles",
    seed: Annotated[int, typer.Option(help="Random seed for the splits.")] = 1,
    separate_servers: SeparateServers = False,
    about: Annotated[
        Path | None, typer.Option(help="A TOML file with what only people know: authors, contact, how it was made.")
    ] = None,
    title: Annotated[str, typer.Option(help="Dataset title.", show_default="Annotated claim units")] = "",
    license_name: Annotated[str, typer.Option("--license", help="Licence of the labels, an SPDX id: CC-BY-4.0.")] = "",
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Also replace files that are named like those of a dataset and that no export wrote."
        ),
    ] = False,
    failures: Annotated[
        Path | None, typer.Option(help="A file that lists what is set aside, with the reasons.")
    ] = None,
) -> Answer[shapes.Exported]:
    """Write the dataset: one record per unit, with everybody's labels and the one that stands.

    Ends with 3 where an answer that somebody gave is not in it, and not where only an item of one is set aside.
    """
    from annotator import answers, guidelines, settings
    from annotator.dataset import build, privacy, splits
    from annotator.dataset.about import read_about
    from annotator.dataset.formats import FormatOptions
    from annotator.dataset.verify import PAGE
    from annotator.failures import failure_file
    from annotator.models import Retention

    build.check_names(out, [*sources, *(articles or ()), *([about] if about else [])], failures)
    loaded = settings.load({})
    with counting("records") as advance, failure_file(failures) as listed:
        options = build.ExportOptions(
            formats=FormatOptions(names=tuple(formats), bom=bom, delimiter=delimiter),
            split=splits.SplitOptions(splits.shares(shares), seed, keep_together),
            rename=None if names else privacy.pseudonyms(loaded.data_dir),
            separate_servers=separate_servers,
            texts=privacy.TextPolicy(Retention(retention), include_text=include_text, mask_handles=mask_handles),
            times=times,
            articles=tuple(articles or ()),
            about=read_about(about, {"title": title, "license": license_name}),
            guidelines=guidelines.of_team(loaded.guidelines, Path()),
            force=force,
            on_failure=listed,
        )
        report = answers.export_files(sources, out, progress=advance, options=options)
    counts = report.counts()
    show_failures(report.failures, counts["set_aside"], str(failures or ""))
    show_unnamed(report.collected.unnamed)
    _say_rights(report, include_text=include_text)
    if report.crossed_out:
        say(f"crossed out {report.crossed_out} e-mail addresses and phone numbers in comments")
    if silent := ", ".join(options.about.missing):
        say(f"the card lists what nobody has said: {silent} (--about FILE)")
    _say_splits(report, is_by_units=keep_together == "units")
    if articles and report.joined.known < report.joined.revisions:
        missing = report.joined.revisions - report.joined.known
        say(f"warning: {missing} articles of the dataset are not in --articles, or there with another text")
    if (out / PAGE).exists():
        say(f"warning: {out / PAGE} shows the dataset as it was before: annotator report {out} makes it anew")
    say_counts(counts)
    return Answer.of(counts, shapes.Exported, partial_if(report.collected.unprocessed))


def _say_rights(report: ExportReport, *, include_text: bool) -> None:
    rights = report.tally.rights
    kept_back = sum(number for name, number in rights.items() if name != "open")
    if not kept_back:
        return
    say("articles by rights: " + ", ".join(f"{name} {number:,}" for name, number in sorted(rights.items())))
    if report.retention.keys() == {"offsets"}:
        say("the dataset holds no text of any article")
    elif include_text:
        say(f"the dataset holds text of {kept_back:,} articles under no open licence, as --include-text asks")
    else:
        say(
            f"of {kept_back:,} articles under no open licence the dataset holds single units alone, without context "
            "and titles; --include-text keeps these where you may pass them on"
        )


def _say_splits(report: ExportReport, *, is_by_units: bool) -> None:
    from annotator.dataset import card

    if report.empty_splits:
        articles, groups = card.many(report.articles, "article"), card.many(report.groups, "group")
        few = f"{articles} in {groups} that no split divides: too few"
        say(f"warning: no records for {' and '.join(report.empty_splits)}: {few}")
    if report.leakage.units:
        hint = "" if is_by_units else "; --keep-together units puts them in one"
        say(f"{report.leakage.units:,} units say what one in another split says, word for word or nearly{hint}")
