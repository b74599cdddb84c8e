"""Source mentions as one tag a token."""

from __future__ import annotations

import pytest

from annotator.dataset.token_tags import tagged
from annotator.labels import Label
from annotator.models import AnnotationStatus, Mention, Record, RecordStatus, TaskData, Vote

TEXT = "Selon l’Insee, Le Monde et 市长说。"


def vote(who: int, *words: str, **known: object) -> Vote:
    starts = [TEXT.index(each) for each in words]
    spans = [(start, start + len(each), each) for start, each in zip(starts, words, strict=True)]
    mentions = tuple(Mention(start=a, end=b, article_start=a, article_end=b, text=text) for a, b, text in spans)
    said = {"annotator": f"a-{who}", "status": AnnotationStatus.LABELLED, "label": Label.SOURCED, "mentions": mentions}
    return Vote.model_validate(said | known)


def tags(*votes: Vote, text: str = TEXT) -> str:
    blank = dict.fromkeys(TaskData.model_fields, "") | {"kind": "sentence", "block": "paragraph", "position": 0}
    data = TaskData.model_validate(blank | {"start": 0, "end": len(text), "source_text": text})
    record = Record(data=data, revision="", status=RecordStatus.LABELLED, votes=votes)
    return " ".join(f"{token}/{tag[0]}" for token, tag in zip(*tagged(record), strict=True))


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([vote(1, "l’Insee", "Le Monde")], "Selon/O l/B ’/I Insee/I ,/O Le/B Monde/I et/O 市/O 长/O 说/O 。/O"),
        ([vote(1, "市长")], "Selon/O l/O ’/O Insee/O ,/O Le/O Monde/O et/O 市/B 长/I 说/O 。/O"),
        ([vote(1, "l’Ins")], "Selon/O l/B ’/I Insee/I ,/O Le/O Monde/O et/O 市/O 长/O 说/O 。/O"),
        ([vote(1, "Le"), vote(2)], "Selon/O l/O ’/O Insee/O ,/O Le/O Monde/O et/O 市/O 长/O 说/O 。/O"),
        (
            [vote(1, "Le Monde"), vote(2, "Monde"), vote(3, "Monde")],
            "Selon/O l/O ’/O Insee/O ,/O Le/O Monde/B et/O 市/O 长/O 说/O 。/O",
        ),
        (
            [vote(1, "Le"), vote(2, "Le"), vote(3, "市", adjudication="the mayor")],
            "Selon/O l/O ’/O Insee/O ,/O Le/O Monde/O et/O 市/B 长/O 说/O 。/O",
        ),
    ],
    ids=["two mentions", "no blanks", "ends within a word", "half of them", "most begin later", "a verdict decides"],
)
def test_token_is_in_a_mention_where_most_of_those_who_decide_say_so(votes: list[Vote], expected: str) -> None:
    assert tags(*votes) == expected


def test_unit_without_an_answer_or_without_its_text_has_no_tokens() -> None:
    assert tags() == tags(vote(1), text="") == ""
