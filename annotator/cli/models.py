"""`annotator models`: the translation models on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, say_counts, show
from annotator.cli.fetching import download_progress
from annotator.cli.registration import add_command

if TYPE_CHECKING:
    from annotator.translation.packages import Package

Source = Annotated[str, typer.Argument(help="Language of the articles: fr.", metavar="FR")]
Target = Annotated[str, typer.Argument(help="Language to translate into: en.", metavar="EN")]

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="List, install and remove translation models.")


def list_models(
    available: Annotated[
        bool, typer.Option("--available", help="List what the index offers (needs a network).")
    ] = False,
) -> Answer[shapes.ModelsListed]:
    """List what translates on this machine: argos packages and apertium pairs, also by way of other languages."""
    from annotator import settings
    from annotator.translation import listing

    loaded = settings.load({})
    if available:
        rows = listing.offered(loaded.argos_package_index)
    else:
        rows = listing.installed_engines(loaded.argos_packages_dir)
    for row in rows:
        show(f"{row.source}\t{row.target}\t{row.engine}" + (f"\tvia {row.via}" if row.via else ""))
    say(f"{len(rows)} found" if rows else "none found; annotator models install fr en adds one")
    return Answer.of({"models": [row.model_dump() for row in rows]}, shapes.ModelsListed)


def install(source: Source, target: Target) -> Answer[shapes.PackagesInstalled]:
    """Download and install the model of a pair; two by way of English where no model serves the pair directly."""
    from annotator import settings
    from annotator.translation import installer

    loaded = settings.load({})
    with download_progress() as progress:
        packages = installer.install(
            (source, target),
            packages_dir=loaded.argos_packages_dir,
            index=loaded.argos_package_index,
            progress=progress,
            say=say,
        )
    return _installed(packages)


def add(
    file: Annotated[Path, typer.Argument(help="An .argosmodel file.", metavar="FILE")],
) -> Answer[shapes.PackagesInstalled]:
    """Install a model from a file, for a machine without a network."""
    from annotator import settings
    from annotator.translation import installer

    return _installed([installer.add(file, packages_dir=settings.load({}).argos_packages_dir)])


def remove(source: Source, target: Target) -> Answer[shapes.PackagesRemoved]:
    """Remove the model of a pair."""
    from annotator import settings
    from annotator.translation import installer

    package = installer.remove(source, target, packages_dir=settings.load({}).argos_packages_dir)
    say(f"{package.label} was removed")
    return Answer({"removed": [_named(package)]})


def cache(
    stats: Annotated[bool, typer.Option("--stats", help="Show how many translations are stored.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Delete all stored translations.")] = False,
) -> Answer[shapes.CacheContents]:
    """Show or delete the translations stored from earlier runs."""
    from annotator import settings
    from annotator.errors import UsageError
    from annotator.translation import memory
    from annotator.translation.cache import CACHE_FILE, Cache

    if stats == clear:
        raise UsageError("one of --stats and --clear is needed", hint="annotator models cache --stats")
    data_dir = settings.load({}).data_dir
    translation_cache = Cache(data_dir / CACHE_FILE)
    if clear:
        translation_cache.clear()
        memory.clear(data_dir / memory.FOLDER)
    stored = translation_cache.stats()
    contents: shapes.CacheContents = {
        "file": str(stored.path),
        "translations": stored.translations,
        "bytes": stored.size,
    }
    say_counts(contents)
    return Answer(contents)


def _installed(packages: Sequence[Package]) -> Answer[shapes.PackagesInstalled]:
    for package in packages:
        say(f"{package.label} is installed in {package.folder}")
    return Answer({"installed": [_named(package) for package in packages]})


def _named(package: Package) -> shapes.Package:
    return {"package": package.label, "folder": str(package.folder)}


add_command(app, list_models, name="list", example="annotator models list")
add_command(app, install, example="annotator models install fr en")
add_command(app, add, example="annotator models add translate-fr_en-1_9.argosmodel")
add_command(app, remove, example="annotator models remove fr en")
add_command(app, cache, example="annotator models cache --stats")
