"""Taking an article out of a dataset for good: everything but its records is made anew from those that stay.

The manifest keeps a digest of its id, by which a later export into the folder leaves the article out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from annotator.dataset import build, formats
from annotator.dataset.about import About
from annotator.dataset.articles import ARTICLES, Joined
from annotator.dataset.collect import ExportReport, SourceReport
from annotator.dataset.folder import DatasetFolder, dataset_folder, earlier_manifest
from annotator.dataset.forgotten import digest_of
from annotator.dataset.formats import FormatOptions, jsonl, table
from annotator.dataset.leakage import Leakage, UnitTexts
from annotator.dataset.reading import of_dataset
from annotator.dataset.splits import NAMES, SPLITS
from annotator.dataset.verify import PAGE
from annotator.errors import UsageError
from annotator.models import AnnotationStatus, Manifest, Record, Retention

_OWN_ANSWERS = frozenset(AnnotationStatus) - {AnnotationStatus.UNLABELLED}


class InDataset(NamedTuple):
    """What a dataset holds of an article."""

    records: int
    answers: int
    is_forgotten: bool
    """Whether it was taken out before, perhaps by a start that was killed on the way."""


def look(out: Path, article_id: str) -> InDataset:
    """Return what a dataset holds of the article. Nothing is changed.

    Raises:
        UsageError: it is not a dataset, or its records are damaged.
    """
    manifest = _manifest_of(out)
    try:
        with dataset_folder(out, build.NAMES, frozenset(manifest.files)):
            held = [record for record in of_dataset(out) if record.data.article_id == article_id]
    except UsageError as error:
        hint = "put it back as it was, or export the dataset again without the article"
        raise UsageError(f"--dataset {error.message}", hint=hint) from error
    return InDataset(len(held), sum(map(_own, held)), digest_of(article_id) in manifest.forgotten)


def forget(out: Path, article_id: str) -> None:
    """Take the article out of every file of the dataset. A kill on the way is finished by the same call.

    Raises:
        UsageError: it is not a dataset, or a file of it was changed since it was written.
    """
    manifest = _manifest_of(out)
    names = [name for name in formats.FORMATS if formats.files([name]) - {jsonl.RECORDS} & manifest.files.keys()]
    options = FormatOptions(tuple(names), *_form_of_csv(out / table.FILE))
    with dataset_folder(out, build.NAMES, frozenset(manifest.files)) as folder:
        held = [record for record in of_dataset(folder.target) if record.data.article_id == article_id]
        report = _report(manifest, held if digest_of(article_id) not in manifest.forgotten else [])
        records = (record for record in of_dataset(folder.target) if record.data.article_id != article_id)
        with UnitTexts() as texts:
            splits: list[int] = []
            by_article = _by_article(records, report, texts, splits)
            build.write_records(folder.draft, by_article, report, options, lambda _done: None)
            # Of units whose text is not here nobody can tell any more: they count as before.
            is_bare = bool(report.retention[Retention.OFFSETS])
            report.leakage = Leakage(**manifest.leakage) if is_bare else texts.leakage(splits)
        report.joined = _articles(folder, article_id)
        _splits(folder, article_id)
        shares = json.loads((folder.draft / SPLITS).read_bytes())["shares"]
        report.empty_splits = tuple(name for name, share in shares.items() if share and not report.splits[name])
        about = About.model_validate(manifest.about)
        forgotten = tuple(sorted({*manifest.forgotten, digest_of(article_id)}))
        made = build.described(folder.draft, manifest.sources, report, about)
        (folder.target / PAGE).unlink(missing_ok=True)  # it shows units of the article, and numbers with it
        folder.publish(made.model_copy(update={"forgotten": forgotten}))


def _manifest_of(out: Path) -> Manifest:
    manifest = earlier_manifest(out)
    if manifest is None:
        raise UsageError(
            f"--dataset {out}: not a dataset folder; nothing was touched", hint="annotator export makes one"
        )
    if not manifest.about:
        hint = "export it again from its answers, then forget the article"
        raise UsageError(f"--dataset {out}: made by an earlier version, which kept no title of it", hint=hint)
    return manifest


def _own(record: Record) -> int:
    return sum(not vote.adjudication and vote.status in _OWN_ANSWERS for vote in record.votes)


def _report(manifest: Manifest, held: Iterable[Record]) -> ExportReport:
    """Return what was counted of the sources, less what the article's records show of it."""
    counts = manifest.counts
    taken = list(held)
    verdicts = sum(bool(vote.adjudication) for record in taken for vote in record.votes)
    collected = SourceReport(
        annotations=counts.get("annotations", 0) - sum(map(_own, taken)),
        verdicts=counts.get("verdicts", 0) - verdicts,
        matched=counts.get("matched", 0),
        set_aside=Counter(manifest.set_aside),
        servers={str(number) for number in range(counts.get("servers", 0))},
        unnamed=max(0, counts.get("no_server", 0) - sum(not vote.server for record in taken for vote in record.votes)),
    )
    return ExportReport(collected, manifest.policies, crossed_out=counts.get("crossed_out", 0))


def _by_article(
    records: Iterable[Record], report: ExportReport, texts: UnitTexts, splits: list[int]
) -> Iterator[Record]:
    for _, units in groupby(records, key=lambda record: record.data.article_id):
        report.articles += 1
        of_article = list(units)
        texts.add("\n".join(record.data.source_text for record in of_article))
        splits.append(NAMES.index(of_article[0].split) if of_article[0].split in NAMES else len(NAMES))
        yield from of_article


def _form_of_csv(path: Path) -> tuple[bool, str]:
    """Return whether the table begins with a byte order mark, and what stands between its cells."""
    if not path.is_file():
        return False, ","
    with path.open("rb") as stream:
        head = stream.readline()
    text = head.decode("utf-8-sig")
    return head.startswith(b"\xef\xbb\xbf"), text.removeprefix(table.COLUMNS[0])[:1]


def _articles(folder: DatasetFolder, article_id: str) -> Joined:
    revisions = known = 0
    with (folder.target / ARTICLES).open("rb") as old, (folder.draft / ARTICLES).open("wb") as new:
        for line in old:
            article = json.loads(line)
            if article["article_id"] != article_id:
                new.write(line)
                revisions += 1
                known += article["length"] is not None
    return Joined(revisions, known)


def _splits(folder: DatasetFolder, article_id: str) -> None:
    """Write the splits without the article; of its near-duplicates the first takes its place."""
    splits: dict[str, Any] = json.loads((folder.target / SPLITS).read_bytes())
    splits["articles"].pop(article_id, None)
    alike: Mapping[str, str] = splits["near_duplicates"]
    orphans = sorted(name for name, root in alike.items() if root == article_id)
    new = dict.fromkeys(orphans[1:], orphans[0]) if orphans else {}
    splits["near_duplicates"] = {
        name: new.get(name, root) for name, root in alike.items() if name not in (article_id, *orphans[:1])
    }
    (folder.draft / SPLITS).write_text(_as_written(splits), encoding="utf-8", newline="\n")


def _as_written(splits: Mapping[str, Any]) -> str:
    """Return the file as `splits.write_splits` has it: a member a line."""
    head = json.dumps({name: splits[name] for name in splits if name not in ("articles", "near_duplicates")})[:-1]
    lists = (f'"{name}": {_members(splits[name])}' for name in ("articles", "near_duplicates"))
    return f"{head}, {', '.join(lists)}}}\n"


def _members(members: Mapping[str, str]) -> str:
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value)}" for name, value in members.items()
    )
    return f"{{\n{lines}\n}}" if lines else "{}"
