"""Boards and columns through the cekat face."""

from __future__ import annotations

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import make_board, plain
from tests.server.crm import Crm, data, fields, refused


async def test_boards_come_in_windows_with_their_counts(call: Caller) -> None:
    boards = [await make_board(call, name=f"B{n}", short_id_prefix=f"B{n}") for n in range(3)]
    await boards[1].add()
    gone = await boards[1].add()
    await call("DELETE", f"/v1/ext/items/{gone['item_id']}")
    reply = await call("GET", "/api/crm/boards?limit=1&offset=1")
    assert [(each["name"], each["columns_count"], each["items_count"]) for each in data(reply)] == [("B1", 3, 1)]
    assert reply.json()["pagination"] == {"total": 3, "limit": 1, "offset": 1}


async def test_a_board_counts_the_items_of_its_columns(crm: Crm) -> None:
    await crm.add()
    await crm.add(column_name="won")
    await crm.add(column_name="Won")
    gone = await crm.add(column_name="Won")
    data(await crm("DELETE", "/items", {"item_ids": [gone["id"]]}))
    board = data(await crm("GET", ""))
    assert [(each["name"], each["position"], each["items_count"]) for each in board["columns"]] == [
        ("Lead", 0, 1),
        ("Qualified", 1, 0),
        ("Won", 2, 2),
    ]
    assert data(await crm("GET", f"/columns/{crm.columns['Won']}"))["items_count"] == 2


async def test_settings_are_those_of_the_blueprint(call: Caller) -> None:
    stages = [{"name": "A", "color": "#123456", "wip_limit": 3, "auto_archive_days": 30}]
    board = await make_board(
        call, allow_delete=False, allow_reorder=False, stages=stages, color="#00aaff", description="All deals"
    )
    crm = Crm(board)
    shown = data(await crm("GET", ""))
    assert shown["settings"] == {"allow_delete": False, "allow_reorder": False, "color": "#00aaff"}
    assert shown["description"] == data(await crm.call("GET", "/api/crm/boards"))[0]["description"] == "All deals"
    column = data(await crm("GET", f"/columns/{crm.columns['A']}"))
    assert (column["color"], column["settings"]) == ("#123456", {"wip_limit": 3, "auto_archive_days": 30})


@pytest.mark.parametrize("name", ["Straße", "STRASSE", " strasse "])
async def test_names_of_columns_ignore_case(call: Caller, name: str) -> None:
    crm = Crm(await make_board(call, stages=[{"name": "A"}, {"name": "Straße"}]))
    assert data(await crm("POST", "/columns/by-name", {"name": name}))["id"] == crm.columns["Straße"]
    assert (await crm.add(column_name=name))["column_id"] == crm.columns["Straße"]


async def test_ids_ignore_case(crm: Crm) -> None:
    item = await crm.add()
    path = f"/api/crm/boards/{crm.board.id.upper()}/items/{item['id'].upper()}"
    assert data(await crm.call("GET", path)) == item
    upper = crm.columns["Won"].upper()
    assert data(await crm("GET", f"/columns/{upper}"))["name"] == "Won"
    assert (await crm.put(item["id"], column_id=upper))["column_id"] == crm.columns["Won"]


async def test_a_column_of_another_board_is_not_found(crm: Crm, call: Caller) -> None:
    other = await make_board(call, name="Other", short_id_prefix="OTH")
    refused(await crm("GET", f"/columns/{other.stages['Lead']}"), 404, "COLUMN_NOT_FOUND")
    assert fields(await crm("POST", "/items", {"title": "x", "column_id": other.stages["Lead"]})) == ["column_id"]
    assert await crm.titles() == []


async def test_every_route_of_an_unknown_board(call: Caller) -> None:
    for method, path, body in [
        ("GET", "", None),
        ("GET", "/columns/x", None),
        ("POST", "/columns/by-name", {"name": "x"}),
        ("GET", "/items", None),
        ("POST", "/items", {"title": "x"}),
        ("DELETE", "/items", {"item_ids": ["x"]}),
        ("POST", "/items/search", {}),
        ("GET", "/items/x", None),
        ("PUT", "/items/x", {"title": "x"}),
    ]:
        refused(await call(method, f"/api/crm/boards/nowhere{path}", body), 404, "BOARD_NOT_FOUND")


async def test_description_and_colour_are_kept_until_they_are_taken_away(call: Caller) -> None:
    board = await make_board(call, color="red", description="All deals")
    path = f"/v1/ext/pipelines/{board.id}/blueprint"

    async def put(**changes: object) -> tuple[object, object]:
        today = (await call("GET", path)).json()
        del today["description"], today["color"]
        shown = (await call("PUT", path, plain({**today, **changes}))).json()
        return shown["color"], shown["description"]

    assert await put(name="Deals") == ("red", "All deals")
    assert await put(color=None) == (None, "All deals")
    assert await put(description="") == (None, None)
    for changes, member in (({"color": "x" * 65}, "color"), ({"description": "x" * 2001}, "description")):
        today = (await call("GET", path)).json()
        reply = await call("PUT", path, plain({**today, **changes}))
        assert (reply.status, reply.json()["errors"][0]["field"]) == (422, member)
