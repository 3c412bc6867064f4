"""Reads that are shared, reads that are only asked about, and a load that sits a pause out."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.contract.answers import Server, http_to, problem
from tests.contract.test_budget_gate import Clock, gate
from tui.api.http import Http
from tui.api.rank import Rank, ranked
from tui.api.reads import MOST_KEPT
from tui.config import RateLimit
from tui.errors import NotFound, RateLimited


class Slow:
    """A server that answers when it is told to, with what it was asked as often as it was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.go = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await self.go.wait()
        return httpx.Response(404 if "gone" in request.url.path else 200, json={"n": len(self.requests)})


def slow_http(server: Slow) -> Http:
    return Http("https://crm.example.com", transport=httpx.MockTransport(server))


async def until_asked(server: Slow, count: int) -> None:
    for _ in range(100):
        if len(server.requests) >= count:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{len(server.requests)} requests of {count}")


async def test_the_same_read_twice_at_once_is_one_request() -> None:
    server = Slow()
    http = slow_http(server)
    reads = [asyncio.create_task(http.send("GET", "/a", params={"x": "1"})) for _ in range(5)]
    other = asyncio.create_task(http.send("GET", "/a", params={"x": "2"}))
    check = [asyncio.create_task(http.send("POST", "/check", body=b"{}", reading=True)) for _ in range(2)]
    await until_asked(server, 3)
    server.go.set()
    answers = [(await read).body for read in (*reads, *check)]
    assert len(set(answers[:5])) == 1
    await other
    assert len(server.requests) == 3
    await http.send("GET", "/a", params={"x": "1"})
    assert len(server.requests) == 4, "a finished read is not an answer to the next one"
    await http.close()


async def test_one_who_gives_up_leaves_the_others_their_answer() -> None:
    server = Slow()
    http = slow_http(server)
    first = asyncio.create_task(http.send("GET", "/a"))
    await until_asked(server, 1)
    second = asyncio.create_task(http.send("GET", "/a"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    server.go.set()
    assert (await second).status == 200
    assert len(server.requests) == 1
    await http.close()


async def test_a_read_nobody_waits_for_is_not_the_answer_to_a_later_one() -> None:
    server = Slow()
    http = slow_http(server)
    first = asyncio.create_task(http.send("GET", "/a"))
    await until_asked(server, 1)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    server.go.set()
    assert (await http.send("GET", "/a")).json() == {"n": 2}
    await http.close()


async def test_a_failure_is_everyones() -> None:
    server = Slow()
    http = slow_http(server)
    reads = [asyncio.create_task(http.send("GET", "/gone")) for _ in range(2)]
    await until_asked(server, 1)
    server.go.set()
    for read in reads:
        with pytest.raises(NotFound):
            await read
    assert len(server.requests) == 1
    await http.close()


async def test_writes_and_the_reads_that_belong_to_them_are_never_shared() -> None:
    server = Slow()
    http = slow_http(server)
    with ranked(Rank.WRITE):
        after = asyncio.create_task(http.send("GET", "/a"))
    before = asyncio.create_task(http.send("GET", "/a"))
    writes = [asyncio.create_task(http.send("PATCH", "/a", body=b"{}")) for _ in range(2)]
    await until_asked(server, 4)
    server.go.set()
    await asyncio.gather(after, before, *writes)
    assert len(server.requests) == 4
    await http.close()


def tagged(request: httpx.Request) -> httpx.Response:
    tag = f'"{request.url.path}"'
    if request.headers.get("if-none-match") == tag:
        return httpx.Response(304, headers={"ETag": tag})
    return httpx.Response(200, json={"path": request.url.path}, headers={"ETag": tag})


async def test_an_answer_with_a_tag_is_asked_for_once_and_then_only_asked_about() -> None:
    server = Server(tagged)
    http = http_to(server)
    first = await http.send("GET", "/a")
    again = await http.send("GET", "/a")
    assert again.json() == first.json() == {"path": "/a"}
    assert again.status == 200
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"/a"']
    await http.send("POST", "/a", body=b"{}")
    assert "if-none-match" not in server.requests[-1].headers
    server.behaviour = httpx.Response(200, json={"new": 1})
    assert (await http.send("GET", "/a")).json() == {"new": 1}
    assert (await http.send("GET", "/a")).json() == {"new": 1}
    assert "if-none-match" not in server.requests[-1].headers, "the tag went with the answer it stood for"
    await http.close()


async def test_only_so_many_answers_are_kept() -> None:
    server = Server(tagged)
    http = http_to(server)
    for number in range(MOST_KEPT + 1):
        await http.send("GET", f"/{number}")
    await http.send("GET", "/0")
    assert "if-none-match" not in server.requests[-1].headers
    await http.send("GET", f"/{MOST_KEPT}")
    assert "if-none-match" in server.requests[-1].headers
    await http.close()


async def test_a_304_to_nobody_s_question_is_an_error() -> None:
    http = http_to(Server(httpx.Response(304)))
    with pytest.raises(Exception, match="304"):
        await http.send("POST", "/a", body=b"{}")
    await http.close()


async def test_a_load_sits_a_pause_out_and_a_question_does_not() -> None:
    clock = Clock()
    refused = problem(429)
    refused.headers["Retry-After"] = "20"

    def busy(request: httpx.Request) -> httpx.Response:
        return refused if len(server.requests) % 3 == 2 else httpx.Response(200, json=[])

    server = Server(busy)
    one = gate(clock, RateLimit(60, 60))
    http = http_to(server, gate=one)

    async def page() -> None:
        async with http.stream("/items") as listing:
            await listing.all()
        await one.settled()

    with ranked(Rank.LOAD):
        for _ in range(6):
            await page()
    assert clock.waits == pytest.approx([20] * 3, abs=0.1)
    await page()
    with pytest.raises(RateLimited):
        await page()
    await http.close()
