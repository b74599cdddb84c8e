"""The public face as functions: `from annotator import read, prepare, connect, push, pull, export, measure_agreement`.

Each does what the command of its name does, on values instead of files. docs/python.md shows them at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from annotator import agreement, guidelines
from annotator import settings as configuration
from annotator.agreement import AgreementOptions, AgreementReport
from annotator.dataset import build, privacy, reading
from annotator.dataset.about import read_about
from annotator.dataset.build import ExportOptions
from annotator.dataset.collect import ExportReport, Source
from annotator.dataset.formats import FormatOptions
from annotator.labelstudio import client as connection
from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import PullOptions, windows
from annotator.labelstudio.push import PushOptions, PushReport, push_tasks
from annotator.labelstudio.push_options import with_team
from annotator.labelstudio.wire import place_row
from annotator.models import Annotation, Answer, Failure, Task
from annotator.preparation.stream import prepare
from annotator.readers import read

__all__ = ["connect", "export", "measure_agreement", "prepare", "pull", "push", "read"]

_FORMATS = ("csv", "hf")


def connect(url: str = "", key: str = "") -> Client:
    """Connect to a Label Studio: the one named here, or in LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, or the local one.

    Nothing is sent yet. Close the connection when you are done, or use `contextlib.closing`.

    Raises:
        UsageError: no server is known, or the address is not one.
    """
    given = {"label_studio_url": url or None, "label_studio_api_key": key or None}
    return connection.connect(configuration.load(given))


def push(tasks: Iterable[Task], *, client: Client, project: str, options: PushOptions | None = None) -> PushReport:
    """Send the tasks that a project does not have yet; a new title (3 to 50 characters) makes a project.

    Every unit is there once afterwards, whatever happened on the way or before; a second push sends nothing. A team's
    own marks and guidelines come from `annotator.toml`, as in the command, unless the options name others.

    Raises:
        UsageError: there is no task, or the project's title or form does not fit; nothing was sent.
        ServerError: the server is gone or broken; the same call later sends what is missing.
    """
    settings = configuration.load({})
    with closing(PushNotes(settings.data_dir)) as notes:
        chosen = with_team(options or PushOptions(), settings)
        return push_tasks(tasks, project=project, client=client, notes=notes, options=chosen)


def pull(*, client: Client, project: str, since: str = "", unlabelled: bool = False) -> Iterator[Annotation | Failure]:
    """Yield what people said of a project's units, each annotation complete in itself, and what cannot be used.

    `since` is a date or time in ISO form (UTC without a zone); `unlabelled` adds a line for each unit that nobody has
    answered.

    Raises:
        UsageError: there is no such project.
        ServerError: the server is gone.
    """
    found = client.with_server(projects.existing(client, project))
    for window in windows(client, found, PullOptions(since=since, unlabelled=unlabelled)):
        yield from window


def export(  # noqa: PLR0913 - what people choose most; the rest are the command's
    lines: Iterable[Answer],
    folder: str | Path,
    *,
    formats: Sequence[str] = _FORMATS,
    title: str = "",
    license: str = "",  # noqa: A002 - as the field of the card is called
    about: str | Path | None = None,
    names: bool = False,
    include_text: bool = False,
) -> ExportReport:
    """Write a dataset folder of annotations; failures among them are counted in its manifest.

    JSONL is always there; `formats` are `csv`, `parquet`, `hf`, `web-annotation`, `claims`, `label-studio` or `all`.
    Annotators are pseudonyms unless `names`. Context and titles of articles under no open licence stay out unless
    `include_text`. `license` is that of the labels, an SPDX id, and `about` a file that tells
    what only people know of the dataset. Of a folder that is a dataset already, only its own
    files are replaced.

    Raises:
        UsageError: a format does not exist, there is no annotation, or something else in the folder would be lost.
    """
    settings = configuration.load({})
    options = ExportOptions(
        formats=FormatOptions(names=tuple(formats)),
        rename=None if names else privacy.pseudonyms(settings.data_dir),
        texts=privacy.TextPolicy(include_text=include_text),
        about=read_about(Path(about) if about else None, {"title": title, "license": license}),
        guidelines=guidelines.of_team(settings.guidelines, Path()),
        place=place_row,
    )
    return build.export([Source(lines)], Path(folder), progress=lambda _records: None, options=options)


def measure_agreement(lines: Iterable[Answer], *, options: AgreementOptions | None = None) -> AgreementReport:
    """Measure how far people agree: `measure_agreement(lines).overall.alpha` is Krippendorff's alpha, or None.

    Intervals are percentiles of resampled articles.

    Raises:
        UsageError: there is no annotation.
    """
    with reading.of_sources([Source(lines)], place=place_row) as stream:
        return agreement.measure_agreement(stream.records, options or AgreementOptions())
