"""Boards and their blueprints: what a change does to items."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import Board, blueprint, make_board, plain
from tui.server.rules import live


async def test_a_board_gets_a_free_prefix_from_its_name(call: Caller) -> None:
    for prefix in ("SALE", "SALE2", "SALE3"):
        reply = await call("POST", "/v1/ext/pipelines", {"name": f"Sales {prefix}", "stages": [{"name": "a"}]})
        assert reply.json()["short_id_prefix"] == prefix


async def test_names_and_prefixes_are_unique(call: Caller, board: Board) -> None:
    reply = await call("POST", "/v1/ext/pipelines", {**blueprint(), "name": "SALES"})
    assert [error["field"] for error in reply.json()["errors"]] == ["name", "short_id_prefix"]


async def test_columns_are_added_renamed_and_reordered_by_id(board: Board) -> None:
    item = await board.add()
    first, second, third = board.answer["stages"]
    answer = await board.apply(stages=[third, {**first, "name": "Leads"}, {"name": "New"}, second])
    assert [stage["name"] for stage in answer["stages"]] == ["Won", "Leads", "New", "Qualified"]
    assert answer["revision"] == 2
    shown = (await board.items())[0]
    assert {**item, "stage": "Leads"} == shown


async def test_a_write_of_the_same_blueprint_changes_nothing(board: Board) -> None:
    before = await board.changes()
    answer = await board.apply()
    assert answer == board.answer
    assert await board.changes() == before


async def test_a_new_field_is_null_everywhere(board: Board) -> None:
    item = await board.add(metadata={"email": "a@b.example"})
    fields = [*board.answer["fields"], {"name": "region", "label": "Region", "kind": "text"}]
    await board.apply(fields=fields)
    assert (await board.items())[0] == {**item, "region": None}
    assert (await board.edit(item, metadata={"region": "north"}))["region"] == "north"
    assert (await board.items())[0]["email"] == "a@b.example"


async def test_a_removed_column_takes_its_items_and_they_can_come_back(board: Board) -> None:
    item = await board.add(stage="Qualified")
    stages = [stage for stage in board.answer["stages"] if stage["name"] != "Qualified"]
    refused = await board.apply(409, stages=stages)
    assert refused["dropped"]["stages"] == [{"id": board.stages["Qualified"], "name": "Qualified", "items": 1}]
    assert await board.items() == [item]
    cursor = (await board.changes())["cursor"]
    await board.apply(stages=stages, force=True)
    assert await board.items() == []
    assert (await board.changes(cursor))["changes"] == [{"item_id": item["item_id"], "deleted": True}]
    restored = (await board.call("POST", f"/v1/ext/items/{item['item_id']}/restore")).json()
    assert (restored["stage"], restored["status"], restored["version"]) == ("Lead", "Open", 3)


async def test_what_comes_back_after_its_board_has_changed_fits_again(call: Caller) -> None:
    fields = [{"name": "n", "kind": "number"}, {"name": "t", "kind": "text"}, {"name": "s", "kind": "text"}]
    board = await make_board(call, fields=fields)
    item = await board.add(metadata={"n": 5, "t": "long", "s": "x"})
    path = f"/v1/ext/items/{item['item_id']}"
    await call("DELETE", path)
    changed = [
        {"name": "n", "kind": "text"},
        {"name": "t", "kind": "text", "max_length": 2},
        {"name": "s", "kind": "date"},
        {"name": "new", "kind": "text"},
    ]
    await board.apply(fields=changed)
    restored = (await call("POST", f"{path}/restore")).json()
    assert [restored[name] for name in ("n", "t", "s", "new")] == ["5", "long", None, None]
    assert (await board.items())[0] == restored


async def test_an_empty_column_goes_without_force(board: Board) -> None:
    await board.add()
    answer = await board.apply(stages=board.answer["stages"][:1])
    assert len(answer["stages"]) == 1


async def test_a_removed_status_leaves_the_first(board: Board) -> None:
    item = await board.add(status_id=board.status("Lead", "Waiting"))
    lead, *others = board.answer["stages"]
    stages = [{**lead, "statuses": [each for each in lead["statuses"] if each["name"] == "Open"]}, *others]
    refused = await board.apply(409, stages=stages)
    assert [drop["name"] for drop in refused["dropped"]["statuses"]] == ["Waiting"]
    await board.apply(stages=stages, force=True)
    shown = (await board.items())[0]
    assert (shown["status"], shown["version"], shown["updated_by"]) == ("Open", 2, "sam")
    history = (await board.call("GET", f"/v1/ext/items/{item['item_id']}/history")).json()
    assert history[0]["changes"] == {"status": ["Waiting", "Open"]}


async def test_a_board_of_many_items_is_gone_through_to_its_end(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SLICE", 2)
    for number in range(5):
        await board.add(metadata={"notes": f"n{number}"})
    fields = [field for field in board.answer["fields"] if field["name"] != "notes"]
    assert (await board.apply(409, fields=fields))["dropped"]["fields"][0]["items"] == 5
    await board.apply(fields=fields, force=True)
    assert [item["version"] for item in await board.items()] == [2] * 5


async def test_a_removed_field_is_gone_for_good(board: Board) -> None:
    item = await board.add(metadata={"notes": "precious", "email": "a@b.example"})
    other = await board.add("other")
    fields = [field for field in board.answer["fields"] if field["name"] != "notes"]
    refused = await board.apply(409, fields=fields)
    assert refused["dropped"]["fields"] == [{"name": "notes", "label": "notes", "items": 1}]
    await board.apply(fields=fields, force=True)
    await board.apply(fields=board.answer["fields"])
    shown = {each["name"]: each for each in await board.items()}
    assert (shown["Acme"]["notes"], shown["Acme"]["version"]) == (None, 2)
    assert shown["Acme"]["email"] == "a@b.example"
    assert shown["other"] == other
    assert await board.names("&q=precious") == []
    history = (await board.call("GET", f"/v1/ext/items/{item['item_id']}/history")).json()
    assert history[0]["changes"] == {"notes": ["precious", None]}


@pytest.mark.parametrize(
    ("before", "value", "after", "kept"),
    [
        ({"kind": "number"}, 1.5, {"kind": "text"}, "1.5"),
        ({"kind": "number"}, 1500, {"kind": "text"}, "1500"),
        ({"kind": "text"}, "12.50", {"kind": "number"}, 12.5),
        ({"kind": "text"}, "twelve", {"kind": "number"}, None),
        ({"kind": "text"}, "low", {"kind": "select", "options": ["low"]}, "low"),
        ({"kind": "text"}, "low", {"kind": "multi_select", "options": ["low"]}, ["low"]),
        ({"kind": "select", "options": ["a", "b"]}, "b", {"kind": "select", "options": ["a"]}, None),
        (
            {"kind": "multi_select", "options": ["a", "b"]},
            ["a", "b"],
            {"kind": "multi_select", "options": ["a"]},
            ["a"],
        ),
        ({"kind": "multi_select", "options": ["a", "b"]}, ["a", "b"], {"kind": "text"}, "a, b"),
        ({"kind": "text"}, "2026-01-02", {"kind": "date"}, "2026-01-02"),
        ({"kind": "checkbox"}, True, {"kind": "number"}, None),
    ],
)
async def test_a_field_of_another_kind_keeps_what_it_can(
    call: Caller, before: dict[str, Any], value: object, after: dict[str, Any], kept: object
) -> None:
    board = await make_board(call, fields=[{"name": "f", **before}])
    item = await board.add(metadata={"f": value})
    changed = [{"name": "f", **after}]
    if kept is None:
        assert (await board.apply(409, fields=changed))["dropped"]["fields"][0]["items"] == 1
    await board.apply(fields=changed, force=kept is None)
    shown = (await board.items())[0]
    assert plain(shown["f"]) == kept
    assert shown["version"] == (1 if plain(shown["f"]) == plain(item["f"]) else 2)


async def test_a_prefix_that_comes_back_goes_on_counting(board: Board) -> None:
    await board.add()
    await board.apply(short_id_prefix="SALE")
    assert (await board.add())["short_id"] == "SALE-1"
    await board.apply(short_id_prefix="DEAL")
    assert (await board.add())["short_id"] == "DEAL-2"
    assert (await board.call("GET", "/v1/ext/items/SALE-1")).status == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"short_id_prefix": "deal"}, "short_id_prefix"),
        ({"stages": []}, "stages"),
        ({"stages": [{"name": "a"}, {"name": "A "}]}, "stages[1].name"),
        ({"stages": [{"name": "a", "id": "x"}]}, "stages[0].id"),
        ({"stages": [{"name": "a", "probability": 101}]}, "stages[0].probability"),
        ({"stages": [{"name": "a", "closed": "maybe"}]}, "stages[0].closed"),
        ({"stages": [{"name": "a", "statuses": [{"name": ""}]}]}, "stages[0].statuses[0].name"),
        ({"stages": [{"name": "a", "colour": "red"}]}, "stages[0].colour"),
        ({"stages": [{"name": str(n)} for n in range(101)]}, "stages"),
        ({"fields": [{"name": "stage", "kind": "text"}]}, "fields[0].name"),
        ({"fields": [{"name": "deleted", "kind": "text"}]}, "fields[0].name"),
        ({"fields": [{"name": "two words", "kind": "text"}]}, "fields[0].name"),
        ({"fields": [{"name": "a", "kind": "text"}, {"name": "a", "kind": "date"}]}, "fields[1].name"),
        ({"fields": [{"name": "a", "kind": "select"}]}, "fields[0].options"),
        ({"fields": [{"name": "a", "kind": "text", "options": ["x"]}]}, "fields[0].options"),
        ({"fields": [{"name": "a", "kind": "select", "options": ["x", "x"]}]}, "fields[0].options[1]"),
        ({"fields": [{"name": "a", "kind": "currency", "currency": "dollar"}]}, "fields[0].currency"),
        ({"fields": [{"name": "a", "kind": "number", "min": 2, "max": 1}]}, "fields[0].max"),
        ({"fields": [{"name": "a", "kind": "number", "min": 1e30}]}, "fields[0].min"),
        ({"fields": [{"name": "a", "kind": "text", "min": 1}]}, "fields[0].min"),
        ({"fields": [{"name": "a", "kind": "text", "pattern": "("}]}, "fields[0].pattern"),
        ({"fields": [{"name": "a", "kind": "text", "pattern": "(?=a)"}]}, "fields[0].pattern"),
        ({"fields": [{"name": "a", "kind": "text", "max_length": 0}]}, "fields[0].max_length"),
        ({"fields": [{"name": "a", "kind": "text", "sum": True}]}, "fields[0].sum"),
        ({"fields": [{"name": n, "kind": "number", "sum": True} for n in "ab"]}, "fields[1].sum"),
        ({"fields": [{"name": n, "kind": "number", "weight": True} for n in "ab"]}, "fields[1].weight"),
        ({"duplicates": {"fields": ["nope"]}}, "duplicates.fields[0]"),
        ({"duplicates": {"mode": "loose"}}, "duplicates.mode"),
        ({"id": "x"}, "id"),
    ],
)
async def test_broken_rules_are_named(call: Caller, changes: dict[str, Any], field: str) -> None:
    reply = await call("POST", "/v1/ext/pipelines", blueprint(**changes))
    assert (reply.status, [error["field"] for error in reply.json()["errors"]]) == (422, [field])
    assert (await call("GET", "/v1/ext/pipelines")).json() == []


async def test_a_blueprint_needs_its_revision_and_its_own_id(board: Board) -> None:
    for changes, field in (({"revision": None}, "revision"), ({"id": "other"}, "id")):
        answer = await board.apply(422, **changes)
        assert [error["field"] for error in answer["errors"]] == [field]


async def test_a_pattern_cannot_stop_the_server(call: Caller) -> None:
    board = await make_board(call, fields=[{"name": "a", "kind": "text", "pattern": "(a+)+"}])
    item = await board.add()
    reply = await call("PATCH", f"/v1/ext/items/{item['item_id']}", {"metadata": {"a": "a" * 50_000 + "!"}})
    assert reply.json()["errors"][0]["field"] == "metadata.a"


async def test_the_sample_item_has_the_fields_and_is_valid(board: Board) -> None:
    sample = (await board.call("GET", f"/v1/ext/webhooks/sample/items?pipeline_id={board.id}")).json()
    item = await board.add()
    assert list(sample) == list(item)
    names = {field["name"] for field in board.answer["fields"]} - {"code"}
    await board.add(metadata={name: plain(sample[name]) for name in names})
    assert (await board.call("GET", "/v1/ext/webhooks/sample/items")).json() == sample
    reply = await board.call("GET", "/v1/ext/webhooks/sample/items?pipeline_id=x")
    assert reply.json()["code"] == "pipeline_not_found"
