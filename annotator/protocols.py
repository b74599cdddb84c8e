"""The plug points. Each part has a name and a version; both go into the signature of what it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from annotator.models import Article, Language, Prediction, Translation

T = TypeVar("T")
R = TypeVar("R")


class LanguageIdentifier(Protocol):
    """Tells which language a text is in. Deterministic and safe in threads; never raises on a text."""

    name: str
    version: str

    def article(self, text: str, declared: str = "") -> Language:
        """Identify the language of a whole article, whose source may declare one (`pt-BR`)."""

    def unit(self, text: str, prior: Language) -> Language:
        """Identify the language of a short text inside an article in `prior`."""


class Segmenter(Protocol):
    """Finds blocks, asides and units."""

    name: str
    version: str

    def segment(self, article: Article, identifier: LanguageIdentifier) -> Article:
        """Return the article with its blocks, asides and units.

        Blocks and asides that the reader set (from HTML, or a metadata head) stay as they are.
        """


class Translator(Protocol):
    """Turns texts into another language, many at a time."""

    name: str
    version: str

    def serves(self, source: str, target: str) -> bool:
        """Tell whether the pair can be translated here and now, without the network."""

    def engine(self, source: str, target: str) -> str:
        """Return what translates the pair, as it stands in `Translation.engine` and in the signature."""

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order.

        A text that cannot be translated comes back as an empty translation with a warning that names the reason.

        Raises:
            TranslationError: the engine as a whole is broken.
        """

    def close(self) -> None:
        """End the processes and free the models behind it. Closing twice is harmless."""


class Predictor(Protocol):
    """Suggests a label from the unit and the units around it."""

    name: str
    version: str

    def predict(self, article: Article) -> list[Prediction]:
        """Return one prediction per unit of the article, in order; its label is none below the threshold."""


class Runner(Protocol):
    """Applies one pure function to many batches, here or elsewhere, and gives the outcomes back in order."""

    name: str
    version: str

    def run(
        self, batches: Iterable[Sequence[T]], work: Callable[[Sequence[T]], list[R]], *, lost: Callable[[T, str], R]
    ) -> Iterator[list[R]]:
        """Yield `work(batch)` for every batch, in the order of the batches.

        An item whose processing ends the process twice, among others and alone, becomes `lost(item, how it ended)`.
        """
