"""The line misbehaves as it is told: what a storm proves hangs on that."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from tests.faults.clock import LeapingLoop
from tests.faults.place import listening_app
from tests.faults.proxy import Entry, Proxy
from tests.faults.schedule import ARRIVES, KINDS, PASS, Fault, Kind, Schedule

BODY = b'{"some": "answer"}' * 20


@pytest.fixture
def loop() -> Iterator[LeapingLoop]:
    loop = LeapingLoop()
    yield loop
    assert not loop.failures
    loop.close()


async def _exchange(fault: Fault) -> tuple[int | type[Exception], bytes, float, int, list[Entry]]:
    """What a client gets, in how many seconds, how often the server was asked, and the journal."""
    asked = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        asked += 1
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(BODY))]})
        await send({"type": "http.response.body", "body": BODY})

    loop = asyncio.get_running_loop()
    faults = iter([fault])
    async with listening_app(app) as port:
        proxy = Proxy(port, lambda: next(faults, PASS))
        async with proxy.listening("sam") as address, httpx.AsyncClient(timeout=30) as client:
            began = loop.time()
            try:
                answer = await client.post(f"{address}/x", content=b"{}")
                got: tuple[int | type[Exception], bytes] = (answer.status_code, answer.content)
            except httpx.HTTPError as error:
                got = (type(error), b"")
            took = loop.time() - began
            first = asked
            assert (await client.post(f"{address}/y")).content == BODY  # whatever befell the first
            return *got, took, first, proxy.journal


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_meets_what_the_schedule_says(loop: LeapingLoop, kind: Kind) -> None:
    amount = {"hang": 45.0, "429": 7.0, "throttle": 0.5, "delay": 10.0}.get(kind, 0.5)
    status, body, took, asked, journal = loop.run_until_complete(_exchange(Fault(kind, amount)))
    assert asked == (kind in ARRIVES)
    assert [(entry.who, entry.path, entry.fault) for entry in journal[:1]] == [("sam", "/x", kind)]
    wanted: dict[str, int | type[Exception]] = {
        "hang": httpx.ReadTimeout,
        "reset_before": httpx.ReadError,
        "reset_after": httpx.ReadError,
        "truncate": httpx.RemoteProtocolError,
    }
    made_up = int(kind[:3]) if kind[0] in "45" else 200
    assert status == wanted.get(kind, made_up)
    assert (body == BODY) == (kind in ("pass", "delay", "throttle", "half_close"))
    assert (b"<h1>" in body) == kind.startswith("html")
    assert took == pytest.approx({"hang": 30, "delay": 10, "throttle": 4}.get(kind, 0), abs=1)


def test_a_seed_is_a_schedule_and_a_storm_has_an_end() -> None:
    one, same, other = Schedule(1), Schedule(1), Schedule(2)
    faults = [one.next() for _ in range(400)]
    assert faults == [same.next() for _ in range(400)]
    assert faults != [other.next() for _ in range(400)]
    assert Counter(fault.kind for fault in faults).keys() == set(KINDS)
    one.over = True
    assert {one.next() for _ in range(100)} == {PASS}
