"""The feed of changes."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Board, FixedClock
from tui.server.database import Database
from tui.server.rules.retention import purge
from tui.server.service import Service


async def _all(board: Board, cursor: str) -> tuple[list[Any], str]:
    found: list[Any] = []
    while True:
        answer = await board.changes(cursor)
        found += answer["changes"]
        cursor = answer["cursor"]
        if not answer["more"]:
            return found, cursor


async def test_a_client_that_follows_ends_with_the_list(board: Board) -> None:
    cursor = (await board.changes())["cursor"]
    seen: dict[str, Any] = {}
    items = [await board.add(f"n{number}") for number in range(6)]
    await board.edit(items[0], name="renamed")
    await board.call("DELETE", f"/v1/ext/items/{items[1]['item_id']}")
    for _ in range(2):
        changes, cursor = await _all(board, cursor)
        for change in changes:
            if change.get("deleted"):
                seen.pop(change["item_id"], None)
            else:
                seen[change["item_id"]] = change
        assert seen == {item["item_id"]: item for item in await board.items()}
        await board.call("POST", f"/v1/ext/items/{items[1]['item_id']}/restore")


async def test_changes_come_in_pages_in_order(board: Board) -> None:
    cursor = (await board.changes())["cursor"]
    for number in range(405):
        await board.add(f"n{number:03}")
    first = await board.changes(cursor)
    assert (len(first["changes"]), first["more"]) == (200, True)
    found, last = await _all(board, cursor)
    assert [change["name"] for change in found] == [f"n{number:03}" for number in range(405)]
    assert await board.changes(last) == {"changes": [], "cursor": last, "more": False, "blueprint": 1}


async def test_an_item_appears_once_with_its_last_state(board: Board) -> None:
    item = await board.add()
    cursor = (await board.changes())["cursor"]
    item = await board.edit(item, name="b")
    item = await board.edit(item, name="c")
    assert (await board.changes(cursor))["changes"] == [item]


async def test_a_blueprint_change_moves_the_cursor(board: Board) -> None:
    before = await board.changes()
    await board.apply(name="Sales 2")
    after = await board.changes(before["cursor"])
    assert after["changes"] == []
    assert int(after["cursor"]) > int(before["cursor"])
    assert (before["blueprint"], after["blueprint"]) == (1, 2)


async def test_deletions_are_known_for_thirty_days(board: Board, database: Database, clock: FixedClock) -> None:
    item, other = await board.add(), await board.add("other")
    before = (await board.changes())["cursor"]
    await board.call("DELETE", f"/v1/ext/items/{item['item_id']}")
    after = (await board.changes())["cursor"]
    service = Service(database, clock=clock)
    clock.now += 30 * 86400 - 1
    assert service.write_now(purge) == 0
    assert (await board.changes(before))["changes"] == [{"item_id": item["item_id"], "deleted": True}]
    clock.now += 2
    assert service.write_now(purge) == 1
    service.close()
    reply = await board.call("GET", f"/v1/ext/pipelines/{board.id}/changes?after={before}")
    assert (reply.status, reply.json()["code"]) == (410, "cursor_expired")
    assert (await board.changes(after))["changes"] == []
    assert await board.items() == [other]


async def test_bad_cursors(board: Board) -> None:
    for cursor in ("x", "-1", "1.5", "9" * 30, "%00", ""):
        reply = await board.call("GET", f"/v1/ext/pipelines/{board.id}/changes?after={cursor}")
        assert (reply.status, reply.json()["errors"][0]["field"]) == (422, "after"), cursor
    assert (await board.call("GET", "/v1/ext/pipelines/x/changes")).json()["code"] == "pipeline_not_found"
