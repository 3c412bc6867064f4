"""Calls an ASGI app as a server would, and shows what came back byte for byte."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Reply:
    status: int
    raw_headers: tuple[tuple[bytes, bytes], ...]
    chunks: tuple[bytes, ...]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.raw_headers}

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)


class Caller:
    """One client of one app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(
        self, method: str, path: str, body: object = None, *, headers: dict[str, str] | None = None
    ) -> Reply:
        """`body` may be bytes, or a value that is sent as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json"} if body is not None else {}
        where, _, query = path.partition("?")
        messages: list[Message] = []
        parts = [raw[start : start + 65536] for start in range(0, len(raw), 65536)] or [b""]
        inbox: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        inbox[-1]["more_body"] = False

        async def receive() -> Message:
            return inbox.pop(0) if inbox else await asyncio.Event().wait()  # type: ignore[return-value]  # never ends

        async def send(message: Message) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(where),
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(n.lower().encode(), v.encode()) for n, v in {**sent, **(headers or {})}.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        await self.app(scope, receive, send)
        start, *rest = messages
        chunks = tuple(message.get("body", b"") for message in rest)
        assert not rest[-1].get("more_body")
        return Reply(start["status"], tuple(start["headers"]), chunks)
