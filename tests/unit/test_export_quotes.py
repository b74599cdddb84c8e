"""What a Web Annotation quotes stands in the article, once."""

from __future__ import annotations

from pathlib import Path

import pytest
import quotes


@pytest.mark.parametrize("text", quotes.TEXTS.values(), ids=quotes.TEXTS)
def test_prefix_exact_and_suffix_stand_in_the_article_once(text: str, tmp_path: Path) -> None:
    for quote, (start, words) in quotes.selectors(text, tmp_path):
        whole = quote.get("prefix", "") + quote["exact"] + quote.get("suffix", "")
        first = text.find(whole)
        assert (first + len(quote.get("prefix", "")), quote["exact"]) == (start, words)
        assert text.find(whole, first + 1) == -1
