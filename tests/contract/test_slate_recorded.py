"""What our server was recorded to answer, read by the client's codec: neither has seen the other's code."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.recorded import HERE, recorded
from tui.api.json_text import dumps, loads
from tui.api.problems import Answer, error_for
from tui.api.slate_board import decode_board, encode_board
from tui.api.slate_wire import ItemCodec
from tui.domain.model import Board

FILES = sorted(path.name for path in (HERE / "slate").glob("*.json") if not path.name.startswith("client_"))


def responses(name: str) -> Iterator[tuple[str, int, Any]]:
    for exchange in recorded(f"slate/{name}")["exchanges"]:
        response = exchange["response"]
        yield exchange["title"], response["status"], response.get("body")


def found(body: Any, member: str) -> Iterator[dict[str, Any]]:
    """Every object, however deep, that has a member."""
    if isinstance(body, dict):
        if member in body:
            yield body
        body = list(body.values())
    if isinstance(body, list):
        for part in body:
            yield from found(part, member)


@pytest.fixture
def board() -> Board:
    """The board that the recordings are about, as it was made."""
    return next(decode_board(body) for _, status, body in responses("board.json") if status == 201)


def test_there_are_recordings() -> None:
    assert {"board.json", "items.json", "changes.json", "conflict.json", "refusals.json"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_item_is_read(name: str, board: Board) -> None:
    codec = ItemCodec(board, ours=True)
    for _, _, body in responses(name):
        for raw in found(body, "short_id"):
            if raw.get("pipeline_id") == board.id:
                item = codec.item(raw)
                assert (item.id, item.key, item.name) == (raw["item_id"], raw["short_id"], raw["name"])
                assert set(item.fields) <= set(raw)


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_blueprint_is_read_and_written_back(name: str) -> None:
    for _, status, body in responses(name):
        if status < 300 and isinstance(body, dict) and "stages" in body:
            board = decode_board(body)
            again = loads(dumps(encode_board(board)))
            assert {member: body[member] for member in again} == again


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_refusal_is_a_sentence(name: str) -> None:
    for title, status, body in responses(name):
        if status >= 400:
            answer = Answer(
                status, {"content-type": "application/problem+json"}, json.dumps(body, default=str).encode()
            )
            error = error_for(answer, writing=True, what=title)
            assert len(error.message) > 10
