from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from tests.contract.recorded import recorded
from tui.api.json_text import dumps, loads
from tui.api.observed import Observed
from tui.api.slate_board import decode_board, encode_board
from tui.api.slate_wire import BUILT_IN, ItemCodec, create_body, edit_body, member_of
from tui.domain.changes import Delta, Set
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    STATUS,
    Board,
    BoardId,
    Column,
    ColumnId,
    Contact,
    DuplicateRule,
    Field,
    Item,
    ItemId,
    Member,
    Moment,
    Status,
    StatusId,
    field_member,
)
from tui.domain.record import Record, Value
from tui.errors import Garbled


@pytest.fixture
def board() -> Board:
    return decode_board(recorded("slate/client_blueprint.json"))


@pytest.fixture
def extended() -> dict[str, Any]:
    found: dict[str, Any] = recorded("slate/client_item_extended.json")
    return found


def test_the_documented_item_is_read_by_names_alone(board: Board) -> None:
    item = ItemCodec(board, ours=False).item(recorded("slate/client_item_documented.json"))
    assert item == Item(
        id=ItemId("01926a3b-7c4d-7e5f-8a9b-0c1d2e3f4a5b"),
        key="DEAL-42",
        name="Acme Corp renewal",
        board_id=BoardId("p-sales"),
        column_id=ColumnId("c-qualified"),
        status_id=StatusId("s-open"),
        fields=Record({"email": "buyer@acme.example", "deal_value": 15000}),
        contact=Contact("01926a3b-0000-7000-8000-000000000001"),
        source="website",
        version=None,
        created_at=Moment(1772357400),
        updated_at=Moment(1772640312),
    )


def test_our_servers_item_is_read_by_ids_and_kinds(board: Board, extended: dict[str, Any]) -> None:
    item = ItemCodec(board, ours=True).item(extended)
    assert (item.column_id, item.status_id, item.version, item.position) == ("c-qualified", "s-open", 7, 131072)
    assert item.labels == ("emea", "hot")
    assert item.updated_by == "sam"
    assert dict(item.fields) == {
        "contact_name": "Jo Park",
        "email": None,
        "deal_value": Decimal("15000.5"),
        "probability": 40,
        "expected_close": date(2026, 12, 31),
        "owner": "Sam",
        "channels": ("event", "web"),
        "vip": True,
        "notes": "First call\nwent well",
    }
    assert type(item.fields["probability"]) is int


def test_on_a_foreign_server_extension_names_are_custom_fields(board: Board, extended: dict[str, Any]) -> None:
    item = ItemCodec(board, ours=False).item(extended)
    assert item.labels == ()
    assert item.position is None
    assert item.updated_by is None
    assert item.fields["labels"] == ("emea", "hot")
    assert item.fields["position"] == 131072
    assert item.version == 7


def test_a_foreign_value_that_no_field_can_hold_is_shown_as_its_json(board: Board) -> None:
    raw = recorded("slate/client_item_documented.json") | {"address": {"city": "Oslo"}, "scores": [1, Decimal("2.5")]}
    item = ItemCodec(board, ours=False).item(raw)
    assert item.fields["address"] == '{"city":"Oslo"}'
    assert item.fields["scores"] == "[1,2.5]"


def test_an_unknown_column_is_stood_for_by_its_name(board: Board) -> None:
    raw = recorded("slate/client_item_documented.json") | {"stage": "Brand new", "status": None}
    item = ItemCodec(board, ours=False).item(raw)
    assert (item.column_id, item.status_id) == ("Brand new", None)


def test_equal_small_things_are_one_object(board: Board, extended: dict[str, Any]) -> None:
    codec = ItemCodec(board, ours=True)
    one, two = codec.items([extended, loads(dumps(extended))])
    assert one == two
    assert one.fields["expected_close"] is two.fields["expected_close"]
    assert one.fields["owner"] is two.fields["owner"] is board.field("owner").options[0]  # type: ignore[union-attr]  # it is there
    assert one.fields["channels"] is two.fields["channels"]
    assert one.labels is two.labels
    assert one.column_id is two.column_id is board.columns[1].id
    assert one.fields._names is two.fields._names


def test_a_date_that_is_none_stays_text(board: Board, extended: dict[str, Any]) -> None:
    item = ItemCodec(board, ours=True).item(extended | {"expected_close": "soon"})
    assert item.fields["expected_close"] == "soon"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-01T00:00:10.999Z", 10),
        ("1970-01-01T01:00:10+01:00", 10),
        ("1970-01-01T00:00:10", 10),
    ],
)
def test_times_are_whole_seconds_utc(board: Board, extended: dict[str, Any], text: str, moment: int) -> None:
    assert ItemCodec(board, ours=True).item(extended | {"created_at": text}).created_at == moment


GARBAGE: list[tuple[str, list[Any]]] = [
    ("item_id", [None, 5, {}, []]),
    ("short_id", [None, 42]),
    ("name", [None, 1, ["x"]]),
    ("contact_id", [1, {}]),
    ("source", [False]),
    ("version", ["7", True, Decimal("7.5"), {}]),
    ("created_at", [None, 0, "yesterday", "9999-99-99T00:00:00Z"]),
    ("updated_at", [None, {}]),
    ("stage_id", [None, 3]),
    ("status_id", [3, {}]),
    ("labels", ["hot", [1], [None], [["x"]], [{}], {}]),
    ("position", ["1", Decimal("0.5"), True]),
    ("updated_by", [9]),
    ("deal_value", [{}, [1]]),
    ("channels", [[1], [{}], {}]),
    ("notes", [["a list"]]),
    ("expected_close", [{}]),
]


@pytest.mark.parametrize(("member", "wrong"), [(m, w) for m, wrongs in GARBAGE for w in wrongs])
def test_a_wrong_type_is_garbled_and_named(board: Board, extended: dict[str, Any], member: str, wrong: object) -> None:
    codec = ItemCodec(board, ours=True)
    codec.item(extended)  # what the codec has learnt from sound items must not let others pass
    for _ in range(2):
        with pytest.raises(Garbled, match=member):
            codec.item(extended | {member: wrong})


@pytest.mark.parametrize("member", ["item_id", "short_id", "name", "stage_id", "created_at", "updated_at"])
def test_a_missing_member_is_garbled_and_named(board: Board, extended: dict[str, Any], member: str) -> None:
    del extended[member]
    with pytest.raises(Garbled, match=member):
        ItemCodec(board, ours=True).item(extended)


@pytest.mark.parametrize("raw", [None, [], "item", 5])
def test_what_is_no_item_is_garbled(board: Board, raw: object) -> None:
    with pytest.raises(Garbled):
        ItemCodec(board, ours=True).item(raw)


def test_a_board_is_read_whole(board: Board) -> None:
    assert board.columns[1] == Column(
        ColumnId("c-qualified"),
        "Qualified",
        probability=Decimal("33.5"),
        statuses=(Status(StatusId("s-open"), "Open"), Status(StatusId("s-waiting"), "Waiting")),
    )
    assert board.columns[2].closed == "won"
    assert board.value_field == Field(
        "deal_value", "Value", "currency", currency="USD", min=Decimal(0), max=Decimal("1000000.5"), sum=True
    )
    assert board.duplicates == DuplicateRule(("email",), "exact", "board", "skip")
    assert (board.prefix, board.revision) == ("DEAL", 3)


def test_a_board_comes_back_as_it_was_written(board: Board) -> None:
    assert decode_board(loads(dumps(encode_board(board)))) == board
    assert encode_board(board, force=True)["force"] is True


def test_a_new_board_sends_no_empty_ids() -> None:
    board = Board(BoardId(""), "New", (Column(ColumnId(""), "First", statuses=(Status(StatusId(""), "Open"),)),))
    body = encode_board(board)
    assert "id" not in body
    assert "revision" not in body
    assert "id" not in body["stages"][0]
    assert "id" not in body["stages"][0]["statuses"][0]


def test_words_of_a_newer_server_do_not_make_a_board_unreadable() -> None:
    raw = recorded("slate/client_blueprint.json")
    raw["fields"][0]["kind"] = "rating"
    raw["stages"][0]["closed"] = "paused"
    raw["news"] = {"x": 1}
    board = decode_board(raw)
    assert board.fields[0].kind == "text"
    assert board.columns[0].closed is None


def test_fields_are_guessed_from_a_sample() -> None:
    sample = recorded("slate/client_item_documented.json") | {
        "close": "2026-01-01",
        "tags": ["a"],
        "vip": False,
        "site": "https://acme.example",
        "nothing": None,
    }
    observed = Observed(worded=False)
    observed.see({name: value for name, value in sample.items() if name not in BUILT_IN})
    kinds = {field.name: field.kind for field in observed.fields()}
    assert kinds == {
        "email": "email",
        "deal_value": "number",
        "close": "date",
        "tags": "multi_select",
        "vip": "checkbox",
        "site": "url",
        "nothing": "text",
    }


def test_an_edit_sends_only_what_changed_and_the_version(board: Board, extended: dict[str, Any]) -> None:
    base = ItemCodec(board, ours=True).item(extended)
    edits: dict[Member, Set | Delta] = {
        NAME: Set(base.name, "New name"),
        COLUMN: Set(base.column_id, "c-won"),
        STATUS: Set(base.status_id, None),
        POSITION: Set(base.position, None),
        LABELS: Delta(added=("new",), removed=("hot",)),
        field_member("deal_value"): Set(Decimal("15000.5"), Decimal("0.10")),
        field_member("expected_close"): Set(date(2026, 12, 31), date(2027, 1, 2)),
        field_member("channels"): Delta(removed=("web",)),
        field_member("email"): Set("x", None),
    }
    assert loads(dumps(edit_body(base, Map(edits)))) == {
        "name": "New name",
        "stage_id": "c-won",
        "status_id": None,
        "position": None,
        "labels": ["emea", "new"],
        "metadata": {
            "deal_value": Decimal("0.1"),
            "expected_close": "2027-01-02",
            "channels": ["event"],
            "email": None,
        },
        "version": 7,
    }


def test_a_create_sends_what_the_draft_holds() -> None:
    draft = Item(
        ItemId("local-1"),
        "new",
        "Acme",
        BoardId("p"),
        ColumnId("c"),
        fields=Record({"value": 0, "email": None, "vip": False, "tags": (), "close": date(2026, 1, 2)}),
        labels=("hot",),
    )
    core = {
        "name": "Acme",
        "pipeline_id": "p",
        "stage_id": "c",
        "metadata": {"value": 0, "vip": False, "close": "2026-01-02"},
    }
    assert create_body(draft, ours=True) == core | {"labels": ["hot"]}
    assert create_body(draft, ours=False) == core


def test_an_edit_sent_again_by_another_process_says_the_same(extended: dict[str, Any], board: Board) -> None:
    """Which an idempotency key demands, byte for byte; a Map is in another order in every process."""
    names = ["contact_name", "deal_value", "email", "expected_close", "notes", "owner", "phone", "priority"]
    edits: dict[Member, Set | Delta] = {field_member(name): Set(None, "x") for name in names}
    body = edit_body(ItemCodec(board, ours=True).item(extended), Map(edits | {NAME: Set("a", "b")}))
    assert list(body["metadata"]) == names


def test_history_names_are_members() -> None:
    assert [member_of(name) for name in ("name", "stage", "status", "stage_id", "labels", "deal_value")] == [
        NAME,
        COLUMN,
        STATUS,
        COLUMN,
        LABELS,
        field_member("deal_value"),
    ]


VALUES: dict[str, st.SearchStrategy[Value]] = {
    "contact_name": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    "deal_value": st.none() | st.integers(-(10**15), 10**15) | st.decimals(-1000, 1000, places=6).map(lambda d: d / 1),
    "expected_close": st.none() | st.dates(),
    "owner": st.none() | st.sampled_from(["Sam", "Ann", "Someone else"]),
    "channels": st.none()
    | st.sets(st.sampled_from(["web", "event", "fair"]), min_size=1).map(lambda s: tuple(sorted(s))),
    "vip": st.none() | st.booleans(),
}


@given(
    values=st.fixed_dictionaries(VALUES), labels=st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
)
@settings(max_examples=100)
def test_what_is_sent_is_what_is_read(values: dict[str, Value], labels: set[str]) -> None:
    """A server that shows what it was sent."""
    board = decode_board(recorded("slate/client_blueprint.json"))
    base = ItemCodec(board, ours=True).item(recorded("slate/client_item_extended.json"))
    edits: dict[Member, Set | Delta] = {field_member(name): Set(None, value) for name, value in values.items()}
    added = Delta(added=tuple(sorted(labels)), removed=base.labels)
    sent = loads(dumps(edit_body(base, Map(edits | {LABELS: added}))))
    shown = recorded("slate/client_item_extended.json") | sent["metadata"] | {"labels": sent["labels"]}
    item = ItemCodec(board, ours=True).item(loads(dumps(shown)))
    assert {name: item.fields[name] for name in values} == values
    assert item.labels == tuple(sorted(labels - set(base.labels)))
