"""Unpacks a package archive without trusting it: names, kinds and sizes of entries are checked first."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from annotator.errors import InputError

LARGEST = 4 << 30
MOST_ENTRIES = 10_000
_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path, *, largest: int = LARGEST) -> Path:
    """Unpack the archive into `folder` and return its one top folder.

    Raises:
        InputError: it is not an archive, is damaged, has an entry that leaves the folder or is not a plain file, does
            not have exactly one top folder, or unpacks to more than `largest` bytes.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            top_folder = _check(archive, entries, largest)
            bytes_left = largest
            for entry in entries:
                bytes_left = _extract(zipped, entry, folder, bytes_left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _not_a_package(archive, f"it is not a valid zip archive ({error})", "damaged") from error
    return folder / top_folder


def _check(archive: Path, entries: list[zipfile.ZipInfo], largest: int) -> str:
    if len(entries) > MOST_ENTRIES:
        raise _not_a_package(archive, f"it has {len(entries)} entries", "too_large")
    for entry in entries:
        if not _is_safe(entry):
            why = f"its entry {entry.filename!r} leaves the folder or is not a plain file"
            raise _not_a_package(archive, why, "unsafe")
    total = sum(entry.file_size for entry in entries)
    if total > largest:
        raise _not_a_package(archive, f"it unpacks to {total} bytes, the limit is {largest}", "too_large")
    top_folders = {PurePosixPath(entry.filename).parts[0] for entry in entries if PurePosixPath(entry.filename).parts}
    if len(top_folders) != 1:
        raise _not_a_package(archive, f"it has {len(top_folders)} top folders instead of one", "parts")
    return top_folders.pop()


def _is_safe(entry: zipfile.ZipInfo) -> bool:
    name, mode = entry.filename, entry.external_attr >> 16
    path = PurePosixPath(name)
    leaves = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in entry.orig_filename
    plain = not mode or stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0
    return not leaves and plain


def _extract(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, bytes_left: int) -> int:
    """Write one entry; return how many bytes may still be written. The sizes in the directory may be a lie."""
    path = folder / entry.filename
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return bytes_left
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(entry) as packed, path.open("xb") as stream:
        shutil.copyfileobj(packed, stream, _CHUNK)
        bytes_left -= stream.tell()
    if bytes_left < 0:
        raise _not_a_package(Path(zipped.filename or ""), "it unpacks to more than it says", "too_large")
    return bytes_left


def _not_a_package(archive: Path, why: str, reason: str) -> InputError:
    return InputError(f"{archive}: not a valid package: {why}", reason=reason, hint="download the file again")
