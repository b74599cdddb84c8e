"""What `prepare` was asked to do, and the whole of it: read, check ids, process in batches, write, count."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from annotator import __version__
from annotator.assemble import Say, announce_memories, make_pipeline
from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.models import Article, Failure, RunInfo
from annotator.output import is_stream, keep_apart
from annotator.preparation.local import LocalRunner
from annotator.preparation.run_folder import RunFolder, StoredArticle
from annotator.preparation.task_file import TaskLines
from annotator.preparation.work import Outcome, Packed, batches, killed, pack, pack_in_worker
from annotator.readers import STDIN, ReadOutcome, read
from annotator.settings import Settings
from annotator.translation.auto import announcement

SHOWN_FAILURES = 20
SHOWN_NOTES = 20
"""More would scroll the counts off a terminal; the files have all of them."""
_FAILURES = "failures.jsonl"
DUPLICATE, SUPERSEDED = "duplicate", "superseded"
"""Reasons why an article is set aside without a loss."""


@dataclass(frozen=True)
class Job:
    """What `prepare` was asked to do. `out` is a folder, FILE.jsonl, FILE.json, or `-`."""

    inputs: tuple[str, ...]
    out: str
    settings: Settings
    failures: Path | None = None
    latest_revisions: bool = False
    workers: int = 1

    @property
    def is_run(self) -> bool:
        """Whether `out` is a run folder."""
        path = Path(self.out)
        return self.out != STDIN and path.suffix.lower() not in (".json", ".jsonl") and not is_stream(path)

    @property
    def failure_list(self) -> Path | None:
        """Where what cannot be processed is listed."""
        return self.failures or (Path(self.out) / _FAILURES if self.is_run else None)

    @property
    def repeat_list(self) -> Path | None:
        """Where duplicates and superseded texts are listed."""
        return Path(self.out) / "duplicates.jsonl" if self.is_run else None


@dataclass
class PreparationReport:
    """Counts of the whole run, the parts done by an earlier start included."""

    articles: int = 0
    duplicates: int = 0
    superseded: int = 0
    units: int = 0
    asides: int = 0
    failed: int = 0
    notes: int = 0
    first_failures: list[Failure] = field(default_factory=list)
    list_failure: Callable[[Failure], object] = lambda _failure: None
    first_repeats: list[Failure] = field(default_factory=list)
    list_repeat: Callable[[Failure], object] = lambda _repeat: None

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        counts = {name: getattr(self, name) for name in ("articles", "duplicates", "units", "asides", "failed")}
        return counts | ({"superseded": self.superseded} if self.superseded else {})

    def add_article(self, article: StoredArticle) -> None:
        """Count one processed article."""
        self.articles += 1
        self.units += article.units
        self.asides += article.asides

    def say_notes(self, packed: Packed, say: Say) -> None:
        """Say what reading and cutting had to guess or change; of very many articles only the first."""
        for note in packed.notes:
            self.notes += 1
            if self.notes <= SHOWN_NOTES:
                say(f"{packed.source_file}: {packed.article_id}: {note}")

    def add_failure(self, failure: Failure) -> None:
        """Count a failure and list it in the file, which every start writes anew."""
        self.failed += 1
        self.list_failure(failure)
        _keep_first(failure, self.first_failures)

    def add_repeat(self, repeat: Failure) -> None:
        """Count and list an article that is not processed because it is there already, or a later text of it counts."""
        if repeat.reason == SUPERSEDED:
            self.superseded += 1
        else:
            self.duplicates += 1
        self.list_repeat(repeat)
        _keep_first(repeat, self.first_repeats)


def _keep_first(failure: Failure, first: list[Failure]) -> None:
    if len(first) < SHOWN_FAILURES:
        first.append(failure)


def run_job(job: Job, *, say: Say, progress: Callable[[PreparationReport], None]) -> PreparationReport:
    """Prepare every article of the inputs. What cannot be read is listed, and the rest goes on.

    Raises:
        UsageError: an input does not exist, or the output cannot be used.
    """
    _check_inputs(job)
    outcomes = read(job.inputs, fields=job.settings.fields)
    report = PreparationReport()
    with ExitStack() as stack:
        check_interrupt = stack.enter_context(_noticed_interrupts())
        info = _info(job.settings, say)
        folder = stack.enter_context(RunFolder(Path(job.out), info)) if job.is_run else None
        sink = folder or stack.enter_context(TaskLines(None if job.out == STDIN else Path(job.out)))
        latest = _latest(job) if job.latest_revisions else {}
        _open_lists(job, folder, report, stack)
        if folder:
            _drop_older(folder, latest, report, say)
        articles = _new_articles(job, outcomes, folder.articles if folder else {}, latest, report)
        announced = set(folder.info.engines if folder else ())
        runner = LocalRunner(job.workers, isolated=bool(folder and folder.last_start_died))
        work = _work(job, runner, folder, say, stack)
        for processed in stack.enter_context(closing(runner.run(batches(articles), work, lost=killed))):
            check_interrupt()
            batch = _counted(processed, report, say)
            sink.write(batch)
            if runner.has_processes:  # the workers' own words are lost
                _announce_engines(batch, announced, job.settings.translator, say)
            progress(report)
        check_interrupt()
    return report


@contextmanager
def _noticed_interrupts() -> Iterator[Callable[[], None]]:
    """Give a function that raises KeyboardInterrupt if Ctrl-C came.

    A library in C in which it arrives may turn it into an error of its own, which would be taken for the article's.
    """
    came = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        came.set()
        if callable(before):
            before(number, frame)

    def check() -> None:
        if came.is_set():
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield check
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


def _open_lists(job: Job, folder: RunFolder | None, report: PreparationReport, stack: ExitStack) -> None:
    """Open the files that list failures and repeats; a folder keeps an eye on its own."""
    lists = [path for path in (job.failure_list, job.repeat_list) if path]
    if folder:
        stack.enter_context(folder.lists(*(path.name for path in lists if path.parent == folder.path)))
    report.list_failure = stack.enter_context(failure_file(job.failure_list, go_on=False if folder else None))
    report.list_repeat = stack.enter_context(failure_file(job.repeat_list, go_on=False if folder else None))


def _counted(outcomes: Iterable[Outcome], report: PreparationReport, say: Say) -> list[Packed]:
    """Return what was processed; count it, and list what was not."""
    batch = []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            report.add_failure(outcome)
        else:
            batch.append(outcome)
            report.add_article(StoredArticle.of(outcome))
            report.say_notes(outcome, say)
    return batch


def _check_inputs(job: Job) -> None:
    """Refuse to write over an input or into a folder that is read, and to read standard input twice."""
    if job.latest_revisions and STDIN in job.inputs:
        raise UsageError("--revisions latest reads its input twice", hint="save standard input in a file first")
    keep_apart({"--out": job.out, "--failures": job.failures}, job.inputs)
    written = [Path(name).resolve() for name in (job.out, job.failures) if name and name != STDIN]
    if job.is_run and written[0] in (path.parent for path in written[1:] if path.name != _FAILURES):
        raise UsageError(
            f"{job.failures}: the run folder has files of its own", hint=f"--failures {Path(job.out) / _FAILURES}"
        )
    for name in job.inputs:
        for target in written:
            if name != STDIN and Path(name).resolve() in target.parents:
                raise UsageError(f"{target}: would be written into the input {name}", hint="choose another --out")


def _announce_engines(batch: Iterable[Packed], announced: set[str], asked: str, say: Say) -> None:
    for pair, engine in (pinned for packed in batch for pinned in packed.engines.items()):
        if pair not in announced:
            source, _, target = pair.partition(">")
            say(announcement(source, target, engine, asked=asked))
            announced.add(pair)


def _info(settings: Settings, say: Say) -> RunInfo:
    changing = {
        "target_language",
        "source_language",
        "translator",
        "split",
        "candidate_languages",
        "fields",
        "min_score",
        "beam",
    }
    memories = announce_memories(settings, say)
    named = settings.model_dump(mode="json", include=changing) | ({"memory": memories} if memories else {})
    return RunInfo(annotator=__version__, settings=named, engines={})


def _work(
    job: Job, runner: LocalRunner, folder: RunFolder | None, say: Say, stack: ExitStack
) -> Callable[[Sequence[Article]], list[Outcome]]:
    """The engines end with the run: a demo goes on serving for hours after it."""
    pins = dict(folder.info.engines) if folder else {}
    if runner.has_processes:
        return partial(pack_in_worker, job.settings.model_dump_json(), tuple(sorted(pins.items())))
    pipeline = make_pipeline(job.settings, pins=pins, say=say)
    stack.callback(pipeline.translator.close)
    return partial(pack, pipeline)


def _latest(job: Job) -> dict[str, str]:
    """Return the last revision of each id in the inputs."""
    outcomes = read(job.inputs, fields=job.settings.fields)
    return {outcome.article_id: outcome.revision for outcome in outcomes if isinstance(outcome, Article)}


def _drop_older(folder: RunFolder, latest: Mapping[str, str], report: PreparationReport, say: Say) -> None:
    """Take articles out of the folder whose text is another now, and list them."""
    older = {name for name, old in folder.articles.items() if latest.get(name, old.revision) != old.revision}
    for name in sorted(older):
        report.list_repeat(_repeat(str(folder.path), name, SUPERSEDED, "the text that the folder had is replaced"))
    if older:
        say(f"{len(older)} articles in {folder.path} have another text now and are replaced")
        folder.drop(older)


def _new_articles(
    job: Job,
    outcomes: Iterable[ReadOutcome],
    stored_articles: Mapping[str, StoredArticle],
    latest: Mapping[str, str],
    report: PreparationReport,
) -> Iterator[Article]:
    """Yield the articles that are still to do; count duplicates, those done before, and failures."""
    seen: dict[str, tuple[str, str]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            report.add_failure(outcome)
            continue
        article_id, revision = outcome.article_id, outcome.revision
        stored = stored_articles.get(article_id)
        if latest.get(article_id, revision) != revision:
            message = "a later text of the article counts"
            report.add_repeat(_repeat(outcome.source_file, article_id, SUPERSEDED, message))
        elif article_id in seen and seen[article_id][0] == revision:
            message = f"the same article with the same text is in {seen[article_id][1]}"
            report.add_repeat(_repeat(outcome.source_file, article_id, DUPLICATE, message))
        elif article_id in seen:
            report.add_failure(_conflict(outcome, seen[article_id][1]))
        elif stored and stored.revision != revision:
            report.add_failure(_conflict(outcome, job.out))
        else:
            seen[article_id] = (revision, outcome.source_file)
            if stored:
                report.add_article(stored)
            else:
                yield outcome


def _repeat(source: str, article_id: str, reason: str, message: str) -> Failure:
    return Failure(step="read", source=source, article_id=article_id, reason=reason, message=message)


def _conflict(article: Article, other: str) -> Failure:
    return Failure(
        step="read",
        source=article.source_file,
        article_id=article.article_id,
        reason="conflicting_revision",
        message=f"id {article.article_id!r} has another text in {other}",
        hint="give each article an id of its own, or use --revisions latest",
    )
