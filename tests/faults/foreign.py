"""A server of ours that plays a stranger's: the documented routes and members alone, and no guard of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OURS_ALONE = ("/capabilities", "/blueprint", "/changes", "/history", "/restore", "/check-duplicates")
_HEADERS = frozenset({b"cardwall", b"etag", b"content-length"})
EXTENSIONS = ("pipeline_id", "stage_id", "status_id", "labels", "position", "updated_by")
"""Members of slate's items that its pages do not document."""


class Foreign:
    """An app in front of ours."""

    def __init__(self, app: ASGIApp, *, versioned: bool) -> None:
        self._app = app
        self._versioned = versioned

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take away what strangers do not have."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        undocumented = path.endswith(_OURS_ALONE) or (path.startswith("/v1/ext") and scope["method"] == "DELETE")
        headers = [pair for pair in scope["headers"] if pair[0] != b"idempotency-key"]
        scope = {**scope, "headers": headers, **({"path": "/v1/ext/none"} if undocumented else {})}
        hidden = (*(EXTENSIONS if path.startswith("/v1/ext") else ()), *(() if self._versioned else ("version",)))
        start: list[Message] = []
        body = bytearray()

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                told = start[0]["headers"]
                data = stripped(bytes(body), hidden)
                kept = [pair for pair in told if pair[0] not in _HEADERS and not pair[0].startswith(b"x-ratelimit")]
                await send({**start[0], "headers": [*kept, (b"content-length", b"%d" % len(data))]})
                await send({"type": "http.response.body", "body": data})

        await self._app(scope, receive, kept)


def stripped(body: bytes, hidden: Iterable[str]) -> bytes:
    """An answer whose items lack some members."""
    if not body:
        return body
    return json.dumps(_stripped(json.loads(body), frozenset(hidden))).encode()


def _stripped(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_stripped(one, hidden) for one in value]
    if not isinstance(value, dict):
        return value
    is_item = "item_id" in value or "title" in value
    return {name: _stripped(one, hidden) for name, one in value.items() if not (is_item and name in hidden)}
