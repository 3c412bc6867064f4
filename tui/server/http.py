"""What every face needs of HTTP: routes, bodies within bounds, preconditions, and answers that never fail.

Border ─▶ Router ─▶ Resource (one a path: methods, errors in its face's shape) ─▶ handler
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.server.json_text import NotJson, loads
from tui.server.refusals import Fault, Malformed, Misshapen, TooLarge, WrongMediaType, WrongMethod
from tui.server.text import faults_within, words_of

BODY_LIMIT = 1024 * 1024
"""Bytes."""
MOST_WORDS, LONGEST_QUERY = 10, 500
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Problem: TypeAlias = Callable[[Exception], Response]
"""A face's answer to whatever was raised."""
Admit: TypeAlias = Callable[[Request], Awaitable[None]]
"""Raises for one who may not ask, before anything of the request is read."""

log = logging.getLogger(__name__)
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"', re.ASCII)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)


class Resource:
    """An ASGI app for one path: its methods, and every error in the shape of its face."""

    def __init__(self, problem: Problem, admit: Admit | None = None, **handlers: Handler) -> None:
        self._problem = problem
        self._admit = admit
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        handler = self._handlers.get("GET" if request.method == "HEAD" else request.method, self._refuse)
        try:
            if self._admit is not None:
                await self._admit(request)
            response = await handler(request)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # the border: the face says what it was
            response = self._problem(error)
        if request.method == "HEAD":
            response = Response(None, response.status_code, dict(response.headers))
        await response(scope, receive, send)

    async def _refuse(self, _request: Request) -> Response:
        raise WrongMethod(sorted({*self._handlers, *(["HEAD"] if "GET" in self._handlers else [])}))


class Border:
    """The outermost app: the mark of our servers on every answer, and a last answer when an app fails."""

    def __init__(self, app: ASGIApp, problem_at: Callable[[str], Problem]) -> None:
        self._app = app
        self._problem_at = problem_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", ()), (b"cardwall", b"1")]}
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception as error:
            if started:
                raise  # the server cuts the connection, so that nobody takes a part for the whole
            await self._problem_at(scope["path"])(error)(scope, receive, marked)


class Stream(Response):
    """An answer that is sent as it is made, until it ends or nobody listens."""

    def __init__(self, chunks: AsyncIterator[bytes], headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(None, 200, dict(headers), media_type)
        del self.headers["content-length"]
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        request = Request(scope, receive)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if await request.is_disconnected():
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def read_body(request: Request) -> bytes:
    """The whole body. Raises `TooLarge`, and ClientDisconnect when it never comes."""
    announced = request.headers.get("content-length", "")
    if _WHOLE.fullmatch(announced) and int(announced) > BODY_LIMIT:
        raise TooLarge("The body is longer than 1 MiB.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise TooLarge("The body is longer than 1 MiB.")
    return bytes(body)


def json_object(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises `WrongMediaType`, `Malformed`, `Misshapen`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise WrongMediaType("The body must be JSON, with the header Content-Type: application/json.")
    try:
        value = loads(body)
    except NotJson as error:
        raise Malformed(str(error)) from None
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    # Both can only come in escaped, and then the escape is in the bytes; only such bodies are walked.
    if b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body:
        faults = [Fault(path, message) for path, message in faults_within(value)]
        if faults:
            raise Misshapen(faults[:100])
    return value


def idempotency_key(request: Request) -> str | None:
    """The header, when it is there. Raises `Misshapen`."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise Misshapen([Fault("Idempotency-Key", "must be 1 to 255 visible characters")])
    return key


def entity_tags(request: Request, header: str) -> list[str] | None:
    """The tags of If-Match or If-None-Match without quotes and weakness; ``["*"]`` for any. Raises `Malformed`."""
    text = request.headers.get(header)
    if text is None:
        return None
    if text.strip() == "*":
        return ["*"]
    tags = [_TAG.fullmatch(part.strip()) for part in text.split(",")]
    if not all(tags):
        raise Malformed(f'{header} must hold tags like "7.3".')
    return [tag[1] for tag in tags if tag]


def query_text(request: Request, name: str) -> str | None:
    """A query parameter, the last one when repeated; None when absent. Raises `Misshapen`."""
    values = request.query_params.getlist(name)
    if not values:
        return None
    if "\0" in values[-1] or "\ufffd" in values[-1]:
        raise Misshapen([Fault(name, "must be UTF-8 without NUL")])
    return values[-1]


def query_number(request: Request, name: str, low: int, high: int) -> int | None:
    """A whole number in the query; None when absent. Raises `Misshapen`."""
    text = query_text(request, name)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        raise Misshapen([Fault(name, f"must be a whole number from {low} to {high}")])
    return int(text)


def search_words(text: str, member: str) -> tuple[str, ...]:
    """The folded words of a search that came as `member`. Raises `Misshapen`."""
    words = words_of(text)
    if len(text) > LONGEST_QUERY or len(words) > MOST_WORDS:
        raise Misshapen([Fault(member, f"must have at most {MOST_WORDS} words and {LONGEST_QUERY} characters")])
    return words
