"""Looks over everything a run depends on. Each finding is ok, a warning or a failure, with a hint how to fix it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from annotator import __version__
from annotator.environments import install_command, pip_command
from annotator.errors import AnnotatorError
from annotator.settings import FIELD_OF_KEY, Settings

if TYPE_CHECKING:
    from annotator.labelstudio.client import Project
    from annotator.protocols import Translator
    from annotator.team import OwnMark

PACKAGES = ("label-studio-sdk", "langdetect", "py3langid", "ctranslate2", "pydantic")
ARGOS = ("argos-translate-lt", "argostranslate")
SHOWN_SETTINGS = tuple(name for name in FIELD_OF_KEY if name not in {"own_data_dir", "origins", "mends"})
TRIED_LANGUAGES = ("fr", "es", "de")
GIGABYTE = 2**30
DISK_WANTED = 2 * GIGABYTE


class State(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


class Finding(BaseModel):
    """The outcome of one check."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: State
    detail: str
    hint: str = ""


def examine(settings: Settings, *, project: str = "") -> Iterator[Finding]:
    """Yield what there is to say, cheap things first. With `project`, its form is compared with ours."""
    yield _python()
    yield from _settings(settings)
    yield from map(_package, PACKAGES)
    yield _argos()
    yield from _engines(settings)
    yield _predictor(settings)
    yield _disk(settings.data_dir)
    yield _server_program(settings.own_data_dir)
    yield from _server(settings, project)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(name="python", state=State.OK, detail=f"{version}, annotator {__version__}")


def _settings(settings: Settings) -> Iterator[Finding]:
    """A line for each that was set, with where; one for all that were not. The key is not shown."""
    defaults = []
    for name in SHOWN_SETTINGS:
        origin = settings.origin(name)
        if origin.kind == "default":
            defaults.append(f"{name} {_value(settings, name)}")
        else:
            detail = f"{_value(settings, name)} (from {origin.name})"
            yield Finding(name=f"setting {name}", state=State.OK, detail=detail)
    yield Finding(name="settings", state=State.OK, detail=f"by default: {', '.join(defaults)}")


def _value(settings: Settings, name: str) -> str:
    from annotator.address import shown

    value = getattr(settings, FIELD_OF_KEY[name])
    if name == "fields":
        value = [f"{field}={column}" for field, column in value.model_dump().items() if column]
    if name == "marks":
        value = list(value)
    if name == "guidelines":
        value = f"{value.file}, version {value.version}" if value else ""
    text = " ".join(value) if isinstance(value, tuple | list) else str(value)
    return shown(text) if text else "(none)"


def _package(name: str) -> Finding:
    try:
        return Finding(name=name, state=State.OK, detail=metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name=name, state=State.FAILURE, detail="not installed", hint=install_command())


def _argos() -> Finding:
    """Two distributions bring one module: installed both, the files of one lie over those of the other."""
    present = {name: _installed_version(name) for name in ARGOS}
    detail = ", ".join(f"{name} {version}" for name, version in present.items() if version)
    if all(present.values()):
        hint = f"{pip_command('uninstall')} -y {' '.join(ARGOS)} && {pip_command('install')} {ARGOS[0]}"
        detail += ": both bring the module argostranslate"
        return Finding(name="argostranslate", state=State.FAILURE, detail=detail, hint=hint)
    if not detail:
        return Finding(name="argostranslate", state=State.FAILURE, detail="not installed", hint=install_command())
    return Finding(name="argostranslate", state=State.OK, detail=detail)


def _installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _engines(settings: Settings) -> Iterator[Finding]:
    """One line a pair: the article languages of the fixtures, or the one that is set."""
    from annotator.assemble import chosen_server
    from annotator.translation import make_translator

    folder = settings.argos_packages_dir
    try:
        with closing(
            make_translator(settings.translator, packages_dir=folder, server=chosen_server(settings))
        ) as translator:
            yield from _pairs(settings, translator)
    except AnnotatorError as error:  # of a server that translates
        yield Finding(name="translation", state=State.FAILURE, detail=error.message, hint=error.hint)


def _pairs(settings: Settings, translator: Translator) -> Iterator[Finding]:
    from annotator.translation.auto import fix_command

    for source in (settings.source_language,) if settings.source_language else TRIED_LANGUAGES:
        if source == settings.target_language:
            continue
        name, engine = f"{source} > {settings.target_language}", translator.engine(source, settings.target_language)
        if engine == "none":
            hint = fix_command(source, settings.target_language, settings.translator)
            yield Finding(name=name, state=State.WARNING, detail="no engine translates it", hint=hint)
        else:
            yield Finding(name=name, state=State.OK, detail=engine)


def _predictor(settings: Settings) -> Finding:
    from annotator.prediction.choice import chosen, make_predictor
    from annotator.prediction.encoder import is_installed, open_encoder

    name = "suggestions"
    try:
        predictor = make_predictor(settings.predictor, min_score=settings.min_score)
        if chosen(settings.predictor) == "encoder":
            open_encoder()
    except AnnotatorError as error:
        return Finding(name=name, state=State.FAILURE, detail=error.message, hint=error.hint)
    detail = f"{predictor.name}-{predictor.version}"
    if is_installed():
        return Finding(name=name, state=State.OK, detail=detail)
    return Finding(name=name, state=State.OK, detail=f"{detail}, without the encoder", hint=install_command("encoder"))


def _disk(folder: Path) -> Finding:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / GIGABYTE:.1f} GB free for {folder}"
    if free < DISK_WANTED:
        hint = "free some space, or choose another place: ANNOTATOR_DATA_DIR"
        return Finding(name="disk", state=State.WARNING, detail=detail, hint=hint)
    return Finding(name="disk", state=State.OK, detail=detail)


def _server_program(data_dir: Path) -> Finding:
    from annotator.labelstudio import installation

    if program := installation.find(data_dir):
        detail = f"{installation.version(program) or 'version not known'} in {program}"
        return Finding(name="label-studio", state=State.OK, detail=detail)
    detail = "not installed: annotator serve needs it, push and pull to another server do not"
    return Finding(name="label-studio", state=State.WARNING, detail=detail, hint=installation.INSTALL)


def _server(settings: Settings, project: str) -> Iterator[Finding]:
    """Reach the server, know its version and edition, get in, compare the form; stop at the first that fails."""
    from annotator.labelstudio import credentials
    from annotator.labelstudio.client import connect

    name = "server"
    try:
        login = credentials.find(settings)
        with closing(connect(settings, timeout=10)) as client:
            yield _version(login.url, *client.version())
            name = "access"
            client.whoami()
            kind = "legacy token" if re.fullmatch(r"[0-9a-f]{40}", login.token) else "personal access token"
            yield Finding(name="key", state=State.OK, detail=f"accepted ({kind})")
            if project:
                yield _form(client.find_project(project), project, settings.marks)
    except AnnotatorError as error:
        yield Finding(name=name, state=State.FAILURE, detail=error.message, hint=error.hint)


def _version(url: str, version: str, edition: str) -> Finding:
    from annotator.labelstudio import versions

    detail = f"{url}: Label Studio {version} {edition}".strip()
    if versions.is_too_old(version):
        detail += f", older than {versions.OLDEST_SERVER}: large projects cannot be pulled"
        return Finding(name="server", state=State.FAILURE, detail=detail, hint=versions.UPGRADE)
    return Finding(name="server", state=State.OK, detail=detail)


def _form(project: Project | None, title: str, marks: Mapping[str, OwnMark]) -> Finding:
    from annotator.labelstudio.form import differences
    from annotator.labelstudio.own_marks import labelling_config

    if project is None:
        hint = f"annotator push RUN --project {title!r} creates it"
        return Finding(name="form", state=State.FAILURE, detail=f"no project is called {title!r}", hint=hint)
    differing = differences(labelling_config("en", marks), project.config)
    if not differing:
        return Finding(name="form", state=State.OK, detail=f"project {project.id} has this version's form")
    hint = f"annotator push RUN --project {project.id} --update-form"
    return Finding(name="form", state=State.WARNING, detail="; ".join(differing), hint=hint)
