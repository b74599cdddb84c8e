"""The page for scripts says every exit code, every reason of a failure and every code of a warning there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain

from pages import ROOT

from annotator import failures
from annotator.dataset.collect import NO_UNIT_ID
from annotator.dataset.forgotten import FORGOTTEN
from annotator.errors import ExitCode
from annotator.labelstudio.wire import REASONS
from annotator.preparation import report, work
from annotator.translation.checks import CHECKS

PAGE = (ROOT / "docs/reference/scripts.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(heading: str) -> Iterator[list[str]]:
    for line in part(heading).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.split("|")[1:-1]]


def words(heading: str) -> set[str]:
    """The words that stand in the first cell of a row."""
    return {word for cells in rows(heading) for word in re.findall("`(.*?)`", cells[0])}


def test_every_exit_code_is_on_the_page() -> None:
    assert [int(cells[0]) for cells in rows("Exit codes") if cells[0].isdigit()] == list(ExitCode)


def test_every_failure_reason_is_on_the_page_and_no_other() -> None:
    of_constants = {failures.INTERNAL, work.KILLED, NO_UNIT_ID, FORGOTTEN, "no_reason"}
    assert words("Failure reasons") == of_constants | set(REASONS) | failures.LOST | set(_constants("reason"))
    assert all(f"`{reason}`" in part("Failure reasons") for reason in (report.DUPLICATE, report.SUPERSEDED))


def test_every_warning_code_is_on_the_page_and_no_other() -> None:
    assert words("Warning codes") == set(CHECKS) | set(_constants("code"))


def _constants(keyword: str) -> Iterator[str]:
    """What stands in the code as the reason of an `InputError` or a `Failure`, or the code of a warning."""
    calls = {"reason": ("InputError", "Failure"), "code": ("TranslationWarning", "empty_translations")}[keyword]
    for path in (ROOT / "annotator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in calls:
                continue
            given = [item.value for item in node.keywords if item.arg == keyword]
            if node.func.id == "empty_translations":
                given = node.args[1:2]
            if not (keyword == "reason" and path.parent.name == "translation"):  # a model's archive is no input
                choices = [(item.body, item.orelse) if isinstance(item, ast.IfExp) else (item,) for item in given]
                yield from (str(item.value) for item in chain(*choices) if isinstance(item, ast.Constant))
