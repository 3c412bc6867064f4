"""The client of the server in this process: the same answers and the same failures as over the network."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tui.api.client import Timeouts
from tui.api.embedded import Embedded
from tui.api.inprocess import AsgiApp
from tui.errors import LostAnswer, Offline


@pytest.fixture
def attempts() -> int:
    return 3


@dataclass
class Link:
    app: AsgiApp
    loop: asyncio.AbstractEventLoop


async def test_the_in_process_link_speaks_http() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        message = await receive()
        headers = dict(scope["headers"])
        text = b"%s %s %s %s" % (scope["raw_path"], scope["query_string"], headers[b"x-key"], message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": text})

    http = Embedded(Link(app, asyncio.get_running_loop()), headers={"x-key": "k"})
    answer = await http.send("POST", "/a%20b", params={"q": "1"}, body=b"sent")
    assert answer.body == b"/a%20b q=1 k sent"
    await http.close()


async def test_the_in_process_links_failures_are_ours() -> None:
    async def silent(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await receive()

    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise RuntimeError("a bug")

    here, gone = asyncio.get_running_loop(), asyncio.new_event_loop()
    gone.close()
    short = Timeouts(read=0.02)
    for app, loop, reading, writing in (
        (silent, here, Offline, LostAnswer),
        (broken, here, Offline, LostAnswer),
        (silent, gone, Offline, Offline),
    ):
        http = Embedded(Link(app, loop), timeouts=short)
        with pytest.raises(reading):
            await http.send("GET", "/x")
        with pytest.raises(writing):
            await http.send("POST", "/x", body=b"{}")


async def test_an_answer_that_never_ends_is_given_up() -> None:
    ended = asyncio.Event()

    async def dripping(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not ended.is_set():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0)

    http = Embedded(Link(dripping, asyncio.get_running_loop()), timeouts=Timeouts(whole=0.05))
    with pytest.raises(LostAnswer):
        await http.send("POST", "/x", body=b"{}")
    ended.set()
