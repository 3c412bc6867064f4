"""Who may do what through the cekat face, and how often one write happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from starlette.requests import Request

from tests.server.asgi import Caller as Call
from tests.server.conftest import FixedClock, counting_ids
from tests.server.crm import Crm, data, fields, refused
from tui.errors import Unauthorised
from tui.server.app import create_app
from tui.server.callers import READ, WRITE, Caller
from tui.server.database import Database
from tui.server.lifespan import running
from tui.server.refusals import RateLimited
from tui.server.tables import items

KEY = {"idempotency_key": "k-1"}


async def _identify(request: Request) -> Caller:
    """Plays the keys: the Bearer token is what its owner may do."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token == "busy":
        raise RateLimited("60 requests a minute are the most.", 17)
    scopes = {"reader": {READ}, "writer": {WRITE}, "both": {READ, WRITE}}.get(token)
    if scopes is None:
        raise Unauthorised("The API key is missing or wrong.")
    return Caller(token, token, frozenset(scopes))


@pytest.fixture
async def guarded(crm: Crm, database: Database, clock: FixedClock) -> AsyncIterator[Crm]:
    """The same board on a server that asks for keys."""
    app = create_app(database, clock=clock, ids=counting_ids(), identify=_identify, faces=("cekat", "slate"))
    async with running(app):
        theirs = Crm(crm.board)
        theirs.call = Call(app)
        yield theirs


def _routes(item_id: str) -> list[tuple[str, str, object, str]]:
    return [
        ("GET", "", None, READ),
        ("GET", "/columns/x", None, READ),
        ("POST", "/columns/by-name", {"name": "Lead"}, READ),
        ("GET", "/items", None, READ),
        ("POST", "/items/search", {}, READ),
        ("GET", f"/items/{item_id}", None, READ),
        ("POST", "/items", {"title": "x"}, WRITE),
        ("PUT", f"/items/{item_id}", {"title": "x"}, WRITE),
        ("DELETE", "/items", {"item_ids": [item_id]}, WRITE),
    ]


async def test_without_a_key_nothing_is_told(crm: Crm, guarded: Crm) -> None:
    item = await crm.add()
    documented = {"success": False, "status_code": 401, "error": {"message": "Not authenticated"}}
    for method, path, body, _ in [*_routes(item["id"]), ("POST", "/items", b"{", ""), ("PATCH", "/items", None, "")]:
        reply = await guarded(method, path, body)
        assert (reply.status, reply.json()) == (401, documented), (method, path)
        assert reply.headers["www-authenticate"] == "Bearer"
    assert (await guarded.call("GET", "/api/crm/boards")).json() == documented
    assert await crm.titles() == ["Acme"]


async def test_a_missing_scope_is_named(crm: Crm, guarded: Crm) -> None:
    item = await crm.add()
    for method, path, body, scope in [*_routes(item["id"]), ("GET", "/items?limit=1", None, READ)]:
        other = "writer" if scope == READ else "reader"
        error = refused(await guarded(method, path, body, authorization=f"Bearer {other}"), 403, "FORBIDDEN")
        assert error["details"] == [{"field": "scope", "message": f"This needs a key with the scope {scope}."}]
    assert await crm.titles() == ["Acme"]


async def test_a_spent_budget_says_when_it_comes_back(guarded: Crm) -> None:
    for path in ("/items", "/items/x"):
        reply = await guarded("GET", path, authorization="Bearer busy")
        refused(reply, 429, "RATE_LIMITED")
        assert reply.headers["retry-after"] == "17"
    slate = await guarded.call("GET", "/v1/ext/items", headers={"authorization": "Bearer busy"})
    assert (slate.status, slate.json()["code"], slate.headers["retry-after"]) == (429, "rate_limited", "17")


async def test_writes_carry_the_name_of_the_key(crm: Crm, guarded: Crm, database: Database) -> None:
    item = data(await guarded("POST", "/items", {"title": "x"}, authorization="Bearer both"), 201)
    assert item["created_by"] == {"id": "both", "name": "both"}
    assert (await crm.board.items())[0]["updated_by"] == "both"
    theirs = await crm.add()
    data(await guarded("DELETE", "/items", {"item_ids": [theirs["id"]]}, authorization="Bearer both"))
    written = select(items.c.updated_by).where(items.c.id == theirs["id"])
    assert database.read(lambda connection: connection.scalar(written)) == "both"


async def test_who_only_writes_sees_what_that_made_and_nothing_else(crm: Crm, guarded: Crm) -> None:
    writer = {"authorization": "Bearer writer"}
    rule = {"fields": ["name"], "mode": "exact", "scope": "board", "on_duplicate": "skip"}
    await crm.board.apply(duplicates=rule)
    item = data(await guarded("POST", "/items", {"title": "mine"}, **writer), 201)
    assert item["title"] == "mine"
    stale = refused(await guarded("PUT", f"/items/{item['id']}", {"version": 9}, **writer), 409, "VERSION_CONFLICT")
    assert stale.keys() == {"code", "message", "expected_version", "current_version"}
    twice = refused(await guarded("POST", "/items", {"title": "mine"}, **writer), 409, "DUPLICATE_ITEM")
    assert twice == {"code": "DUPLICATE_ITEM", "message": "This duplicates other items."}


async def test_paths_of_nowhere_are_in_the_shape_of_their_face(crm: Crm, guarded: Crm) -> None:
    for path in ("/api/crm", "/api/crm/", "/api/crm/boards/", "/api/crm/boards/x/y", "/", "/api/crmx", "/else"):
        refused(await guarded.call("GET", path), 404, "ROUTE_NOT_FOUND")
    for path in ("/v1/ext", "/v1/ext/else"):
        assert (await guarded.call("GET", path)).json()["code"] == "route_not_found"
    for path in ("/", "/api/crmx", "/else"):
        assert (await crm.call("GET", path)).json()["code"] == "route_not_found"


async def test_a_failure_outside_the_routes_is_in_the_shape_of_the_face(
    crm: Crm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tui.server.http.Resource.__call__", broken)
    refused(await crm("GET", "/items"), 500, "INTERNAL_ERROR")
    assert (await crm.call("GET", "/v1/ext/items")).json()["code"] == "internal_error"
    assert "ZeroDivisionError" in caplog.text


async def test_one_face_can_be_served_alone(database: Database, crm: Crm) -> None:
    await crm.add()
    async with running(app := create_app(database, faces=("cekat",))):
        alone = Crm(crm.board)
        alone.call = Call(app)
        assert await alone.titles() == ["Acme"]
        refused(await alone.call("GET", "/v1/ext/items"), 404, "ROUTE_NOT_FOUND")
    async with running(app := create_app(database)):
        reply = await Call(app)("GET", "/api/crm/boards")
        assert (reply.status, reply.json()["code"]) == (404, "route_not_found")


async def test_every_write_honours_an_idempotency_key(crm: Crm) -> None:
    item = await crm.add()
    for method, path, body, status in [
        ("POST", "/items", {"title": "x"}, 201),
        ("PUT", f"/items/{item['id']}", {"title": "y", "version": 1}, 200),
        ("DELETE", "/items", {"item_ids": [item["id"]]}, 200),
    ]:
        first = await crm(method, path, body, **KEY)
        assert (first.status, await crm(method, path, body, **KEY)) == (status, first), path
    assert await crm.titles() == ["x"]
    assert len((await crm.board.changes("0"))["changes"]) == 2


async def test_requests_at_the_same_time_get_the_same_answer(crm: Crm) -> None:
    replies = await asyncio.gather(*(crm("POST", "/items", {"title": "x"}, **KEY) for _ in range(8)))
    assert {reply.body for reply in replies} == {replies[0].body}
    assert await crm.titles() == ["x"]


async def test_another_request_under_the_key_is_refused(crm: Crm) -> None:
    item = await crm.add()
    path = f"/items/{item['id']}"
    data(await crm("PUT", path, {"title": "y"}, **KEY))
    refused(await crm("PUT", path, {"title": "z"}, **KEY), 400, "IDEMPOTENCY_MISMATCH")
    refused(await crm("PUT", path, {"title": "y"}, **KEY, if_match='"2"'), 400, "IDEMPOTENCY_MISMATCH")
    assert await crm.titles() == ["y"]


async def test_a_key_belongs_to_its_face_and_route(crm: Crm) -> None:
    body = {"name": "x", "pipeline_id": crm.board.id, "stage_id": crm.columns["Lead"]}
    slate = await crm.call("POST", "/v1/ext/items", body, headers={"idempotency-key": "k-1"})
    ours = data(await crm("POST", "/items", {"title": "x"}, **KEY), 201)
    assert slate.json()["item_id"] != ours["id"]
    assert len(await crm.titles()) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ä"])
async def test_idempotency_keys_are_visible_characters(crm: Crm, key: str) -> None:
    assert fields(await crm("POST", "/items", {"title": "x"}, idempotency_key=key)) == ["Idempotency-Key"]
    assert await crm.titles() == []
