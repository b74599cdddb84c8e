"""The folder of a dataset, and how a new one takes the place of an earlier one, file by file.

Only files that an earlier export wrote are replaced or removed: the manifest names them, and their bytes are still
those of its SHA-256. Everything else in the folder stays, the folder itself too, so that it may be a repository, a
link or a mount point. Before the first file changes, the manifest says what is being replaced; so the export after
one that was killed on the way can tell the files of both from those of the user.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from annotator.errors import UsageError
from annotator.models import Manifest
from annotator.output import mount_points, unwritable
from annotator.scratch import alone_in, is_scratch, scratch_folder, sweep

MANIFEST = "manifest.json"
_OUT = "--out"
_LARGEST_MANIFEST = 16 << 20
_AWAY = "move it away, or choose another --out"


@dataclass(frozen=True)
class DatasetFolder:
    """Where a dataset goes, and the hidden folder on the same file system in which it is made."""

    named: Path
    """As the user gave it."""
    place: Path
    """Links followed."""
    made: Path
    names: Set[str]
    """What any export may write. A manifest has no say in files of other names, whoever wrote it."""
    force: bool
    is_new: bool

    def publish(self, manifest: Manifest) -> None:
        """Put what was made in its place.

        Raises:
            UsageError: a file that would go is not as an export left it; nothing is touched.
        """
        if self.is_new:
            _write(self.made / MANIFEST, manifest)
            _sync(self.made)
            with unwritable(self.named, _OUT):
                self.place.parent.mkdir(parents=True, exist_ok=True)
                self.made.rename(self.place)
            return
        new = of_folder(self.made).keys()
        going = self.leaving(new)
        first, last = self.made.parent / MANIFEST, self.made / MANIFEST
        _write(first, manifest.model_copy(update={"replacing": going}))
        _write(last, manifest)
        _sync(self.made.parent)
        # A kill between any two of these steps leaves a manifest that knows every file, as it was and as it will be.
        first.replace(self.place / MANIFEST)
        for name in sorted(new):
            self._put(name, has_mode=name in going)
        for name in sorted(going.keys() - new):
            self._remove(name)
        last.replace(self.place / MANIFEST)

    def leaving(self, new: Set[str]) -> dict[str, str]:
        """Return the files that the `new` ones replace or leave behind, with the SHA-256 that each has now.

        Raises:
            UsageError: one of them is not of an earlier export, or was changed since.
        """
        known = self._known()
        self._digest(MANIFEST)
        going = {}
        for name in sorted(known.keys() | new):
            digest = self._digest(name)
            if digest is None:
                continue
            if digest not in known.get(name, ()) and not (self.force and name in new):
                raise self._not_ours(name, changed=name in known, stays=name not in new)
            going[name] = digest
        return going

    def _known(self) -> dict[str, frozenset[str]]:
        """The files of an earlier export, each with the SHA-256 that it has, or may have after a kill."""
        manifest = earlier_manifest(self.place)
        if manifest:
            told = (manifest.files, manifest.replacing)
            named = self.names & (manifest.files.keys() | manifest.replacing.keys())
            return {name: frozenset(files[name] for files in told if name in files) for name in named}
        others = [] if self.is_new else [path.name for path in self.place.iterdir() if not is_scratch(path.name)]
        if others and not self.force:
            hint = "choose a new folder for the dataset; --force replaces files that are called like those of a dataset"
            raise UsageError(f"{self.named}: a folder with other files in it ({_some(others)})", hint=hint)
        return {}

    def _digest(self, name: str) -> str | None:
        """The SHA-256 of a file in the folder, or none if it is not there.

        Raises:
            UsageError: it cannot be replaced, or is not a file.
        """
        path, mounted = self.place / name, mount_points()
        for here in (path.parent, path):
            is_right = stat.S_ISREG if here == path else stat.S_ISDIR
            shown = self.named / here.relative_to(self.place)
            if not os.path.lexists(here):
                return None
            if here != self.place and (not is_right(here.lstat().st_mode) or here in mounted):
                what = "file" if here == path else "folder"
                raise UsageError(f"{shown}: not a plain {what}, and a dataset has one there", hint=_AWAY)
            if not os.access(here, os.W_OK):
                raise UsageError(f"{shown}: cannot be replaced: it is protected", hint=_AWAY)
        return sha256(path)

    def _not_ours(self, name: str, *, changed: bool, stays: bool) -> UsageError:
        why = "was changed since the export that wrote it" if changed else "was not written by an earlier export"
        message = f"{self.named / name}: {why}, and would be {'removed' if stays else 'replaced'}"
        return UsageError(message, hint=_AWAY if stays else f"{_AWAY}, or --force to give it up")

    def _put(self, name: str, *, has_mode: bool) -> None:
        new, old = self.made / name, self.place / name
        old.parent.mkdir(exist_ok=True)
        if has_mode:
            new.chmod(stat.S_IMODE(old.stat().st_mode))
        new.replace(old)

    def _remove(self, name: str) -> None:
        path = self.place / name
        path.unlink()
        if path.parent != self.place and not any(path.parent.iterdir()):
            path.parent.rmdir()


@contextmanager
def dataset_folder(out: Path, names: Set[str], new: Set[str], *, force: bool = False) -> Iterator[DatasetFolder]:
    """Give the folder in which to make a dataset of the files `new`. Nothing is touched until it is published.

    Raises:
        UsageError: `out` cannot become this dataset without the loss of something else.
    """
    place = Path(os.path.realpath(out))
    is_new = not os.path.lexists(place)
    if not is_new and not place.is_dir():
        raise UsageError(f"{out}: a file, and a dataset is a folder", hint="--out FOLDER")
    with ExitStack() as stack:
        with unwritable(out, _OUT):
            if not is_new:
                stack.enter_context(_alone(out, place))
                sweep(place.parent)  # where a killed export made it when it was new
            home = next(folder for folder in (place, *place.parents) if folder.exists())
            made = stack.enter_context(scratch_folder(home)) / "dataset"
            made.mkdir()
        folder = DatasetFolder(out, place, made, names, force, is_new)
        folder.leaving(new)
        yield folder


@contextmanager
def _alone(out: Path, place: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(alone_in(place))
        except BlockingIOError as error:
            raise UsageError(f"{out}: another export writes into this folder", hint="wait for it to end") from error
        yield


def earlier_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of the dataset in the folder; none if what bears its name is not one."""
    try:
        opened = os.open(folder / MANIFEST, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(opened, "rb") as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST_MANIFEST:
            return None
        try:
            return Manifest.model_validate_json(stream.read())
        except ValidationError:
            return None


def _write(path: Path, manifest: Manifest) -> None:
    path.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")


def _sync(folder: Path) -> None:
    """Put every byte on the disk before a name leads to it: after a power cut a file would be there without them.

    No test can see this: only a power cut loses writes that were not synced.
    """
    for path in folder.rglob("*"):
        opened = os.open(path, os.O_RDONLY)
        os.fsync(opened)
        os.close(opened)


def _some(names: list[str]) -> str:
    shown = sorted(names)[:3]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file's bytes in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def of_folder(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in the folder, by its path in there, in the order of paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
