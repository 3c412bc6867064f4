"""Single items through the cekat face: creating, reading, changing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, make_board
from tests.server.crm import Crm, add_contact, data, fields, refused
from tui.server.database import Database


async def test_the_first_column_is_the_default(crm: Crm) -> None:
    assert (await crm.add())["column_id"] == crm.columns["Lead"]
    assert (await crm.add(column_id=None, column_name=None))["column_id"] == crm.columns["Lead"]


async def test_id_and_name_of_a_column_must_agree(crm: Crm) -> None:
    won = crm.columns["Won"]
    item = await crm.add(column_id=won, column_name="WON")
    assert item["column_id"] == won
    for method, path in (("POST", "/items"), ("PUT", f"/items/{item['id']}")):
        members = {"title": "x", "column_id": won}
        assert fields(await crm(method, path, {**members, "column_name": "Lead"})) == ["column_name"]
        assert fields(await crm(method, path, {**members, "column_name": "Nowhere"})) == ["column_name"]
        assert fields(await crm(method, path, {"title": "x", "column_id": "nowhere"})) == ["column_id"]
    assert await crm.titles() == ["Acme"]


async def test_answers_show_what_the_contract_says(crm: Crm, database: Database) -> None:
    contact = add_contact(database)
    item = await crm.add(contact_id="c1", labels=["b", "a"], values={"deal_value": "5"})
    common = {"id", "board_id", "column_id", "title", "position", "values", "contact", "created_at", "updated_at"}
    (listed,) = data(await crm("GET", "/items"))
    assert listed.keys() == common | {"version", "labels"}
    assert listed["contact"] == {name: contact[name] for name in ("id", "name", "phone")}
    assert item == await crm.get(item["id"])
    assert item.keys() == common | {"version", "labels", "conversation_ids", "created_by"}
    assert (item["contact"], item["labels"], item["conversation_ids"]) == (contact, ["a", "b"], [])
    assert item["created_by"] == {"id": "sam", "name": "sam"}
    updated = await crm.put(item["id"], title="y")
    assert updated.keys() == {"id", "column_id", "title", "values", "updated_at", "version"}
    (found,) = data(await crm("POST", "/items/search", {}))
    assert found.keys() == {"id", "title", "values", "version"}


async def test_only_what_is_sent_changes(crm: Crm, clock: FixedClock) -> None:
    item = await crm.add(values={"email": "a@b.example", "deal_value": "5", "source": "web"}, labels=["x"])
    clock.now += 60
    updated = await crm.put(item["id"], values={"deal_value": "6.50"})
    assert updated["values"] == {"email": "a@b.example", "deal_value": "6.5", "source": "web"}
    assert updated["updated_at"] == "2026-03-01T10:01:00Z"
    expected = {"values": updated["values"], "updated_at": updated["updated_at"], "version": 2}
    assert await crm.get(item["id"]) == {**item, **expected}


@pytest.mark.parametrize("empty", [None, ""])
async def test_null_and_nothing_clear_a_value(crm: Crm, empty: object) -> None:
    values = {"email": "a@b.example", "deal_value": "5", "close": "2026-03-01", "vip": "false", "areas": "emea"}
    item = await crm.add(values={**values, "priority": "low", "notes": "n", "source": "web"})
    assert len(item["values"]) == 8
    cleared = await crm.put(item["id"], values=dict.fromkeys(item["values"], empty))
    assert cleared["values"] == {}
    assert (await crm.board.items())[0]["source"] is None


async def test_labels_are_replaced(crm: Crm) -> None:
    item = await crm.add(labels=["a", "b"])
    await crm.put(item["id"], labels=["c", " b ", "c"])
    assert (await crm.get(item["id"]))["labels"] == ["b", "c"]
    await crm.put(item["id"], labels=[])
    assert (await crm.get(item["id"]))["labels"] == []


async def test_contacts_must_exist_and_can_be_taken_away(crm: Crm, database: Database) -> None:
    contact = add_contact(database)
    item = await crm.add()
    for method, path in (("POST", "/items"), ("PUT", f"/items/{item['id']}")):
        assert fields(await crm(method, path, {"title": "Acme", "contact_id": "nobody"})) == ["contact_id"]
    await crm.put(item["id"], contact_id="c1")
    assert (await crm.get(item["id"]))["contact"] == contact
    await crm.put(item["id"], contact_id=None)
    assert (await crm.get(item["id"]))["contact"] is None


@pytest.mark.parametrize("body", [{}, {"title": "Acme"}, {"values": {"deal_value": "5.00"}}, {"labels": ["x", "x"]}])
async def test_a_change_of_nothing_has_no_version(crm: Crm, clock: FixedClock, body: dict[str, Any]) -> None:
    item = await crm.add(values={"deal_value": "5"}, labels=["x"])
    clock.now += 60
    assert (await crm.put(item["id"], **body))["version"] == 1
    assert await crm.get(item["id"]) == item
    stale = await crm("PUT", f"/items/{item['id']}", {**body, "version": 7})
    refused(stale, 409, "VERSION_CONFLICT")


async def test_a_stale_version_is_a_conflict_that_shows_the_item(crm: Crm, database: Database) -> None:
    add_contact(database)
    item = await crm.add(contact_id="c1")
    await crm.put(item["id"], title="theirs", version=1)
    reply = await crm("PUT", f"/items/{item['id']}", {"title": "mine", "version": 1})
    error = refused(reply, 409, "VERSION_CONFLICT")
    assert (error["expected_version"], error["current_version"]) == (1, 2)
    assert error["current"] == await crm.get(item["id"])
    assert reply.headers["etag"] == (await crm("GET", f"/items/{item['id']}")).headers["etag"]


async def test_of_writers_of_one_version_one_wins(crm: Crm) -> None:
    item = await crm.add()
    path = f"/items/{item['id']}"
    replies = await asyncio.gather(*(crm("PUT", path, {"title": f"n{n}", "version": 1}) for n in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[409] * 7]


@pytest.mark.parametrize(
    ("tag", "version", "status"),
    [
        ('"1.9"', None, 200),
        ('W/"1"', None, 200),
        ("*", None, 200),
        ('"1.9"', 1, 200),
        ('"2.1"', None, 412),
        ("1", None, 400),
        ('"2.1"', 1, 400),
        ("*", 5, 412),
    ],
)
async def test_preconditions(crm: Crm, tag: str, version: int | None, status: int) -> None:
    item = await crm.add()
    body = {"title": "y", **({"version": version} if version else {})}
    reply = await crm("PUT", f"/items/{item['id']}", body, if_match=tag)
    assert reply.status == status
    assert await crm.titles() == ["y" if status == 200 else "Acme"]


async def test_an_item_of_another_board_is_not_found(crm: Crm, call: Caller) -> None:
    other = Crm(await make_board(call, name="Other", short_id_prefix="OTH"))
    item = await other.add()
    refused(await crm("GET", f"/items/{item['id']}"), 404, "ITEM_NOT_FOUND")
    refused(await crm("PUT", f"/items/{item['id']}", {"title": "x"}), 404, "ITEM_NOT_FOUND")
    assert await other.get(item["id"]) == item


async def test_unknown_fields_are_stored_where_the_board_says_so(crm: Crm, call: Caller) -> None:
    assert fields(await crm("POST", "/items", {"title": "x", "values": {"budget": "1"}})) == ["values.budget"]
    store = Crm(await make_board(call, name="Open", short_id_prefix="OPN", extra_fields="store"))
    item = await store.add(values={"budget": "1.50", "email": "a@b.example"})
    assert item["values"] == {"email": "a@b.example", "budget": "1.50"}
    assert (await store.put(item["id"], values={"budget": ""}))["values"] == {"email": "a@b.example"}


async def test_unknown_fields_keep_the_type_that_the_other_face_gave_them(call: Caller) -> None:
    crm = Crm(await make_board(call, extra_fields="store"))
    theirs = {"budget": 1.5, "tags": ["b", "a"], "ok": True, "note": "7"}
    item = await crm.board.add(metadata=theirs)
    values = (await crm.get(item["item_id"]))["values"]
    assert values == {"budget": "1.5", "tags": '["b","a"]', "ok": "true", "note": "7"}
    assert (await crm.put(item["item_id"], values=values))["version"] == 1
    await crm.put(item["item_id"], values={"budget": "2", "tags": '["c"]', "ok": "false", "note": "8"})
    (changed,) = await crm.board.items()
    assert [changed[name] for name in theirs] == [2, ["c"], False, "8"]
    await crm.put(item["item_id"], values={"budget": "much"})
    assert (await crm.board.items())[0]["budget"] == "much"


async def test_a_position_is_taken_where_the_board_allows_it(crm: Crm, call: Caller) -> None:
    items = [await crm.add(title) for title in ("a", "b", "c")]
    await crm.put(items[2]["id"], position=items[0]["position"] - 1)
    assert await crm.titles() == ["c", "a", "b"]
    assert (await crm.add("first", position=-5))["position"] == -5
    fixed = Crm(await make_board(call, name="Fixed", short_id_prefix="FIX", allow_reorder=False))
    item = await fixed.add()
    assert fields(await fixed("PUT", f"/items/{item['id']}", {"position": 1})) == ["position"]


async def test_a_board_may_skip_or_update_duplicates(call: Caller) -> None:
    rule = {"fields": ["name", "email"], "mode": "exact", "scope": "board"}
    skip = Crm(await make_board(call, duplicates={**rule, "on_duplicate": "skip"}))
    item = await skip.add(values={"email": "a@b.example"})
    error = refused(await skip("POST", "/items", {"title": "acme"}), 409, "DUPLICATE_ITEM")
    assert [(each["item"]["id"], each["matched_fields"]) for each in error["duplicates"]] == [(item["id"], ["title"])]
    update = Crm(
        await make_board(call, name="Two", short_id_prefix="TWO", duplicates={**rule, "on_duplicate": "update"})
    )
    first = await update.add(values={"email": "a@b.example"})
    merged = data(await update("POST", "/items", {"title": "Acme", "values": {"deal_value": "7"}}))
    assert (merged["id"], merged["version"]) == (first["id"], 2)
    assert merged["values"] == {"email": "a@b.example", "deal_value": "7"}
