"""Finds the project, or creates it, and makes sure that its form is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from annotator import guidelines
from annotator.errors import UsageError
from annotator.labels import GUIDELINES_VERSION
from annotator.labelstudio import form, guideline_versions, own_marks, tabs
from annotator.labelstudio.client import Client, Project, check_title, is_id, stored_title
from annotator.labelstudio.refusals import InvalidRequestError
from annotator.team import OwnMark

DEFAULT_INTERFACE = "en"
_EMPTY_FORM = "<View></View>"
_SHOWN_DIFFERENCES = 12


class ProjectOptions(Protocol):
    """What a push may ask of the project; none leaves a project as it is."""

    @property
    def overlap(self) -> int | None:
        """How many people label each unit."""

    @property
    def preselect(self) -> bool | None:
        """Whether the suggestion is chosen beforehand, which inflates agreement."""

    @property
    def instructions(self) -> str:
        """HTML of the instruction page, instead of the guidelines."""

    @property
    def interface(self) -> str | None:
        """Language of the form's own texts and of a new project's instruction page."""

    @property
    def marks(self) -> Mapping[str, OwnMark]:
        """Side marks of the team's own."""

    @property
    def guidelines_version(self) -> str:
        """Version of the team's own guidelines; empty where ours are shown."""

    @property
    def update_form(self) -> bool:
        """Whether a differing form is replaced."""


def existing(client: Client, project: str) -> Project:
    """Return the project with this title or id.

    Raises:
        UsageError: there is none.
    """
    existing_project = client.find_project(project)
    if existing_project is None:
        hint = "annotator push creates one; the address of a project ends in its id"
        raise UsageError(f"{client.url} has no project {project!r}", hint=hint)
    return existing_project


def checked_name(project: str) -> str:
    """Return what the user calls the project, as the server would store it, before anything is sent.

    Raises:
        UsageError: it can be neither a title nor an id.
    """
    name = stored_title(project)
    if not is_id(name):
        check_title(name)
    return name


def create(client: Client, title: str, options: ProjectOptions) -> Project:
    """Create a project whose form and settings are ours.

    Raises:
        UsageError: the title is an id that the server does not have.
    """
    if is_id(title):
        raise UsageError(f"{client.url} has no project {title}", hint="the title of a new project needs a letter")
    language = options.interface or DEFAULT_INTERFACE
    wished = {**fixed_settings(options.guidelines_version), "expert_instruction": guidelines.html(language)}
    config = own_marks.labelling_config(language, options.marks)
    return made(client, title, config=config, settings=wished | _wished(options))


def made(client: Client, title: str, *, config: str, settings: Mapping[str, Any]) -> Project:
    """Make a project whose table shows what people look for."""
    project = client.create_project(title, config=config, settings=settings)
    tabs.hide_display_fields(client, project.id)
    return project


def adapt(client: Client, project: Project, options: ProjectOptions, say: Callable[[str], None]) -> None:
    """Give an existing project what the options ask for.

    Raises:
        UsageError: its form shows or stores something else than ours. Nothing was changed.
    """
    ours = own_marks.labelling_config(options.interface or form.language_of(project.config), options.marks)
    changes = _wished(options) | _newer_guidelines(project, options, say)
    if project.config.strip() == _EMPTY_FORM and not project.tasks:
        changes |= {**fixed_settings(options.guidelines_version), "label_config": ours}
    elif differing := form.differences(ours, project.config):
        changes |= _updated_form(client, project, ours, differing, allowed=options.update_form)
    elif not form.same_looks(ours, project.config):
        if options.update_form:
            changes |= {"label_config": ours}
        else:
            say(f"project {project.title!r} shows the form in another design; --update-form replaces it")
    if changes:
        client.update_project(project.id, changes)
    tabs.hide_display_fields(client, project.id)


def _newer_guidelines(project: Project, options: ProjectOptions, say: Callable[[str], None]) -> dict[str, Any]:
    """Answers that were given before keep their version: the description says since when the new one holds."""
    version = options.guidelines_version
    current = guideline_versions.versions_in(project.description)[0].name
    if not version or version == current:
        return {}
    command = f"annotator reopen --project {project.id} --guidelines-before {version}"
    say(f"guidelines: version {version} from now on, {current} until now; {command} asks for older answers again")
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return {"description": guideline_versions.described(project.description, version, now=now)}


def check_form(project: Project, marks: Mapping[str, OwnMark]) -> None:
    """Check that the project's form shows and stores what ours does.

    Raises:
        UsageError: it does not.
    """
    if project.config.strip() == _EMPTY_FORM:
        return
    if differing := form.differences(own_marks.labelling_config(DEFAULT_INTERFACE, marks), project.config):
        raise _differs(project, differing)


def _updated_form(
    client: Client, project: Project, ours: str, differing: list[str], *, allowed: bool
) -> dict[str, Any]:
    if not allowed:
        raise _differs(project, differing)
    try:
        client.check_config(project.id, ours)
    except InvalidRequestError as error:
        hint = "push into another --project: these annotations need the form that they were made with"
        raise UsageError(f"project {project.title!r} keeps its form: {error.message}", hint=hint) from error
    return {"label_config": ours}


def _differs(project: Project, differing: list[str]) -> UsageError:
    lines = "; ".join(differing[:_SHOWN_DIFFERENCES])
    more = f"; {len(differing) - _SHOWN_DIFFERENCES} more" if len(differing) > _SHOWN_DIFFERENCES else ""
    return UsageError(
        f"project {project.title!r} has another form (- only there, + only here, ~ different): {lines}{more}",
        hint="--update-form replaces it unless answers depend on it; or choose another --project",
    )


def fixed_settings(guidelines_version: str = "") -> dict[str, Any]:
    """Return what every project of ours has.

    No skip button: a plain skip stores no reason, "not a unit" does. The guidelines open where a session of labelling
    begins, Escape closes them, and a button in the bar opens them again; the free edition knows no first session.
    """
    return {
        "description": f"Claim units for fact-checking. Guidelines version {guidelines_version or GUIDELINES_VERSION}.",
        "sampling": "Sequential sampling",
        "show_instruction": True,
        "show_skip_button": False,
        "show_collab_predictions": False,
    }


def _wished(options: ProjectOptions) -> dict[str, Any]:
    wished: dict[str, Any] = {}
    if options.overlap is not None:
        wished["maximum_annotations"] = options.overlap
    if options.preselect is not None:
        wished["show_collab_predictions"] = options.preselect
    if options.instructions:
        wished["expert_instruction"] = options.instructions
    return wished
