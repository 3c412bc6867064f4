"""Deleting many items at once: all of them or none."""

from __future__ import annotations

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, make_board
from tests.server.crm import Crm, data, fields, refused


async def _add(crm: Crm, count: int) -> list[str]:
    return [(await crm.add(f"n{number}"))["id"] for number in range(count)]


async def test_what_is_deleted_is_gone_and_can_be_restored(crm: Crm, clock: FixedClock) -> None:
    ids = await _add(crm, 4)
    clock.now += 60
    gone = [ids[2].upper(), ids[0], ids[2]]
    assert data(await crm("DELETE", "/items", {"item_ids": gone})) == {"deleted": 2, "item_ids": [ids[2], ids[0]]}
    assert await crm.titles() == ["n1", "n3"]
    error = refused(await crm("GET", f"/items/{ids[0]}"), 404, "ITEM_NOT_FOUND")
    assert error["message"] == "This item was deleted."
    restored = (await crm.call("POST", f"/v1/ext/items/{ids[0]}/restore")).json()
    assert (restored["version"], restored["updated_at"]) == (3, "2026-03-01T10:01:00Z")
    history = (await crm.call("GET", f"/v1/ext/items/{ids[0]}/history")).json()
    assert [(entry["version"], entry["by"]) for entry in history] == [(3, "sam"), (2, "sam"), (1, "sam")]
    assert history[1]["changes"] == {"deleted": [False, True]}


async def test_the_feed_shows_every_one_in_order(crm: Crm) -> None:
    ids = await _add(crm, 3)
    cursor = (await crm.board.changes())["cursor"]
    data(await crm("DELETE", "/items", {"item_ids": ids[::-1]}))
    feed = await crm.board.changes(cursor)
    assert feed["changes"] == [{"item_id": each, "deleted": True} for each in ids[::-1]]
    assert int(feed["cursor"]) == int(cursor) + 3


async def test_one_unknown_id_deletes_nothing(crm: Crm, call: Caller) -> None:
    other = Crm(await make_board(call, name="Other", short_id_prefix="OTH"))
    (theirs,) = await _add(other, 1)
    ids = await _add(crm, 2)
    await crm("DELETE", "/items", {"item_ids": [ids[1]]})
    before = await crm.board.changes()
    for unknown in ("nowhere", theirs, ids[1], "\x1b[2J\n", "", "DEAL-1"):
        error = refused(await crm("DELETE", "/items", {"item_ids": [ids[0], unknown]}), 404, "ITEM_NOT_FOUND")
        assert error["details"] == [{"field": "item_ids", "message": f"{unknown.lower()} is no item of this board"}]
    assert await crm.titles() == ["n0"]
    assert await other.titles() == ["n0"]
    assert await crm.board.changes() == before


async def test_a_board_may_forbid_deleting(call: Caller) -> None:
    crm = Crm(await make_board(call, allow_delete=False))
    ids = await _add(crm, 1)
    for asked in (ids, ["nowhere"]):
        refused(await crm("DELETE", "/items", {"item_ids": asked}), 403, "DELETE_NOT_ALLOWED")
    assert await crm.titles() == ["n0"]


async def test_at_most_five_hundred_at_once(crm: Crm) -> None:
    ids = await _add(crm, 2)
    for asked in ([], [f"x{n}" for n in range(501)], [f"x{n}" for n in range(10_000)]):
        assert fields(await crm("DELETE", "/items", {"item_ids": asked})) == ["item_ids"]
    error = refused(await crm("DELETE", "/items", {"item_ids": [f"x{n}" for n in range(500)]}), 404, "ITEM_NOT_FOUND")
    assert len(error["details"]) == 100
    assert data(await crm("DELETE", "/items", {"item_ids": ids * 300}))["deleted"] == 2


async def test_deleted_items_match_no_duplicates(call: Caller) -> None:
    rule = {"fields": ["name"], "mode": "exact", "scope": "board", "on_duplicate": "skip"}
    crm = Crm(await make_board(call, duplicates=rule))
    ids = await _add(crm, 1)
    refused(await crm("POST", "/items", {"title": "N0"}), 409, "DUPLICATE_ITEM")
    data(await crm("DELETE", "/items", {"item_ids": ids}))
    await crm.add("N0")


async def test_what_is_too_old_is_let_go(crm: Crm, clock: FixedClock) -> None:
    ids = await _add(crm, 2)
    data(await crm("DELETE", "/items", {"item_ids": ids[:1]}))
    clock.now += 30 * 86_400 + 1
    data(await crm("DELETE", "/items", {"item_ids": ids[1:]}))
    error = refused(await crm("GET", f"/items/{ids[0]}"), 404, "ITEM_NOT_FOUND")
    assert error["message"] == "This item does not exist."
