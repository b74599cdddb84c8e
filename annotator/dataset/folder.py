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

from annotator import system
from annotator.errors import UsageError
from annotator.models import Manifest
from annotator.output import mount_points, unwritable
from annotator.scratch import alone_in, is_scratch, scratch_folder, sweep

MANIFEST = "manifest.json"
_OUT = "--out"
_LARGEST_MANIFEST = 16 << 20
"""A manifest has a line for each file and count; what is larger is not one, and is not read into memory."""
_AWAY = "move it away, or choose another --out"


@dataclass(frozen=True)
class DatasetFolder:
    """Where a dataset goes, and the hidden folder on the same file system in which it is made."""

    out: Path
    """As the user gave it."""
    target: Path
    """Links followed."""
    draft: Path
    """Where the files are made."""
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
            _write(self.draft / MANIFEST, manifest)
            _sync(self.draft)
            with unwritable(self.out, _OUT):
                self.target.parent.mkdir(parents=True, exist_ok=True)
                self.draft.rename(self.target)
            return
        new = of_folder(self.draft).keys()
        outgoing = self.files_to_replace(new)
        transitional, final = self.draft.parent / MANIFEST, self.draft / MANIFEST
        _write(transitional, manifest.model_copy(update={"replacing": outgoing}))
        _write(final, manifest)
        _sync(self.draft.parent)
        # A kill between any two of these steps leaves a manifest that knows every file, as it was and as it will be.
        transitional.replace(self.target / MANIFEST)
        for name in sorted(new):
            self._put(name, has_mode=name in outgoing)
        for name in sorted(outgoing.keys() - new):
            self._remove(name)
        final.replace(self.target / MANIFEST)

    def files_to_replace(self, new: Set[str]) -> dict[str, str]:
        """Return the files that the `new` ones replace or leave behind, with the SHA-256 that each has now.

        Raises:
            UsageError: one of them is not of an earlier export, or was changed since.
        """
        earlier = self._earlier_files()
        self._digest(MANIFEST)
        outgoing = {}
        for name in sorted(earlier.keys() | new):
            digest = self._digest(name)
            if digest is None:
                continue
            if digest not in earlier.get(name, ()) and not (self.force and name in new):
                raise self._not_ours(name, changed=name in earlier, is_gone=name not in new)
            outgoing[name] = digest
        return outgoing

    def _earlier_files(self) -> dict[str, frozenset[str]]:
        """The files of an earlier export, each with the SHA-256 that it has, or may have after a kill."""
        manifest = earlier_manifest(self.target)
        if manifest:
            listings = (manifest.files, manifest.replacing)
            names = self.names & (manifest.files.keys() | manifest.replacing.keys())
            return {name: frozenset(files[name] for files in listings if name in files) for name in names}
        others = [] if self.is_new else [path.name for path in self.target.iterdir() if not is_scratch(path.name)]
        if others and not self.force:
            hint = "choose a new folder for the dataset; --force replaces files that are called like those of a dataset"
            raise UsageError(f"{self.out}: a folder with other files in it ({_listed(others)})", hint=hint)
        return {}

    def _digest(self, name: str) -> str | None:
        """The SHA-256 of a file in the folder, or none if it is not there.

        Raises:
            UsageError: it cannot be replaced, or is not a file.
        """
        path, mounted = self.target / name, mount_points()
        for step in (path.parent, path):
            is_right = stat.S_ISREG if step == path else stat.S_ISDIR
            shown = self.out / step.relative_to(self.target)
            if not os.path.lexists(step):
                return None
            if step != self.target and (not is_right(step.lstat().st_mode) or step in mounted):
                what = "file" if step == path else "folder"
                raise UsageError(f"{shown}: not a plain {what}, and a dataset has one there", hint=_AWAY)
            if not os.access(step, os.W_OK):
                raise UsageError(f"{shown}: cannot be replaced: it is read-only", hint=_AWAY)
        return sha256(path)

    def _not_ours(self, name: str, *, changed: bool, is_gone: bool) -> UsageError:
        why = "was changed since the export that wrote it" if changed else "was not written by an earlier export"
        message = f"{self.out / name}: {why}, and would be {'removed' if is_gone else 'replaced'}"
        return UsageError(message, hint=_AWAY if is_gone else f"{_AWAY}, or --force to give it up")

    def _put(self, name: str, *, has_mode: bool) -> None:
        new, old = self.draft / name, self.target / name
        old.parent.mkdir(exist_ok=True)
        if has_mode:
            new.chmod(stat.S_IMODE(old.stat().st_mode))
        new.replace(old)

    def _remove(self, name: str) -> None:
        path = self.target / name
        path.unlink()
        if path.parent != self.target and not any(path.parent.iterdir()):
            path.parent.rmdir()


@contextmanager
def dataset_folder(out: Path, names: Set[str], new: Set[str], *, force: bool = False) -> Iterator[DatasetFolder]:
    """Give the folder in which to make a dataset of the files `new`. Nothing is touched until it is published.

    Raises:
        UsageError: `out` cannot become this dataset without the loss of something else.
    """
    target = Path(os.path.realpath(out))
    is_new = not os.path.lexists(target)
    if not is_new and not target.is_dir():
        raise UsageError(f"{out}: a file, and a dataset is a folder", hint="--out FOLDER")
    with ExitStack() as stack:
        with unwritable(out, _OUT):
            if not is_new:
                stack.enter_context(_alone(out, target))
                sweep(target.parent)  # where a killed export made it when it was new
            home = next(folder for folder in (target, *target.parents) if folder.exists())
            draft = stack.enter_context(scratch_folder(home)) / "dataset"
            draft.mkdir()
        folder = DatasetFolder(out, target, draft, names, force, is_new)
        folder.files_to_replace(new)
        yield folder


@contextmanager
def _alone(out: Path, target: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(alone_in(target))
        except BlockingIOError as error:
            raise UsageError(f"{out}: another export writes into this folder", hint="wait for it to end") from error
        yield


def earlier_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of the dataset in the folder; none if what bears its name is not one."""
    try:
        opened = os.open(folder / MANIFEST, os.O_RDONLY | system.PLAIN)
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
        system.sync(path)


def _listed(names: list[str]) -> str:
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
