"""Units that were answered under older guidelines go before people again; the answers are kept in a file first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotator.errors import UsageError
from annotator.labelstudio import project as projects
from annotator.labelstudio.answer_file import answer_file
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.guideline_versions import older_than, versions_in
from annotator.labelstudio.pull import PullOptions, windows
from annotator.labelstudio.refusals import InvalidRequestError
from annotator.models import Annotation
from annotator.output import STREAM, is_stream


@dataclass(frozen=True)
class Reopened:
    """How many answers were taken out, and of how many units."""

    project: int
    answers: int
    units: int


def reopen(*, project: str, client: Client, before: str, out: str) -> Reopened:
    """Write the answers under versions before `before` to a file, then delete them in the project.

    An answer leaves the server only once the file is complete. A second call goes on where the first was interrupted,
    and needs a file of its own.

    Raises:
        UsageError: there is no such project, it never had the version, or nobody answered under an older one.
    """
    if out == STREAM or is_stream(Path(out)) or Path(out).exists():
        hint = "name a file that is not there yet"
        raise UsageError(f"--out {out}: the answers leave the project once they are in a file of their own", hint=hint)
    source = client.with_server(projects.existing(client, project))
    versions = versions_in(source.description)
    older = older_than(versions, before)
    if not older:
        known = ", ".join(name for name, _ in versions)
        hint = "annotator push brings the version that [guidelines] in annotator.toml names"
        raise UsageError(
            f"project {source.title!r} had no guidelines before version {before} (it has {known})", hint=hint
        )
    lines = [line for line in _answers(client, source) if line.guidelines_version in older]
    if not lines:
        raise UsageError(f"nobody has answered under guidelines before version {before}", hint="nothing is to be done")
    with answer_file(out, source) as (stream, *_):
        stream.writelines(line.json_line().encode() for line in lines)
    for line in lines:
        try:
            client.delete_annotation(line.annotation)
        except InvalidRequestError:  # somebody has deleted it meanwhile
            continue
    return Reopened(source.id, len(lines), len({line.data.unit_id for line in lines}))


def _answers(client: Client, source: Project) -> list[Annotation]:
    windowed = windows(client, source, PullOptions())
    return [line for window in windowed for line in window if isinstance(line, Annotation)]
