"""Bad input is refused in the contract's shape, names what is wrong, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from tests.server.asgi import Caller, Reply
from tests.server.conftest import Board, counting_ids, make_board
from tests.server.hostile import JSON, MALFORMED
from tui.server.app import create_app
from tui.server.http import BODY_LIMIT
from tui.server.opening import open_database


def refused(reply: Reply, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = reply.json()
    assert (reply.status, problem["code"], problem["status"]) == (status, code, status), problem
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cardwall"] == "1"
    assert problem["detail"]
    return problem


def fields(reply: Reply) -> list[str]:
    return [error["field"] for error in refused(reply, 422, "validation_error")["errors"]]


@pytest.mark.parametrize("body", MALFORMED)
async def test_what_is_not_a_json_object_is_malformed(board: Board, body: bytes) -> None:
    item = await board.add()
    for method, path in (("POST", "/v1/ext/items"), ("PATCH", f"/v1/ext/items/{item['item_id']}")):
        refused(
            await board.call(method, path, body, headers={"content-type": "application/json"}), 400, "malformed_json"
        )
    assert await board.items() == [item]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_bodies_must_be_json_by_name(board: Board, media_type: str) -> None:
    reply = await board.call("POST", "/v1/ext/items", b"{}", headers={"content-type": media_type})
    refused(reply, 415, "unsupported_media_type")


async def test_bodies_have_a_limit(board: Board) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    body = json.dumps({"name": "x" * BODY_LIMIT}).encode()
    refused(await board.call("PATCH", path, body), 413, "payload_too_large")
    announced = await board.call("PATCH", path, {}, headers={"content-length": "99999999999"})
    refused(announced, 413, "payload_too_large")
    assert fields(await board.call("PATCH", path, {"metadata": {"notes": "x" * 65_537}})) == ["metadata.notes"]
    kept = await board.edit(item, metadata={"notes": "ä" * 32_768})
    assert len(kept["notes"]) == 32_768


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"stage_id": None}, "stage_id"),
        ({"stage_id": "x"}, "stage_id"),
        ({"stage_id": 1}, "stage_id"),
        ({"status_id": "x"}, "status_id"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"version": 1.0}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 10**30}, "version"),
        ({"labels": "x"}, "labels"),
        ({"labels": [""]}, "labels"),
        ({"labels": ["x" * 65]}, "labels"),
        ({"labels": [str(n) for n in range(51)]}, "labels"),
        ({"labels": [1]}, "labels[0]"),
        ({"labels": None}, "labels"),
        ({"position": "1"}, "position"),
        ({"position": 2**53 + 1}, "position"),
        ({"position": -(10**40)}, "position"),
        ({"metadata": None}, "metadata"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"": 1}}, "metadata."),
        ({"metadata": {"email": "x"}}, "metadata.email"),
        ({"metadata": {"email": "a@b@c.example"}}, "metadata.email"),
        ({"metadata": {"email": ["a@b.example"]}}, "metadata.email"),
        ({"metadata": {"deal_value": "5"}}, "metadata.deal_value"),
        ({"metadata": {"deal_value": True}}, "metadata.deal_value"),
        ({"metadata": {"deal_value": -1}}, "metadata.deal_value"),
        ({"metadata": {"deal_value": 10**15}}, "metadata.deal_value"),
        ({"metadata": {"deal_value": 0.0000001}}, "metadata.deal_value"),
        ({"metadata": {"deal_value": {}}}, "metadata.deal_value"),
        ({"metadata": {"close": "2026-02-30"}}, "metadata.close"),
        ({"metadata": {"close": "20260201"}}, "metadata.close"),
        ({"metadata": {"close": "2026-02-01T00:00:00Z"}}, "metadata.close"),
        ({"metadata": {"close": 5}}, "metadata.close"),
        ({"metadata": {"priority": "Low"}}, "metadata.priority"),
        ({"metadata": {"priority": ["low"]}}, "metadata.priority"),
        ({"metadata": {"areas": "emea"}}, "metadata.areas"),
        ({"metadata": {"areas": ["mars"]}}, "metadata.areas"),
        ({"metadata": {"areas": [["emea"]]}}, "metadata.areas"),
        ({"metadata": {"vip": 1}}, "metadata.vip"),
        ({"metadata": {"vip": "true"}}, "metadata.vip"),
        ({"metadata": {"phone": "call me"}}, "metadata.phone"),
        ({"metadata": {"site": "javascript:alert(1)"}}, "metadata.site"),
        ({"metadata": {"site": "https://"}}, "metadata.site"),
        ({"metadata": {"site": "http://[::1"}}, "metadata.site"),
        ({"metadata": {"code": "ab-1"}}, "metadata.code"),
        ({"metadata": {"code": "AB-1\n"}}, "metadata.code"),
        ({"metadata": {"code": "AB-123456"}}, "metadata.code"),
        ({"metadata": {"nope": None}}, "metadata.nope"),
        ({"source": "x" * 201}, "source"),
        ({"pipeline_id": "x"}, "pipeline_id"),
        ({"column": "x"}, "column"),
    ],
)
async def test_members_that_are_wrong_are_named(board: Board, members: dict[str, Any], field: str) -> None:
    item = await board.add()
    reply = await board.call("PATCH", f"/v1/ext/items/{item['item_id']}", members)
    assert fields(reply) == [field]
    assert await board.items() == [item]


@pytest.mark.parametrize("digits", ["1e400", "1e99999999999999999999", "-1e999999999", "9" * 5000, "0." + "1" * 5000])
async def test_numbers_beyond_reason(board: Board, digits: str) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    for body, field in (
        (f'{{"metadata":{{"deal_value":{digits}}}}}', "metadata.deal_value"),
        (f'{{"position":{digits}}}', "position"),
        (f'{{"version":{digits}}}', "version"),
    ):
        assert fields(await board.call("PATCH", path, body.encode())) == [field]


@pytest.mark.parametrize("text", [r"a\u0000b", r"\ud800", r"\uDfff", r"\udc00\ud800"])
async def test_text_that_cannot_be_stored(board: Board, text: str) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    for body, field in (
        (f'{{"name":"{text}"}}', "name"),
        (f'{{"labels":["{text}"]}}', "labels[0]"),
        (f'{{"metadata":{{"notes":"{text}"}}}}', "metadata.notes"),
        (f'{{"metadata":{{"{text}":"x"}}}}', "metadata"),
    ):
        assert fields(await board.call("PATCH", path, body.encode())) == [field]
    assert (await board.edit(item, name="\\u0000"))["name"] == "\\u0000"


async def test_every_fault_is_named_at_once(board: Board) -> None:
    body = {
        "name": " ",
        "pipeline_id": board.id,
        "stage_id": "x",
        "labels": [""],
        "metadata": {"email": "x", "deal_value": "y", "nope": 1},
    }
    found = fields(await board.call("POST", "/v1/ext/items", body))
    assert set(found) == {"name", "stage_id", "labels", "metadata.email", "metadata.deal_value", "metadata.nope"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 9999, "limit"),
        ("sort=name", "sort"),
        ("sort=position", "sort"),
        ("cursor=x", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=" + "W" * 9000, "cursor"),
        ("cursor=%C3%A4", "cursor"),
        ("created_after=yesterday", "created_after"),
        ("created_after=2026-13-01", "created_after"),
        ("updated_after=2026-03-01T10:00:00", "updated_after"),
        ("updated_after=0", "updated_after"),
        ("created_after=0001-01-01T00:00:00%2B23:59", None),
        ("created_after=9999-12-31", None),
        ("q=%00", "q"),
        ("q=%FF", "q"),
        ("q=" + "x" * 501, "q"),
        ("q=" + "+".join("abcdefghijk"), "q"),
        ("pipeline_id=%00", "pipeline_id"),
        ("stage_id=%FF", "stage_id"),
    ],
)
async def test_queries(board: Board, query: str, field: str | None) -> None:
    reply = await board.call("GET", f"/v1/ext/items?{query}")
    if field is None:
        assert reply.status == 200
    else:
        assert fields(reply) == [field]


async def test_a_cursor_is_good_for_its_own_list_only(board: Board) -> None:
    for _ in range(3):
        await board.add()
    link = (await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}&limit=1")).headers["link"]
    cursor = link.partition("cursor=")[2].partition(">")[0]
    reply = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}&sort=updated_at&cursor={cursor}")
    assert fields(reply) == ["cursor"]
    more = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}&cursor={cursor}")
    assert len(more.json()) == 2


@pytest.mark.parametrize("item_id", ["x", "%00", "DEAL-99999999999999999999", "DEAL-", "-", "%F0%9F%98%80", "a" * 9000])
async def test_items_that_do_not_exist(board: Board, item_id: str) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/history", None),
        ("POST", "/restore", None),
    ):
        refused(await board.call(method, f"/v1/ext/items/{item_id}{path}", body), 404, "item_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/ext/items", "GET, HEAD, POST"),
        ("GET", "/v1/ext/items/check-duplicates", "POST"),
        ("OPTIONS", "/v1/ext/pipelines", "GET, HEAD, POST"),
        ("DELETE", "/v1/ext/capabilities", "GET, HEAD"),
    ],
)
async def test_methods_that_a_path_does_not_take(call: Caller, method: str, path: str, allow: str) -> None:
    reply = await call(method, path)
    refused(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == allow


@pytest.mark.parametrize(
    "path", ["/", "/v1/ext", "/v1/ext/items/", "/v1/ext/items/a/b/c", "/v2", "/v1/ext/%2e%2e/items"]
)
async def test_paths_that_lead_nowhere(call: Caller, path: str) -> None:
    refused(await call("GET", path), 404, "route_not_found")


async def test_a_failing_rule_is_a_500_without_its_reason(
    call: Caller, app: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.server.rules.boards.rows", lambda _unit: 1 / 0)
        reply = await call("GET", "/v1/ext/pipelines")
    problem = refused(reply, 500, "internal_error")
    assert "division" not in json.dumps(problem)
    assert "ZeroDivisionError" in caplog.text


_MEMBERS = st.sampled_from(
    [
        "name",
        "pipeline_id",
        "stage_id",
        "status_id",
        "version",
        "metadata",
        "labels",
        "position",
        "source",
        "contact_id",
        "stages",
        "fields",
        "duplicates",
        "revision",
        "force",
        "short_id_prefix",
        "exclude_item_id",
    ]
)


@given(body=st.dictionaries(_MEMBERS, JSON, max_size=5), good=st.booleans())
async def test_no_body_breaks_the_server(tmp_path_factory: Any, body: dict[str, Any], good: bool) -> None:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/a.db")
    try:
        board = await make_board(Caller(create_app(database, ids=counting_ids())))
        item = await board.add()
        if good:
            body |= {"pipeline_id": board.id, "stage_id": board.stages["Lead"], "name": "x"}
        for method, path in (
            ("POST", "/v1/ext/items"),
            ("POST", "/v1/ext/items/check-duplicates"),
            ("PATCH", f"/v1/ext/items/{item['item_id']}"),
            ("POST", "/v1/ext/pipelines"),
            ("PUT", f"/v1/ext/pipelines/{board.id}/blueprint"),
        ):
            reply = await board.call(method, path, body)
            assert reply.status < 500, (method, path, body, reply.body)
    finally:
        database.close()
