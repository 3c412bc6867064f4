"""The duplicate rule: looking, warning, skipping, updating."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import Board, make_board
from tui.server.rules import live

EMAIL = {"fields": ["email"]}


async def _check(board: Board, **body: Any) -> list[tuple[str, list[str], float]]:
    reply = await board.call("POST", "/v1/ext/items/check-duplicates", {"pipeline_id": board.id, **body})
    assert reply.status == 200, reply.body
    return [
        (found["item"]["name"], found["matched_fields"], float(found["score"])) for found in reply.json()["duplicates"]
    ]


async def test_exact_ignores_case_and_space(call: Caller) -> None:
    board = await make_board(call, duplicates={"fields": ["email", "name"]})
    await board.add("Straße  12", metadata={"email": "A@b.example"})
    assert await _check(board, name="strasse 12") == [("Straße  12", ["name"], 1.0)]
    assert await _check(board, metadata={"email": "a@B.example"}) == [("Straße  12", ["email"], 1.0)]
    assert await _check(board, name="strasse 1", metadata={"email": None}) == []
    assert await _check(board, metadata={"email": "not an address"}) == []


async def test_what_changes_is_found_by_its_new_value_only(call: Caller) -> None:
    board = await make_board(call, duplicates=EMAIL)
    item = await board.add(metadata={"email": "a@b.example"})
    await board.edit(item, metadata={"email": "c@d.example"})
    assert await _check(board, metadata={"email": "a@b.example"}) == []
    assert len(await _check(board, metadata={"email": "c@d.example"})) == 1
    path = f"/v1/ext/items/{item['item_id']}"
    await call("DELETE", path)
    assert await _check(board, metadata={"email": "c@d.example"}) == []
    await call("POST", f"{path}/restore")
    assert len(await _check(board, metadata={"email": "c@d.example"})) == 1


@pytest.mark.parametrize(
    ("held", "asked", "found"),
    [
        ("Acme Corporation", "Acme Corporaton", True),
        ("Acme Corporation", "acme corporation ltd", True),
        ("Acme Corporation", "Globex", False),
        ("Jon Smith", "John Smith", True),
        ("Müller", "Muller", False),
    ],
)
async def test_fuzzy(call: Caller, held: str, asked: str, found: bool) -> None:
    board = await make_board(call, duplicates={"fields": ["name"], "mode": "fuzzy"})
    await board.add(held)
    matches = await _check(board, name=asked)
    assert [name for name, _, _ in matches] == ([held] if found else [])
    assert all(0.85 <= score < 1 for _, _, score in matches)


async def test_over_all_boards(call: Caller) -> None:
    tickets = await make_board(call, name="Support", short_id_prefix="TICK")
    await tickets.add("ticket", metadata={"email": "a@b.example"})
    board = await make_board(call, duplicates={**EMAIL, "scope": "all"})
    await tickets.add("later", metadata={"email": "a@b.example"})
    assert {name for name, _, _ in await _check(board, metadata={"email": "a@b.example"})} == {"ticket", "later"}
    assert await _check(tickets, metadata={"email": "a@b.example"}) == []


async def test_a_board_may_skip(call: Caller) -> None:
    board = await make_board(call, duplicates={**EMAIL, "on_duplicate": "skip"})
    item = await board.add(metadata={"email": "a@b.example"})
    body = {
        "name": "x",
        "pipeline_id": board.id,
        "stage_id": board.stages["Lead"],
        "metadata": {"email": "A@b.example"},
    }
    reply = await call("POST", "/v1/ext/items", body)
    problem = reply.json()
    assert (reply.status, problem["code"]) == (409, "duplicate_item")
    assert problem["duplicates"] == [{"item": item, "matched_fields": ["email"], "match_mode": "exact", "score": 1}]
    assert await board.items() == [item]


async def test_a_board_may_update(call: Caller) -> None:
    board = await make_board(call, duplicates={**EMAIL, "on_duplicate": "update"})
    item = await board.add(metadata={"email": "a@b.example", "deal_value": 5}, labels=["a"])
    body = {
        "name": "x",
        "pipeline_id": board.id,
        "stage_id": board.stages["Won"],
        "metadata": {"email": "a@b.example", "notes": "new", "deal_value": None},
        "labels": ["b"],
    }
    reply = await call("POST", "/v1/ext/items", body)
    assert reply.status == 200
    merged = reply.json()
    assert (merged["item_id"], merged["version"], merged["stage"]) == (item["item_id"], 2, "Lead")
    assert (merged["notes"], merged["deal_value"], merged["labels"], merged["name"]) == ("new", 5, ["a", "b"], "Acme")


async def test_a_rule_that_comes_later_finds_what_is_there(board: Board) -> None:
    for number in range(3):
        await board.add(f"n{number}", metadata={"email": f"n{number}@b.example"})
    assert await _check(board, metadata={"email": "n1@b.example"}) == []
    await board.apply(duplicates=EMAIL)
    assert await _check(board, metadata={"email": "n1@b.example"}) == [("n1", ["email"], 1.0)]


async def test_very_long_values(call: Caller) -> None:
    board = await make_board(call, duplicates={"fields": ["notes"]})
    await board.add(metadata={"notes": "x" * 60_000})
    assert len(await _check(board, metadata={"notes": "X" * 60_000})) == 1
    assert await _check(board, metadata={"notes": "x" * 59_999}) == []


async def test_a_new_rule_holds_for_all_of_many_items(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SLICE", 2)
    for number in range(5):
        await board.add(f"n{number}", metadata={"email": f"e{number}@b.example"})
    await board.apply(duplicates=EMAIL)
    draft = {"name": "x", "stage_id": board.stages["Lead"]}
    for number in range(5):
        found = await _check(board, **draft, metadata={"email": f"e{number}@b.example"})
        assert found == [(f"n{number}", ["email"], 1.0)]
