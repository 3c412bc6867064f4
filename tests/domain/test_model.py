import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.samples import BOARD, LEAD, OPEN, VALUES, WAITING, an_item, field
from tui.domain.model import (
    COLUMN,
    LABELS,
    LOCAL,
    NAME,
    POSITION,
    STATUS,
    ColumnId,
    ItemId,
    Member,
    StatusId,
    field_member,
    field_name,
    is_newer,
    label_of,
    value_of,
    with_value,
)
from tui.domain.record import Value

members = st.sampled_from(
    [NAME, COLUMN, STATUS, POSITION, LABELS, *(f.member for f in BOARD.fields), Member("field.new")]
)


@given(st.lists(st.tuples(members, st.text(max_size=3)), max_size=6))
def test_what_is_put_in_a_member_is_there_and_nowhere_else(puts: list[tuple[Member, str]]) -> None:
    item, expected = an_item(), dict[Member, Value]()
    for member, value in puts:
        item, expected[member] = with_value(item, member, value), value
    for member in (NAME, COLUMN, STATUS, POSITION, LABELS, *(f.member for f in BOARD.fields)):
        assert value_of(item, member) == expected.get(member, value_of(an_item(), member))
    assert replace(item, name="", column_id=LEAD.id, fields=an_item().fields).id == an_item().id


@pytest.mark.parametrize("member", ["", "id", "version", "fields", "column_id", "__class__", "created_at"])
def test_a_part_that_no_person_changes_is_no_member(member: str) -> None:
    with pytest.raises(KeyError):
        value_of(an_item(), Member(member))
    with pytest.raises(KeyError):
        with_value(an_item(), Member(member), "x")


@given(st.text())
def test_a_field_s_member_names_it(name: str) -> None:
    assert field_name(field_member(name)) == name


def test_a_field_named_like_a_built_in_member_is_another_member() -> None:
    item = with_value(an_item(), field("column").member, "mine")
    assert item.column_id == LEAD.id
    assert field_name(COLUMN) is None
    assert value_of(item, field("column").member) == "mine"


def test_names_for_people() -> None:
    assert label_of(BOARD, NAME) == "name"
    assert label_of(BOARD, field("deal_value").member) == "Deal value"
    assert label_of(BOARD, Member("field.gone")) == "gone"


@pytest.mark.parametrize(
    ("new", "old", "newer"),
    [(2, 1, True), (1, 1, True), (1, 2, False), (None, 9, True), (1, None, True), (None, None, True)],
)
def test_an_older_version_never_replaces_a_newer_one(new: int | None, old: int | None, newer: bool) -> None:
    assert is_newer(an_item(version=new), an_item(version=old)) is newer


def test_look_ups() -> None:
    assert BOARD.column(LEAD.id) is LEAD
    assert BOARD.column(ColumnId("gone")) is None
    assert BOARD.column(None) is None
    assert LEAD.status(OPEN.id) is OPEN
    assert LEAD.status(WAITING.id) is WAITING
    assert LEAD.status(StatusId("gone")) is None
    assert LEAD.status(None) is None
    assert BOARD.field("gone") is None
    assert BOARD.value_field is field("deal_value")
    assert BOARD.weight_field is field("probability")
    assert an_item(id=ItemId(f"{LOCAL}1")).is_local
    assert not an_item().is_local


@given(st.data(), st.sampled_from(BOARD.fields))
def test_items_are_values(data: st.DataObject, kind: object) -> None:
    name = getattr(kind, "name", "")
    value = data.draw(VALUES[name])
    one, other = (an_item(fields={name: value}) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert with_value(one, field_member(name), None) != one
