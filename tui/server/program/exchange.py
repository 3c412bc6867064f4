"""One request and its answer: an id, a caller, a budget, and one line in the log without secrets."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

from msgspec import Struct
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.server.callers import Caller
from tui.server.program.window import Budget

log = logging.getLogger(__name__)
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request under way, for whatever is logged meanwhile."""
LONGEST_PATH = 200
_SCOPE = "cardwall.exchange"
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


class Exchange(Struct):
    """What is known of a request so far."""

    id: str = ""
    caller: Caller | None = None
    budget: Budget | None = None
    status: int | None = None
    """None until an answer is begun."""
    size: int = 0
    """Bytes of the answer's body."""


def exchange_of(scope: MutableMapping[str, Any]) -> Exchange:
    """The exchange that a request belongs to."""
    exchange: Exchange = scope.setdefault(_SCOPE, Exchange())
    return exchange


class Exchanges:
    """An ASGI layer: gives every request its id, every answer its headers, and the log its lines."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._new_id = new_id
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(_given_id(scope) or self._new_id())
        scope[_SCOPE] = exchange
        token = request_id.set(exchange.id)
        started = self._timer()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), *_headers(exchange)]}
            else:
                exchange.size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, marked)
        finally:
            _log(scope, exchange, self._timer() - started)
            request_id.reset(token)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            return text if _ID.fullmatch(text) else None
    return None


def _headers(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    headers = {"x-request-id": exchange.id}
    if exchange.budget is not None:
        headers |= {
            "x-ratelimit-limit": str(exchange.budget.limit),
            "x-ratelimit-remaining": str(exchange.budget.remaining),
            "x-ratelimit-reset": str(exchange.budget.reset),
        }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _log(scope: Scope, exchange: Exchange, seconds: float) -> None:
    client = scope.get("client")
    caller = exchange.caller
    # Never the query or a header: they hold what people search for, and keys.
    fields = {
        "method": scope["method"],
        "path": scope["path"][:LONGEST_PATH],
        "status": exchange.status,
        "ms": round(seconds * 1000, 1),
        "bytes": exchange.size,
        "key": caller.key_id if caller else None,
        "by": caller.name if caller else None,
        "client": client[0] if client and client[0] else None,
    }
    log.info("request", extra={"fields": fields})
