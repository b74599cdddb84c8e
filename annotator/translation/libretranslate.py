"""A LibreTranslate server that somebody named: the one translator that sends text away from this machine.

https://docs.libretranslate.com: texts go in batches; a request that failed on the way, or that came too soon (429), is
sent again. What the server cannot be moved to do ends the run, which goes on from there: it would fail every unit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from annotator.errors import AnnotatorError, UsageError, without_keys
from annotator.models import Translation
from annotator.translation import flow
from annotator.translation.cache import AnyCache
from annotator.translation.glossary import NO_TERMS, Glossary
from annotator.translation.protection import as_numbers, from_numbers

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

VERSION = "1"
KEY = "LIBRETRANSLATE_API_KEY"

# The public servers take 2,000 characters and 50 texts a request; a text that is longer goes alone.
_MOST_CHARACTERS = 2_000
_MOST_TEXTS = 25
_MOST_BYTES = 10_000_000
_SHOWN = 200
_REFUSED_KEY = (401, 403)
_BAD_REQUEST, _TOO_LARGE, _TOO_MANY = 400, 413, 429


@dataclass(frozen=True)
class Server:
    """Where text goes, and how long is waited for it. The key stays out of what is printed."""

    url: str
    key: str = ""
    seconds: float = 60.0
    attempts: int = 6
    longest_wait: float = 120.0
    """Seconds between two attempts at most, whatever the server asks for."""

    def __repr__(self) -> str:
        """Leave out the key."""
        return f"Server({self.url!r})"

    @property
    def name(self) -> str:
        """The address as engines show it: `translate.example.org`."""
        return self.url.partition("://")[2]


class _Language(BaseModel):
    code: str
    targets: tuple[str, ...] = ()


class _Answer(BaseModel):
    translatedText: tuple[str, ...]  # noqa: N815 - as the API names it


_LANGUAGES = TypeAdapter(list[_Language])


class LibreTranslateTranslator:
    """Translates on one server, whatever it serves."""

    name = "libretranslate"
    version = f"{VERSION}.{flow.STEPS}"

    def __init__(self, server: Server, *, cache: AnyCache | None = None, glossary: Glossary | None = None) -> None:
        self._engine = LibreTranslateEngine(server)
        self._cache = cache
        self._glossary = glossary

    def serves(self, source: str, target: str) -> bool:
        """Tell whether the server says that it serves the pair.

        Raises:
            AnnotatorError: it cannot be reached, or is no such server.
        """
        return target in self._engine.languages.get(source, ())

    def engine(self, source: str, target: str) -> str:  # noqa: ARG002
        """Return for example `libretranslate translate.example.org`."""
        return self._engine.name

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order.

        Raises:
            AnnotatorError: the server cannot be reached, refuses the key, or answers what no such server would.
        """
        self._engine.pair = (source, target)
        terms = self._glossary.terms(source, target) if self._glossary else NO_TERMS
        direction = flow.Direction(self._engine, source, target, rule_based=False, terms=terms)
        return flow.translate(direction, texts, cache=self._cache)

    def close(self) -> None:
        """Close the connection."""
        self._engine.close()


class LibreTranslateEngine:
    """The connection."""

    via = model = options = differs = ""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.name = f"libretranslate {server.name}"
        self.pair = ("", "")

    @cached_property
    def languages(self) -> dict[str, tuple[str, ...]]:
        """Each language to those that the server translates it into."""
        response = self._ask("GET", "/languages")
        try:
            listed = _LANGUAGES.validate_json(response.content)
        except ValidationError as error:
            raise self._strange("its list of languages is none") from error
        return {language.code: language.targets for language in listed}

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        """Translate the texts, marks as numbers; the server has no other way to be careful."""
        if careful:
            return [None] * len(texts)
        numbered = [as_numbers(text) for text in texts]
        outputs = self._translated([text for text, _ in numbered])
        restored = zip(outputs, numbered, strict=True)
        # Without its marks a text is translated once more, around them: that is seen where they are missing.
        return [
            output and (from_numbers(output, table) or output if table else output) for output, (_, table) in restored
        ]

    def close(self) -> None:
        """Close the connection."""
        if "_http" in self.__dict__:
            self.__dict__.pop("_http").close()

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        return httpx.Client(timeout=self._server.seconds, follow_redirects=False)

    def _translated(self, texts: Sequence[str]) -> list[str | None]:
        return [output for batch in _batches(texts) for output in self._batch(batch)]

    def _batch(self, texts: Sequence[str]) -> list[str | None]:
        """Translate a batch; what the server refuses as a whole is halved, so that a bad text costs only itself."""
        source, target = self.pair
        key = {"api_key": self._server.key} if self._server.key else {}
        body = {"q": list(texts), "source": source, "target": target, "format": "text", **key}
        response = self._ask("POST", "/translate", body)
        if response.status_code in (_BAD_REQUEST, _TOO_LARGE):
            if len(texts) == 1:
                return [None]
            middle = len(texts) // 2
            return self._batch(texts[:middle]) + self._batch(texts[middle:])
        try:
            outputs = _Answer.model_validate_json(response.content).translatedText
        except ValidationError as error:
            raise self._strange(f"no list of translations: {self._said(response)}") from error
        if len(outputs) != len(texts):
            raise self._strange(f"{len(outputs)} texts came back for {len(texts)}")
        return list(outputs)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Send a request, again where it may pass; return the answer, also one of a bad request.

        Raises:
            AnnotatorError: see `LibreTranslateTranslator.translate`.
        """
        import httpx
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        content = json.dumps(body).encode() if body is not None else None
        attempts = Retrying(
            retry=retry_if_exception_type((_AgainError, httpx.TransportError)),
            wait=self._wait,
            stop=stop_after_attempt(self._server.attempts),
            reraise=True,
        )
        try:
            return attempts(self._once, method, path, content)
        except (_AgainError, httpx.HTTPError) as error:
            problem = without_keys(str(error) or type(error).__name__, self._server.key)
            hint = "run the same command again later: it goes on from there"
            raise AnnotatorError(
                f"{self._server.url}: no translation after several tries: {problem}", hint=hint
            ) from None

    def _once(self, method: str, path: str, content: bytes | None) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        with self._http.stream(method, f"{self._server.url}{path}", content=content, headers=headers) as coming:
            response = self._read(coming)
        status = response.status_code
        if status in _REFUSED_KEY:
            has = "refuses the key" if self._server.key else "asks for a key"
            hint = f"export {KEY}=..., as whoever runs the server gave it to you"
            raise UsageError(f"{self._server.url} {has}: {self._said(response)}", hint=hint)
        if status == _TOO_MANY or response.is_server_error:
            raise _AgainError(f"{status} {self._said(response)}", response.headers.get("Retry-After", ""))
        if not response.is_success and status not in (_BAD_REQUEST, _TOO_LARGE):
            raise self._strange(f"{status} {self._said(response)}")
        return response

    def _read(self, coming: httpx.Response) -> httpx.Response:
        """Return the whole answer, of a server that neither sends without end nor a byte now and then."""
        import httpx

        body, begun = bytearray(), time.monotonic()
        for chunk in coming.iter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise self._strange(f"an answer of more than {_MOST_BYTES:,} bytes")
            if time.monotonic() - begun > self._server.seconds:
                raise httpx.ReadTimeout("the answer does not end")
        again = {name: coming.headers[name] for name in ("Retry-After",) if name in coming.headers}
        return httpx.Response(coming.status_code, headers=again, content=bytes(body))

    def _wait(self, state: RetryCallState) -> float:
        """Wait as long as the server asks for, else one second, two, four."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.seconds if isinstance(error, _AgainError) else None
        return min(2.0 ** (state.attempt_number - 1) if asked is None else asked, self._server.longest_wait)

    def _strange(self, problem: str) -> AnnotatorError:
        hint = "check the address: setting libretranslate_url, or LIBRETRANSLATE_URL"
        return UsageError(f"{self._server.url} does not answer as LibreTranslate does: {problem}", hint=hint)

    def _said(self, response: httpx.Response) -> str:
        """Return what an answer says, without the key, which a server may send back."""
        try:
            said = str(json.loads(response.content)["error"])
        except (ValueError, KeyError, TypeError, RecursionError):
            said = response.text
        return without_keys(said, self._server.key)[:_SHOWN]


class _AgainError(Exception):
    """The server cannot answer now. `seconds` is how long it asks to wait, none where it does not say."""

    def __init__(self, message: str, retry_after: str) -> None:
        super().__init__(message)
        self.seconds = seconds_to_wait(retry_after)


def seconds_to_wait(retry_after: str) -> float | None:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds, or a date."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    if retry_after.isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == _MOST_TEXTS or size + len(text) > _MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
