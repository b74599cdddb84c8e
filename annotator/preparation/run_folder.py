"""A run folder: the JSONL files of many prepared articles, safe against a kill at any moment and against editors.

A batch counts once the ledger holds it, with the hashes of what it adds to each file; those bytes stand in a journal
aside. They are appended after that, so whatever stands behind a file's noted size can be proven to be ours, and
finished. What cannot be proven is left alone: a file that somebody changed is refused by its name, never cut.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from annotator.errors import UsageError
from annotator.models import RunInfo
from annotator.preparation.changes import PREDICTED, TRANSLATED, Change, change
from annotator.preparation.ledger import (
    NEW,
    FileNotes,
    changed_by_hand,
    open_ledger,
    size_and_hash,
    transaction,
)
from annotator.preparation.redo import Redone
from annotator.preparation.register import Register
from annotator.preparation.run_status import Progress, read_info
from annotator.preparation.work import FILES, Packed
from annotator.translation.none import NO_ENGINE

_JOURNAL = "journal"
_HASHED_AFTER_A_KILL = 64 * 2**20
"""Bytes at the end of each file; `annotator status --verify` hashes all of them."""


class Redo(NamedTuple):
    """What of a run is made again."""

    info: RunInfo
    files: tuple[str, ...]
    articles: int
    """That are done."""
    difference: str


class RunFolder(AbstractContextManager["RunFolder"]):
    """A folder of JSONL files that grows batch by batch. One process at a time.

    Raises:
        UsageError: another process works in it, it was made with other settings, it is not a run folder, or one of its
            files is not as we left it.
    """

    def __init__(self, path: Path, info: RunInfo) -> None:
        from filelock import FileLock, Timeout

        _refuse_strange(path)
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = FileLock(path / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UsageError(f"{path}: another process works in this folder", hint="wait for it to end") from error
        self.info = self._recorded(info)
        self._ledger = open_ledger(path / "ledger.sqlite")
        self._notes = FileNotes(path, self._ledger)
        self._is_appending = False
        self.register = Register(self._ledger)
        self._check_and_finish()
        if not self.register.count() and self.info != info:  # nothing is made yet with the settings of an earlier start
            self.info = info
            _write_atomically(path / "run.json", info)
        self.redo = self._begin_redo(info, change(self.info, info, str(path)))
        """What is to be made again before anything else, with the settings of this start."""
        self.last_start_died = bool(self._ledger.execute("SELECT count(*) FROM working").fetchone()[0])
        """Whether the start before this one was ended from outside, perhaps by one of its articles."""
        self._ledger.execute("DELETE FROM done")
        self._ledger.execute("DELETE FROM working")
        self._ledger.execute("INSERT INTO working VALUES (?)", (os.getpid(),))

    def write(self, batch: Sequence[Packed], progress: Progress | None = None) -> None:
        """Note the batch, what was added to the register, and how far the run is; then append it."""
        if not batch and not self.register.has_news:
            return
        texts = {name: b"".join(packed.lines[name] for packed in batch) for name in FILES}
        with self._noting(texts):
            self.register.write()
            if progress:
                self._ledger.execute("DELETE FROM progress")
                self._ledger.execute("INSERT INTO progress VALUES (?, ?, ?, ?, ?)", progress)
        self._pin(batch)

    @contextmanager
    def _noting(self, texts: Mapping[str, bytes]) -> Iterator[None]:
        """Note what is to be appended to each file, together with what the block notes, and then append it."""
        _write_synced(self.path / _JOURNAL, b"".join(texts.values()))
        with transaction(self._ledger):
            self._notes.note_appended()
            rows = [(name, self._notes.size(name), len(text), _sha256(text)) for name, text in texts.items() if text]
            self._ledger.executemany("INSERT INTO appending VALUES (?, ?, ?, ?)", rows)
            yield
        self._is_appending = True
        for name, text in texts.items():
            _append(self.path / name, text)
        self._is_appending = False

    def end(self, at: float) -> None:
        """Note that all inputs are done."""
        with transaction(self._ledger):
            self._ledger.execute("DELETE FROM done")
            self._ledger.execute("INSERT INTO done VALUES (?)", (at,))

    def drop(self, article_ids: set[str]) -> None:
        """Take superseded articles out of every file. A kill on the way is finished by the next opening."""
        new = {f"{name}{NEW}": _without(self.path / name, article_ids) for name in FILES}
        with transaction(self._ledger):
            self.register.forget(article_ids)
            for name, (size, sha256) in new.items():
                self._notes.note_whole(name, size, sha256)
        self._finish_drop()

    def forget(self, article_id: str) -> None:
        """Take an article out for good: of what the ledger held of it no page is left either."""
        self._ledger.execute("PRAGMA secure_delete = ON")
        if self.register.of_article(article_id):
            self.drop({article_id})
        self.register.near.forget_links_to(article_id)
        self._ledger.execute("VACUUM")
        self._ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def replace(self, made: Sequence[Packed]) -> None:
        """Let these take the place of the articles with their ids; they come last in every file."""
        ids = {packed.article_id for packed in made}
        keys = self.register.inputs_of(ids)
        self.drop(ids)
        for packed in made:
            self.register.add(packed)
        for key, article_id in keys:
            self.register.add_input(key, article_id)
        self.write(made)

    @contextmanager
    def lists(self, *names: str) -> Iterator[None]:
        """Note the files that list failures and repeats when a start ends, and refuse them when somebody changed them.

        Every start writes them anew. One that was killed on the way left them without a note, and they are ours.

        Raises:
            UsageError: one of them is not as the last start left it.
        """
        for name in names:
            if (self.path / name).exists():
                self._notes.check(name)
        with transaction(self._ledger):
            for name in names:
                self._notes.forget(name)
        yield
        with transaction(self._ledger):
            for name in names:
                size, sha256 = size_and_hash(self.path / name)
                self._notes.note_whole(name, size, sha256)

    def _check_and_finish(self) -> None:
        """Finish what a kill interrupted. A file that is not as we left it ends this before any file is touched."""
        pending = {name for (name,) in self._ledger.execute("SELECT name FROM appending")}
        dropping = set(self._notes.names(NEW))
        for name in FILES:
            if not self._notes.size(name) and not (self.path / name).exists():
                (self.path / name).touch()
            if name in pending:
                self._notes.verify(name, to_the_end=False, last=_HASHED_AFTER_A_KILL)
            elif f"{name}{NEW}" not in dropping:
                self._notes.check(name)
        self._finish_appending()
        if self._ledger.execute("SELECT count(*) FROM redo").fetchone()[0]:
            self._finish_redo()
        else:
            self._finish_drop()

    def _finish_appending(self) -> None:
        missing = {name: text for name, text in self._missing() if text}
        for name, text in missing.items():
            _append(self.path / name, text)
        with transaction(self._ledger):
            self._notes.note_appended()

    def _missing(self) -> Iterator[tuple[str, bytes]]:
        """Yield what each file lacks of the last batch. Where nothing is lacking, the journal may be the next one's."""
        rows = self._ledger.execute("SELECT name, start, bytes, sha256 FROM appending ORDER BY rowid").fetchall()
        place = 0
        for name, start, size, sha256 in rows:
            tail = _tail(self.path / name, start)
            if tail is None or len(tail) > size:
                raise changed_by_hand(self.path / name)
            if _sha256(tail) != sha256:
                text = _read(self.path / _JOURNAL, place, size)
                if _sha256(text) != sha256 or not text.startswith(tail):
                    raise changed_by_hand(self.path / name)
                yield name, text[len(tail) :]
            place += size

    def _finish_drop(self) -> None:
        """Put each `NAME.new` in its place. It is there until the moment in which it is that file."""
        for new in self._notes.names(NEW):
            name = new.removesuffix(NEW)
            if (self.path / new).exists():
                self._notes.check(name)
                self._notes.check(new)
                (self.path / new).replace(self.path / name)
            with transaction(self._ledger):
                self._notes.rename(new, name)
            self._notes.check(name)

    def _recorded(self, info: RunInfo) -> RunInfo:
        """Return what run.json says, with the engines pinned so far; write it if this is a new run."""
        path = self.path / "run.json"
        if path.exists():
            return read_info(path)
        _write_atomically(path, info)
        return info

    def _begin_redo(self, wanted: RunInfo, change: Change) -> Redo | None:
        """Go on with making files again, or begin; what was begun with still other settings is thrown away."""
        row = self._ledger.execute("SELECT info, files, articles FROM redo").fetchone()
        begun = RunInfo.model_validate_json(row[0]) if row else None
        if begun and begun.model_copy(update={"engines": {}}) == wanted:
            return Redo(begun, tuple(row[1].split()), row[2], change.difference)
        if change.files == PREDICTED:  # the engines stay
            wanted = wanted.model_copy(update={"engines": self.info.engines})
        with transaction(self._ledger):
            for new in self._notes.names(NEW):
                self._notes.forget(new)
            self._ledger.execute("DELETE FROM redo")
            if change.files and self.register.count():
                files = " ".join(change.files)
                self._ledger.execute("INSERT INTO redo VALUES (?, ?, 0, 0)", (wanted.model_dump_json(), files))
        for name in FILES:
            (self.path / f"{name}{NEW}").unlink(missing_ok=True)
        if change.files and self.register.count():
            return Redo(wanted, change.files, 0, change.difference)
        if change.files:
            self.info = wanted
            _write_atomically(self.path / "run.json", wanted)
        elif (wanted.steps, wanted.annotator, wanted.paths) != (self.info.steps, self.info.annotator, self.info.paths):
            news = {"steps": wanted.steps, "annotator": wanted.annotator, "paths": wanted.paths}
            self.info = self.info.model_copy(update=news)
            _write_atomically(self.path / "run.json", self.info)
        return None

    def translate_again(self, why: str) -> None:
        """Let all translations be made again, with the engines that the run has."""
        self.redo = self._begin_redo(self.info, Change(TRANSLATED, why))

    def write_redone(self, redo: Redo, batch: Sequence[Redone]) -> Redo:
        """Append what was made again of the next articles to `NAME.new`, and return how far that is."""
        texts = {f"{name}{NEW}": b"".join(done.lines[name] for done in batch) for name in redo.files}
        articles = redo.articles + len(batch)
        served = {pair: engine for done in batch for pair, engine in done.engines.items() if engine != NO_ENGINE}
        info = redo.info.model_copy(update={"engines": {**served, **redo.info.engines}})
        with self._noting(texts):
            self._ledger.execute("UPDATE redo SET articles = ?, info = ?", (articles, info.model_dump_json()))
            self.register.note_lacking({done.article_id: done.lacks for done in batch})
        return redo._replace(articles=articles, info=info)

    def end_redo(self) -> None:
        """Put the new files in the place of the old ones."""
        with transaction(self._ledger):
            self._notes.note_appended()
            self._ledger.execute("UPDATE redo SET is_complete = 1")
        self._finish_redo()
        self.redo = None

    def _finish_redo(self) -> None:
        row = self._ledger.execute("SELECT info FROM redo WHERE is_complete").fetchone()
        if row:
            self._finish_drop()
            self.info = RunInfo.model_validate_json(row[0])
            _write_atomically(self.path / "run.json", self.info)
            self._ledger.execute("DELETE FROM redo")

    def _pin(self, batch: Sequence[Packed]) -> None:
        served = {pair: engine for packed in batch for pair, engine in packed.engines.items() if engine != NO_ENGINE}
        engines = {**served, **self.info.engines}
        if engines != self.info.engines:
            self.info = self.info.model_copy(update={"engines": engines})
            _write_atomically(self.path / "run.json", self.info)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the folder to others."""
        if not self._is_appending:  # else the disk is full, and the next start finishes it
            with transaction(self._ledger):
                self._notes.note_appended()
            (self.path / _JOURNAL).unlink(missing_ok=True)
        self._ledger.execute("DELETE FROM working")
        self._ledger.close()
        self._lock.release()


def _refuse_strange(folder: Path) -> None:
    """Files of our names without a ledger are somebody else's, or cannot be gone on with. Leave nothing beside them."""
    strange = [name for name in FILES if (folder / name).exists()]
    if strange and not (folder / "ledger.sqlite").exists():
        message = f"{folder / strange[0]}: stands in a folder that holds no ledger.sqlite of a run"
        raise UsageError(message, hint=f"prepare into another folder than {folder}; nothing was touched")


def _tail(path: Path, start: int) -> bytes | None:
    """Return what stands behind `start`, or none where the file ends before it."""
    if not path.exists():
        return None if start else b""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(start)
        return stream.read() if size >= start else None


def _read(path: Path, start: int, size: int) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as stream:
        stream.seek(start)
        return stream.read(size)


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _append(path: Path, text: bytes) -> None:
    if text:
        _write_synced(path, text, mode="ab")


def _write_synced(path: Path, text: bytes, *, mode: Literal["ab", "wb"] = "wb") -> None:
    with path.open(mode) as stream:
        stream.write(text)
        stream.flush()
        # A power cut after the ledger's next line, which SQLite syncs, must not find the file without these bytes:
        # it would be refused as changed by hand. No test can see this: only a power cut loses unsynced writes.
        os.fsync(stream.fileno())


def _without(path: Path, article_ids: set[str]) -> tuple[int, str]:
    """Write `NAME.new` without these articles; return its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as old, path.with_name(f"{path.name}{NEW}").open("wb") as new:
        for line in old:
            if _article_id(json.loads(line)) not in article_ids:
                new.write(line)
                digest.update(line)
                size += len(line)
        new.flush()
        os.fsync(new.fileno())  # as above
    return size, digest.hexdigest()


def _article_id(line: Mapping[str, dict[str, str]]) -> str:
    """The article of any line: named, or the part of the unit id before its last colon."""
    fields: Mapping[str, object] = line.get("data", line)
    return str(fields.get("article_id") or str(fields["unit_id"]).rpartition(":")[0])


def _write_atomically(path: Path, info: RunInfo) -> None:
    new = path.with_suffix(NEW)
    new.write_text(info.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")
    new.replace(path)
