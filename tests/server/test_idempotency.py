"""Idempotency keys: one request, one effect, one answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.conftest import Board, FixedClock

KEY = {"idempotency-key": "k-1"}


async def test_a_create_happens_once(board: Board) -> None:
    body = {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}
    first = await board.call("POST", "/v1/ext/items", body, headers=KEY)
    second = await board.call("POST", "/v1/ext/items", body, headers=KEY)
    assert (first.status, first) == (201, second)
    assert len(await board.items()) == 1


async def test_requests_at_the_same_time_get_the_same_answer(board: Board) -> None:
    body = {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}
    replies = await asyncio.gather(*(board.call("POST", "/v1/ext/items", body, headers=KEY) for _ in range(8)))
    assert {reply.body for reply in replies} == {replies[0].body}
    assert len(await board.items()) == 1


async def test_every_write_route_honours_it(board: Board) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    blueprint = {**board.answer, "name": "Sales 2"}
    for method, where, body, status in [
        ("PATCH", path, {"name": "y", "version": 1}, 200),
        ("DELETE", f"{path}?version=2", None, 204),
        ("POST", f"{path}/restore", None, 200),
        ("PUT", f"/v1/ext/pipelines/{board.id}/blueprint", blueprint, 200),
        ("POST", "/v1/ext/pipelines", {"name": "Other", "stages": [{"name": "a"}]}, 201),
    ]:
        first = await board.call(method, where, body, headers=KEY)
        second = await board.call(method, where, body, headers=KEY)
        assert (first.status, first) == (status, second), where
    assert (await board.items())[0]["version"] == 4
    assert len((await board.call("GET", "/v1/ext/pipelines")).json()) == 2


@pytest.mark.parametrize("change", [{"body": {"name": "z"}}, {"headers": {"if-match": '"1"'}}])
async def test_another_request_under_the_key_is_refused(board: Board, change: dict[str, dict[str, str]]) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    await board.call("PATCH", path, {"name": "y"}, headers=KEY)
    reply = await board.call(
        "PATCH", path, change.get("body", {"name": "y"}), headers={**KEY, **change.get("headers", {})}
    )
    assert (reply.status, reply.json()["code"]) == (422, "idempotency_mismatch")
    assert await board.names() == ["y"]


async def test_a_key_belongs_to_its_route(board: Board) -> None:
    one, two = await board.add("one"), await board.add("two")
    for item in (one, two):
        reply = await board.call("PATCH", f"/v1/ext/items/{item['item_id']}", {"labels": ["x"]}, headers=KEY)
        assert reply.json()["item_id"] == item["item_id"]


async def test_a_refused_request_may_be_tried_again(board: Board) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    refused = await board.call("PATCH", path, {"name": "y", "version": 9}, headers=KEY)
    assert refused.status == 409
    taken = await board.call("PATCH", path, {"name": "y", "version": 1}, headers=KEY)
    assert taken.status == 200


async def test_answers_are_kept_for_a_day(board: Board, clock: FixedClock) -> None:
    body = {"name": "x", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}
    first = await board.call("POST", "/v1/ext/items", body, headers=KEY)
    clock.now += 86_400
    assert (await board.call("POST", "/v1/ext/items", body, headers=KEY)).body == first.body
    clock.now += 1
    assert (await board.call("POST", "/v1/ext/items", body, headers=KEY)).body != first.body


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ä"])
async def test_keys_are_visible_characters(board: Board, key: str) -> None:
    item = await board.add()
    headers = {"idempotency-key": key}
    reply = await board.call("PATCH", f"/v1/ext/items/{item['item_id']}", {"name": "y"}, headers=headers)
    assert (reply.status, reply.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
