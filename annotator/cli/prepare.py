"""`annotator prepare`: articles in, tasks out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.choices import (
    DEFAULT_COMPUTE_TYPE,
    DEFAULT_DEVICE,
    DEFAULT_PREDICTOR,
    DEFAULT_SPLIT,
    DEFAULT_TARGET,
    DEFAULT_TRANSLATOR,
    ComputeType,
    DeviceName,
    SplitName,
    TranslatorName,
)
from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import say, say_counts, show_failures, show_repeats, show_rest
from annotator.cli.fetching import Offline, offer_model
from annotator.cli.out_names import tasks_or_run
from annotator.cli.progress import event_log, following, trial_estimate
from annotator.cli.unused_flags import refuse_unused

if TYPE_CHECKING:
    from annotator.preparation import Job, PreparationReport


class Revisions(StrEnum):
    """What to do with two texts under one id."""

    ERROR = "error"
    LATEST = "latest"


class NearDuplicates(StrEnum):
    """What to do with an article that is like an earlier one."""

    LINK = "link"
    SKIP = "skip"


class Runners(StrEnum):
    """Where articles are worked on."""

    LOCAL = "local"
    RAY = "ray"


def prepare(
    out: Annotated[
        str,
        typer.Option(
            help="A run folder (can be resumed), FILE.jsonl, FILE.json, or - for stdout.", callback=tasks_or_run
        ),
    ],
    inputs: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, or - for standard input.", metavar="INPUT...")
    ] = None,
    files_from: Annotated[
        str, typer.Option(help="File that names further inputs, on lines or with a NUL behind each; - for stdin.")
    ] = "",
    to: Annotated[str | None, typer.Option(help="Language to translate into.", show_default=DEFAULT_TARGET)] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the articles.", show_default="identified")] = None,
    translator: Annotated[
        TranslatorName | None, typer.Option(help="Translation engine.", show_default=DEFAULT_TRANSLATOR)
    ] = None,
    memory: Annotated[
        list[Path] | None,
        typer.Option(help="Translations that are there already: TMX, CSV or JSONL. Can be given again."),
    ] = None,
    glossary: Annotated[
        Path | None, typer.Option(help="Terms that are always translated in one way: TSV, CSV, JSONL or TMX.")
    ] = None,
    device: Annotated[
        DeviceName | None,
        typer.Option(help="Where argos models work: auto is a GPU if any.", show_default=DEFAULT_DEVICE),
    ] = None,
    compute_type: Annotated[
        ComputeType | None, typer.Option(help="Numbers they count in.", show_default=DEFAULT_COMPUTE_TYPE)
    ] = None,
    split: Annotated[
        SplitName | None,
        typer.Option(help="Cut articles into sentences, or further into clauses.", show_default=DEFAULT_SPLIT),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(help="No label is suggested whose score is below this, from 0 to 1.", show_default="0.6"),
    ] = None,
    predictor: Annotated[
        str | None,
        typer.Option(
            help="What suggests labels: auto, cues, encoder, or the path of a trained model.",
            show_default=DEFAULT_PREDICTOR,
        ),
    ] = None,
    text_field: Annotated[str | None, typer.Option(help="Field that holds the text.", show_default="text")] = None,
    html_field: Annotated[str | None, typer.Option(help="Field that holds a page's HTML instead.")] = None,
    title_field: Annotated[str | None, typer.Option(help="Field that holds the title.", show_default="title")] = None,
    id_field: Annotated[str | None, typer.Option(help="Field that holds the article's id.", show_default="id")] = None,
    url_field: Annotated[str | None, typer.Option(help="Field that holds the address.", show_default="url")] = None,
    site_field: Annotated[str | None, typer.Option(help="Field that names the site.", show_default="site")] = None,
    author_field: Annotated[
        str | None, typer.Option(help="Field that names the author.", show_default="author")
    ] = None,
    section_field: Annotated[
        str | None, typer.Option(help="Field that names the section.", show_default="section")
    ] = None,
    date_field: Annotated[str | None, typer.Option(help="Field that holds the date.", show_default="date")] = None,
    language_field: Annotated[
        str | None, typer.Option(help="Field that names the row's own language.", show_default="language")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text files, pages and tables.", show_default="found out for each")
    ] = None,
    page_type: Annotated[
        list[str] | None,
        typer.Option(help="MIME type of the pages to take from a .warc file.", show_default="text/html and XHTML"),
    ] = None,
    page_url: Annotated[
        list[str] | None,
        typer.Option(help="Beginning of the addresses to take from a .warc file, or a pattern with *."),
    ] = None,
    failures: Annotated[
        Path | None,
        typer.Option(help="File that lists what could not be processed.", show_default="RUN/failures.jsonl, else none"),
    ] = None,
    revisions: Annotated[Revisions, typer.Option(help="When an id has two texts: an error, or keep the latest.")] = (
        Revisions.ERROR
    ),
    dedupe: Annotated[
        NearDuplicates | None,
        typer.Option(help="Name near-duplicates of earlier articles in RUN/duplicates.jsonl, or leave them out too."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take a page of which much is set aside for a failure.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=1024, help="Number of worker processes.", show_default="1; on Ray one for each core"),
    ] = None,
    runner: Annotated[Runners, typer.Option(help="Where they work: on this machine, or on a Ray cluster.")] = (
        Runners.LOCAL
    ),
    address: Annotated[
        str,
        typer.Option(help="Ray cluster: auto, HOST:PORT or ray://HOST:PORT.", show_default="a Ray of its own"),
    ] = "",
    limit: Annotated[
        int, typer.Option(min=0, help="Only the first inputs, with an estimate for the rest.", show_default="all")
    ] = 0,
    offline: Offline = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors alone.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print a line for each article.")] = False,
    log: Annotated[
        Path | None, typer.Option(help="File to which everything that happens is added, as JSON lines.")
    ] = None,
) -> Answer[shapes.Prepared]:
    """Read articles, cut them into units, translate, suggest labels, write tasks."""
    from annotator import preparation, settings
    from annotator.readers import PageSelection

    refuse_unused(
        address=address,
        runner=runner,
        selects_pages=bool((page_type or page_url) and not files_from),
        inputs=inputs or (),
        quiet=quiet,
        verbose=verbose,
    )
    fields = {
        "text": text_field,
        "html": html_field,
        "title": title_field,
        "id": id_field,
        "url": url_field,
        "site": site_field,
        "author": author_field,
        "section": section_field,
        "published": date_field,
        "language": language_field,
    }
    flags: dict[str, object] = {
        "to": to,
        "lang": lang,
        "translator": translator,
        "memory": memory or None,
        "split": split,
        "min_score": min_score,
        "predictor": predictor,
    }
    flags |= {"glossary": glossary, "device": device, "compute_type": compute_type, "offline": offline or None}
    flags["encoding"] = encoding
    job = preparation.Job(
        inputs=tuple(inputs or ()),
        files_from=files_from,
        pages=PageSelection.of(page_type, page_url),
        out=out,
        settings=settings.load(flags, fields=fields),
        failures=failures,
        latest_revisions=revisions is Revisions.LATEST,
        dedupe=dedupe.value if dedupe else "",
        is_strict=strict,
        workers=workers or 0,
        runner=runner.value,
        address=address,
        limit=limit,
        log=log,
    )
    speak = _silent if quiet else say
    if not quiet:
        offer_model(job)
    try:
        with event_log(log, verbose=verbose) as tell, following(quiet=quiet) as follow:
            report = preparation.run_job(job, say=speak, progress=follow, tell=tell)
            tell("end", report.counts())
    except KeyboardInterrupt:
        say("stopped; the same command goes on from here" if job.is_run else "stopped; nothing was written")
        raise
    if not quiet:
        _show(report, job)
    return Answer.of(report.counts(), shapes.Prepared, partial_if(report.failed or report.not_used))


def _show(report: PreparationReport, job: Job) -> None:
    from annotator import preparation

    out = job.out
    show_rest(report.notes - preparation.SHOWN_NOTES, f"{Path(out) / 'articles.jsonl'} as notes" if job.is_run else "")
    repeats = report.duplicates + report.superseded + report.near_duplicates + report.forgotten
    show_repeats(report.first_repeats, repeats, str(job.repeat_list or ""))
    _show_without_units(report)
    show_failures(report.first_failures, report.failed, str(job.failure_list or ""))
    if estimate := trial_estimate(report):
        say(estimate)
    say_counts(report.counts())


def _show_without_units(report: PreparationReport) -> None:
    for article in report.first_without_units:
        say(f"{article.source}: {article.article_id}: nothing in it is a unit")
    show_rest(report.without_units - len(report.first_without_units), "")


def _silent(_message: str) -> None:
    """Leave out what is said on the way: an error is told by whoever ends the command."""
