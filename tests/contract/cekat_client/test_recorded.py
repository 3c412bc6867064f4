"""What a server was recorded to refuse is an error of ours with a sentence; what it shows is read by the codec."""

import json
from typing import Any

import pytest

from tests.contract.cekat_client.fake import documented
from tests.contract.recorded import recorded
from tui import errors
from tui.api.cekat_board import decode_board, with_details
from tui.api.cekat_envelope import data_of, window_of
from tui.api.cekat_wire import ItemCodec
from tui.api.problems import Answer, error_for
from tui.domain.model import Column, ColumnId, Contact
from tui.errors import Garbled, Invalid, Unsupported


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body, default=str).encode())


@pytest.mark.parametrize("case", recorded("cekat_client/refusals.json"))
def test_a_refusal_is_told_in_the_servers_words(case: dict[str, Any]) -> None:
    error = error_for(answer(case["body"], case["status"]), writing=False, what="GET /x")
    assert type(error) is getattr(errors, case["is"])
    assert case["says"] in error.message


@pytest.mark.parametrize(
    ("name", "window"),
    [("boards", (2, 50)), ("items", (2, 50)), ("found", (1, 50)), ("item", (None, None))],
)
def test_the_numbers_of_a_list_stand_under_pagination_or_beside_the_data(
    name: str, window: tuple[int | None, int | None]
) -> None:
    assert window_of(documented(name)) == window


@pytest.mark.parametrize("body", [[], "x", {}, {"success": True}, {"message": "success"}])
def test_what_is_no_envelope_is_garbled(body: object) -> None:
    with pytest.raises(Garbled):
        data_of(answer(body))


@pytest.mark.parametrize("error", [{"message": "No"}, "No"])
def test_a_refusal_with_a_200_is_a_refusal(error: object) -> None:
    with pytest.raises(Invalid, match="No"):
        data_of(answer({"success": False, "error": error}))
    with pytest.raises(Invalid, match="No"):
        window_of({"success": False, "error": error})


def test_a_column_tells_its_colour_and_limit() -> None:
    column = with_details(Column(ColumnId("col_001"), "Lead"), documented("column")["data"])
    assert (column.colour, column.limit) == ("#10B981", 10)
    assert with_details(column, {"id": "col_001"}).limit is None


def test_the_other_dialect_is_named() -> None:
    other = {"crm_groups": [{"id": "g1", "name": "Lead"}], "crm_columns": []}
    with pytest.raises(Unsupported, match="another dialect"):
        decode_board(other)


@pytest.mark.parametrize("name", ["item", "created"])
def test_a_whole_item_is_read_and_its_values_written_back_as_they_were(name: str) -> None:
    raw = documented(name)["data"]
    codec = ItemCodec(decode_board(documented("board")["data"]), ours=False)
    item = codec.item(raw)
    assert codec.create_body(item)["values"] == raw["values"]
    assert (item.id, item.name, sorted(item.labels)) == (raw["id"], raw["title"], sorted(raw["labels"]))
    assert item.contact == (Contact(**raw["contact"]) if raw.get("contact") else None)


def test_an_items_end_is_its_key_where_its_id_is_long() -> None:
    codec = ItemCodec(decode_board(documented("board")["data"]), ours=False)
    raw = documented("item")["data"]
    assert codec.item(raw).key == "item_001"
    assert codec.item(raw | {"id": "01926a3b-7c4d-7e5f-8a9b-0c1d2e3f4a5b"}).key == "2e3f4a5b"
