"""Blocks, sentences and clauses: where the claim units of an article begin and end."""

from __future__ import annotations

from annotator.segmentation.blocks import sentence_spans
from annotator.segmentation.long_sentences import split_long
from annotator.segmentation.rules import rules_for
from annotator.segmentation.segmenter import RuleSegmenter

__all__ = ["RuleSegmenter", "segment"]


def segment(text: str, lang: str) -> list[tuple[int, int]]:
    """Return the spans of the units of a whole plain text in the language, also of those a segmenter sets aside."""
    return [part for span in sentence_spans(text, 0, len(text), rules_for(lang)) for part in split_long(text, *span)]
