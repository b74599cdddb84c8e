"""Lists, installs and removes argos packages. Whatever happens on the way, a package is there whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import AnnotatorError, InputError, UsageError
from annotator.scratch import scratch_folder, sweep
from annotator.translation.archive import unpack
from annotator.translation.download import USUAL, Patience, Progress, download_file
from annotator.translation.index import Offer, choose_offers, fetch_offers
from annotator.translation.packages import Package, installed_packages, open_package

Say = Callable[[str], None]

# Both become part of a folder's name, so nothing that a path gives a meaning may stand in them.
_CODE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z.]{1,20}")


def install(pair: tuple[str, str], *, packages_dir: Path, index: str, progress: Progress, say: Say) -> list[Package]:
    """Download and install the newest package of a pair, or the two that go through English.

    Raises:
        AnnotatorError: the index or the package cannot be downloaded, or is not what it should be.
    """
    offers = choose_offers(fetch_offers(index), *pair)
    return install_offers(offers, packages_dir=packages_dir, progress=progress, say=say)


def install_offers(
    offers: Sequence[Offer], *, packages_dir: Path, progress: Progress, say: Say, patience: Patience = USUAL
) -> list[Package]:
    """Download and install packages that the index offers.

    A download that was cut off goes on where it stopped. A package already there in that version stays.

    Raises:
        AnnotatorError: one cannot be downloaded, or is not what it should be.
    """
    installed_by_label = {package.label: package for package in installed_packages(packages_dir)}
    packages = []
    for offer in offers:
        if offer.label in installed_by_label:
            say(f"{offer.label} is already installed")
            packages.append(installed_by_label[offer.label])
        else:
            say(f"downloading {offer.label}")
            packages.append(_install_offer(offer, packages_dir, progress, patience))
    return packages


def add(archive: Path, *, packages_dir: Path) -> Package:
    """Install a package from a file.

    Raises:
        InputError: the file is not a valid package.
    """
    if not archive.is_file():
        raise UsageError(f"{archive}: there is no such file", hint="annotator models add FILE.argosmodel")
    with _incoming(packages_dir) as incoming:
        return _install_archive(archive, incoming, packages_dir)


def remove(source: str, target: str, *, packages_dir: Path) -> Package:
    """Remove the package of a pair; it is out of use at once, even if its files take a moment to go.

    Raises:
        UsageError: no package of that pair is installed.
    """
    package = next((package for package in installed_packages(packages_dir) if package.pair == (source, target)), None)
    if package is None:
        raise UsageError(f"no package from {source} to {target} is installed", hint="annotator models list")
    with _incoming(packages_dir) as incoming:
        _discard(package.folder, incoming)
    return package


def _install_offer(offer: Offer, packages_dir: Path, progress: Progress, patience: Patience) -> Package:
    if not offer.links:
        raise AnnotatorError(f"the index names no link for {offer.label}", hint="annotator models add FILE.argosmodel")
    with _incoming(packages_dir) as incoming:
        part = incoming / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', offer.label)}.part"
        failures: list[AnnotatorError] = []
        for link in offer.links:
            try:
                download_file(link, part, size=offer.size, sha256=offer.sha256, progress=progress, patience=patience)
                package = _install_archive(part, incoming, packages_dir)
            except InputError as error:
                part.unlink(missing_ok=True)
                failures.append(error)
            except AnnotatorError as error:
                failures.append(error)
            else:
                part.unlink()
                return package
    raise failures[0]


def _install_archive(archive: Path, incoming: Path, packages_dir: Path) -> Package:
    with scratch_folder(incoming) as staging:
        folder = unpack(archive, staging)
        package = open_package(folder)
        if package is None or not _is_named_well(package):
            lacks = "it lacks a part (metadata.json, model/, a tokenizer) or names no pair of languages"
            raise InputError(f"{archive}: not a valid package: {lacks}", reason="parts")
        if problem := package.tokenizer_problem():
            message = f"{archive}: not a valid package: its tokenizer cannot be loaded: {problem}"
            raise InputError(message, reason="parts", hint="download the file again")
        packages_dir.mkdir(parents=True, exist_ok=True)
        return _put_in_place(package, incoming, packages_dir)


def _is_named_well(package: Package) -> bool:
    return (
        all(map(_CODE.fullmatch, package.pair))
        and package.source != package.target
        and _VERSION.fullmatch(package.version) is not None
    )


def _put_in_place(package: Package, incoming: Path, packages_dir: Path) -> Package:
    """Move a whole package to its place by one rename. It replaces every other version of its pair."""
    name = f"translate-{package.source}_{package.target}-{package.version.replace('.', '_')}"
    other_versions = [other.folder for other in installed_packages(packages_dir) if other.pair == package.pair]
    target = packages_dir / name
    if target.exists():
        _discard(target, incoming)
    package.folder.rename(target)
    for folder in other_versions:
        if folder != target and folder.exists():
            _discard(folder, incoming)
    placed = open_package(target)
    assert placed is not None  # noqa: S101 - it was opened a moment ago, in staging
    return placed


def _discard(folder: Path, incoming: Path) -> None:
    with scratch_folder(incoming) as doomed:
        if folder.is_symlink():
            folder.unlink()
        else:
            folder.rename(doomed / folder.name)


@contextmanager
def _incoming(packages_dir: Path) -> Iterator[Path]:
    """Hold the folder beside `packages_dir` in which packages arrive; clear what killed commands left in it.

    It stands beside and not inside because argos' own reader stops at a folder without metadata, and on the same
    file system because only a rename is atomic.
    """
    from filelock import FileLock

    incoming = packages_dir.with_name(packages_dir.name + ".incoming")
    incoming.mkdir(parents=True, exist_ok=True)
    with FileLock(incoming / "lock"):
        sweep(incoming)
        yield incoming
