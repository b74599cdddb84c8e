"""What `prepare` was asked to do, and the whole of it: read, check ids, process in batches, write, count."""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

from annotator import __version__, system
from annotator.assemble import Noted, Say, announce_files, make_pipeline, step_versions, with_predictor
from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.models import Article, Failure, RunInfo, Translation
from annotator.output import is_stream, keep_apart
from annotator.pipeline import Pipeline
from annotator.preparation.arrivals import arriving, trial
from annotator.preparation.forgetting import read_forgotten
from annotator.preparation.local import LocalRunner
from annotator.preparation.mending import mend_articles, read_mends
from annotator.preparation.near_duplicates import Dedupe
from annotator.preparation.plan import Plan, Settlement
from annotator.preparation.redo import Redone, Stored, lost, redo_in_worker, remake, stored_batches, works_again
from annotator.preparation.report import SUPERSEDED, PreparationReport, repeat
from annotator.preparation.rerun import dropped, path_of
from annotator.preparation.run_folder import Redo, RunFolder
from annotator.preparation.run_status import Progress, pinned_predictor
from annotator.preparation.task_file import TaskLines
from annotator.preparation.work import Item, Outcome, Packed, killed, pack, pack_in_worker
from annotator.readers import ALL_PAGES, STDIN, PageSelection, find, read, total_size
from annotator.settings import Settings
from annotator.translation.auto import announcement
from annotator.translation.cache import CACHE_FILE, Cache
from annotator.translation.memory import PREFIX as MEMORY_PREFIX

if TYPE_CHECKING:
    from annotator.preparation.on_ray import RayRunner

_FAILURES = "failures.jsonl"


@dataclass(frozen=True)
class Job:
    """What `prepare` was asked to do. `out` is a folder, FILE.jsonl, FILE.json, or `-`."""

    inputs: tuple[str, ...]
    out: str
    settings: Settings
    files_from: str = ""
    """A file that names further inputs, or `-`."""
    pages: PageSelection = ALL_PAGES
    failures: Path | None = None
    latest_revisions: bool = False
    dedupe: Dedupe = ""
    """Whether near-duplicates are linked to the first of their kind, or left out."""
    is_strict: bool = False
    """Whether a page of which much is set aside is a failure."""
    workers: int = 0
    """Without a number it is one process here, or as many as a cluster has cores."""
    runner: Literal["local", "ray"] = "local"
    address: str = ""
    limit: int = 0
    log: Path | None = None

    @property
    def is_run(self) -> bool:
        """Whether `out` is a run folder."""
        path = Path(self.out)
        return self.out != STDIN and path.suffix.lower() not in (".json", ".jsonl") and not is_stream(path)

    @property
    def is_endless(self) -> bool:
        """Whether inputs come by way of standard input, which may stay open."""
        return STDIN in (*self.inputs, self.files_from)

    @property
    def failure_list(self) -> Path | None:
        """Where what cannot be processed is listed."""
        return self.failures or (Path(self.out) / _FAILURES if self.is_run else None)

    @property
    def repeat_list(self) -> Path | None:
        """Where duplicates and superseded texts are listed."""
        return Path(self.out) / "duplicates.jsonl" if self.is_run else None


def run_job(
    job: Job,
    *,
    say: Say,
    progress: Callable[[PreparationReport], None],
    tell: Callable[[str, Mapping[str, object]], object] = lambda _event, _details: None,
    clock: Callable[[], float] = time.time,
) -> PreparationReport:
    """Prepare every article of the inputs. What cannot be read is listed, and the rest goes on.

    `tell` is called with everything that happens, for a log.

    Raises:
        UsageError: an input does not exist, or the output cannot be used.
    """
    _check_inputs(job)
    if job.is_run:
        kept = {"mends": read_mends(Path(job.out)), "forgotten": read_forgotten(Path(job.out))}
        job = replace(job, settings=job.settings.model_copy(update=kept))
    pinned = pinned_predictor(Path(job.out)) if job.is_run else ""
    job = replace(job, settings=with_predictor(job.settings, pinned=pinned))
    found = find(job.inputs, **_reading(job))
    started = clock()
    report = PreparationReport(tell=tell, total=0 if job.limit or job.files_from else total_size(job.inputs))
    with ExitStack() as stack:
        check_interrupt = stack.enter_context(_noticed_interrupts())
        noted = announce_files(job.settings, say)
        report.not_used = noted.not_used
        folder = stack.enter_context(RunFolder(Path(job.out), _info(job, noted))) if job.is_run else None
        sink = folder or stack.enter_context(TaskLines(None if job.out == STDIN else Path(job.out)))
        latest = _latest(job) if job.latest_revisions else {}
        _open_lists(job, folder, report, stack)
        if folder:
            _drop_older(folder, latest, report, say)
            make = partial(_own_pipeline, job, folder.info.engines, say, stack)
            lacking = folder.register.lacking()
            if lacking and not folder.redo and works_again(folder.path, lacking, make()):
                folder.translate_again("an engine that failed works now")
            if folder.redo:
                _redo(job, folder, folder.redo, say)
                make = partial(_own_pipeline, job, folder.info.engines, say, stack)
            mend_articles(folder, job.settings.mends, make, sketched=bool(job.dedupe), say=say)
        announced = set(folder.info.engines if folder else ())
        runner = _runner(job, is_isolated=bool(folder and folder.last_start_died))
        work = _work(job, runner, folder.info.engines if folder else {}, say, stack)
        inputs = arriving(trial(found, job.limit)) if job.is_endless else trial(found, job.limit)
        plan = Plan(sink.register)
        settle = Settlement(sink.register, latest, report, say, job.dedupe, job.is_strict).settle
        for outcomes in stack.enter_context(closing(runner.run(plan.batches(inputs), work, lost=killed))):
            check_interrupt()
            _store(outcomes, job.settings)
            batch = list(settle(plan.joined(outcomes)))
            report.seconds = clock() - started
            sink.write(batch, _progress(report, started, clock()))
            if runner.has_processes:  # the workers' own words are lost
                _announce_engines(batch, announced, job.settings.translator, say)
            progress(report)
        check_interrupt()
        if folder and not job.limit:
            folder.end(clock())
        report.rest = sum(1 for _ in found) if job.limit and not job.is_endless else 0
    return report


def _store(outcomes: Iterable[Outcome | Redone], settings: Settings) -> None:
    """Write what workers translated to the cache, so that no other process waits for its lock."""
    rows = [row for outcome in outcomes if not isinstance(outcome, Failure) for row in outcome.fresh]
    if rows:
        Cache(settings.data_dir / CACHE_FILE).store(rows)


def _progress(report: PreparationReport, started: float, now: float) -> Progress:
    rest = report.total - report.size if report.total else None
    return Progress(started, now, report.new_articles, report.new_size, rest)


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


def _check_inputs(job: Job) -> None:
    """Refuse to write over an input or into a folder that is read, and to read standard input twice."""
    if job.latest_revisions and job.is_endless:
        raise UsageError("--revisions latest reads its input twice", hint="save standard input in a file first")
    keep_apart(
        {"--out": job.out, "--failures": job.failures, "--log": job.log}, [*job.inputs, *filter(None, [job.files_from])]
    )
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
            for line in announcement(source, target, engine, asked=asked):
                say(line)
            announced.add(pair)


def _info(job: Job, noted: Noted) -> RunInfo:
    settings = job.settings
    changing = {
        "target_language",
        "source_language",
        "translator",
        "split",
        "candidate_languages",
        "fields",
        "min_score",
        "predictor",
        "beam",
    }
    named = settings.model_dump(mode="json", include=changing) | noted.settings
    named |= {"dedupe": job.dedupe} if job.dedupe else {}
    steps = step_versions(settings)
    return RunInfo(annotator=__version__, settings=named, engines={}, steps=steps, paths=noted.paths)


def _redo(job: Job, folder: RunFolder, redo: Redo, say: Say) -> None:
    """Make again what other settings touch, with the engines of the new ones, from the articles that are there."""
    files = ", ".join(name.removesuffix(".jsonl") for name in redo.files)
    say(f"{folder.register.count()} articles in {folder.path}: {files} are made again ({redo.difference})")
    _warn_of_dropped(folder, redo.info, say)
    with ExitStack() as stack:
        runner = _runner(job, is_isolated=False)
        pins = redo.info.engines
        work: Callable[[Sequence[Stored]], list[Redone]] = (
            partial(redo_in_worker, redo.files, *_for_worker(job, runner, pins))
            if runner.has_processes
            else partial(remake, redo.files, _own_pipeline(job, pins, say, stack))
        )
        batches = stored_batches(folder.path, redo.articles, files=redo.files)
        for redone in stack.enter_context(closing(runner.run(batches, work, lost=lost))):
            _store(redone, job.settings)
            redo = folder.write_redone(redo, redone)
    folder.end_redo()


def _warn_of_dropped(folder: RunFolder, wanted: RunInfo, say: Say) -> None:
    """Say which memories the run had and does not get any more: people may have made those translations."""
    for label in dropped(folder.info, wanted):
        path = path_of(folder.info, label)
        engine = f"{MEMORY_PREFIX}{label.rpartition(':')[0]}"
        with (folder.path / "translations.jsonl").open("rb") as lines:
            count = sum(Translation.model_validate_json(line).engine == engine for line in lines)
        fall = "translation falls" if count == 1 else "translations fall"
        keep = shlex.join(["--memory", path])
        say(f"warning: memory {path} is no longer given: its {count:,} {fall} away; add {keep} to keep what it holds")


def _runner(job: Job, *, is_isolated: bool) -> LocalRunner | RayRunner:
    if job.runner == "local":
        return LocalRunner(job.workers or 1, isolated=is_isolated)
    from annotator.preparation.on_ray import RayRunner

    return RayRunner(job.workers, job.address, threads=_threads(job.settings, 1))


def _threads(settings: Settings, fitting: int) -> int:
    """Return how many threads an engine gets: what somebody asked for, else what fits."""
    return fitting if settings.origin("threads").kind == "default" else settings.threads


def _work(
    job: Job, runner: LocalRunner | RayRunner, pins: Mapping[str, str], say: Say, stack: ExitStack
) -> Callable[[Sequence[Item]], list[Outcome]]:
    if runner.has_processes:
        return partial(pack_in_worker, *_for_worker(job, runner, pins), sketched=bool(job.dedupe))
    return partial(pack, _own_pipeline(job, pins, say, stack), sketched=bool(job.dedupe))


def _for_worker(
    job: Job, runner: LocalRunner | RayRunner, pins: Mapping[str, str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what a worker makes its pipeline of; together the engines have as many threads as there are cores."""
    fitting = max(1, system.usable_cores() // runner.workers) if job.runner == "local" else 1
    settings = job.settings.model_copy(update={"threads": _threads(job.settings, fitting)})
    return settings.model_dump_json(), tuple(sorted(pins.items()))


def _own_pipeline(job: Job, pins: Mapping[str, str], say: Say, stack: ExitStack) -> Pipeline:
    """The engines end with the run: a demo goes on serving for hours after it."""
    pipeline = make_pipeline(job.settings, pins=pins, say=say)
    stack.callback(pipeline.translator.close)
    return pipeline


def _reading(job: Job) -> dict[str, Any]:
    """Return what says how the inputs are read."""
    settings = job.settings
    return {"fields": settings.fields, "files_from": job.files_from, "pages": job.pages, "encoding": settings.encoding}


def _latest(job: Job) -> dict[str, str]:
    """Return the last revision of each id in the inputs."""
    outcomes = read(job.inputs, **_reading(job))
    return {outcome.article_id: outcome.revision for outcome in outcomes if isinstance(outcome, Article)}


def _drop_older(folder: RunFolder, latest: Mapping[str, str], report: PreparationReport, say: Say) -> None:
    """Take articles out of the folder whose text is another now, and list them."""
    older = {name for name, revision in folder.register.revisions() if latest.get(name, revision) != revision}
    for name in sorted(older):
        report.list_repeat(repeat(str(folder.path), name, SUPERSEDED, "the text that the folder had is replaced"))
    if older:
        say(f"{len(older)} articles in {folder.path} have another text now and are replaced")
        folder.drop(older)
