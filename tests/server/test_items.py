"""Creating, changing, moving, deleting and restoring items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import Board, FixedClock, make_board


async def test_a_stage_change_keeps_the_status_of_the_same_name(board: Board) -> None:
    item = await board.add(status_id=board.status("Lead", "Waiting"))
    moved = await board.edit(item, stage_id=board.stages["Qualified"])
    assert (moved["stage"], moved["status"]) == ("Qualified", "Waiting")
    assert moved["status_id"] == board.status("Qualified", "Waiting")


async def test_a_stage_change_takes_the_first_status_when_none_has_the_name(call: Caller) -> None:
    board = await make_board(
        call,
        stages=[
            {"name": "A", "statuses": [{"name": "x"}]},
            {"name": "B", "statuses": [{"name": "y"}, {"name": "z"}]},
            {"name": "C"},
        ],
    )
    item = await board.add(stage="A")
    moved = await board.edit(item, stage_id=board.stages["B"])
    assert moved["status"] == "y"
    moved = await board.edit(moved, stage_id=board.stages["C"])
    assert (moved["status"], moved["status_id"]) == (None, None)


async def test_a_stage_change_may_bring_its_status(board: Board) -> None:
    item = await board.add()
    moved = await board.edit(item, stage_id=board.stages["Qualified"], status_id=board.status("Qualified", "Open"))
    assert moved["status"] == "Open"
    assert (await board.edit(moved, status_id=None))["status"] is None


async def test_only_what_is_sent_changes(board: Board) -> None:
    item = await board.add(metadata={"email": "a@b.example", "deal_value": 5}, labels=["x"])
    edited = await board.edit(item, metadata={"deal_value": 6})
    assert (edited["email"], edited["deal_value"], edited["labels"]) == ("a@b.example", 6, ["x"])
    assert edited["version"] == 2


@pytest.mark.parametrize("body", [{}, {"name": "Acme"}, {"metadata": {"deal_value": 5.0}}, {"labels": ["x", "x"]}])
async def test_a_change_of_nothing_has_no_version(board: Board, clock: FixedClock, body: dict[str, Any]) -> None:
    item = await board.add(metadata={"deal_value": 5}, labels=["x"])
    before = await board.changes()
    clock.now += 10
    assert await board.edit(item, **body) == item
    assert await board.changes() == before
    history = await board.call("GET", f"/v1/ext/items/{item['item_id']}/history")
    assert len(history.json()) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("0.000001", "0.000001"),
        ("1.0", "1"),
        ("999999999999999", "999999999999999"),
        ("123456789012345.123456", "123456789012345.123456"),
    ],
)
async def test_numbers_are_exact(call: Caller, sent: str, shown: str) -> None:
    board = await make_board(call, fields=[{"name": "n", "kind": "number"}])
    body = f'{{"name":"x","pipeline_id":"{board.id}","stage_id":"{board.stages["Lead"]}","metadata":{{"n":{sent}}}}}'
    reply = await call("POST", "/v1/ext/items", body.encode())
    assert reply.status == 201, reply.body
    assert f'"n":{shown},'.encode() in reply.body
    again = await call("GET", f"/v1/ext/items?pipeline_id={board.id}")
    assert f'"n":{shown},'.encode() in again.body


async def test_a_fraction_survives_an_edit_of_something_else(board: Board) -> None:
    item = await board.add(metadata={"deal_value": 0.1})
    assert (await board.edit(item, name="Other"))["deal_value"] == Decimal("0.1")


async def test_labels_are_a_sorted_set(board: Board) -> None:
    assert (await board.add(labels=[" b ", "a", "b"]))["labels"] == ["a", "b"]


async def test_empty_text_clears(board: Board) -> None:
    item = await board.add(metadata={"notes": "x", "areas": ["emea"]})
    cleared = await board.edit(item, metadata={"notes": "", "areas": []})
    assert (cleared["notes"], cleared["areas"]) == (None, None)


async def test_control_characters_are_kept(board: Board) -> None:
    text = "\x1b[31mred\x07 \u202eabc \r\n\t[bold]"
    item = await board.add(name=text, metadata={"notes": text}, labels=[text])
    assert (item["name"], item["notes"], item["labels"]) == (text.strip(), text, [text.strip()])


async def test_null_members_of_a_create_are_absent(board: Board) -> None:
    item = await board.add(status_id=None, metadata=None, labels=None, position=None, source=None, contact_id=None)
    assert item["status"] == "Open"


async def test_restore_brings_back_key_history_and_next_version(board: Board) -> None:
    item = await board.add(metadata={"email": "a@b.example"})
    path = f"/v1/ext/items/{item['item_id']}"
    assert (await board.call("DELETE", path)).status == 204
    assert await board.items() == []
    restored = (await board.call("POST", f"{path}/restore")).json()
    assert {**restored, "version": 1} == item
    assert restored["version"] == 3
    history = (await board.call("GET", f"{path}/history")).json()
    assert [entry["version"] for entry in history] == [3, 2, 1]
    assert [entry["changes"] for entry in history[:2]] == [{"deleted": [True, False]}, {"deleted": [False, True]}]
    again = await board.call("POST", f"{path}/restore")
    assert (again.status, again.json()) == (200, restored)


async def test_restore_brings_an_item_back_to_its_place(board: Board) -> None:
    made = [await board.add(name=name) for name in ("first", "second", "third")]
    path = f"/v1/ext/items/{made[1]['item_id']}"
    await board.call("DELETE", path)
    restored = (await board.call("POST", f"{path}/restore")).json()
    assert made[0]["position"] < restored["position"] < made[2]["position"]


async def test_restore_is_over_after_thirty_days(board: Board, clock: FixedClock) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    await board.call("DELETE", path)
    clock.now += 30 * 86400 + 1
    reply = await board.call("POST", f"{path}/restore")
    assert (reply.status, reply.json()["code"]) == (404, "item_not_found")


async def test_a_board_may_forbid_deleting(call: Caller) -> None:
    board = await make_board(call, allow_delete=False)
    item = await board.add()
    reply = await call("DELETE", f"/v1/ext/items/{item['item_id']}")
    assert (reply.status, reply.json()["code"]) == (403, "delete_not_allowed")
    assert len(await board.items()) == 1


async def test_keys_count_per_board_and_are_never_used_again(board: Board) -> None:
    first, second = await board.add(), await board.add()
    await board.call("DELETE", f"/v1/ext/items/{second['item_id']}")
    third = await board.add()
    assert [item["short_id"] for item in (first, second, third)] == ["DEAL-1", "DEAL-2", "DEAL-3"]
    assert (await board.call("GET", "/v1/ext/items/deal-3")).json() == third


async def test_extra_fields_are_stored_where_the_board_says_so(call: Caller) -> None:
    board = await make_board(call, extra_fields="store")
    item = await board.add(metadata={"budget": 1.5, "tags": ["b", "a"], "email": "a@b.example"})
    assert (item["budget"], item["tags"]) == (Decimal("1.5"), ["b", "a"])
    assert (await board.items())[0] == item
    edited = await board.edit(item, metadata={"budget": None})
    assert "budget" not in edited
    assert edited["tags"] == ["b", "a"]
    reply = await call("PATCH", f"/v1/ext/items/{item['item_id']}", {"metadata": {"version": 7}})
    assert (reply.status, reply.json()["errors"][0]["field"]) == (422, "metadata.version")


async def test_required_fields(call: Caller) -> None:
    board = await make_board(call, fields=[{"name": "email", "kind": "email", "required": True}])
    body = {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}
    reply = await call("POST", "/v1/ext/items", body)
    assert reply.json()["errors"] == [{"field": "metadata.email", "message": "is required"}]
    item = await board.add(metadata={"email": "a@b.example"})
    reply = await call("PATCH", f"/v1/ext/items/{item['item_id']}", {"metadata": {"email": None}})
    assert reply.json()["errors"] == [{"field": "metadata.email", "message": "is required and cannot be cleared"}]
    assert (await board.edit(item, name="y"))["name"] == "y"


async def test_etag_of_an_item_follows_version_place_and_blueprint(board: Board) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    first = await board.call("GET", path)
    tag = first.headers["etag"]
    assert tag.startswith('"1.')
    unchanged = await board.call("GET", path, headers={"if-none-match": f'W/{tag}, "other"'})
    assert (unchanged.status, unchanged.body, unchanged.headers["etag"]) == (304, b"", tag)
    stages = [{**stage, "name": f"{stage['name']}!"} for stage in board.answer["stages"]]
    await board.apply(stages=stages)
    renamed = await board.call("GET", path, headers={"if-none-match": tag})
    assert (renamed.status, renamed.json()["stage"], renamed.json()["version"]) == (200, "Lead!", 1)
    reply = await board.call("PATCH", path, {"name": "y"}, headers={"if-match": tag})
    assert (reply.status, reply.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("tag", "version", "status"),
    [
        ('"1.9"', None, 200),
        ('W/"1"', None, 200),
        ('"7", "1"', None, 200),
        ("*", None, 200),
        ('"1.9"', 1, 200),
        ('"2.1"', None, 412),
        ("1", None, 400),
        ('"x"', None, 400),
        ('"2.1"', 1, 422),
        ("*", 5, 412),
    ],
)
async def test_preconditions(board: Board, tag: str, version: int | None, status: int) -> None:
    item = await board.add()
    body = {"name": "y", **({"version": version} if version else {})}
    reply = await board.call("PATCH", f"/v1/ext/items/{item['item_id']}", body, headers={"if-match": tag})
    assert reply.status == status
    assert (await board.names()) == ["y" if status == 200 else "Acme"]


async def test_contact_and_source(board: Board) -> None:
    assert (await board.add(source="website"))["source"] == "website"
    body = {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"], "contact_id": "nobody"}
    reply = await board.call("POST", "/v1/ext/items", body)
    assert reply.json()["errors"] == [{"field": "contact_id", "message": "is not a contact"}]
