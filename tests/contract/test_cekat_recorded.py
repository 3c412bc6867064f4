"""What our server was recorded to answer in cekat's words, read by the client: neither has seen the other's code."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.recorded import HERE, recorded
from tui.api.cekat_board import decode_board, decode_names, with_details
from tui.api.cekat_envelope import data_of, window_of
from tui.api.cekat_wire import ItemCodec
from tui.api.observed import Observed
from tui.api.problems import Answer, error_for
from tui.domain.model import Board, BoardId, Column, ColumnId
from tui.errors import CardwallError, LostAnswer

FILES = sorted(path.name for path in (HERE / "cekat").glob("*.json"))


def exchanges(name: str) -> Iterator[tuple[str, str, Answer, Any]]:
    """(title, path, answer, body) of each."""
    for exchange in recorded(f"cekat/{name}")["exchanges"]:
        response = exchange["response"]
        body = response.get("body")
        answer = Answer(response["status"], response["headers"], json.dumps(body, default=float).encode())
        yield exchange["title"], exchange["request"]["path"].partition("?")[0], answer, body


def whole(body: Any) -> Iterator[dict[str, Any]]:
    """Every item that is shown whole, however deep."""
    if isinstance(body, dict):
        if "title" in body and "board_id" in body:
            yield body
        body = list(body.values())
    if isinstance(body, list):
        for part in body:
            yield from whole(part)


def test_there_are_recordings() -> None:
    assert {"boards.json", "items.json", "conflict.json", "refusals.json"} <= set(FILES)
    assert sum(len(list(whole(body))) for name in FILES for _, _, _, body in exchanges(name)) > 5


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_item_is_read_and_its_values_written_back(name: str) -> None:
    for _, _, _, body in exchanges(name):
        for raw in whole(body):
            observed = Observed(worded=True)
            observed.see(raw["values"])
            board = Board(BoardId(raw["board_id"]), "x", fields=observed.fields())
            item = ItemCodec(board, ours=True).item(raw)
            assert (item.id, item.name, item.version, item.column_id) == (
                raw["id"],
                raw["title"],
                raw["version"],
                raw["column_id"],
            )
            assert ItemCodec(board, ours=True).create_body(item)["values"] == raw["values"]


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_board_column_and_list_is_read(name: str) -> None:
    for _, path, answer, body in exchanges(name):
        if answer.status != 200 or not path.startswith("/api/crm/boards") or "data" not in body:
            continue
        data = data_of(answer)
        if isinstance(data, list):
            total, limit = window_of(body)
            assert total is not None
            assert limit is not None
        if path == "/api/crm/boards":
            assert [board.id for board in decode_names(data)] == [raw["id"] for raw in data]
        elif path.count("/") == 4:
            assert [column.name for column in decode_board(data).columns] == [raw["name"] for raw in data["columns"]]
        elif "/columns/" in path and "settings" in data:
            column = with_details(Column(ColumnId(data["id"]), data["name"]), data)
            assert (column.limit, column.colour) == (data["settings"]["wip_limit"], data["color"])


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_refusal_is_a_sentence_and_certain(name: str) -> None:
    for title, _, answer, body in exchanges(name):
        if answer.status >= 400:
            error = error_for(answer, writing=True, what=title)
            assert type(error) is not CardwallError
            assert not isinstance(error, LostAnswer)
            said = [body["error"]["message"], *(each["message"] for each in body["error"].get("details", []))]
            assert any(words in error.message for words in said)
