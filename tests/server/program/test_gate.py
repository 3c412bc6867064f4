"""Who is let in, for how long a key is believed, and what a caller without a scope sees."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event
from starlette.requests import Request

from tests.server.conftest import FixedClock, blueprint
from tests.server.program.conftest import Guarded, guarded
from tui.config import RateLimit
from tui.errors import Unauthorised
from tui.server.callers import READ, WRITE
from tui.server.database import Database
from tui.server.moments import DAY, milliseconds
from tui.server.program.gate import KEPT_MILLISECONDS
from tui.server.rules import items, keys
from tui.server.rules.contents import Draft
from tui.server.unit import Unit

UNAUTHORISED = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "The API key is missing or not valid.",
    "code": "unauthorized",
}


async def test_unknown_revoked_expired_and_missing_keys_are_refused_alike(server: Guarded) -> None:
    revoked, revoked_text = server.key()
    server.service.write_now(lambda unit: keys.revoke(unit, revoked.id))
    _, expired = server.key(expires_at=milliseconds(server.clock) + DAY)
    server.clock.now += 86_400
    good, text = server.key()
    wrong = f"cw_{good.id}_{'A' * 43}"
    for key in (revoked_text, expired, wrong, "cw_aaaaaaaaaaaa_" + "A" * 43, "nonsense", "", "é"):
        reply = await server.ask(key)
        assert (reply.status, reply.json(), reply.headers["www-authenticate"]) == (401, UNAUTHORISED, "x-api-key")
    assert (await server.call("GET", "/v1/ext/items")).status == 401
    assert (await server.ask(text)).status == 200


async def test_the_door_is_before_the_body_on_every_path_of_the_face(server: Guarded) -> None:
    for method, path in [
        ("GET", "/v1/ext/items"), ("POST", "/v1/ext/items"), ("PUT", "/v1/ext/items"), ("GET", "/v1/ext/items/x"),
        ("PATCH", "/v1/ext/items/x"), ("DELETE", "/v1/ext/items/x"), ("POST", "/v1/ext/items/check-duplicates"),
        ("GET", "/v1/ext/items/x/history"), ("POST", "/v1/ext/items/x/restore"), ("GET", "/v1/ext/pipelines"),
        ("POST", "/v1/ext/pipelines"), ("GET", "/v1/ext/pipelines/x/stages"), ("GET", "/v1/ext/capabilities"),
        ("GET", "/v1/ext/pipelines/x/stages/y/statuses"), ("GET", "/v1/ext/pipelines/x/blueprint"),
        ("PUT", "/v1/ext/pipelines/x/blueprint"), ("GET", "/v1/ext/pipelines/x/changes"),
        ("GET", "/v1/ext/webhooks/sample/items"),
    ]:  # fmt: skip
        reply = await server.call(method, path, b"{broken")
        assert (path, reply.status, reply.json()) == (path, 401, UNAUTHORISED)


async def test_a_key_may_do_what_its_scopes_say(server: Guarded) -> None:
    _, reader = server.key(scopes=(READ,))
    _, writer = server.key("ann", scopes=(WRITE,))
    made = await server.ask(writer, "POST", "/v1/ext/pipelines", blueprint())
    assert made.status == 201
    refused = await server.ask(reader, "POST", "/v1/ext/pipelines", blueprint(name="Other", short_id_prefix="OT"))
    assert (refused.status, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["required_scope"] == WRITE
    assert (await server.ask(reader)).json() == []
    refused = await server.ask(writer)
    assert (refused.status, refused.json()["required_scope"]) == (403, READ)
    for key in (reader, writer):
        assert (await server.ask(key, path="/v1/ext/capabilities")).status == 200


async def test_what_is_written_is_the_keys_and_its_conflicts_show_only_what_it_may_read(server: Guarded) -> None:
    _, both = server.key("sam")
    _, writer = server.key("ann", scopes=(WRITE,))
    board = (await server.ask(both, "POST", "/v1/ext/pipelines", blueprint())).json()
    body = {"name": "Acme", "pipeline_id": board["id"], "stage_id": board["stages"][0]["id"]}
    item = (await server.ask(writer, "POST", "/v1/ext/items", body)).json()
    assert (item["name"], item["updated_by"]) == ("Acme", "ann")
    path = f"/v1/ext/items/{item['item_id']}"
    edited = (await server.ask(both, "PATCH", path, {"name": "Acme Ltd", "version": 1})).json()
    assert (edited["version"], edited["updated_by"]) == (2, "sam")
    stale: dict[str, Any] = {"name": "x", "version": 1}
    told, untold = [(await server.ask(key, "PATCH", path, stale)) for key in (both, writer)]
    assert (told.status, told.json()["current"]["name"]) == (409, "Acme Ltd")
    assert (untold.status, untold.json()["current_version"]) == (409, 2)
    assert "Acme Ltd" not in untold.body.decode()


async def test_a_verified_key_costs_no_look_and_no_write_for_seconds(server: Guarded, database: Database) -> None:
    key, text = server.key()
    assert (await server.ask(text, path="/v1/ext/capabilities")).status == 200
    await _noted(server)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    server.ticks.now += KEPT_MILLISECONDS - 1
    for _ in range(10):
        assert (await server.ask(text, path="/v1/ext/capabilities")).status == 200
    assert statements == []
    server.service.write_now(lambda unit: keys.revoke(unit, key.id))
    assert (await server.ask(text, path="/v1/ext/capabilities")).status == 200
    server.ticks.now += 1
    assert (await server.ask(text, path="/v1/ext/capabilities")).status == 401


async def test_an_expired_key_is_refused_at_once_even_when_it_was_just_verified(server: Guarded) -> None:
    _, text = server.key(expires_at=milliseconds(server.clock) + 1000)
    assert (await server.ask(text)).status == 200
    server.clock.now += 1
    assert (await server.ask(text)).status == 401


async def test_the_last_use_is_noted_beside_the_request(server: Guarded) -> None:
    key, text = server.key()
    await asyncio.gather(*(server.ask(text) for _ in range(5)))
    await _noted(server)
    assert _last_used(server, key.id) == milliseconds(server.clock)
    server.clock.now += 61
    server.ticks.now += 61_000
    await server.ask(text)
    await _noted(server)
    assert _last_used(server, key.id) == milliseconds(server.clock)


async def _noted(server: Guarded) -> None:
    await asyncio.gather(*server.gate._notes)


def _last_used(server: Guarded, key_id: str) -> int | None:
    key = server.service.read_now(lambda unit: keys.find(unit, key_id))
    assert key is not None
    return key.last_used_at


@pytest.mark.parametrize(
    ("path", "headers", "let_in"),
    [
        ("/v1/ext/items", [("x-api-key", "KEY")], True),
        ("/v1/ext/items", [("authorization", "Bearer KEY")], False),
        ("/v1/ext/items", [("api_key", "KEY")], False),
        ("/v1/ext/items", [("x-api-key", "KEY"), ("x-api-key", "other")], False),
        ("/api/crm/boards", [("authorization", "Bearer KEY")], True),
        ("/api/crm/boards", [("authorization", "bearer  KEY ")], True),
        ("/api/crm/boards", [("api_key", "KEY")], True),
        ("/api/crm/boards", [("api_key", "KEY"), ("authorization", "Bearer KEY")], True),
        ("/api/crm/boards", [("api_key", "KEY"), ("authorization", "Bearer other")], False),
        ("/api/crm/boards", [("authorization", "Basic KEY")], False),
        ("/api/crm/boards", [("authorization", "KEY")], False),
        ("/api/crm/boards", [("x-api-key", "KEY")], False),
        ("/api/crm/boards", [], False),
    ],
)
async def test_each_face_takes_the_headers_that_its_contract_documents(
    server: Guarded, path: str, headers: list[tuple[str, str]], let_in: bool
) -> None:
    _, text = server.key()
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(name.encode(), value.replace("KEY", text).encode()) for name, value in headers],
    }
    if let_in:
        assert (await server.gate.identify(Request(scope))).name == "sam"
        return
    with pytest.raises(Unauthorised):
        await server.gate.identify(Request(scope))


async def test_a_budget_is_spent_by_granted_calls_alone(database: Database, clock: FixedClock) -> None:
    async with guarded(database, clock, RateLimit(3, 60)) as server:
        _, text = server.key()
        _, other = server.key("ann")
        seen = []
        for at in (0, 10_000, 20_000, 30_000, 59_999, 60_000):
            server.ticks.now = at
            reply = await server.ask(text, path="/v1/ext/items/none" if at == 10_000 else "/v1/ext/items")
            limits = [reply.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")]
            seen.append((reply.status, *limits, reply.headers.get("retry-after")))
        assert seen == [
            (200, "3", "2", "60", None),
            (404, "3", "1", "50", None),
            (200, "3", "0", "40", None),
            (429, "3", "0", "30", "30"),
            (429, "3", "0", "1", "1"),
            (200, "3", "0", "10", None),
        ]
        refused = await server.ask(text)
        assert (refused.json()["code"], refused.headers["content-type"]) == ("rate_limited", "application/problem+json")
        assert (await server.ask(other)).headers["x-ratelimit-remaining"] == "2"
        unknown = await server.ask("nobody")
        assert (unknown.status, "x-ratelimit-limit" in unknown.headers) == (401, False)


async def test_a_streamed_list_is_one_call(database: Database, clock: FixedClock) -> None:
    async with guarded(database, clock, RateLimit(10, 60)) as server:
        _, text = server.key()
        board = (await server.ask(text, "POST", "/v1/ext/pipelines", blueprint())).json()

        def fill(unit: Unit) -> None:
            for number in range(450):
                items.create(unit, board["id"], Draft(f"n{number}", board["stages"][0]["id"]))

        server.service.write_now(fill)
        reply = await server.ask(text)
        assert len(reply.json()) == 450
        assert len(reply.chunks) > 3
        assert reply.headers["x-ratelimit-remaining"] == "8"


async def test_without_a_limit_no_answer_speaks_of_one(server: Guarded) -> None:
    _, text = server.key()
    reply = await server.ask(text)
    assert not [name for name in reply.headers if name.startswith("x-ratelimit")]
