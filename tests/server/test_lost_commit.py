"""The connection to PostgreSQL breaks around a COMMIT: nothing is written twice, and a key tells what happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import Board, FixedClock, make_board
from tests.server.postgres_proxy import Cut, Proxy, proxied
from tui.server.app import create_app
from tui.server.lifespan import running
from tui.server.opening import open_database

BOTH = pytest.mark.parametrize("cut", ["before", "after"])
KEY = {"idempotency-key": "k-1"}


@pytest.fixture
def way(postgres_url: str) -> Iterator[tuple[Proxy, str]]:
    with proxied(postgres_url) as way:
        yield way


@pytest.fixture
def proxy(way: tuple[Proxy, str]) -> Proxy:
    return way[0]


@pytest.fixture
async def there(way: tuple[Proxy, str], clock: FixedClock) -> AsyncIterator[Board]:
    """A board whose server reaches its database through the proxy."""
    database = open_database(way[1])
    app = create_app(database, clock=clock, faces=("slate", "cekat"))
    async with running(app):
        yield await make_board(Caller(app))
    database.close()


def _draft(board: Board) -> dict[str, object]:
    return {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}


@BOTH
async def test_a_write_without_a_key_is_not_repeated(there: Board, proxy: Proxy, cut: Cut) -> None:
    proxy.cut_next(cut)
    reply = await there.call("POST", "/v1/ext/items", _draft(there))
    assert (reply.status, reply.json()["code"], proxy.cuts) == (503, "outcome_unknown", 1)
    assert "may have been written" in reply.json()["detail"]
    assert await there.names() == (["x"] if cut == "after" else [])


@BOTH
async def test_a_write_with_a_version_happens_once_at_most(there: Board, proxy: Proxy, cut: Cut) -> None:
    item = await there.add()
    path = f"/v1/ext/items/{item['item_id']}"
    proxy.cut_next(cut)
    reply = await there.call("PATCH", path, {"name": "y", "version": 1})
    assert (reply.status, reply.json()["code"]) == (503, "outcome_unknown")
    again = await there.call("PATCH", path, {"name": "z", "version": 1})
    assert again.status == (409 if cut == "after" else 200)
    found = (await there.call("GET", path)).json()
    assert (found["name"], found["version"]) == ("y" if cut == "after" else "z", 2)


@BOTH
async def test_a_write_with_a_key_happens_once_and_is_answered(there: Board, proxy: Proxy, cut: Cut) -> None:
    proxy.cut_next(cut)
    first = await there.call("POST", "/v1/ext/items", _draft(there), headers=KEY)
    assert (first.status, proxy.cuts) == (201, 1)
    assert await there.items() == [first.json()]
    second = await there.call("POST", "/v1/ext/items", _draft(there), headers=KEY)
    assert (second.status, second.body) == (201, first.body)
    assert len(await there.items()) == 1


@BOTH
async def test_the_other_face_says_it_in_its_shape(there: Board, proxy: Proxy, cut: Cut) -> None:
    path = f"/api/crm/boards/{there.id}/items"
    proxy.cut_next(cut)
    lost = await there.call("POST", path, {"title": "one"})
    assert (lost.status, lost.json()["success"], lost.json()["error"]["code"]) == (503, False, "OUTCOME_UNKNOWN")
    proxy.cut_next(cut)
    kept = await there.call("POST", path, {"title": "two"}, headers=KEY)
    assert (kept.status, proxy.cuts) == (201, 2)
    assert sorted(await there.names()) == (["one", "two"] if cut == "after" else ["two"])


@BOTH
async def test_all_of_a_bulk_delete_or_nothing(there: Board, proxy: Proxy, cut: Cut) -> None:
    ids = [(await there.add(f"n{n}"))["item_id"] for n in range(3)]
    proxy.cut_next(cut)
    reply = await there.call("DELETE", f"/api/crm/boards/{there.id}/items", {"item_ids": ids})
    assert reply.status == 503
    assert len(await there.items()) == (0 if cut == "after" else 3)
