"""A foreign server may say anything of a field: the board is shown, and what nobody touched is never sent back."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from immutables import Map

from tests.contract.cekat_client.fake import documented
from tests.contract.recorded import recorded
from tui.api import cekat_wire, slate_wire, wire_text
from tui.api.json_text import TOO_DEEP, dumps, loads
from tui.api.observed import Observed
from tui.api.slate_board import decode_board
from tui.domain.changes import Edits, Set, edits_between
from tui.domain.model import Board, BoardId, Field, Kind, field_member, value_of
from tui.domain.record import Value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.sampled_from(["2026-01-02", "20260102", "true", "007", "[]", "x" * 100_000]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
KINDS: st.SearchStrategy[Kind | None] = st.sampled_from(
    [None, "text", "long_text", "number", "date", "select", "multi_select", "checkbox"]
)
OTHER = field_member("other")
EDIT: Edits = Map({OTHER: Set(None, "mine")})
X = field_member("x")


def wired(value: Any) -> Any:
    """A value as it comes out of an answer's text."""
    return loads(dumps(Decimal(repr(value)) if isinstance(value, float) else value))


def slate_item(x: Any, kind: Kind | None) -> tuple[Board, Value, dict[str, Any]]:
    board = decode_board(recorded("slate/client_blueprint.json"))
    if kind is not None:
        board = Board(board.id, board.name, board.columns, (Field("x", "x", kind),))
    item = slate_wire.ItemCodec(board, ours=False).item(recorded("slate/client_item_documented.json") | {"x": x})
    assert edits_between(item, {X: value_of(item, X)}, board) == Map()
    return board, item.fields["x"], slate_wire.edit_body(item, EDIT)


def cekat_item(x: Any, kind: Kind | None) -> tuple[Board, Value, dict[str, Any]]:
    board = Board(BoardId("b"), "B", fields=() if kind is None else (Field("x", "x", kind),))
    raw = documented("item")["data"]
    raw["values"] |= {"x": x}
    codec = cekat_wire.ItemCodec(board, ours=False)
    item = codec.item(raw)
    assert edits_between(item, {X: value_of(item, X)}, board) == Map()
    return board, item.fields.get("x"), codec.edit_body(item, EDIT, codec.values(raw))


@given(JSON, KINDS)
@example([], "text")
@example([{"id": 1, "name": "hot"}], "multi_select")
@example(["b", "a", "b"], "text")
def test_whatever_a_slate_server_says_is_shown_and_not_sent_back(raw: Any, kind: Kind | None) -> None:
    x = wired(raw)
    _, value, body = slate_item(x, kind)
    assert body == {"metadata": {"other": "mine"}}
    if isinstance(x, str | int | Decimal | bool | None):
        assert slate_wire.json_value(value) == x
        assert isinstance(slate_wire.json_value(value), bool) is isinstance(x, bool)
    else:
        assert value == (tuple(sorted(set(x))) if texts_alone(x) else dumps(x))


@given(JSON, KINDS)
@example([], "text")
@example([{"id": 1, "name": "hot"}], "multi_select")
def test_whatever_a_cekat_server_says_is_shown_and_not_sent_back(raw: Any, kind: Kind | None) -> None:
    x = wired(raw)
    _, value, body = cekat_item(x, kind)
    assert body == {"values": {"other": "mine"}}
    if isinstance(x, str | int | Decimal | bool):
        written = wire_text.write(value, x)
        # Choices are a set, so a text that is read as some is written in their order.
        assert written == x or (kind == "multi_select" and wire_text.read(written, kind) == value)
        assert isinstance(written, bool) is isinstance(x, bool)
    elif x is not None:
        assert value == (tuple(sorted(set(x))) if texts_alone(x) else dumps(x))


def texts_alone(x: Any) -> bool:
    return isinstance(x, list) and all(isinstance(part, str) for part in x)


@given(st.lists(st.dictionaries(st.sampled_from(["x", "labels", "metadata", ""]), JSON), max_size=4))
def test_a_board_of_anything_is_read_by_the_kinds_it_shows(raws: list[dict[str, Any]]) -> None:
    """As the client does it: kinds from the values, then every item by those kinds."""
    wires = [{name: wired(value) for name, value in raw.items()} for raw in raws]
    observed = Observed(worded=False)
    for wire in wires:
        observed.see(wire)
    board = Board(BoardId("b"), "B", fields=observed.fields())
    codec = slate_wire.ItemCodec(board, ours=False)
    items = codec.items(recorded("slate/client_item_documented.json") | wire for wire in wires)
    assert [set(item.fields) - {"email", "deal_value"} for item in items] == [set(wire) for wire in wires]


def test_an_empty_list_of_labels_is_an_empty_value() -> None:
    """Seen first of all it tells no kind, so its field is a text: that text is empty, and no mistake."""
    observed = Observed(worded=False)
    observed.see({"labels": []})
    board = Board(BoardId("b"), "B", fields=observed.fields())
    raw = recorded("slate/client_item_documented.json") | {"labels": []}
    codec = slate_wire.ItemCodec(board, ours=False)
    assert codec.item(raw).fields["labels"] == ()
    assert codec.item(raw | {"labels": ["hot", "emea"]}).fields["labels"] == ("emea", "hot")
    assert codec.item(raw | {"labels": [{"name": "hot"}]}).fields["labels"] == '[{"name":"hot"}]'
    assert slate_wire.create_body(codec.item(raw), ours=False)["metadata"].keys() == {"email", "deal_value"}


def test_values_written_as_a_list_are_none() -> None:
    """Some languages write an empty object so."""
    raw = documented("item")["data"] | {"values": []}
    assert dict(cekat_wire.ItemCodec(Board(BoardId("b"), "B"), ours=False).item(raw).fields) == {}


@pytest.mark.parametrize("member", ["slate", "cekat"])
def test_what_is_nested_beyond_writing_is_shown_as_such(member: str) -> None:
    deep: Any = "x"
    for _ in range(sys.getrecursionlimit() - 100):
        deep = [deep]
    _, value, _ = slate_item(deep, None) if member == "slate" else cekat_item(deep, None)
    assert value == TOO_DEEP


def test_a_touched_field_is_sent_alone() -> None:
    raw = recorded("slate/client_item_documented.json") | {"x": {"city": "Oslo"}, "y": [1]}
    board = Board(BoardId("b"), "B")
    item = slate_wire.ItemCodec(board, ours=False).item(raw)
    edits = edits_between(item, {X: "Bergen", field_member("y"): item.fields["y"]}, board)
    assert slate_wire.edit_body(item, edits) == {"metadata": {"x": "Bergen"}}
