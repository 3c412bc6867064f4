"""Lists: filters, order, pages, conditional answers, the whole list as a stream."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import Board, FixedClock, make_board


async def _fill(board: Board, clock: FixedClock, count: int, step: float = 1) -> None:
    for number in range(count):
        clock.now += step
        await board.add(f"n{number:03}", stage=["Lead", "Qualified"][number % 2])


def _next(headers: dict[str, str]) -> str | None:
    link = headers.get("link")
    found = re.fullmatch(r'<(/v1/ext/items\?[^>]+)>; rel="next"', link) if link else None
    assert (found is None) == (link is None)
    return found[1] if found else None


async def _walk(call: Caller, path: str) -> list[str]:
    names: list[str] = []
    following: str | None = path
    while following:
        reply = await call("GET", following)
        assert reply.status == 200, reply.body
        names += [item["name"] for item in reply.json()]
        following = _next(reply.headers)
    return names


async def test_newest_first_and_ties_by_id(board: Board, clock: FixedClock) -> None:
    await _fill(board, clock, 3, step=0)
    assert await board.names() == ["n002", "n001", "n000"]


@pytest.mark.parametrize("sort", ["created_at", "updated_at", "position"])
@pytest.mark.parametrize("limit", [1, 2, 7, 500])
async def test_pages_have_no_gap_and_no_repetition(board: Board, clock: FixedClock, sort: str, limit: int) -> None:
    await _fill(board, clock, 9, step=0.3)
    whole = await board.names(f"&sort={sort}")
    assert len(whole) == 9
    assert await _walk(board.call, f"/v1/ext/items?pipeline_id={board.id}&sort={sort}&limit={limit}") == whole


async def test_pages_go_on_while_items_arrive_and_leave(board: Board, clock: FixedClock) -> None:
    await _fill(board, clock, 6)
    first = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}&limit=3")
    await board.add("new")
    last = first.json()[-1]
    await board.call("DELETE", f"/v1/ext/items/{last['item_id']}")
    following = _next(first.headers)
    assert following
    second = await board.call("GET", following)
    assert [item["name"] for item in second.json()] == ["n002", "n001", "n000"]
    assert _next(second.headers) is None


async def test_lists_over_all_boards(call: Caller, clock: FixedClock) -> None:
    one = await make_board(call)
    two = await make_board(call, name="Support", short_id_prefix="TICK")
    for number in range(6):
        clock.now += 1
        await (one if number % 2 else two).add(f"n{number}")
    everything = ["n5", "n4", "n3", "n2", "n1", "n0"]
    assert [item["name"] for item in (await call("GET", "/v1/ext/items")).json()] == everything
    assert await _walk(call, "/v1/ext/items?limit=2") == everything
    assert await two.names() == ["n4", "n2", "n0"]


async def test_filters_combine(board: Board) -> None:
    a = await board.add("a", status_id=board.status("Lead", "Waiting"))
    await board.add("b")
    await board.add("c", stage="Qualified")
    lead, waiting = board.stages["Lead"], board.status("Lead", "Waiting")
    assert await board.names(f"&stage_id={lead}") == ["b", "a"]
    assert await board.names(f"&status_id={waiting}") == ["a"]
    assert await board.names(f"&stage_id={board.stages['Qualified']}&status_id={waiting}") == []
    reply = await board.call("GET", f"/v1/ext/items?status_id={waiting}")
    assert [item["item_id"] for item in reply.json()] == [a["item_id"]]
    for query in ("pipeline_id=x", "stage_id=x", "status_id=x", f"pipeline_id=x&stage_id={lead}"):
        assert (await board.call("GET", f"/v1/ext/items?{query}")).json() == []


async def test_times_are_strict_on_what_is_shown(board: Board, clock: FixedClock) -> None:
    clock.now += 0.4
    a = await board.add("a")
    clock.now += 0.9
    b = await board.add("b")
    assert (a["created_at"], b["created_at"]) == ("2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z")
    assert await board.names("&created_after=2026-03-01T10:00:00Z") == ["b"]
    assert await board.names("&created_after=2026-03-01T09:59:59.9Z") == ["b", "a"]
    assert await board.names("&created_after=2026-03-01T12:00:00%2B02:00") == ["b"]
    assert await board.names("&created_after=2026-03-01T12:00:00+02:00") == ["b"]
    assert await board.names("&created_after=2026-03-01") == ["b", "a"]
    assert await board.names("&created_after=2026-03-02") == []
    clock.now += 5
    await board.edit(a, name="a2")
    assert await board.names("&updated_after=2026-03-01T10:00:01Z") == ["a2"]
    assert await board.names("&sort=updated_at") == ["a2", "b"]


async def test_search_finds_key_name_and_values_in_any_case(board: Board) -> None:
    await board.add("Straße Nord", metadata={"notes": "ΑΘΗΝΑ % _ \\", "deal_value": 1250.5})
    await board.add("other", metadata={"areas": ["emea"], "email": "jo@acme.example"})
    for query, names in [
        ("STRASSE", ["Straße Nord"]),
        ("αθηνα nord", ["Straße Nord"]),
        ("1250.5", ["Straße Nord"]),
        ("deal-2", ["other"]),
        ("EMEA", ["other"]),
        ("acme nord", []),
        ("acm", ["other"]),
        ("cme", []),
        ("deal-", ["other", "Straße Nord"]),
        ("% nord", ["Straße Nord"]),
        ("%", []),
        ("==", []),
        ("", ["other", "Straße Nord"]),
    ]:
        assert await board.names(f"&q={quote(query)}") == names, query


async def test_the_whole_list_is_streamed_in_slices(board: Board, clock: FixedClock) -> None:
    await _fill(board, clock, 405, step=0.01)
    reply = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}")
    assert [item["name"] for item in reply.json()] == [f"n{number:03}" for number in reversed(range(405))]
    assert "content-length" not in reply.headers
    assert max(len(json.loads(b"[" + chunk.strip(b"[],") + b"]")) for chunk in reply.chunks) == 200


async def test_pages_over_two_slices(board: Board, clock: FixedClock) -> None:
    await _fill(board, clock, 305, step=0.01)
    reply = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}&limit=300")
    assert len(reply.json()) == 300
    following = _next(reply.headers)
    assert following
    assert [item["name"] for item in (await board.call("GET", following)).json()] == [
        f"n00{n}" for n in (4, 3, 2, 1, 0)
    ]


async def test_unchanged_lists_are_304(board: Board) -> None:
    await board.add()
    path = f"/v1/ext/items?pipeline_id={board.id}&limit=1"
    tag = (await board.call("GET", path)).headers["etag"]
    same = await board.call("GET", path, headers={"if-none-match": tag})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
    assert (await board.call("GET", path + "&q=x", headers={"if-none-match": tag})).status == 200
    await board.add()
    changed = await board.call("GET", path, headers={"if-none-match": tag})
    assert changed.status == 200
    assert changed.headers["etag"] != tag
    stages = [{**stage, "name": f"{stage['name']}!"} for stage in board.answer["stages"]]
    tag = changed.headers["etag"]
    await board.apply(stages=stages)
    assert (await board.call("GET", path, headers={"if-none-match": tag})).json()[0]["stage"] == "Lead!"


async def test_an_empty_list(board: Board) -> None:
    reply = await board.call("GET", "/v1/ext/items")
    assert (reply.status, reply.body) == (200, b"[]")


async def test_head_has_the_headers_only(board: Board) -> None:
    reply = await board.call("HEAD", f"/v1/ext/items?pipeline_id={board.id}")
    assert (reply.status, reply.body) == (200, b"")
    assert "etag" in reply.headers
