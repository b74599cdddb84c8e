"""Files of answers become datasets and measurements: where what Label Studio gives meets what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from annotator.dataset import build, reading
from annotator.dataset.build import ExportOptions
from annotator.dataset.collect import ExportReport, Source
from annotator.dataset.reading import Progress, RecordStream, counted
from annotator.errors import UsageError
from annotator.labelstudio.answer_sources import read_answers
from annotator.labelstudio.wire import place_row
from annotator.models import Annotation, Answer, Unplaced

_DEFAULTS = ExportOptions()


def export_files(
    paths: Sequence[Path],
    out: Path,
    *,
    progress: Progress,
    options: ExportOptions = _DEFAULTS,
) -> ExportReport:
    """Write the dataset of the answers in files: what `pull` writes, and JSON saved from Label Studio's page.

    With `separate_servers` in the options, a file whose answers do not say on which server they were given is a server
    of its own.

    Raises:
        UsageError: a file or a format does not exist, nothing can be used, or something else in `out` would be lost.
    """
    sources = sources_of(paths, separate_servers=options.separate_servers)
    return build.export(sources, out, progress=progress, options=replace(options, place=place_row))


@contextmanager
def records_of(paths: Sequence[Path], *, progress: Progress, separate_servers: bool = False) -> Iterator[RecordStream]:
    """Give the records of a dataset folder, or those that the answers in files make.

    Raises:
        UsageError: a source does not exist, or a dataset folder stands beside other sources.
    """
    if any(path.is_dir() for path in paths):
        if len(paths) > 1:
            raise UsageError("a dataset folder is a source by itself", hint="give the folder alone")
        yield RecordStream(counted(reading.of_dataset(paths[0]), progress))
        return
    with reading.of_sources(sources_of(paths, separate_servers=separate_servers), place=place_row) as stream:
        yield RecordStream(counted(stream.records, progress), stream.collected)


def sources_of(paths: Iterable[Path], *, separate_servers: bool = False) -> list[Source]:
    """Return a source for each file, in the order in which they are given."""
    names = source_names(paths)
    return [
        Source(_of_server(read_answers(path), names[path] if separate_servers else ""), names[path], path)
        for path in dict.fromkeys(paths)
    ]


def source_names(paths: Iterable[Path]) -> dict[Path, str]:
    """Return a name for each file, in the order of the names.

    A path would tell where somebody's files lie. Of equal names the later ones are numbered.
    """
    names: dict[Path, str] = {}
    for path in sorted(set(paths), key=lambda path: (path.name, str(path))):
        same = sum(name.partition("#")[0] == path.name for name in names.values())
        names[path] = f"{path.name}#{same + 1}" if same else path.name
    return names


def _of_server(lines: Iterable[Answer], server: str) -> Iterator[Answer]:
    """Give answers that do not say on which server they were given this one."""
    for line in lines:
        if server and isinstance(line, Annotation) and not line.server:
            yield line.model_copy(update={"server": server, "project_server": line.project_server or server})
        elif server and isinstance(line, Unplaced):
            yield line.model_copy(update={"server": server})
        else:
            yield line
