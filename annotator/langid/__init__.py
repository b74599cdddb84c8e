"""Which language a text is in: langdetect judges the article, everyday words and py3langid judge the unit.

Measured on 2,158 short texts and sentences of 16 languages: py3langid alone is right on .960 of texts of 3-5 words,
with `everyday_words.toml` on .971; langdetect on .826, hence its place at the article.
"""

from __future__ import annotations

from annotator.langid.identifier import KEPT_MODEL, LANGUAGES, Identifier, identify

__all__ = ["KEPT_MODEL", "LANGUAGES", "Identifier", "identify"]
