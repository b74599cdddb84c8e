"""Settings -> Pipeline: the one place that chooses implementations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from annotator.choices import DEFAULT_COMPUTE_TYPE, DEFAULT_DEVICE
from annotator.errors import UsageError
from annotator.langid import KEPT_MODEL, Identifier
from annotator.pipeline import Pipeline
from annotator.prediction.choice import chosen, make_predictor, own_min_score
from annotator.readers.translations import name_of, read_translations
from annotator.segmentation import RuleSegmenter
from annotator.segmentation.mending import MendedSegmenter
from annotator.settings import Settings, with_own_key
from annotator.translation import make_translator, memory
from annotator.translation.cache import CACHE_FILE, AnyCache, Cache, CollectingCache
from annotator.translation.glossary import Glossary, make_glossary
from annotator.translation.memory import Memory

if TYPE_CHECKING:
    from annotator.translation.libretranslate import Server

Say = Callable[[str], None]
SHOWN_PROBLEMS = 20


class Noted(NamedTuple):
    """What a run notes of memories, glossary, server and device, where they are no default."""

    settings: dict[str, object]
    paths: dict[str, str]
    """Each memory, and the glossary, as `settings` has it, to the path that it was given as."""
    not_used: int
    """Lines of them that cannot be used."""


def open_memories(settings: Settings) -> list[Memory]:
    """Return the translation memories that the settings name, in their order.

    Raises:
        UsageError: one cannot be read, or two have one name.
    """
    names = [name_of(path) for path in settings.memories]
    for path, name in zip(settings.memories, names, strict=True):
        if names.count(name) > 1:
            raise UsageError(f"{path}: two memories are called {name!r}", hint="give each file a name of its own")
    folder = settings.data_dir / memory.FOLDER
    return [
        memory.open_memory(path, name, folder=folder, read=read_translations)
        for path, name in zip(settings.memories, names, strict=True)
    ]


def announce_memories(settings: Settings, say: Say) -> tuple[dict[str, str], int]:
    """Say what each memory holds, and which lines of it are not used.

    Return what a run notes of them, `desk:3fa2b1c4`, with their paths, and how many lines are not used.

    Their indexes stand from then on, so that no worker has to make one.
    """
    paths, not_used = {}, 0
    for opened in open_memories(settings):
        with closing(opened):
            pairs = opened.counts()
            counts = ", ".join(f"{count:,} {pair}" for pair, count in pairs.items())
            say(f"{opened.engine}: {opened.path} holds {counts or 'no translations'}")
            if pairs and not {pair.split()[-1] for pair in pairs} & {settings.target_language, "any"}:
                say(f"{opened.engine}: none of them is into {settings.target_language}, so none is used")
            _say_not_used(opened.problems(SHOWN_PROBLEMS), opened.problem_count(), opened.path, say)
            not_used += opened.problem_count()
            paths[opened.label] = str(opened.path)
    return paths, not_used


def _say_not_used(problems: Iterable[object], count: int, path: object, say: Say) -> None:
    """Say which lines of a file are not used: the first ones, and how many more there are."""
    for problem in problems:
        say(f"not used: {problem}")
    if (rest := count - SHOWN_PROBLEMS) > 0:
        say(f"... and {rest:,} more, all listed by annotator translations check {path}")


def open_glossary(settings: Settings) -> Glossary | None:
    """Return the glossary that the settings name, if they do.

    Raises:
        UsageError: it cannot be read.
    """
    if (path := settings.glossary) is None:
        return None
    digest = memory.file_digest(path)[: memory.DIGEST_LENGTH]
    return make_glossary(path, name_of(path), digest, read_translations(path))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def chosen_server(settings: Settings) -> Server | None:
    """Return the server that texts are sent to, if that translator is asked for.

    Raises:
        UsageError: it has no address, or a file names one that nobody confirmed.
    """
    if settings.translator != "libretranslate" or not settings.libretranslate_url.strip():
        return None
    from annotator import address, trust
    from annotator.translation.libretranslate import Server

    url = address.canonical(settings.libretranslate_url, server="LIBRETRANSLATE")
    if not trust.is_trusted(url, settings, "libretranslate_url"):
        named = settings.origin("libretranslate_url").name
        hint = f"annotator doctor --trust {address.origin(url)}, or export LIBRETRANSLATE_URL={url}"
        raise UsageError(f"{named} names the server {url}, which gets no text before you confirm it", hint=hint)
    return Server(url, settings.libretranslate_api_key.get_secret_value().strip())


def announce_files(settings: Settings, say: Say) -> Noted:
    """Say what memories and glossary hold.

    Raises:
        UsageError: one of them cannot be used here.
    """
    noted: dict[str, object] = {}
    paths, not_used = announce_memories(settings, say)
    if paths:
        noted["memory"] = list(paths)
    if glossary := open_glossary(settings):
        say(f"glossary {glossary.name}: {settings.glossary} holds {_counted(len(glossary.entries), 'term')}")
        _say_not_used(glossary.problems[:SHOWN_PROBLEMS], len(glossary.problems), settings.glossary, say)
        noted["glossary"] = glossary.label
        paths[glossary.label] = str(settings.glossary)
        not_used += len(glossary.problems)
    if server := chosen_server(settings):
        say(f"the texts are sent to {server.url} to be translated")
        noted["server"] = server.url
    if settings.translator in ("auto", "argos"):
        from annotator.translation.argos import device_for

        device = device_for(settings.device)
        noted |= {"device": device} if device != DEFAULT_DEVICE else {}
        noted |= {"compute_type": settings.compute_type} if settings.compute_type != DEFAULT_COMPUTE_TYPE else {}
    return Noted(noted, paths, not_used)


def with_predictor(settings: Settings, *, pinned: str = "") -> Settings:
    """Return the settings with `auto` resolved, once for a run and all of its workers.

    A model's own least score holds unless somebody set another.

    Raises:
        UsageError: the model cannot be used here.
    """
    predictor = chosen(settings.predictor, pinned=pinned)
    is_default = settings.origin("min_score").kind == "default"
    own = own_min_score(predictor) if is_default else None
    least = settings.min_score if own is None else own
    return settings.model_copy(update={"predictor": predictor, "min_score": least})


def make_pipeline(settings: Settings, *, pins: Mapping[str, str], say: Say, cache: AnyCache | None = None) -> Pipeline:
    """Return the parts that the settings ask for.

    `pins` are the engines that an earlier part of the same run took ('fr>en' to 'argos fr_en-1.9').
    """
    translator = make_translator(
        settings.translator,
        packages_dir=settings.argos_packages_dir,
        beam=settings.beam,
        threads=settings.threads,
        device=settings.device,
        compute_type=settings.compute_type,
        glossary=open_glossary(settings),
        server=chosen_server(settings),
        pins=pins,
        say=say,
        cache=cache or Cache(settings.data_dir / CACHE_FILE),
    )
    if memories := open_memories(settings):
        from annotator.translation.remembering import RememberingTranslator

        translator = RememberingTranslator(memories, translator)
    segmenter = RuleSegmenter(split=settings.split)
    return Pipeline(
        identifier=Identifier(settings.candidate_languages, kept=settings.data_dir / KEPT_MODEL),
        segmenter=MendedSegmenter(segmenter, settings.mends) if settings.mends else segmenter,
        translator=translator,
        predictor=make_predictor(settings.predictor, min_score=settings.min_score),
        target=settings.target_language,
        language=settings.source_language,
        forgotten=frozenset(settings.forgotten),
    )


def step_versions(settings: Settings) -> dict[str, str]:
    """Return the version of each step: what decides, beside the settings, what comes out."""
    from annotator.readers import article, html, markdown

    pipeline = make_pipeline(
        settings.model_copy(update={"memories": (), "glossary": None}), pins={}, say=lambda _message: None
    )
    return {
        "read": f"text-{article.VERSION} html-{html.VERSION} markdown-{markdown.VERSION}",
        "segment": f"{pipeline.segmenter.name}-{pipeline.segmenter.version}",
        "langid": f"{pipeline.identifier.name}-{pipeline.identifier.version}",
        "translate": pipeline.translator.version,
        "predict": f"{pipeline.predictor.name}-{pipeline.predictor.version}",
    }


@cache
def worker_pipeline(settings_json: str, pins: tuple[tuple[str, str], ...]) -> tuple[Pipeline, CollectingCache]:
    """Return this process's own pipeline, made once and kept for all its batches, and what it would store."""
    settings = with_own_key(Settings.model_validate_json(settings_json))
    collected = CollectingCache(settings.data_dir / CACHE_FILE)
    return make_pipeline(settings, pins=dict(pins), say=lambda _message: None, cache=collected), collected
