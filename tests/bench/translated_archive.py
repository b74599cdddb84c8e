"""An archive with translation: what `prepare` costs beside its engine, which is run alone on the very same batches.

The engine alone is CTranslate2 with every call that the run made of it, second tries included, on one thread as there.
What a worker has once (it starts, loads models of languages, compiles the rules of suggestions, meets the common words)
is left out by taking the cost of the first articles off that of all of them, from both sides.
CPU times, the best of several turns, so that other work on the machine counts little. `python
tests/bench/translated_archive.py [ARTICLES]` prints the table and leaves with 1 when the whole takes more than 1.15
times what the engine alone takes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus import rows

from annotator.cli import main as command_line
from annotator.translation import installer
from annotator.translation.cache import CACHE_FILE
from annotator.translation.packages import installed_packages

FIXTURE = Path(__file__).parents[2] / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
ARTICLES, FIRST, TURNS, MOST = 60, 10, 3, 1.15
COMMAND = "import sys; from annotator.cli import main; main(sys.argv[1:])"
RECORDED = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from translated_archive import record;"
    " record(sys.argv[1], sys.argv[2:])"
)
Call = tuple[list[list[str]], dict[str, Any]]


def record(calls: str, arguments: list[str]) -> None:
    """Run the command and keep what CTranslate2 was asked, a call a line."""
    import ctranslate2

    translator: Any = ctranslate2.Translator  # type: ignore[attr-defined]

    class Recorder:
        def __init__(self, path: str, **options: object) -> None:
            self._network = translator(path, **options)

        def translate_batch(self, source: list[list[str]], **options: object) -> Any:
            with Path(calls).open("a", encoding="utf-8") as stream:
                stream.write(f"{json.dumps([source, options])}\n")
            return self._network.translate_batch(source, **options)

    ctranslate2.Translator = Recorder  # type: ignore[attr-defined]
    command_line(arguments)


def alone(model: Path, calls: Sequence[Call]) -> float:
    """Return the CPU seconds of CTranslate2 for all of the calls."""
    import ctranslate2

    network: Any = ctranslate2.Translator(str(model), inter_threads=1, intra_threads=1)  # type: ignore[attr-defined]
    network.translate_batch([["▁a"]])
    started = time.process_time()
    for source, options in calls:
        network.translate_batch(source, **options)
    return time.process_time() - started


class Archive:
    """French articles of a newspaper's lengths in a folder, beside the model that translates them."""

    def __init__(self, folder: Path, articles: int) -> None:
        self.folder = folder
        french = (row for row in rows(3 * articles) if row["site"].startswith("fr."))
        lines = [json.dumps(row, ensure_ascii=False) for row in islice(french, articles)]
        (folder / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
        (folder / "first.jsonl").write_text("\n".join(lines[:FIRST]), encoding="utf-8")
        (folder / "annotator.toml").write_text("threads = 1\n", encoding="utf-8")
        installer.add(FIXTURE, packages_dir=folder / "packages")
        (self.package,) = installed_packages(folder / "packages")

    def prepare(self, source: str, translator: str, *code: str) -> float:
        """Prepare the articles anew, with an empty cache; return the CPU seconds of the command."""
        for made in (self.folder / "run", *self.folder.glob(f"data/{CACHE_FILE}*")):
            shutil.rmtree(made) if made.is_dir() else made.unlink(missing_ok=True)
        own = {"ARGOS_PACKAGES_DIR": str(self.folder / "packages"), "ANNOTATOR_DATA_DIR": str(self.folder / "data")}
        command = [sys.executable, "-c", *(code or [COMMAND]), "prepare", source, "--out", "run", "--quiet"]
        before = os.times()
        subprocess.run([*command, "--translator", translator], cwd=self.folder, env={**os.environ, **own}, check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    def calls(self, source: str) -> list[Call]:
        """Return what a run asks of CTranslate2."""
        listed = self.folder / f"calls-{source}"
        self.prepare(source, "argos", RECORDED, str(listed))
        return [tuple(json.loads(line)) for line in listed.read_text(encoding="utf-8").splitlines()]

    def seconds(self, source: str, calls: Sequence[Call]) -> dict[str, float]:
        """Return the CPU seconds of each way, the least of several turns."""
        turns = [
            {
                "engine": alone(self.package.folder / "model", calls),
                "whole": self.prepare(source, "argos"),
                "rest": self.prepare(source, "none"),
            }
            for _ in range(TURNS)
        ]
        return {what: min(turn[what] for turn in turns) for what in turns[0]}


def main(articles: int) -> int:
    """Print the table and return 1 when the floor is missed."""
    with tempfile.TemporaryDirectory() as name:
        archive = Archive(Path(name), articles)
        calls, first_calls = archive.calls("all.jsonl"), archive.calls("first.jsonl")
        every, first = archive.seconds("all.jsonl", calls), archive.seconds("first.jsonl", first_calls)
    cost = {what: every[what] - first[what] for what in every}
    whole, translation = cost["whole"] / cost["engine"], (cost["whole"] - cost["rest"]) / cost["engine"]
    once = first["whole"] - whole * first["engine"]
    texts = sum(len(source) for source, _ in calls)
    print(f"{articles} articles, {len(calls)} calls of the engine with {texts:,} texts, one thread")
    print(
        f"  CPU of all but the first {FIRST}: the engine alone {cost['engine']:.1f} s, prepare {cost['whole']:.1f} s,"
    )
    print(f"  without an engine {cost['rest']:.1f} s; what a worker has once takes {once:.1f} s")
    print(f"  of the engine alone: translation {translation:.2f}, the whole {whole:.2f} (at most {MOST})")
    return int(whole > MOST)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else ARTICLES))
