"""The in-process link against small apps, on a loop of their own in a thread and on the caller's loop."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest

from tui.api.inprocess import WINDOW, AsgiApp, Call, LinkBroken, LinkDown, LinkTimeout, Target

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
TARGET = Target("GET", "/x y", b"/x%20y", b"a=1")


@dataclass
class Link:
    app: AsgiApp
    loop: asyncio.AbstractEventLoop


async def finish_handlers() -> None:
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
def other_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    asyncio.run_coroutine_threadsafe(finish_handlers(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(params=["own thread", "caller's loop"])
async def loop(request: pytest.FixtureRequest) -> AsyncIterator[asyncio.AbstractEventLoop]:
    if request.param == "own thread":
        yield request.getfixturevalue("other_loop")
    else:
        yield asyncio.get_running_loop()


def call(app: AsgiApp, loop: asyncio.AbstractEventLoop, body: bytes = b"", read_timeout: float | None = 20) -> Call:
    return Call(Link(app, loop), TARGET, [(b"X-Key", b"k")], body, read_timeout=read_timeout)


async def collect(made: Call) -> bytes:
    await made.head()
    return b"".join([chunk async for chunk in made.chunks()])


def start(status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(b"x-answer", b"yes")]}


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # it comes true in another thread
            await asyncio.sleep(0.001)


async def test_an_app_sees_the_request_and_the_caller_its_answer(loop: asyncio.AbstractEventLoop) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        seen.update(scope, message=await receive(), loop=asyncio.get_running_loop())
        await send(start(201))
        await send(body(b"one", more=True))
        await send(body(b"two"))

    made = call(app, loop, b"sent")
    assert await made.head() == (201, ((b"x-answer", b"yes"),))
    assert [chunk async for chunk in made.chunks()] == [b"one", b"two"]
    assert seen["loop"] is loop
    assert seen["message"] == {"type": "http.request", "body": b"sent", "more_body": False}
    assert (seen["method"], seen["path"], seen["raw_path"], seen["query_string"]) == ("GET", "/x y", b"/x%20y", b"a=1")
    assert seen["headers"] == [(b"x-key", b"k")]


async def test_headers_and_chunks_come_as_they_are_sent(loop: asyncio.AbstractEventLoop) -> None:
    go: asyncio.Queue[None] = asyncio.Queue()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())
        await go.get()
        await send(body(b"first", more=True))
        await go.get()
        await send(body(b"last"))

    made = call(app, loop)
    assert (await made.head())[0] == 200
    chunks = made.chunks()
    loop.call_soon_threadsafe(go.put_nowait, None)
    assert await anext(chunks) == b"first"
    loop.call_soon_threadsafe(go.put_nowait, None)
    assert await anext(chunks) == b"last"
    with pytest.raises(StopAsyncIteration):
        await anext(chunks)


async def test_a_fast_app_waits_for_a_slow_reader(loop: asyncio.AbstractEventLoop) -> None:
    sent = 0
    piece = b"x" * 16 * 1024

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(start())
        for _ in range(200):
            await send(body(piece, more=True))
            sent += len(piece)
        await send(body(b""))

    made = call(app, loop)
    await made.head()
    last = -1
    while sent != last or sent == 0:  # until it stands still
        last = sent
        await asyncio.sleep(0.01)
    assert sent <= WINDOW
    assert sum([len(chunk) async for chunk in made.chunks()]) == 200 * len(piece)


async def test_many_empty_chunks_cannot_pile_up(loop: asyncio.AbstractEventLoop) -> None:
    sent = 0

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(start())
        for _ in range(5000):
            await send(body(b"x", more=True))
            sent += 1
        await send(body(b""))

    made = call(app, loop)
    await made.head()
    last = -1
    while sent != last or sent == 0:
        last = sent
        await asyncio.sleep(0.01)
    assert sent < 1000
    assert sum([len(chunk) async for chunk in made.chunks()]) == 5000


async def test_a_read_timeout_is_kept_for_the_head_and_for_the_body(loop: asyncio.AbstractEventLoop) -> None:
    async def silent(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await receive()

    async def stuck(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"one", more=True))
        await receive()
        await receive()

    made = call(silent, loop, read_timeout=0.02)
    with pytest.raises(LinkTimeout):
        await made.head()
    made.close()
    made = call(stuck, loop, read_timeout=0.02)
    with pytest.raises(LinkTimeout):
        await collect(made)
    made.close()


async def test_a_cancelled_call_does_not_cut_its_handler(loop: asyncio.AbstractEventLoop) -> None:
    told: list[str] = []
    inside = threading.Event()
    go: asyncio.Queue[None] = asyncio.Queue()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        inside.set()
        await go.get()  # in the middle of a transaction
        told.append("committed")
        await send(start())
        await send(body(b"done"))
        told.append((await receive())["type"])

    made = call(app, loop)

    async def client() -> None:
        try:
            await made.head()
        finally:
            made.close()

    task = asyncio.create_task(client())
    await until(inside.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == []
    loop.call_soon_threadsafe(go.put_nowait, None)
    await until(lambda: len(told) == 2)
    assert told == ["committed", "http.disconnect"]


async def test_a_reader_that_leaves_frees_an_app_that_waits_to_send(loop: asyncio.AbstractEventLoop) -> None:
    ended = threading.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())
        for _ in range(20):
            await send(body(b"x" * WINDOW, more=True))
        await send(body(b""))
        ended.set()

    made = call(app, loop)
    await made.head()
    await anext(made.chunks())
    made.close()
    await until(ended.is_set)


async def test_a_failing_app_is_an_error_without_its_traceback(
    loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def before(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        raise RuntimeError("a secret detail")

    async def midway(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"half", more=True))
        raise RuntimeError("a secret detail")

    async def short(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())

    for app in (before, midway, short):
        with caplog.at_level(logging.CRITICAL), pytest.raises(LinkBroken) as caught:
            await collect(call(app, loop))
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None


async def test_a_failure_after_a_whole_answer_is_the_logs(
    loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    """An error middleware answers 500 and raises again."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start(500))
        await send(body(b"problem"))
        raise RuntimeError("a bug")

    assert await collect(call(app, loop)) == b"problem"
    await until(lambda: any("app failed" in record.message for record in caplog.records))


async def test_a_stopped_server_is_named(other_loop: asyncio.AbstractEventLoop) -> None:
    waiting = threading.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        waiting.set()
        await asyncio.Event().wait()

    def cancel_all() -> None:
        for task in asyncio.all_tasks(other_loop):
            task.cancel()

    head = asyncio.create_task(call(app, other_loop).head())
    await until(waiting.is_set)
    other_loop.call_soon_threadsafe(cancel_all)
    with pytest.raises(LinkBroken, match="stopped"):
        await head
    dead = asyncio.new_event_loop()
    dead.close()
    made = call(app, dead)
    with pytest.raises(LinkDown):
        await made.head()
    made.close()


async def test_the_callers_variables_are_not_the_servers(loop: asyncio.AbstractEventLoop) -> None:
    active = ContextVar("active", default="nobody")
    active.set("the caller")

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(active.get().encode()))

    assert await collect(call(app, loop)) == b"nobody"


async def test_calls_do_not_wait_for_each_other(loop: asyncio.AbstractEventLoop) -> None:
    arrived: asyncio.Queue[None] = asyncio.Queue()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        message = await receive()
        if message["body"] == b"wait":
            await arrived.get()
        else:
            arrived.put_nowait(None)
        await send(start())
        await send(body(message["body"]))

    answers = await asyncio.gather(collect(call(app, loop, b"wait")), collect(call(app, loop, b"go")))
    assert list(answers) == [b"wait", b"go"]
