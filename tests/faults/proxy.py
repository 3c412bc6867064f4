"""A line between clients and a server that misbehaves by a schedule: real sockets on both sides."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

import h11

from tests.faults.schedule import Fault

_LOSSES = (ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError)
"""How an exchange may end: the client has hung up, or the test has."""
_INSTEAD = frozenset({"429", "500_before", "502_before", "503", "html_before"})
"""Kinds under which the server never hears of the request, and the client is answered."""
_HTML = b"<!doctype html><title>Sign in</title><h1>Sign in to the network</h1>"


@dataclass(frozen=True)
class Entry:
    """One request as it came."""

    at: float
    """By the clock of the loop."""
    who: str
    """The port it was sent to: each client has its own."""
    method: str
    path: str
    fault: str
    received: int = 0
    """Bytes that the client was sent."""


@dataclass(frozen=True)
class Asked:
    """A request, read whole."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True)
class Answered:
    """An answer, read whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def encoded(self) -> bytes:
        """As it goes over the line."""
        head = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n".encode()
        kept = [(n, v) for n, v in self.headers if n not in (b"transfer-encoding", b"content-length", b"connection")]
        if self.status not in (204, 304):
            kept.append((b"content-length", b"%d" % len(self.body)))
        return head + b"".join(b"%s: %s\r\n" % pair for pair in kept) + b"\r\n" + self.body


class Proxy:
    """Between any number of clients and the server at `port`."""

    def __init__(self, port: int, next_fault: Callable[[], Fault]) -> None:
        self._port = port
        self._next_fault = next_fault
        self._tasks: set[asyncio.Task[None]] = set()
        self.journal: list[Entry] = []

    @asynccontextmanager
    async def listening(self, who: str) -> AsyncIterator[str]:
        """An address for one client."""

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            with suppress(*_LOSSES):
                while await self._exchange(who, reader, writer):
                    pass
            with suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            await asyncio.sleep(1)  # one that has just been accepted has begun by then
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks)

    async def _exchange(self, who: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and what becomes of it; whether the connection stays open."""
        asked = await _read_request(reader)
        if asked is None:
            return False
        fault = self._next_fault()
        place = len(self.journal)
        at = asyncio.get_running_loop().time()
        entry = Entry(at, who, asked.method, asked.target, fault.kind)
        self.journal.append(entry)
        data, stays = await self._answer(asked, fault, writer)
        self.journal[place] = Entry(at, who, asked.method, asked.target, fault.kind, len(data))
        if fault.kind == "throttle":
            await _dribble(writer, data, fault.amount)
        elif data:
            writer.write(data)
            await writer.drain()
        if fault.kind == "half_close" and writer.can_write_eof():
            writer.write_eof()
        return stays

    async def _answer(self, asked: Asked, fault: Fault, writer: asyncio.StreamWriter) -> tuple[bytes, bool]:
        """The bytes that go back, and whether the connection is good for another request."""
        if fault.kind == "reset_before":
            _reset(writer)
            return b"", False
        if fault.kind in _INSTEAD:
            return _made_up(fault), True
        answer = (await ask(self._port, asked)).encoded()
        match fault.kind:
            case "delay" | "hang":
                await asyncio.sleep(fault.amount)
            case "reset_after":
                _reset(writer)
                return b"", False
            case "truncate":
                return answer[: int(len(answer) * fault.amount)], False
            case "500_after" | "502_after" | "html_after":
                return _made_up(fault), True
        return answer, fault.kind != "half_close"


async def ask(port: int, asked: Asked) -> Answered:
    """The server's answer over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        headers = [pair for pair in asked.headers if pair[0].lower() not in (b"connection", b"accept-encoding")]
        connection = h11.Connection(h11.CLIENT)
        request = h11.Request(method=asked.method, target=asked.target, headers=[*headers, (b"connection", b"close")])
        sent = connection.send(request) or b""
        sent += connection.send(h11.Data(asked.body)) or b"" if asked.body else b""
        writer.write(sent + (connection.send(h11.EndOfMessage()) or b""))
        status, found, body = 0, [], bytearray()
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(1 << 16))
            elif isinstance(event, h11.Response):
                status, found = event.status_code, [(bytes(n), bytes(v)) for n, v in event.headers]
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return Answered(status, found, bytes(body))
    finally:
        writer.close()
        await writer.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    connection = h11.Connection(h11.SERVER)
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(1 << 16))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            headers = [(bytes(n), bytes(v)) for n, v in request.headers]
            return Asked(request.method.decode(), request.target.decode(), headers, bytes(body))
        else:
            return None


def _made_up(fault: Fault) -> bytes:
    """What something on the way says in the server's place."""
    if fault.kind.startswith("html"):
        return Answered(200, [(b"content-type", b"text/html")], _HTML).encoded()
    headers = [(b"content-type", b"application/json")]
    headers += [(b"retry-after", b"%d" % int(fault.amount))] if fault.kind == "429" else []
    return Answered(int(fault.kind[:3]), headers, b'{"message": "made up on the way"}').encoded()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _dribble(writer: asyncio.StreamWriter, data: bytes, pause: float) -> None:
    size = max(1, len(data) // 8)
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(pause)
