"""Units that were answered under older guidelines go before people again; the answers are kept in a file first."""

from __future__ import annotations

from collections.abc import Sequence
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
    being_changed: int = 0
    """Older answers that stay: somebody has typed a change and not submitted it, which would be lost with them."""


def reopen(*, project: str, client: Client, before: str, out: str) -> Reopened:
    """Write the answers under versions before `before` to a file, then delete them in the project.

    An answer leaves the server only once the file is complete, and not while somebody is changing it. A second call
    goes on where the first was interrupted, and needs a file of its own.

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
    changing = _being_changed(client, source, lines)
    lines = [line for line in lines if line.annotation not in changing]
    if not lines and not changing:
        raise UsageError(f"nobody has answered under guidelines before version {before}", hint="nothing is to be done")
    with answer_file(out, source) as (stream, *_):
        stream.writelines(line.json_line().encode() for line in lines)
    for line in lines:
        try:
            client.delete_annotation(line.annotation)
        except InvalidRequestError:  # somebody has deleted it meanwhile
            continue
    return Reopened(source.id, len(lines), len({line.data.unit_id for line in lines}), len(changing))


def _being_changed(client: Client, source: Project, lines: Sequence[Annotation]) -> set[int]:
    """Return which of these answers have a change that was not submitted: the server deletes it with its answer.

    What somebody has begun in a unit without an answer of theirs stays there, whatever is deleted beside it.
    """
    ours = {line.annotation for line in lines}
    begun = client.tasks_with_drafts(source.id) & {line.task for line in lines}
    return ours & {draft.get("annotation") for task in begun for draft in client.drafts(task)}


def _answers(client: Client, source: Project) -> list[Annotation]:
    windowed = windows(client, source, PullOptions())
    return [line for window in windowed for line in window if isinstance(line, Annotation)]
