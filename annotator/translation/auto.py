"""Chooses an engine per pair of languages, keeps to it, and says which and how to get a better one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from annotator.environments import system_packages_command
from annotator.errors import TranslationError, UsageError
from annotator.models import UND, Translation
from annotator.protocols import Translator
from annotator.translation.none import ENGINE_FAILED, NO_ENGINE, empty_translations

# The one pair whose packages are known to lead all the way: French to English has no pair of its own, only the way
# through Spanish.
_APERTIUM_PACKAGES = {("fr", "en"): "apertium apertium-fr-es apertium-eng-spa"}

_APERTIUM_HELP = "https://wiki.apertium.org/wiki/Installation"


class AutoTranslator:
    """The first of its translators that serves a pair. Never ends a run: where one fails, the translation is empty."""

    name = "auto"

    def __init__(
        self,
        translators: Sequence[Translator],
        *,
        asked: str = "auto",
        pins: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.version = "+".join(f"{translator.name}-{translator.version}" for translator in translators)
        self._translators = translators
        self._asked = asked
        self._say = say
        self._said: set[str] = set()
        self._chosen: dict[str, Translator | None] = {}
        self._pins = dict(pins or {})
        for pair, engine in self._pins.items():
            source, _, target = pair.partition(">")
            if self._pinned(source, target, engine) is None:
                raise UsageError(
                    f"this run translates {source} to {target} with {engine!r}, which is not installed here",
                    hint=f"{fix_command(source, target, engine.partition(' ')[0])}, or start a new run folder",
                )

    @property
    def pins(self) -> dict[str, str]:
        """The engine of every pair that was served so far, to be written to run.json.

        A pair without an engine is left out: one that is installed later is taken up when the run goes on.
        """
        return dict(self._pins)

    def serves(self, source: str, target: str) -> bool:
        """Tell whether one of the translators serves the pair."""
        return self._choose(source, target) is not None

    def engine(self, source: str, target: str) -> str:
        """Return the engine that the pair is translated with, `none` when there is none."""
        chosen = self._choose(source, target)
        return chosen.engine(source, target) if chosen else NO_ENGINE

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order; never raises because an engine is missing or broken."""
        if source == UND.tag:
            return empty_translations(
                texts, "undetermined_language", "too little text to tell its language", source=source, target=target
            )
        chosen = self._choose(source, target)
        if chosen is None:
            detail = f"nothing here translates {source} to {target}: {fix_command(source, target, self._asked)}"
            return empty_translations(texts, "no_engine", detail, source=source, target=target)
        try:
            return chosen.translate(texts, source=source, target=target)
        except TranslationError as error:
            self._say_once(f"{source} > {target}: {error.message}" + (f" (try: {error.hint})" if error.hint else ""))
            return empty_translations(texts, ENGINE_FAILED, error.message, source=source, target=target)

    def close(self) -> None:
        """Close all of them."""
        for translator in self._translators:
            translator.close()

    def _choose(self, source: str, target: str) -> Translator | None:
        pair = f"{source}>{target}"
        if pair not in self._chosen:
            pin = self._pins.get(pair)
            chosen = self._pinned(source, target, pin) if pin else self._first_serving(source, target)
            self._chosen[pair] = chosen
            if chosen:
                self._pins[pair] = chosen.engine(source, target)
            self._announce(source, target)
        return self._chosen[pair]

    def _first_serving(self, source: str, target: str) -> Translator | None:
        return next((translator for translator in self._translators if translator.serves(source, target)), None)

    def _pinned(self, source: str, target: str, engine: str) -> Translator | None:
        serving = (translator for translator in self._translators if translator.serves(source, target))
        return next((translator for translator in serving if translator.engine(source, target) == engine), None)

    def _say_once(self, line: str) -> None:
        """A broken engine fails every batch alike."""
        if line not in self._said:
            self._said.add(line)
            self._say(line)

    def _announce(self, source: str, target: str) -> None:
        engine = self._pins.get(f"{source}>{target}", NO_ENGINE)
        for line in announcement(source, target, engine, asked=self._asked):
            self._say(line)


def announcement(source: str, target: str, engine: str, *, asked: str = "auto") -> list[str]:
    """Return the lines that a run says of a pair once: its engine and a better one, or a warning that it has none."""
    if engine == NO_ENGINE:
        warning = f"warning: {source} > {target}: no engine is installed, so these units get no translation"
        return [warning, f"  try: {fix_command(source, target, asked)}"]
    is_best = engine.startswith("argos") or asked in ("apertium", "libretranslate")
    advice = "" if is_best else f"; for better text: {install_command(source, target)}"
    return [f"{source} > {target}: {engine}{advice}"]


def install_command(source: str, target: str) -> str:
    """Return the command that installs a model for the pair."""
    return f"annotator models install {source} {target}"


def fix_command(source: str, target: str, asked: str = "auto") -> str:
    """Return the commands that would make the pair translatable with the translator that was asked for."""
    if asked == "libretranslate":
        return f"another server: this one does not list {source} to {target}"
    packages = _APERTIUM_PACKAGES.get((source, target))
    apertium = system_packages_command(packages) if packages else ""
    if asked == "apertium":
        return apertium or f"install apertium and pairs that lead from {source} to {target}: {_APERTIUM_HELP}"
    return install_command(source, target) + (f", or {apertium}" if apertium and asked != "argos" else "")
