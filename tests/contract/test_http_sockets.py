"""Real sockets: what the HTTP library itself makes of servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tui.api.client import Timeouts
from tui.api.http import Http
from tui.errors import CardwallError, Garbled, LostAnswer, Offline

CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,2"
CHUNKED_CUT = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n[1,2\r\n"


@asynccontextmanager
async def server(answer: bytes, *, hang: bool = False) -> AsyncIterator[Http]:
    """A server that reads a request's head, sends some bytes, and closes or hangs."""
    done = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if hang:
            await done.wait()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    http = Http(f"http://127.0.0.1:{port}", timeouts=Timeouts(read=0.05 if hang else 20))
    try:
        yield http
    finally:
        done.set()
        await http.close()
        listening.close()
        await listening.wait_closed()


@pytest.mark.parametrize(
    ("answer", "hang", "reading"),
    [
        (b"", False, Offline),
        (b"", True, Offline),
        (b"SSH-2.0-OpenSSH\r\n", False, Offline),
        (CUT, False, Garbled),
        (CUT, True, Offline),
        (CHUNKED_CUT, False, Garbled),
    ],
)
async def test_an_answer_that_stops_short(answer: bytes, hang: bool, reading: type[CardwallError]) -> None:
    async with server(answer, hang=hang) as http:
        with pytest.raises(reading) as caught:
            await http.send("GET", "/x")
        assert type(caught.value) is reading
        with pytest.raises(LostAnswer):
            await http.send("POST", "/x", body=b"{}")
        with pytest.raises(reading):
            async with http.stream("/x") as listing:
                await listing.all()


async def test_nobody_listens() -> None:
    async with server(b"") as http:
        pass
    closed = Http(str(http._base))
    with pytest.raises(Offline):
        await closed.send("POST", "/x", body=b"{}")
    await closed.close()


async def test_a_host_that_is_none() -> None:
    http = Http("https://no-such-host.invalid")
    with pytest.raises(Offline, match=r"no-such-host\.invalid"):
        await http.send("POST", "/x", body=b"{}")
    await http.close()
