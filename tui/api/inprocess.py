"""The in-process link: HTTP calls to an ASGI app that lives on an event loop of its own.

    caller's loop                         server's loop
    Call.head(), Call.chunks()  ◀─inbox── _Handler.send     (waits while WINDOW bytes are unread)
    Call.close()                ──gone──▶ _Handler.receive  (http.disconnect)

A handler is never cancelled: when the caller goes away it is told so, what it still sends is dropped,
and its transaction ends as it would have.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
AsgiApp: TypeAlias = Callable[..., Awaitable[None]]

WINDOW = 256 * 1024
"""Bytes of an answer that may wait unread before the server pauses."""
_CHUNK_COST = 512
"""What a chunk counts beside its bytes, so that a million empty ones cannot pile up."""

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())
_running: set[asyncio.Task[None]] = set()


class AsgiLink(Protocol):
    """A running embedded server: its app, and the loop of the thread it runs on."""

    @property
    def app(self) -> AsgiApp:
        """The ASGI callable."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop every call is submitted to; it may be the caller's own."""
        ...


class LinkDown(Exception):
    """The server's loop has ended; nothing was submitted."""


class LinkTimeout(Exception):
    """Nothing came for longer than the read timeout; the handler may still finish."""


class LinkBroken(Exception):
    """The app failed or stopped before its answer was whole."""


class Target(Struct, frozen=True):
    """Where a call goes: the request line and the host, as a server would have parsed them."""

    method: str
    path: str
    """Percent-decoded."""
    raw_path: bytes
    query: bytes
    scheme: str = "http"
    host: str = "localhost"
    port: int = 80


class _Head(Struct, frozen=True):
    status: int
    headers: Headers


class _Chunk(Struct, frozen=True):
    data: bytes
    last: bool


class _Failed(Struct, frozen=True):
    reason: str


_Event: TypeAlias = _Head | _Chunk | _Failed


class Call:
    """One request and its answer. Made, read and closed on the caller's loop."""

    def __init__(self, link: AsgiLink, target: Target, headers: Headers, body: bytes, *, read_timeout: float | None):
        self._link = link
        self._read_timeout = read_timeout
        self._inbox: asyncio.Queue[_Event] = asyncio.Queue()
        here = asyncio.get_running_loop()

        def post(event: _Event) -> None:
            here.call_soon_threadsafe(self._inbox.put_nowait, event)

        self._handler = _Handler(post, body)
        self._scope = _scope(target, headers)
        self._ended = False

    async def head(self) -> tuple[int, Headers]:
        """Submit the call; the status and headers, as soon as the app has sent them."""
        self._on_server(self._handler.start, self._link.app, self._scope)
        event = await self._next()
        if not isinstance(event, _Head):
            raise LinkBroken("the app sent a body before its headers")
        return event.status, event.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it is sent, never more than about WINDOW bytes ahead of the reader."""
        while not self._ended:
            event = await self._next()
            if not isinstance(event, _Chunk):
                raise LinkBroken("the app sent its headers twice")
            self._ended = event.last
            if event.data:
                if not event.last:
                    self._on_server(self._handler.was_read, len(event.data) + _CHUNK_COST)
                yield event.data

    def close(self) -> None:
        """Say that the rest is not wanted. Cheap, and safe at any time."""
        if not self._ended:
            self._ended = True
            try:
                self._on_server(self._handler.disconnect)
            except LinkDown:
                return

    async def _next(self) -> _Event:
        try:
            async with asyncio.timeout(self._read_timeout):
                event = await self._inbox.get()
        except TimeoutError:
            raise LinkTimeout("the server did not answer in time") from None
        if isinstance(event, _Failed):
            raise LinkBroken(event.reason)
        return event

    def _on_server(self, function: Callable[..., object], *args: object) -> None:
        try:
            # A fresh context: the caller's variables (its active app, say) are not the server's.
            self._link.loop.call_soon_threadsafe(function, *args, context=contextvars.Context())
        except RuntimeError:
            raise LinkDown("the embedded server has stopped") from None


class _Handler:
    """The app's side of a call; every method but __init__ runs on the server's loop."""

    def __init__(self, post: Callable[[_Event], None], body: bytes) -> None:
        self._post = post
        self._body: bytes | None = body
        self._unread = 0
        self._gone = False
        self._complete = False
        self._over = asyncio.Event()
        self._room = asyncio.Event()

    def start(self, app: AsgiApp, scope: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._run(app, scope))
        _running.add(task)  # the loop itself keeps only weak references
        task.add_done_callback(self._finished)

    async def _run(self, app: AsgiApp, scope: dict[str, Any]) -> None:
        await app(scope, self.receive, self.send)

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self._gone or self._complete:
            await asyncio.sleep(0)  # an app that streams for ever must not starve the loop
            return
        if message["type"] == "http.response.start":
            self._deliver(_Head(message["status"], tuple(message.get("headers", ()))))
        elif message["type"] == "http.response.body":
            data, last = bytes(message.get("body", b"")), not message.get("more_body", False)
            self._complete = last
            self._deliver(_Chunk(data, last))
            if last:
                self._over.set()
            elif data:
                await self._wait_for_room(len(data) + _CHUNK_COST)

    async def _wait_for_room(self, cost: int) -> None:
        self._unread += cost
        while self._unread > WINDOW and not self._gone:
            self._room.clear()
            await self._room.wait()

    def was_read(self, cost: int) -> None:
        self._unread -= cost
        self._room.set()

    def disconnect(self) -> None:
        self._gone = True
        self._over.set()
        self._room.set()

    def _deliver(self, event: _Event) -> None:
        try:
            self._post(event)
        except RuntimeError:  # the caller's loop has ended
            self.disconnect()

    def _finished(self, task: asyncio.Task[None]) -> None:
        _running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("the embedded server's app failed", exc_info=error)
        if not self._complete and not self._gone:
            reason = "was stopped" if task.cancelled() else "failed" if error else "did not finish"
            self._deliver(_Failed(f"the embedded server {reason} before its answer was whole"))
        self.disconnect()


def _scope(target: Target, headers: Headers) -> dict[str, Any]:
    return {
        "type": "http",
        # 2.3, not 2.4: a disconnect is then reported by `receive` alone and `send` never raises.
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": target.method,
        "scheme": target.scheme,
        "path": target.path,
        "raw_path": target.raw_path,
        "query_string": target.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 0),
        "server": (target.host, target.port),
    }
