"""Apertium pairs from the system's packages, in one long-lived chain per pair of languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from annotator.environments import system_packages_command
from annotator.errors import TranslationError
from annotator.models import Translation
from annotator.translation import flow
from annotator.translation.cache import AnyCache
from annotator.translation.chain import Chain
from annotator.translation.engine import files_digest
from annotator.translation.glossary import NO_TERMS, Glossary
from annotator.translation.modes import MODES_DIR, Mode, find_route, installed_modes, model_files, shell_pipeline
from annotator.translation.protection import MARKS, UNKNOWN

VERSION = "2"

_BLANKED = re.compile(f"[*#{MARKS}]")
# The characters that apertium's stream format gives a meaning; each goes in behind a backslash.
_SPECIAL = re.compile(r"[\\^$/\[\]<>{}@]")
# A stop of its own at the end keeps the last word's analysis apart from the end of the text; dropped again below.
_END = "[][\n]"
# One text can kill a program; three in a row with no answer at all mean that the programs themselves are broken.
_MOST_FAILURES_IN_A_ROW = 3


class ApertiumTranslator:
    """Translates with the apertium pairs installed on this machine, through other languages where needed."""

    name = "apertium"
    version = f"{VERSION}.{flow.STEPS}"

    def __init__(
        self,
        *,
        modes_dir: Path = MODES_DIR,
        timeout: float = 30.0,
        cache: AnyCache | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self._modes_dir = modes_dir
        self._timeout = timeout
        self._cache = cache
        self._glossary = glossary
        self._engines: dict[tuple[str, str], ApertiumEngine] = {}

    def serves(self, source: str, target: str) -> bool:
        """Tell whether installed pairs lead from source to target."""
        return bool(self._route(source, target))

    def engine(self, source: str, target: str) -> str:
        """Return for example `apertium fr-es+spa-eng`."""
        return engine_name(self._route(source, target))

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order.

        Raises:
            TranslationError: no pair serves the languages, or the programs end as soon as they are started.
        """
        if (source, target) not in self._engines:
            route = self._route(source, target)
            if not route:
                hint = system_packages_command("apertium")
                raise TranslationError(f"no apertium pair translates {source} to {target}", hint=hint)
            self._engines[source, target] = ApertiumEngine(route, timeout=self._timeout)
        terms = self._glossary.terms(source, target) if self._glossary else NO_TERMS
        direction = flow.Direction(self._engines[source, target], source, target, rule_based=True, terms=terms)
        return flow.translate(direction, texts, cache=self._cache)

    def close(self) -> None:
        """End the chains."""
        while self._engines:
            self._engines.popitem()[1].close()

    @cached_property
    def _installed(self) -> list[Mode]:
        return installed_modes(self._modes_dir)

    def _route(self, source: str, target: str) -> tuple[Mode, ...]:
        return find_route(self._installed, source, target)


def engine_name(route: Sequence[Mode]) -> str:
    """Return the name of a route: `apertium fr-es+spa-eng`."""
    return "apertium " + "+".join(mode.name for mode in route)


class ApertiumEngine:
    """The chain of one route; started at the first text, and again after it died or hung."""

    options = differs = ""

    def __init__(self, route: tuple[Mode, ...], *, timeout: float) -> None:
        self._route = route
        self._timeout = timeout
        self._chain: Chain | None = None
        self.name = engine_name(route)
        self.via = "+".join(mode.target for mode in route[:-1])

    @cached_property
    def model(self) -> str:
        """Digest of the compiled dictionaries and rules."""
        return files_digest(model_files(self._route))

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:  # noqa: ARG002
        """Translate the texts; there is no other way through the rules, so careful changes nothing.

        A text on which the chain dies or hangs is tried once more in a new chain, alone, before it counts as failed.

        Raises:
            TranslationError: three texts in a row failed, none answered: the programs themselves are broken.
        """
        outputs: list[str | None] = []
        failures_in_a_row = 0
        while len(outputs) < len(texts):
            answers = self._exchange(texts[len(outputs) :])
            outputs += answers
            if len(outputs) < len(texts):
                retry = self._exchange([texts[len(outputs)]]) or [None]
                outputs += retry
                failures_in_a_row = failures_in_a_row + 1 if retry == [None] else 0
            if failures_in_a_row >= _MOST_FAILURES_IN_A_ROW and not any(outputs):
                hint = system_packages_command("--reinstall apertium")
                raise TranslationError(f"{self.name} ends without an answer", hint=hint)
        return outputs

    def close(self) -> None:
        """End the chain."""
        if self._chain is not None:
            self._chain.close()
            self._chain = None

    def _exchange(self, texts: Sequence[str]) -> list[str | None]:
        if self._chain is None:
            self._chain = Chain(shell_pipeline(self._route))
        messages = [encode(text) for text in texts]
        answers = self._chain.exchange(messages, timeout=self._timeout)
        if len(answers) < len(texts):
            self.close()
        return [decode(answer) for answer in answers]


def encode(text: str) -> bytes:
    """Return the text in apertium's stream format: special characters escaped, marks as superblanks.

    So are `*` and `#`, which would look like apertium's own marks of a word that it could not translate.
    """
    clean = _SPECIAL.sub(r"\\\g<0>", text.replace("\0", "�"))
    return (_BLANKED.sub(r"[\g<0>]", clean) + _END).encode("utf-8", "replace")


def decode(answer: bytes) -> str:
    r"""Return the text of an answer: brackets of superblanks dropped, `\x` back to `x`.

    `UNKNOWN` takes the place of apertium's `*`, and of the `@` of a word without a translation.
    """
    text = answer.decode("utf-8", "replace").replace(_END, "")
    return re.sub(r"(?P<unknown>\*|(?<!\w)\\@)(?=\w)|\\(.)|[\[\]]|[#@](?=\w)", _unescaped, text, flags=re.DOTALL)


def _unescaped(match: re.Match[str]) -> str:
    r"""`*` and `\@` stand before a word that it cannot translate; `#` and `@` are words it cannot bend."""
    return UNKNOWN if match["unknown"] else match[2] or ""
