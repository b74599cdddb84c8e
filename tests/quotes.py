"""Texts with repeats, line ends and signs of several code points, answered, as the selectors of Web Annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import annotator
from annotator.answers import records_of
from annotator.dataset.formats import web_annotation

_REFRAIN = "Le maire a refusé. Le préfet a insisté. Le maire a refusé. La séance a été levée.\n\nLe maire a refusé."
TEXTS = {
    "refrain": _REFRAIN,
    "a long refrain": "\n\n".join([_REFRAIN] * 3),
    "one line end in a sentence": "Selon\nl’Insee, le chômage\nrecule. Selon l’Insee, le chômage recule.",
    "emoji": "Bravo 👩‍👩‍👧 ! Selon le maire, tout va bien 🎉. Bravo 👩‍👩‍👧 !",
    "no blanks": "市长拒绝了。省长坚持。市长拒绝了。",
}
Place = tuple[int, str]


def selectors(text: str, folder: Path) -> list[tuple[dict[str, str], Place]]:
    """Prepare and answer a text, its units and a mention in each; return each quote, and where and what it is."""
    (folder / "a.txt").write_text(text, encoding="utf-8", newline="\n")
    (done,) = annotator.prepare(annotator.read([folder / "a.txt"]), to="fr")
    assert isinstance(done, annotator.Processed)
    source = folder / "answered.jsonl"
    source.write_text("".join(_answered(task, number) for number, task in enumerate(done.tasks, 1)), encoding="utf-8")
    with records_of([source], progress=lambda _: None) as stream:
        items = [item for record in stream.records for item in web_annotation.of_record(record)]
    pairs = [item["target"]["selector"] for item in items]
    return [(quote, (at["start"], done.article.text[at["start"] : at["end"]])) for quote, at in pairs]


def _answered(task: annotator.Task, number: int) -> str:
    row: dict[str, Any] = task.model_dump(mode="json")
    words = row["data"]["source_text"]
    span = {"start": len(words) // 2, "end": len(words), "text": words[len(words) // 2 :], "labels": ["source mention"]}
    result = [
        {"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["sourced"]}},
        {"from_name": "mentions", "to_name": "unit", "type": "labels", "value": span},
    ]
    row |= {"id": number, "project": 1, "annotations": [{"id": number, "completed_by": 1, "result": result}]}
    return json.dumps(row, ensure_ascii=False) + "\n"
