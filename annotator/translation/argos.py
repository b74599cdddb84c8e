"""Argos packages, run on CTranslate2 directly: all texts of a call together, no sentence splitter, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from annotator.errors import TranslationError, UsageError
from annotator.models import Translation
from annotator.translation import flow
from annotator.translation.cache import AnyCache
from annotator.translation.glossary import NO_TERMS, Glossary
from annotator.translation.packages import Package, installed_packages
from annotator.translation.protection import as_numbers, as_sentinels, from_numbers, from_sentinels
from annotator.translation.reshape import shorten

PIVOT = "en"
VERSION = "1"

# Past this many tokens models trained on sentences lose their thread, and CTranslate2 stops without a word at
# 1,024 tokens of input and 256 of output.
_MOST_TOKENS = 150


@dataclass(frozen=True)
class Decoding:
    """How CTranslate2 runs a model. Beam, device and compute type change what comes out."""

    beam: int = 4
    threads: int = 2
    device: str = "cpu"
    compute_type: str = "auto"
    # Python hears no Ctrl-C while CTranslate2 works: 1,024 tokens take a fifth of a second with the fixture's model,
    # and 557 sentences cost a tenth less CPU than in batches of 4,096.
    batch_tokens: int = 1024


class ArgosTranslator:
    """Translates with the packages installed in one folder, through English where there is no direct one."""

    name = "argos"
    version = f"{VERSION}.{flow.STEPS}"

    def __init__(
        self,
        packages_dir: Path,
        *,
        decoding: Decoding = Decoding(),
        cache: AnyCache | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self._packages_dir = packages_dir
        self._decoding = decoding
        self._cache = cache
        self._glossary = glossary
        self._engines: dict[tuple[str, str], ArgosEngine] = {}

    def serves(self, source: str, target: str) -> bool:
        """Tell whether a package, or two by way of English, are installed for the pair."""
        return bool(self._route(source, target))

    def engine(self, source: str, target: str) -> str:
        """Return for example `argos fr_en-1.9`, or `argos de_en-1.0+en_fr-1.9`."""
        return engine_name(self._route(source, target))

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order, in as few batches as possible.

        Raises:
            TranslationError: no package serves the pair, or one cannot be loaded.
        """
        engine = self._open(source, target)
        terms = self._glossary.terms(source, target) if self._glossary else NO_TERMS
        direction = flow.Direction(
            engine,
            source,
            target,
            rule_based=False,
            sentinels=engine.sentinels,
            terms=terms,
            is_steady=engine.is_steady,
        )
        return flow.translate(direction, texts, cache=self._cache)

    def close(self) -> None:
        """Free the models."""
        while self._engines:
            self._engines.popitem()[1].close()

    @cached_property
    def _installed(self) -> dict[tuple[str, str], Package]:
        return {package.pair: package for package in installed_packages(self._packages_dir)}

    def _route(self, source: str, target: str) -> list[Package]:
        return find_packages(self._installed, source, target)

    def _open(self, source: str, target: str) -> ArgosEngine:
        if (source, target) not in self._engines:
            route = self._route(source, target)
            if not route:
                hint = f"annotator models install {source} {target}"
                raise TranslationError(f"no argos package translates {source} to {target}", hint=hint)
            decoding = replace(self._decoding, device=device_for(self._decoding.device))
            self._engines[source, target] = ArgosEngine([Model(package, decoding) for package in route])
        return self._engines[source, target]


def device_for(asked: str) -> str:
    """Return where CTranslate2 is to work: `auto` is a GPU where there is one.

    Raises:
        UsageError: a GPU is asked for, and there is none that CTranslate2 can use.
    """
    if asked == "cpu":
        return asked
    import ctranslate2

    try:
        gpus: int = ctranslate2.get_cuda_device_count()  # type: ignore[attr-defined]
    except (RuntimeError, ValueError):  # a driver that does not fit
        gpus = 0
    if asked == "cuda" and not gpus:
        hint = "--device cpu, or --device auto; nvidia-smi lists the GPUs that the driver knows"
        raise UsageError("CTranslate2 finds no GPU here, and --device asks for one (cuda)", hint=hint)
    return "cuda" if gpus else "cpu"


def find_packages(by_pair: Mapping[tuple[str, str], Package], source: str, target: str) -> list[Package]:
    """Return the package of a pair, or the two that go through English; nothing where one is missing."""
    if direct := by_pair.get((source, target)):
        return [direct]
    first, second = by_pair.get((source, PIVOT)), by_pair.get((PIVOT, target))
    return [first, second] if first and second else []


def engine_name(route: Sequence[Package]) -> str:
    """Return the name of a route: `argos fr_en-1.9`."""
    return "argos " + "+".join(package.label for package in route)


class ArgosEngine:
    """One model, or two in a row."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self.name = engine_name([model.package for model in models])
        self.via = PIVOT if len(models) > 1 else ""

    @cached_property
    def model(self) -> str:
        """Digest of the packages' files."""
        return "+".join(model.package.digest for model in self._models)

    @property
    def options(self) -> str:
        """What changes the output: not threads, not the size of batches."""
        decoding = self._models[0].decoding
        sentinels = f", {self.sentinels} sentinels" if self.sentinels else ""
        device = "" if decoding.device == Decoding.device else f", {decoding.device}"
        return f"beam {decoding.beam}, {decoding.compute_type}{sentinels}{device}"

    @property
    def differs(self) -> str:
        """Those of them that are no default: `beam 2`, `cuda float16`."""
        decoding = self._models[0].decoding
        given = {"device": decoding.device, "compute_type": decoding.compute_type}
        where = " ".join(value for name, value in given.items() if value != getattr(Decoding, name))
        beam = "" if decoding.beam == Decoding.beam else f"beam {decoding.beam}"
        return ", ".join(filter(None, (beam, where)))

    @property
    def sentinels(self) -> int:
        """How many marks come through all of its models as words of their own."""
        return min(len(model.package.sentinels) for model in self._models)

    @property
    def is_steady(self) -> bool:
        """Whether a text comes out alike in whatever batch: not on a GPU, whose sums depend on a batch's shape.

        On a CPU 400 sentences came out alike in batches of any mixture, with int8 and with float32.
        """
        return self._models[0].decoding.device == "cpu"

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        """Translate the texts; careful means another beam and no phrase twice."""
        outputs: list[str | None] = list(texts)
        for model in self._models:
            translatable = [text for text in outputs if text is not None]
            answers = iter(model.run(translatable, careful=careful))
            outputs = [None if text is None else next(answers) for text in outputs]
        return outputs

    def close(self) -> None:
        """Free the models."""
        for model in self._models:
            model.close()


def _with_marks(output: str, table: dict[str, str]) -> str | None:
    is_numbered = all(map(str.isdecimal, table))
    return from_numbers(output, table) if is_numbered else from_sentinels(output, table)


class _Network(Protocol):
    """What is used of `ctranslate2.Translator`."""

    def translate_batch(self, source: list[Sequence[str]], **options: object) -> list[Any]:
        """Translate tokenized texts."""


class Model:
    """One package's tokenizer and network, loaded at the first text."""

    def __init__(self, package: Package, decoding: Decoding) -> None:
        self.package = package
        self.decoding = decoding

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        """Translate the texts; marks in them go in as sentinels or numbers, and in another way where those got lost."""
        first = [self._with_stand_ins(text) for text in texts]
        outputs = self._translate([text for text, _ in first], careful=careful)
        restored = [
            _with_marks(output, table) if output is not None else None
            for output, (_, table) in zip(outputs, first, strict=True)
        ]
        lost = [index for index, output in enumerate(restored) if output is None and first[index][1]]
        second = [as_numbers(texts[index]) if self.package.sentinels else (texts[index], {}) for index in lost]
        retried = self._translate([text for text, _ in second], careful=careful)
        for index, output, (_, table) in zip(lost, retried, second, strict=True):
            restored[index] = _with_marks(output, table) if output is not None else None
        return restored

    def _with_stand_ins(self, text: str) -> tuple[str, dict[str, str]]:
        """Return the text with something for its marks that the model can copy, and what stands for which mark."""
        marked, table = as_sentinels(text, self.package.sentinels)
        return (marked, table) if table else as_numbers(text)

    def _translate(self, texts: Sequence[str], *, careful: bool) -> list[str | None]:
        """Translate all at once; where CTranslate2 refuses, each text alone, so that a bad text costs only itself."""
        if problem := self.package.tokenizer_problem():
            raise self._broken(f"the tokenizer cannot be loaded: {problem}")
        encode = cache(self.package.tokenizer.encode)
        parts = [shorten(text, lambda text: len(encode(text)) <= _MOST_TOKENS) for text in texts]
        try:
            tokens = self._batch([encode(part) for pieces in parts for part in pieces], careful=careful)
        except RuntimeError:
            if len(texts) == 1:
                return [None]
            return [output for text in texts for output in self._translate([text], careful=careful)]
        outputs = map(self._decode, tokens)
        return [" ".join(next(outputs) for _ in pieces) for pieces in parts]

    def close(self) -> None:
        """Free the network."""
        self.__dict__.pop("_network", None)

    @cached_property
    def _network(self) -> _Network:
        import ctranslate2

        try:
            network: _Network = ctranslate2.Translator(  # type: ignore[attr-defined]
                str(self.package.folder / "model"),
                device=self.decoding.device,
                inter_threads=1,
                intra_threads=self.decoding.threads,
                compute_type=self.decoding.compute_type,
            )
            if self.decoding.device == "cuda":  # what CUDA itself lacks, it says at the first text, of every text
                network.translate_batch([["▁"]])
        except (RuntimeError, ValueError) as error:
            if self.decoding != replace(self.decoding, device=Decoding.device, compute_type=Decoding.compute_type):
                asked = f"device {self.decoding.device}, compute type {self.decoding.compute_type}"
                hint = "--device cpu --compute-type auto"
                raise UsageError(f"{self.package.label} cannot run here ({asked}): {error}", hint=hint) from error
            raise self._broken(f"the model cannot be loaded: {error}") from error
        return network

    def _broken(self, problem: str) -> TranslationError:
        hint = f"annotator models remove {self.package.source} {self.package.target}, then install it again"
        return TranslationError(f"{self.package.folder}: {problem}", hint=hint)

    def _batch(self, texts: Sequence[Sequence[str]], *, careful: bool) -> list[list[str]]:
        """Translate tokens, longest first, in one call a batch: Python hears Ctrl-C only between calls.

        What a text becomes does not depend on the texts beside it: 500 sentences came out alike in one call, in calls
        of 37, backwards and alone.
        """
        answers: list[list[str]] = [[] for _ in texts]
        for batch in self._batches([len(tokens) for tokens in texts]):
            outputs = self._call([texts[index] for index in batch], careful=careful)
            for index, tokens in zip(batch, outputs, strict=True):
                answers[index] = tokens
        return answers

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Cut the indices of texts into batches, longest first; each text counts as long as the longest beside it."""
        batch: list[int] = []
        for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
            if batch and (len(batch) + 1) * lengths[batch[0]] > self.decoding.batch_tokens:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _call(self, texts: list[Sequence[str]], *, careful: bool) -> list[list[str]]:
        """Decode as argostranslate 1.11 does in `apply_packaged_translation`, so that the text is the same."""
        prefix = self.package.prefix
        careful_options = {"beam_size": self.decoding.beam + 2, "no_repeat_ngram_size": 4, "repetition_penalty": 1.1}
        options: dict[str, Any] = {"beam_size": self.decoding.beam, "length_penalty": 0.2, "replace_unknowns": True}
        batches = self._network.translate_batch(
            texts,
            target_prefix=[[prefix]] * len(texts) if prefix else None,
            max_batch_size=self.decoding.batch_tokens,
            batch_type="tokens",
            **options | (careful_options if careful else {}),
        )
        return [batch.hypotheses[0] for batch in batches]

    def _decode(self, tokens: list[str]) -> str:
        """Join the tokens. Unlike argostranslate's own decoding this leaves a `_` alone."""
        tokenizer = self.package.tokenizer
        if hasattr(tokenizer, "lazy_processor"):
            text: str = tokenizer.lazy_processor().decode_pieces(tokens).replace("▁", " ")
        else:
            text = tokenizer.decode(tokens)
        return text.removeprefix(self.package.prefix).strip()
