"""The examples of the written pages: what stands between fences, and what the word behind the language says of it.

| first line of the fence  | what the test does with it                                                              |
|--------------------------|-----------------------------------------------------------------------------------------|
| `sh`                     | runs it; it ends with 0                                                                 |
| `sh exit 3`              | runs it; it ends with 3                                                                 |
| `sh until-ready`         | runs it until it says that Ctrl-C stops it, and presses that                            |
| `python`                 | runs it, with the names of the blocks before it on the page                             |
| `text`                   | every line was printed by the block before it, in this order; `...` stands for anything |
| `LANGUAGE file: NAME`    | writes the file that the next blocks use                                                |
| `LANGUAGE not-run: WHY`  | nothing: it cannot run here                                                             |
| nothing                  | nothing: it is a drawing                                                                |
| `people label: "TITLE"`  | an HTML comment: two people label the units of that project                             |
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from commands import annotator

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_EXAMPLE = re.compile(r'^( *)```(\w*) ?(.*)\n((?s:.*?))^\1```$|^<!-- (people label): "(.*)" -->$', re.MULTILINE)
_OF_A_SHELL = re.compile(r"[|&;<>$`*?~\\]")


class Example(NamedTuple):
    """A block of a page: its language, what its first line says of it, and its text."""

    page: str
    line: int
    language: str
    how: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"


def examples(page: Path) -> list[Example]:
    """Return the examples of a page in their order."""
    text, name = page.read_text(encoding="utf-8"), page.relative_to(ROOT).as_posix()
    return [Example(name, text.count("\n", 0, found.start()) + 1, *_parts(found)) for found in _EXAMPLE.finditer(text)]


def why_not_run(example: Example) -> str:
    """Return why an example cannot run here; nothing where it does."""
    return example.how.removeprefix("not-run: ") if example.how.startswith("not-run: ") else ""


class Reader:
    """Somebody who works through a page: in a folder, with what was said last and the names of Python so far."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.said = ""
        self.names: dict[str, Any] = {}

    def follow(self, example: Example) -> None:
        """Do what an example says, and fail where it does not do what the page says."""
        if why_not_run(example) or not example.language:
            return
        if name := example.how.removeprefix("file: ") if example.how.startswith("file: ") else "":
            (self.folder / name).write_text(example.text, encoding="utf-8")
        elif example.language == "text":
            assert not missing(example.text, self.said), f"{example.place}: not printed:\n{self.said}"
        elif example.language == "python":
            self.said = self._python(example)
        else:
            assert (example.language, example.how[:5]) in {("sh", ""), ("sh", "exit ")}, f"{example.place}: runs how?"
            ended, self.said = self._shell(example.text)
            assert ended == int(example.how.removeprefix("exit ") or 0), f"{example.place}:\n{self.said}"

    def _python(self, example: Example) -> str:
        with redirect_stdout(StringIO()) as printed:
            exec(compile(example.text, example.place, "exec"), self.names)  # noqa: S102 - our own page
        return printed.getvalue()

    def _shell(self, script: str) -> tuple[int, str]:
        """Run commands of ours as functions, without the second that each takes to start, and the rest by a shell."""
        if _OF_A_SHELL.search(script) or not _is_ours(script):
            return self._process(script)
        said = ""
        for line in script.splitlines():
            ran = annotator(*shlex.split(line)[1:], environment=self.environment, folder=self.folder)
            said += ran.stderr.decode() + ran.stdout.decode()
            if ran.returncode:
                return ran.returncode, said
        return 0, said

    def _process(self, script: str) -> tuple[int, str]:
        ran = subprocess.run(
            ["sh", "-euc", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout


def missing(shown: str, said: str) -> list[str]:
    """Return the shown lines that were not printed, or not in this order. Blanks count as one."""
    printed = iter(_spaced(line) for line in said.splitlines())
    wanted = [line for line in map(_spaced, shown.splitlines()) if line != "..."]
    return [line for line in wanted if not any(_pattern(line).fullmatch(one) for one in printed)]


def _spaced(line: str) -> str:
    return " ".join(line.split())


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, line.split("..."))))


def _is_ours(script: str) -> bool:
    return all(line.startswith("annotator ") for line in script.splitlines())


def _parts(found: re.Match[str]) -> Iterator[str]:
    _margin, language, how, text, people, title = found.groups()
    yield from (people, "", title) if people else (language, how, dedent(text))
