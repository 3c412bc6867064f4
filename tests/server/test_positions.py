"""Ranks within a column."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.server.asgi import Caller
from tests.server.conftest import Board, counting_ids, make_board
from tui.server.app import create_app
from tui.server.opening import open_database

STEP = 65_536


async def test_new_items_and_moves_land_at_the_end(board: Board) -> None:
    a, b = await board.add("a"), await board.add("b")
    assert [a["position"], b["position"]] == [STEP, 2 * STEP]
    c = await board.add("c", stage="Qualified")
    moved = await board.edit(a, stage_id=board.stages["Qualified"])
    assert moved["position"] > c["position"]


async def test_a_rank_is_taken_as_given(board: Board) -> None:
    a, b = await board.add("a"), await board.add("b")
    c = await board.add("c")
    await board.edit(c, position=(a["position"] + b["position"]) // 2)
    assert await board.names("&sort=position") == ["a", "c", "b"]
    await board.edit(c, position=a["position"] - STEP)
    assert await board.names("&sort=position") == ["c", "a", "b"]
    await board.edit(c, position=None)
    assert await board.names("&sort=position") == ["a", "b", "c"]


async def test_a_taken_rank_means_just_behind_it(board: Board) -> None:
    a, _, c = [await board.add(name) for name in "abc"]
    moved = await board.edit(c, position=a["position"])
    assert a["position"] < moved["position"] < 2 * STEP
    assert moved["version"] == 2
    assert await board.names("&sort=position") == ["a", "c", "b"]


async def test_making_room_bumps_no_version_but_shows_in_the_feed(board: Board) -> None:
    items = [await board.add(name, position=rank) for name, rank in (("a", 1), ("b", 2), ("c", 3))]
    mover = await board.add("x")
    cursor = (await board.changes())["cursor"]
    await board.edit(mover, position=1)
    assert await board.names("&sort=position") == ["a", "x", "b", "c"]
    changes = (await board.changes(cursor))["changes"]
    assert {change["name"] for change in changes} == {"x", "b", "c"}
    assert {change["name"]: change["version"] for change in changes} == {"x": 2, "b": 1, "c": 1}
    history = await board.call("GET", f"/v1/ext/items/{items[1]['item_id']}/history")
    assert len(history.json()) == 1


async def test_a_board_may_forbid_reordering(call: Caller) -> None:
    board = await make_board(call, allow_reorder=False)
    item = await board.add()
    reply = await call("PATCH", f"/v1/ext/items/{item['item_id']}", {"position": 5})
    assert (reply.status, reply.json()["errors"][0]["field"]) == (422, "position")
    assert (await board.edit(item, position=item["position"], name="y"))["name"] == "y"


@given(moves=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans()), min_size=1, max_size=25))
async def test_any_moves_keep_the_order_that_was_meant(
    tmp_path_factory: object, moves: list[tuple[int, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("ranks")  # type: ignore[attr-defined]  # pytest's factory is a fixture of any scope
    database = open_database(f"sqlite:///{folder}/a.db")
    try:
        board = await make_board(Caller(create_app(database, actor="sam", ids=counting_ids())))
        items = {name: await board.add(name, position=rank) for rank, name in enumerate("abcdefgh")}
        order = list("abcdefgh")
        for mover, target, at_front in moves:
            name, behind = "abcdefgh"[mover], "abcdefgh"[target]
            if name == behind:
                continue
            ranks = {item["name"]: item["position"] for item in await board.items()}
            order.remove(name)
            if at_front:
                items[name] = await board.edit(items[name], position=min(ranks.values()) - 1)
                order.insert(0, name)
            else:
                items[name] = await board.edit(items[name], position=ranks[behind])
                order.insert(order.index(behind) + 1, name)
            assert await board.names("&sort=position") == order
            stored = await board.items()
            assert len({item["position"] for item in stored}) == len(stored)
    finally:
        database.close()
