"""The connection to Label Studio: the only place that imports its SDK.

The SDK sends a failed request again by itself, imports included, which doubles tasks. Here only questions are
asked twice; whoever sends tasks decides what a failure means. Its base class does all we need, which is its tokens:
the one that `label_studio_sdk` exports loads pandas as well, which costs 140 MB and 0.8 s. Its models take any answer
for theirs, cost 1.5 s of CPU per 10,000 tasks each way, and die on an unknown field
(https://github.com/HumanSignal/label-studio-sdk/issues/348): here each answer is checked where it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from label_studio_sdk.base_client import LabelStudioBase
from pydantic import TypeAdapter

from annotator.address import canonical
from annotator.labelstudio import shapes
from annotator.labelstudio.refusals import mapped_errors
from annotator.labelstudio.transport import open_http

T = TypeVar("T")

_ONCE: Any = {"max_retries": 0}


class Connection:
    """A connection with either kind of token: a legacy token, or a personal access token that the SDK renews.

    Every method raises what `refusals.mapped_errors` says.
    """

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        """`timeout` is the seconds that one exchange may take in all."""
        self.url = canonical(url)
        self._token = token
        self._http = open_http(self.url, seconds=timeout)
        base = f"{self.url}/"  # without the slash the SDK would renew its token beside a path prefix, not below it
        with mapped_errors(self.url, token):
            self.sdk: Any = LabelStudioBase(base_url=base, api_key=token, httpx_client=self._http, timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(
        self, form: TypeAdapter[T], path: str, parameters: Mapping[str, object] | None = None, *, once: bool = False
    ) -> T:
        """Ask something, again where it fails unless `once`, and return the answer in its form."""
        options = {"request_options": _ONCE} if once else {}
        answer = self.request(path, method="GET", params=dict(parameters or {}), **options)
        return shapes.checked(form, answer, url=self.url, path=path)

    def change(self, method: str, path: str, settings: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """Change something, once; return the JSON of the answer."""
        return self.send(method, path, json.dumps(settings or {}).encode())

    def send(self, method: str, path: str, body: bytes) -> Any:  # noqa: ANN401 - whatever JSON says
        """Send a body of JSON, once; return the JSON of the answer."""
        headers = {"Content-Type": "application/json"}
        return self.request(path, method=method, content=body, headers=headers, request_options=_ONCE)

    def request(self, path: str, **request: object) -> Any:  # noqa: ANN401 - whatever JSON says
        """Send one request with the SDK's connection and tokens; return the JSON of the answer, none where it has none.

        The server's bytes are read as UTF-8, whatever they call themselves: Python also has encodings that unpack.
        """
        from label_studio_sdk.core.api_error import ApiError

        with mapped_errors(self.url, self._token):
            response = self.sdk._client_wrapper.httpx_client.request(path, **request)
            if response.status_code == httpx.codes.NO_CONTENT:
                return None
            if not response.is_success or "json" not in response.headers.get("content-type", ""):
                raise ApiError(status_code=response.status_code, body=_body(response), headers=dict(response.headers))
            return json.loads(response.content)


def _body(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return response.content.decode("utf-8", errors="replace")
