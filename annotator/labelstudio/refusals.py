"""Every way in which the SDK, the connection or the server fails, as one of our errors: one line and a hint.

The key is in none of the messages: httpx quotes a malformed header with its value, so no text of a local
protocol error is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import TypeGuard

import httpx

from annotator.errors import AccessError, AnnotatorError, ErrorReason, ServerError, UsageError, without_keys
from annotator.labelstudio.transport import OversizeError

_MAX_SHOWN = 300
"""Characters of a server's own words: enough for a list of wrong fields, and still one message."""
_AGAIN = "run the command again: what was stored is not sent twice"
_TOO_LARGE = "cannot access body after reading"
"""What Label Studio answers, with a 500, to a request above Django's DATA_UPLOAD_MAX_MEMORY_SIZE."""
_LOCKED = "database is locked"


class InvalidRequestError(ServerError):
    """The server read the request and refused its content. Nothing of it was stored."""

    error_reason = ErrorReason.REQUEST_REFUSED


class BusyError(ServerError):
    """The request was not taken: nobody answered the call, or the server asked to wait. Nothing was stored."""

    error_reason = ErrorReason.SERVER_BUSY

    def __init__(self, message: str, *, hint: str = "", retry_after: float = 0) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class DoubtError(ServerError):
    """The request went out and no clear answer came back. It may have been stored, or be stored in a moment.

    `crashed` tells that the server itself failed on it (500), so that nothing is on its way any more.
    """

    error_reason = ErrorReason.REQUEST_IN_DOUBT

    def __init__(self, message: str, *, hint: str = "", crashed: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.crashed = crashed


class NotLabelStudioError(AccessError):
    """What answers is not Label Studio: its answer has another form."""

    error_reason = ErrorReason.NOT_LABEL_STUDIO


class TooLargeError(ServerError):
    """The answer is larger than we take; nothing of it was read. The same question gets the same answer."""

    error_reason = ErrorReason.ANSWER_TOO_LARGE


@contextmanager
def mapped_errors(url: str, key: str = "") -> Iterator[None]:
    """Turn whatever the SDK and the connection raise inside into one of our errors.

    A server may send back what it got: neither `key` nor what looks like one is passed on.

    Raises:
        AccessError: 401, 403, a redirect, or an address that is not Label Studio's.
        InvalidRequestError, BusyError, DoubtError, TooLargeError: see there.
        UsageError: the address or the key has a form that no server can have.
    """
    try:
        with _translated(url):
            yield
    except AnnotatorError as error:
        error.message, error.hint = without_keys(error.message, key), without_keys(error.hint, key)
        error.args = (error.message,)
        raise


@contextmanager
def _translated(url: str) -> Iterator[None]:
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise _api_error(url, error.status_code, error.body, error.headers or {}) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _connection_error(url, error) from None
    except UnicodeEncodeError:
        raise _bad_key() from None
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        # the SDK checks no type of what it reads in a token; JSON that is nested 1,000 deep is a RecursionError
        is_json = not isinstance(error, JSONDecodeError | UnicodeDecodeError | RecursionError)
        what = f"unexpected: {type(error).__name__}" if is_json else "that is not JSON"
        message = f"{url} answered something {what}"
        raise DoubtError(message, hint="annotator doctor shows which versions fit together") from None


def not_label_studio(url: str, path: str, wrong: str) -> NotLabelStudioError:
    """Return the error for an answer that no Label Studio gives."""
    message = f"{url} is not a Label Studio: {path} answered {wrong}"
    hint = "set LABEL_STUDIO_URL to the address of Label Studio's start page"
    return NotLabelStudioError(without_keys(message), hint=hint)


def _api_error(url: str, status: int | None, body: object, headers: Mapping[str, str]) -> AnnotatorError:
    detail = _detail(body)
    server_failed = bool(status and status >= httpx.codes.INTERNAL_SERVER_ERROR)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait = _seconds(headers)
        hint = f"try again in {wait:.0f} s" if wait else "try again later"
        return BusyError(f"{url} asks to slow down (429)", hint=hint, retry_after=wait)
    if server_failed and _TOO_LARGE in detail:
        hint = "raise the limit with DATA_UPLOAD_MAX_MEMORY_SIZE on the server"
        return InvalidRequestError(f"{url} refused the request as too large", hint=hint)
    if server_failed and _LOCKED in detail:
        return BusyError(f"{url} is busy: its database is locked", hint="try again: SQLite takes one writer at a time")
    if status is None or server_failed:
        crashed = status == httpx.codes.INTERNAL_SERVER_ERROR
        hint = "look into the server's log, then run the command again"
        return DoubtError(f"{url} failed ({status}): {detail}", hint=hint, crashed=crashed)
    if httpx.codes.is_success(status) and not _is_html(body):
        return DoubtError(f"{url} answered something that is not JSON", hint=_AGAIN)
    hint = "annotator doctor checks the server, its version and the form"
    refused = InvalidRequestError(f"{url} refused the request ({status}): {detail}", hint=hint)
    return _not_let_in(url, status, body, headers) or refused


def _not_let_in(url: str, status: int, body: object, headers: Mapping[str, str]) -> AccessError | None:
    detail = _detail(body)
    if status == httpx.codes.UNAUTHORIZED:
        return AccessError(f"{url} refused the API key (401): {detail}", hint=_key_hint(detail))
    if status == httpx.codes.FORBIDDEN:
        hint = "ask an owner of the project for access, or use another key"
        return AccessError(f"{url} does not allow this with the given key (403): {detail}", hint=hint)
    if httpx.codes.is_redirect(status):
        target = headers.get("location", "elsewhere")
        start, below, _ = target.partition("/api/")
        hint = "set LABEL_STUDIO_URL to the address of Label Studio's start page behind it"
        if below and start.startswith("http"):
            hint = f"export LABEL_STUDIO_URL={start}"
        return AccessError(f"{url} redirects to {target}", hint=hint)
    if _is_html(body):
        hint = "LABEL_STUDIO_URL is the address of the start page, without /api or /projects"
        return AccessError(f"{url} answers, but not as Label Studio's API ({status}, a web page)", hint=hint)
    return None


def _connection_error(url: str, error: Exception) -> AnnotatorError:
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return UsageError(f"{url!r} is not the address of a server", hint="begin it with http:// or https://")
    if isinstance(error, httpx.LocalProtocolError):
        return _bad_key()
    if isinstance(error, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout):
        return _not_reached(url, error)
    if isinstance(error, OversizeError):
        hint = "annotator doctor checks whether it is a Label Studio"
        return TooLargeError(f"{url} sent an answer that is {error}", hint=hint)
    if isinstance(error, httpx.TimeoutException):
        return DoubtError(f"{url} gave no answer in time", hint=_AGAIN)
    return DoubtError(f"{url}: the connection broke: {str(error) or type(error).__name__}", hint=_AGAIN)


def _not_reached(url: str, error: httpx.HTTPError) -> AnnotatorError:
    if isinstance(error, httpx.ProxyError):
        return BusyError(f"{url}: the proxy refused the connection: {error}", hint="check HTTPS_PROXY, or set NO_PROXY")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return _bad_certificate(url, str(error))
    hint = "annotator serve starts a local server; for another one check LABEL_STUDIO_URL and whether it is running"
    return BusyError(f"{url} cannot be reached: {str(error) or 'no answer'}", hint=hint)


def _bad_certificate(url: str, told: str) -> AccessError:
    """An authority nobody knows is the reader's to add; a wrong name or an old date is the server's to mend."""
    reason = re.sub(r".*verify failed: | \(_ssl.*", "", told)
    hint = "ask whoever runs the server for another certificate, or use the name that this one is for"
    if "issuer" in reason or "self" in reason:
        hint = "export SSL_CERT_FILE=/path/to/the/authority.pem (the certificate of who signed it, from who runs it)"
    return AccessError(f"{url}: the server's certificate is not trusted: {reason}", hint=hint)


def _bad_key() -> UsageError:
    hint = "copy it again from Label Studio, Account & Settings, without quotes, spaces or line breaks"
    return UsageError("the API key holds characters that no key has, or is empty", hint=hint)


def _key_hint(detail: str) -> str:
    if "legacy" in detail.lower():
        return "use a personal access token (Account & Settings), or let an owner enable legacy tokens"
    return "copy it again from Label Studio, Account & Settings, and set LABEL_STUDIO_API_KEY to it"


def _detail(body: object) -> str:
    """The part of the answer that says what is wrong: `validation_errors`, else `detail`, else the text."""
    if _is_html(body):
        title = re.search(r"<title>\s*(.*?)\s*</title>", body, re.DOTALL)
        return title.group(1)[:_MAX_SHOWN] if title else "a web page"
    if not isinstance(body, Mapping):
        return str(body or "no details")[:_MAX_SHOWN]
    wrong = body.get("validation_errors")
    detail = wrong or body.get("detail", body)
    if isinstance(detail, Mapping):
        detail = "; ".join(f"{key}: {_joined(value)}" for key, value in detail.items())
    return " ".join(_joined(detail).split())[:_MAX_SHOWN]


def _joined(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_html(body: object) -> TypeGuard[str]:
    return isinstance(body, str) and body.lstrip()[:1] == "<"


def _seconds(headers: Mapping[str, str]) -> float:
    """RFC 9110, 10.2.3: a number of seconds or a date, which counts from the server's own clock where that is told."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.replace(".", "", 1).isdigit():
        return float(asked)
    until = _moment(asked)
    now = _moment(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds()) if until else 0.0


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
