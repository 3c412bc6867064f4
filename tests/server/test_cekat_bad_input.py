"""Bad input is refused in the cekat contract's shape, names what is wrong, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from tests.server.asgi import Caller
from tests.server.conftest import counting_ids, make_board
from tests.server.crm import Crm, fields, refused
from tests.server.hostile import JSON, MALFORMED
from tui.server.app import create_app
from tui.server.http import BODY_LIMIT
from tui.server.opening import open_database


def _bodied(item_id: str) -> list[tuple[str, str]]:
    return [
        ("POST", "/items"),
        ("PUT", f"/items/{item_id}"),
        ("DELETE", "/items"),
        ("POST", "/items/search"),
        ("POST", "/columns/by-name"),
    ]


@pytest.mark.parametrize("body", MALFORMED)
async def test_what_is_not_a_json_object_is_malformed(crm: Crm, body: bytes) -> None:
    item = await crm.add()
    for method, path in _bodied(item["id"]):
        refused(await crm(method, path, body), 400, "MALFORMED_JSON")
    assert await crm.get(item["id"]) == item


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_bodies_must_be_json_by_name(crm: Crm, media_type: str) -> None:
    for method, path in _bodied("x"):
        refused(await crm(method, path, b"{}", content_type=media_type), 415, "UNSUPPORTED_MEDIA_TYPE")


async def test_bodies_have_a_limit(crm: Crm) -> None:
    item = await crm.add()
    body = json.dumps({"title": "x" * BODY_LIMIT}).encode()
    for method, path in _bodied(item["id"]):
        refused(await crm(method, path, body), 413, "PAYLOAD_TOO_LARGE")
        refused(await crm(method, path, b"{}", content_length="99999999999"), 413, "PAYLOAD_TOO_LARGE")
    assert fields(await crm("PUT", f"/items/{item['id']}", {"values": {"notes": "x" * 65_537}})) == ["values.notes"]
    kept = await crm.put(item["id"], values={"notes": "ä" * 32_768})
    assert len(kept["values"]["notes"]) == 32_768


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"column_id": None}, "column_id"),
        ({"column_id": "x"}, "column_id"),
        ({"column_id": ""}, "column_id"),
        ({"column_name": None}, "column_name"),
        ({"column_name": ""}, "column_name"),
        ({"column_name": "x" * 9999}, "column_name"),
        ({"column_name": 1}, "column_name"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"version": 1.0}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 10**30}, "version"),
        ({"labels": None}, "labels"),
        ({"labels": "x"}, "labels"),
        ({"labels": [""]}, "labels"),
        ({"labels": ["x" * 65]}, "labels"),
        ({"labels": [str(n) for n in range(51)]}, "labels"),
        ({"labels": [1]}, "labels[0]"),
        ({"contact_id": 1}, "contact_id"),
        ({"contact_id": "\x1b[31m"}, "contact_id"),
        ({"position": "1"}, "position"),
        ({"position": 10**40}, "position"),
        ({"position": 2**53 + 1}, "position"),
        ({"values": None}, "values"),
        ({"values": []}, "values"),
        ({"values": {"": "1"}}, "values."),
        ({"values": {"nope": None}}, "values.nope"),
        ({"values": {"source": 5}}, "values.source"),
        ({"values": {"source": "x" * 201}}, "values.source"),
        ({"values": {"email": "x"}}, "values.email"),
        ({"values": {"email": ["a@b.example"]}}, "values.email"),
        ({"values": {"deal_value": "5,000"}}, "values.deal_value"),
        ({"values": {"deal_value": "1e5"}}, "values.deal_value"),
        ({"values": {"deal_value": "NaN"}}, "values.deal_value"),
        ({"values": {"deal_value": "-1"}}, "values.deal_value"),
        ({"values": {"deal_value": "1" + "0" * 15}}, "values.deal_value"),
        ({"values": {"deal_value": "9" * 5000}}, "values.deal_value"),
        ({"values": {"deal_value": "0.0000001"}}, "values.deal_value"),
        ({"values": {"deal_value": True}}, "values.deal_value"),
        ({"values": {"deal_value": {}}}, "values.deal_value"),
        ({"values": {"close": "2026-02-30"}}, "values.close"),
        ({"values": {"close": "20260201"}}, "values.close"),
        ({"values": {"close": 20260201}}, "values.close"),
        ({"values": {"priority": "Low"}}, "values.priority"),
        ({"values": {"areas": "mars"}}, "values.areas"),
        ({"values": {"areas": '["emea","mars"]'}}, "values.areas"),
        ({"values": {"areas": "[1]"}}, "values.areas"),
        ({"values": {"areas": "[" * 60_000}}, "values.areas"),
        ({"values": {"areas": {"emea": True}}}, "values.areas"),
        ({"values": {"vip": "yes"}}, "values.vip"),
        ({"values": {"vip": "1"}}, "values.vip"),
        ({"values": {"vip": 1}}, "values.vip"),
        ({"values": {"code": "ab-1"}}, "values.code"),
        ({"stage_id": "x"}, "stage_id"),
        ({"id": "x"}, "id"),
    ],
)
async def test_members_that_are_wrong_are_named(crm: Crm, members: dict[str, Any], field: str) -> None:
    item = await crm.add()
    assert fields(await crm("PUT", f"/items/{item['id']}", members)) == [field]
    if next(iter(members.values())) is not None and "version" not in members:
        assert fields(await crm("POST", "/items", {"title": "x", **members})) == [field]
    assert await crm.get(item["id"]) == item
    assert await crm.titles() == ["Acme"]


async def test_every_fault_is_named_at_once(crm: Crm) -> None:
    values = {"email": "x", "deal_value": "y", "nope": "1"}
    found = fields(await crm("POST", "/items", {"title": " ", "column_id": "x", "labels": [""], "values": values}))
    assert set(found) == {"title", "column_id", "labels", "values.email", "values.deal_value", "values.nope"}


@pytest.mark.parametrize("text", [r"a\u0000b", r"\ud800", r"\uDfff", r"\udc00\ud800"])
async def test_text_that_cannot_be_stored(crm: Crm, text: str) -> None:
    item = await crm.add()
    for method, path, body, field in [
        ("PUT", f"/items/{item['id']}", '{"title":"%s"}', "title"),
        ("PUT", f"/items/{item['id']}", '{"labels":["%s"]}', "labels[0]"),
        ("PUT", f"/items/{item['id']}", '{"values":{"notes":"%s"}}', "values.notes"),
        ("PUT", f"/items/{item['id']}", '{"values":{"%s":"x"}}', "values"),
        ("POST", "/items/search", '{"query":"%s"}', "query"),
        ("POST", "/items/search", '{"value_filters":{"notes":{"eq":"%s"}}}', "value_filters.notes.eq"),
        ("DELETE", "/items", '{"item_ids":["%s"]}', "item_ids[0]"),
        ("POST", "/columns/by-name", '{"name":"%s"}', "name"),
    ]:
        assert fields(await crm(method, path, body.replace("%s", text).encode())) == [field]
    assert await crm.get(item["id"]) == item


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({}, "item_ids"),
        ({"item_ids": None}, "item_ids"),
        ({"item_ids": "x"}, "item_ids"),
        ({"item_ids": [1]}, "item_ids[0]"),
        ({"item_ids": {"a": 1}}, "item_ids"),
        ({"item_ids": ["x"], "force": True}, "force"),
    ],
)
async def test_deletions_that_are_wrong(crm: Crm, members: dict[str, Any], field: str) -> None:
    assert fields(await crm("DELETE", "/items", members)) == [field]


@pytest.mark.parametrize("query", ["search=%00", "search=%FF", "column_id=%00", f"search={'x' * 501}", "limit=%00"])
async def test_queries(crm: Crm, query: str) -> None:
    assert fields(await crm("GET", f"/items?{query}")) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "item_id", ["x", "%00", "%1b%5b2J", "DEAL-99999999999999999999", "-", "%F0%9F%98%80", "a" * 9000]
)
async def test_items_and_columns_that_do_not_exist(crm: Crm, item_id: str) -> None:
    refused(await crm("GET", f"/items/{item_id}"), 404, "ITEM_NOT_FOUND")
    refused(await crm("PUT", f"/items/{item_id}", {"title": "x"}), 404, "ITEM_NOT_FOUND")
    refused(await crm("GET", f"/columns/{item_id}"), 404, "COLUMN_NOT_FOUND")
    refused(await crm("POST", "/columns/by-name", {"name": item_id}), 404, "COLUMN_NOT_FOUND")
    refused(await crm.call("GET", f"/api/crm/boards/{item_id}"), 404, "BOARD_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "", "GET, HEAD"),
        ("GET", "/columns/by-name", "POST"),
        ("PATCH", "/items", "DELETE, GET, HEAD, POST"),
        ("GET", "/items/search", "POST"),
        ("DELETE", "/items/x", "GET, HEAD, PUT"),
    ],
)
async def test_methods_that_a_path_does_not_take(crm: Crm, method: str, path: str, allow: str) -> None:
    reply = await crm(method, path)
    refused(reply, 405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == allow


async def test_head_has_the_headers_only(crm: Crm) -> None:
    await crm.add()
    reply = await crm("HEAD", "/items")
    assert (reply.status, reply.body) == (200, b"")


async def test_a_failing_rule_is_a_500_without_its_reason(
    crm: Crm, app: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.server.rules.counting.by_board", lambda _unit: 1 / 0)
        reply = await crm.call("GET", "/api/crm/boards")
    error = refused(reply, 500, "INTERNAL_ERROR")
    assert "division" not in json.dumps(error)
    assert "ZeroDivisionError" in caplog.text


_MEMBERS = st.sampled_from(
    [
        *("title", "column_id", "column_name", "values", "labels", "contact_id", "position", "version", "item_ids"),
        *("query", "column_ids", "value_filters", "date_range", "sort_by", "sort_order", "limit", "offset", "name"),
    ]
)
_FILTERS = st.dictionaries(
    st.sampled_from(["email", "areas", "deal_value", "source"]),
    st.dictionaries(st.sampled_from(["eq", "ne", "gt", "lte", "in", "contains"]), JSON, max_size=2),
    max_size=2,
)


@given(body=st.dictionaries(_MEMBERS, JSON, max_size=4), filters=_FILTERS, good=st.booleans())
async def test_no_body_breaks_the_server(
    tmp_path_factory: Any, body: dict[str, Any], filters: dict[str, Any], good: bool
) -> None:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/a.db")
    try:
        call = Caller(create_app(database, ids=counting_ids(), faces=("slate", "cekat")))
        crm = Crm(await make_board(call))
        item = await crm.add(values={"areas": "emea", "deal_value": "5"})
        for method, path in _bodied(item["id"]):
            sent = {**body, "title": "x"} if good and method == "POST" else body
            assert (await crm(method, path, sent)).status < 500, (method, path, sent)
        assert (await crm("POST", "/items/search", {"value_filters": filters})).status < 500, filters
    finally:
        database.close()
