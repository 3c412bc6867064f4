"""Lists and searches through the cekat face: windows, order, filters."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, make_board
from tests.server.crm import Crm, data, fields


async def _fill(crm: Crm, clock: FixedClock) -> None:
    """Six items: a, d in Won; b, e in Lead; c, f in Qualified; a second apart."""
    for title, column in zip("abcdef", ["Won", "Lead", "Qualified"] * 2, strict=True):
        await crm.add(title, column_name=column)
        clock.now += 1


async def test_a_list_is_in_order_of_columns_then_ranks(crm: Crm, clock: FixedClock) -> None:
    await _fill(crm, clock)
    assert await crm.titles() == ["b", "e", "c", "f", "a", "d"]
    assert await crm.titles(f"?column_id={crm.columns['Won']}") == ["a", "d"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6, 7])
async def test_windows_have_no_gap_and_no_repetition(crm: Crm, clock: FixedClock, limit: int) -> None:
    await _fill(crm, clock)
    titles: list[str] = []
    for offset in range(0, 8, limit):
        reply = await crm("GET", f"/items?limit={limit}&offset={offset}")
        assert reply.json()["pagination"] == {"total": 6, "limit": limit, "offset": offset}
        titles += [item["title"] for item in data(reply)]
    assert titles == ["b", "e", "c", "f", "a", "d"]


@pytest.mark.parametrize(
    ("sent", "used"), [("500", 500), ("501", 500), ("00050", 50), ("9" * 9999, 500), ("1", 1), (None, 50)]
)
async def test_a_limit_beyond_the_highest_is_the_highest(crm: Crm, sent: str | None, used: int) -> None:
    query = "" if sent is None else f"?limit={sent}"
    for path in ("/items", ""):
        reply = await crm.call("GET", f"/api/crm/boards{f'/{crm.board.id}' if path else ''}{path}{query}")
        assert reply.json()["pagination"]["limit"] == used
    if sent is not None and len(sent) < 40:
        assert (await crm("POST", "/items/search", {"limit": int(sent)})).json()["limit"] == used


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "+5", "%D9%A1", "00", "1e2", "%20"])
async def test_a_limit_must_be_a_whole_number_above_nought(crm: Crm, limit: str) -> None:
    assert fields(await crm("GET", f"/items?limit={limit}")) == ["limit"]
    assert fields(await crm.call("GET", f"/api/crm/boards?limit={limit}")) == ["limit"]


@pytest.mark.parametrize("offset", ["-1", "x", "", "9" * 9999, "1.0"])
async def test_an_offset_must_be_a_whole_number(crm: Crm, offset: str) -> None:
    assert fields(await crm("GET", f"/items?offset={offset}")) == ["offset"]


async def test_beyond_the_end_there_is_nothing(crm: Crm) -> None:
    await crm.add()
    reply = await crm("GET", f"/items?offset={2**53}")
    assert (data(reply), reply.json()["pagination"]["total"]) == ([], 1)


async def test_filters_that_name_nothing_find_nothing(crm: Crm, call: Caller) -> None:
    other = await make_board(call, name="Other", short_id_prefix="OTH")
    await other.add()
    await crm.add()
    for column in ("nowhere", other.stages["Lead"], ""):
        reply = await crm("GET", f"/items?column_id={column}")
        assert (data(reply), reply.json()["pagination"]["total"]) == ([], 0)
        assert await crm.search(column_ids=[column]) == []
    assert await crm.search(column_ids=[]) == []


async def test_text_is_found_as_the_other_face_finds_it(crm: Crm) -> None:
    await crm.add("Straße Nord", values={"notes": "ΑΘΗΝΑ % _ \\", "deal_value": "1250.5"})
    await crm.add("other", values={"areas": "emea", "email": "jo@acme.example"})
    for query in ("STRASSE", "αθηνα nord", "1250.5", "deal-2", "EMEA", "acme nord", "%", "_", "\\", ""):
        titles = sorted(await crm.board.names(f"&q={quote(query)}"))
        assert sorted(await crm.titles(f"?search={quote(query)}")) == titles, query
        assert sorted(await crm.search(query=query)) == titles, query
    assert await crm.titles("?search=nothing") == []


async def test_a_search_is_latest_change_first_unless_it_says_so(crm: Crm, clock: FixedClock) -> None:
    await _fill(crm, clock)
    (a,) = [item for item in data(await crm("GET", "/items")) if item["title"] == "a"]
    await crm.put(a["id"], values={"notes": "x"})
    assert await crm.search() == ["a", "f", "e", "d", "c", "b"]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"sort_order": "asc"}, "bcdefa"),
        ({"sort_by": "created_at"}, "fedcba"),
        ({"sort_by": "created_at", "sort_order": "asc"}, "abcdef"),
        ({"sort_by": "position"}, "becfad"),
        ({"sort_by": "position", "sort_order": "desc"}, "dafceb"),
        ({"sort_by": "position", "offset": 1, "limit": 4}, "ecfa"),
        ({"sort_by": "position", "sort_order": "desc", "offset": 1, "limit": 4}, "afce"),
    ]
    for body, titles in cases:
        assert "".join(await crm.search(**body)) == titles, body


async def test_ties_of_time_are_in_order_of_ids(crm: Crm) -> None:
    for title in "abc":
        await crm.add(title)
    assert await crm.search() == ["c", "b", "a"]
    assert await crm.search(sort_order="asc") == ["a", "b", "c"]


@pytest.mark.parametrize("tested", [False, True])
async def test_search_counts_all_and_shows_a_window(crm: Crm, clock: FixedClock, tested: bool) -> None:
    await _fill(crm, clock)
    filters: dict[str, Any] = {"value_filters": {"email": {"eq": ""}}} if tested else {}
    for sort_by, order in (("created_at", "abcdef"), ("position", "becfad")):
        for limit in (1, 4, 50):
            for offset in (0, 2, 5, 6, 99):
                body = {"sort_by": sort_by, "sort_order": "asc", "limit": limit, "offset": offset, **filters}
                reply = await crm("POST", "/items/search", body)
                answer = reply.json()
                assert (answer["total"], answer["limit"], answer["offset"]) == (6, limit, offset)
                assert "pagination" not in answer
                assert "".join(item["title"] for item in data(reply)) == order[offset : offset + limit]


async def test_conditions_of_a_search_combine(crm: Crm, clock: FixedClock) -> None:
    await _fill(crm, clock)
    won, lead = crm.columns["Won"], crm.columns["Lead"]
    assert await crm.search(column_ids=[won, lead, "nowhere"]) == ["e", "d", "b", "a"]
    assert await crm.search(column_ids=[won.upper()]) == ["d", "a"]
    day = {"field": "created_at", "from": "2026-03-01T10:00:03Z"}
    assert await crm.search(column_ids=[won, lead], date_range=day) == ["e", "d"]
    assert await crm.search(column_ids=[won, lead], date_range=day, query="deal-5") == ["e"]
    nothing: dict[str, Any]
    for nothing in ({"query": None}, {"column_ids": None}, {"date_range": None}, {"sort_order": None, "limit": None}):
        assert len(await crm.search(**nothing)) == 6


@pytest.mark.parametrize(
    ("given", "titles"),
    [
        ({"from": "2026-03-01T10:00:01Z"}, "cb"),
        ({"from": "2026-03-01T10:00:00Z"}, "cba"),
        ({"from": "2026-03-01T10:00:00.3Z"}, "cb"),
        ({"from": "2026-03-01T12:00:01+02:00", "to": "2026-03-01T10:00:01Z"}, "b"),
        ({"to": "2026-03-01T10:00:01Z"}, "ba"),
        ({"from": "2026-03-01", "to": "2026-03-01"}, "cba"),
        ({"from": "2026-03-02"}, ""),
        ({"to": "2026-02-28"}, ""),
        ({}, "cba"),
        ({"field": "updated_at", "from": "2026-03-01T11:00:00Z"}, "b"),
        ({"field": "close", "from": "2026-04-01", "to": "2026-04-02"}, "ba"),
        ({"field": "close", "from": "2026-04-02"}, "b"),
        ({"field": "close", "to": "2026-04-01T00:00:00Z"}, "a"),
    ],
)
async def test_ranges_hold_both_ends_as_they_are_shown(
    crm: Crm, clock: FixedClock, given: dict[str, str], titles: str
) -> None:
    clock.now += 0.4  # shown as the whole second
    for title, close in (("a", "2026-04-01"), ("b", "2026-04-02"), ("c", None)):
        await crm.add(title, values={"close": close})
        clock.now += 1
    clock.now += 3600
    second = data(await crm("GET", "/items"))[1]
    await crm.put(second["id"], values={"notes": "x"})
    assert "".join(await crm.search(sort_by="created_at", date_range=given)) == titles


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date_range": {"field": "notes", "from": "2026-03-01"}}, "date_range.field"),
        ({"date_range": {"field": "nope"}}, "date_range.field"),
        ({"date_range": {"from": "yesterday"}}, "date_range.from"),
        ({"date_range": {"to": "2026-02-30"}}, "date_range.to"),
        ({"date_range": {"to": "2026-03-01T10:00:00"}}, "date_range.to"),
        ({"date_range": {"from": 5}}, "date_range.from"),
        ({"date_range": {"start": "2026-03-01"}}, "date_range.start"),
        ({"date_range": []}, "date_range"),
        ({"sort_by": "title"}, "sort_by"),
        ({"sort_order": "up"}, "sort_order"),
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**30}, "offset"),
        ({"query": 5}, "query"),
        ({"query": "x" * 501}, "query"),
        ({"query": "a b c d e f g h i j k"}, "query"),
        ({"column_ids": "x"}, "column_ids"),
        ({"column_ids": [1]}, "column_ids[0]"),
        ({"value_filters": []}, "value_filters"),
        ({"value_filters": {"email": "x"}}, "value_filters.email"),
        ({"value_filters": {"nope": {"eq": "x"}}}, "value_filters.nope"),
        ({"value_filters": {"email": {"like": "x"}}}, "value_filters.email.like"),
        ({"value_filters": {"email": {"in": "x"}}}, "value_filters.email.in"),
        ({"value_filters": {"email": {"in": ["x"] * 501}}}, "value_filters.email.in"),
        ({"value_filters": {"email": {"in": [["x"]]}}}, None),
        ({"value_filters": {"email": {"eq": {"x": 1}}}}, "value_filters.email.eq"),
        ({"value_filters": {"email": {"eq": [1]}}}, "value_filters.email.eq"),
        ({"value_filters": {f"f{n}": {} for n in range(21)}}, "value_filters"),
        ({"page": 1}, "page"),
    ],
)
async def test_searches_that_are_wrong_name_the_member(crm: Crm, body: dict[str, Any], field: str | None) -> None:
    reply = await crm("POST", "/items/search", body)
    if field is None:
        assert data(reply) == []
    else:
        assert fields(reply) == [field]
