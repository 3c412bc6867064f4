"""The server inside the process: its thread, its loop, its end."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.server.asgi import Caller, Reply
from tests.server.conftest import FixedClock
from tui.errors import StorageError
from tui.server.embed import EmbeddedServer


def _call(server: EmbeddedServer, method: str, path: str, body: Any = None) -> Future[Reply]:
    return asyncio.run_coroutine_threadsafe(Caller(server.app)(method, path, body), server.loop)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_first_run_has_sample_boards(url: str, clock: FixedClock) -> None:
    server = EmbeddedServer(url, actor="tester", clock=clock)
    server.start()
    try:
        boards = _call(server, "GET", "/v1/ext/pipelines").result().json()
        assert [board["name"] for board in boards] == ["Sales", "Support"]
        items = _call(server, "GET", "/v1/ext/items").result().json()
        assert 55 <= len(items) <= 65
        reply = _call(server, "PATCH", "/v1/ext/items/DEAL-1", {"name": "mine"}).result()
        assert reply.json()["updated_by"] == "tester"
    finally:
        server.stop()
    again = EmbeddedServer(url, actor="tester", clock=clock)
    again.start()
    assert _call(again, "GET", "/v1/ext/items/DEAL-1").result().json()["name"] == "mine"
    assert len(_call(again, "GET", "/v1/ext/pipelines").result().json()) == 2
    again.stop()


def test_samples_can_be_left_out(url: str) -> None:
    server = EmbeddedServer(url, actor="x", samples=False)
    server.start()
    assert _call(server, "GET", "/v1/ext/pipelines").result().json() == []
    server.stop()


def test_a_database_that_cannot_be_used_is_told_at_start(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    server = EmbeddedServer(f"sqlite:///{tmp_path}", actor="x")
    with pytest.raises(StorageError, match="is a folder"):
        server.start()
    server.stop()
    assert set(threading.enumerate()) <= before


def test_it_has_a_loop_of_its_own_and_ends_with_it(url: str) -> None:
    before = set(threading.enumerate())
    server = EmbeddedServer(url, actor="x", samples=False)
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.loop
    server.stop()
    server.start()
    threads = {thread.name for thread in threading.enumerate()}
    assert "cardwall-server" in threads
    server.stop()
    server.stop()
    assert not server.loop.is_running()
    assert set(threading.enumerate()) <= before


def test_stopping_lets_handlers_finish(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedServer(url, actor="x", clock=FixedClock())
    server.start()
    inside, go_on = threading.Event(), threading.Event()

    def slow(unit: Any) -> list[Any]:
        inside.set()
        go_on.wait(10)
        return []

    monkeypatch.setattr("tui.server.rules.boards.rows", slow)
    running = _call(server, "GET", "/v1/ext/pipelines")
    assert inside.wait(10)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    go_on.set()
    stopper.join(10)
    assert not stopper.is_alive()
    assert running.result(0).status == 200
