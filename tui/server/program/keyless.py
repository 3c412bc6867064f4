"""What needs no key: whether the process lives, whether it can answer, and what may be asked of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, select
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.errors import CardwallError
from tui.server.database import Database
from tui.server.operations import FaceTable
from tui.server.program.gate import Ticks, ticks
from tui.server.program.openapi import document
from tui.server.tables import schema_state

KEPT_MILLISECONDS = 1_000
"""How long an answer about the database is given again, so that nobody can make it work by asking."""
log = logging.getLogger(__name__)

_Page: TypeAlias = Callable[[], Awaitable[Response]]


class Keyless:
    """An ASGI layer: answers ``/healthz``, ``/readyz`` and ``/openapi.json``, and passes everything else on."""

    def __init__(
        self, app: ASGIApp, database: Database, tables: Sequence[FaceTable] = (), *, ticks: Ticks = ticks
    ) -> None:
        self._app = app
        self._database = database
        self._tables = tables
        self._ticks = ticks
        self._lock = asyncio.Lock()
        self._until = ticks()
        self._ready = False
        self._document = b""
        self._pages: dict[str, _Page] = {
            "/openapi.json": self._description,
            "/healthz": self._health,
            "/readyz": self._readiness,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        page = self._pages.get(scope["path"]) if scope["type"] == "http" else None
        if page is None:
            await self._app(scope, receive, send)
            return
        response = await page() if scope["method"] in {"GET", "HEAD"} else _answer(405, "GET only", allow="GET, HEAD")
        if scope["method"] == "HEAD":
            response = Response(None, response.status_code, dict(response.headers))
        await response(scope, receive, send)

    async def _health(self) -> Response:
        return _answer(200, "ok")

    async def _readiness(self) -> Response:
        async with self._lock:
            if self._until <= self._ticks():
                self._ready = await asyncio.to_thread(self._look)
                self._until = self._ticks() + KEPT_MILLISECONDS
        return _answer(200, "ok") if self._ready else _answer(503, "the database does not answer")

    async def _description(self) -> Response:
        if not self._document:
            self._document = await asyncio.to_thread(self._described)
        return Response(self._document, 200, {"Cardwall": "1"}, "application/json")

    def _described(self) -> bytes:
        return json.dumps(document(self._tables)).encode()

    def _look(self) -> bool:
        def work(connection: Connection) -> bool:
            return connection.scalar(select(schema_state.c.revision)) is not None

        try:
            return self._database.read(work)
        except CardwallError as error:
            log.warning("not ready: %s", error)
            return False


def _answer(status: int, words: str, **headers: str) -> Response:
    body = json.dumps({"status": words})
    return Response(body, status, {"Cardwall": "1", "Cache-Control": "no-store", **headers}, "application/json")
