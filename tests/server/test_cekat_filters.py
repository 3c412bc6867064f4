"""Value filters of a search, and the values themselves, through the cekat face."""

from __future__ import annotations

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import make_board
from tests.server.crm import Crm, data

ITEMS: dict[str, dict[str, object]] = {
    "a": {"deal_value": "900", "close": "2026-04-01", "priority": "low", "areas": '["emea"]', "vip": "true"},
    "b": {"deal_value": "10000", "close": "2026-05-01", "priority": "high", "areas": '["apac","emea"]', "vip": "false"},
    "c": {"deal_value": "10000.5", "notes": "Call Ann", "source": "web"},
    "d": {},
}


@pytest.fixture
async def filled(crm: Crm) -> Crm:
    for title, values in ITEMS.items():
        await crm.add(title, values=values)
    return crm


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"deal_value": {"gte": "10000"}}, "bc"),
        ({"deal_value": {"gt": "10000"}}, "c"),
        ({"deal_value": {"lt": "10000"}}, "a"),
        ({"deal_value": {"lte": "10000.0"}}, "ab"),
        ({"deal_value": {"gte": 10000}}, "bc"),
        ({"deal_value": {"eq": "10000.50"}}, "c"),
        ({"deal_value": {"ne": "10000"}}, "acd"),
        ({"deal_value": {"in": ["900.0", 10000]}}, "ab"),
        ({"deal_value": {"contains": "00.5"}}, "c"),
        ({"deal_value": {"gte": "500", "lt": "10000.5"}}, "ab"),
        ({"deal_value": {"eq": ""}}, "d"),
        ({"deal_value": {"eq": None}}, "d"),
        ({"deal_value": {"ne": ""}}, "abc"),
        ({"close": {"gte": "2026-04-15"}}, "b"),
        ({"close": {"lt": "2026-04-15T12:00:00Z"}}, "a"),
        ({"close": {"eq": "2026-04-01T02:00:00+02:00"}}, "a"),
        ({"priority": {"eq": "low"}}, "a"),
        ({"priority": {"eq": "LOW"}}, ""),
        ({"priority": {"in": ["low", "high"]}}, "ab"),
        ({"priority": {"in": []}}, ""),
        ({"priority": {"in": ["", "low"]}}, "acd"),
        ({"areas": {"contains": "EMEA"}}, "ab"),
        ({"areas": {"contains": "me"}}, ""),
        ({"areas": {"in": ["apac"]}}, "b"),
        ({"areas": {"eq": "emea"}}, "a"),
        ({"areas": {"eq": '["emea","apac"]'}}, "b"),
        ({"areas": {"eq": ["emea", "apac"]}}, "b"),
        ({"areas": {"gt": "a"}}, ""),
        ({"vip": {"eq": "true"}}, "a"),
        ({"vip": {"eq": False}}, "b"),
        ({"notes": {"contains": "call ann"}}, "c"),
        ({"notes": {"contains": ""}}, "abcd"),
        ({"source": {"eq": "web"}}, "c"),
        ({"source": {"ne": "web"}}, "abd"),
        ({"deal_value": {"gte": "10000"}, "source": {"eq": "web"}}, "c"),
        ({"deal_value": {}}, "abcd"),
    ],
)
async def test_value_filters(filled: Crm, filters: dict[str, object], titles: str) -> None:
    assert "".join(await filled.search(sort_by="position", value_filters=filters)) == titles


async def test_filters_follow_the_blueprint(filled: Crm) -> None:
    kept = [field for field in filled.board.answer["fields"] if field["name"] != "notes"]
    await filled.board.apply(fields=[*kept, {"name": "extra", "kind": "text"}], force=True)
    assert "".join(await filled.search(sort_by="position", value_filters={"extra": {"eq": ""}})) == "abcd"
    assert (await filled("POST", "/items/search", {"value_filters": {"notes": {"eq": ""}}})).status == 400


async def test_fields_that_no_blueprint_knows(call: Caller) -> None:
    crm = Crm(await make_board(call, extra_fields="store"))
    await crm.add("a", values={"budget": "7", "due": "2026-04-01"})
    await crm.board.add("b", metadata={"budget": 12, "tags": ["x", "y"]})
    assert await crm.search(value_filters={"budget": {"gt": "8"}}) == ["b"]
    assert await crm.search(value_filters={"tags": {"contains": "x"}}) == ["b"]
    assert await crm.search(date_range={"field": "due", "from": "2026-04-01"}) == ["a"]


async def test_a_search_of_many_reads_them_in_slices(filled: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.server.rules.search.SLICE", 1)
    body = {"value_filters": {"deal_value": {"ne": "x"}}, "sort_by": "position", "limit": 2, "offset": 1}
    reply = await filled("POST", "/items/search", body)
    assert ([item["title"] for item in data(reply)], reply.json()["total"]) == (["b", "c"], 4)


async def test_values_may_be_sent_as_what_they_are(crm: Crm) -> None:
    typed = await crm.add(values={"deal_value": 25000, "vip": True, "areas": ["emea", "apac"]})
    assert typed["values"] == {"deal_value": "25000", "areas": '["apac","emea"]', "vip": "true"}
    item = await crm.add(values={"deal_value": 0.5, "vip": False, "areas": []})
    assert item["values"] == {"deal_value": "0.5", "vip": "false"}


async def test_what_is_shown_can_be_written_back(call: Caller) -> None:
    odd = ["a,b", '["x"]', 'q"uote', "emea", "[", "true"]
    crm = Crm(await make_board(call, fields=[{"name": "areas", "kind": "multi_select", "options": odd}]))
    for choices in ([odd[1]], odd, odd[:3], [odd[4]], [odd[5]]):
        item = await crm.board.add(metadata={"areas": choices})
        values = (await crm.get(item["item_id"]))["values"]
        assert (await crm.put(item["item_id"], values=values))["version"] == 1
        copy = await crm.add(values=values)
        (back,) = [each for each in await crm.board.items() if each["item_id"] == copy["id"]]
        assert back["areas"] == sorted(choices)
