"""What the steps around the engines make of recorded outputs: a change needs a new version of the step."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from annotator.translation import checks, flow, protection, repairs, reporting
from annotator.translation.apertium import ApertiumTranslator
from annotator.translation.argos import ArgosTranslator

RECORDED = Path(__file__).parents[1] / "gates" / "data" / "translation_checks.tsv"

GOLDEN = {"1.1.1.1": "e6ae928576e94753", "1.1.1.2": "edc592c2aab7cc5a", "1.1.1.3": "b9448e45c877e651",
          "1.1.2.3.1": "4d1736838c9d1648", "1.1.3.4.1": "a2e0bc211d319b83",
          "1.1.4.5.1": "ae08195cbdaa58f8", "2.1.5.6.1": "6760d358b074ea1f",
          "2.1.5.7.1": "6760d358b074ea1f"}  # fmt: skip


def made() -> str:
    with RECORDED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    total = hashlib.sha256()
    for row in rows:
        marked = protection.protect(row["source"])
        marked = protection.with_phrases(marked, reporting.set_phrases(marked.template, ("fr", "en")))
        repaired = repairs.repair(
            row["translation"], row["source"], pair=("fr", "en"), rule_based=row["engine"] == "apertium"
        )
        pair = checks.TextPair(row["source"], repaired, "fr", "en", tuple(row["unknown"].split()))
        warned = [warning.model_dump() for warning in checks.check(pair)]
        total.update(json.dumps([marked.before, marked.template, marked.kept, repaired, warned]).encode())
    return total.hexdigest()[:16]


def test_a_step_that_makes_something_else_has_a_new_version() -> None:
    """When this fails: raise VERSION of the step that changed and add the new line; never edit an old one."""
    assert GOLDEN.get(flow.STEPS) == made()


def test_the_versions_of_the_steps_are_in_those_of_the_translators(tmp_path: Path) -> None:
    for translator in (ArgosTranslator(tmp_path), ApertiumTranslator()):
        assert translator.version.endswith(flow.STEPS)
