from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.samples import BOARD, FIELDS, LEAD, OPEN, QUALIFIED, VALUES, an_item, field, strange_values
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Field, Item, ItemId, Member, Moment
from tui.domain.order import CREATED, KEY, SOURCE, UPDATED, SortKey, compare, item_key, sort_key
from tui.domain.record import Value


@given(st.sampled_from(FIELDS), st.lists(strange_values, max_size=6), st.booleans())
def test_any_values_have_a_total_order(kind: Field, found: list[Value], down: bool) -> None:
    keys = sorted(sort_key(value, kind, descending=down) for value in found)
    assert all(low <= high for low, high in pairwise(keys))


@given(st.sampled_from(FIELDS), st.lists(strange_values, max_size=6), st.booleans())
def test_missing_values_come_last_either_way(kind: Field, found: list[Value], down: bool) -> None:
    order = sorted([*found, None], key=lambda value: sort_key(value, kind, descending=down))
    missing = [value is None or value in ("", ()) for value in order]
    assert missing == sorted(missing)


@given(st.data(), st.sampled_from(FIELDS))
def test_descending_is_the_reverse(data: st.DataObject, kind: Field) -> None:
    one, other = data.draw(VALUES[kind.name]), data.draw(VALUES[kind.name])
    if one == () or other == ():
        return
    up = compare(one, other, kind)
    down = [sort_key(value, kind, descending=True) for value in (one, other)]
    assert up == (down[0] < down[1]) - (down[0] > down[1])
    assert up == -compare(other, one, kind)


@given(st.text(max_size=5), st.text(max_size=5))
def test_texts_descend_as_they_rise(one: str, other: str) -> None:
    notes = field("notes")
    if one and other:
        up, down = ([sort_key(value, notes, descending=d) for value in (one, other)] for d in (False, True))
        assert (up[0] < up[1]) == (down[0] > down[1])


def test_values_are_ordered_by_what_they_mean() -> None:
    assert compare(Decimal("9.5"), 10, field("score")) == -1
    assert compare("low", "high", field("priority")) == -1
    assert compare("high", "gone", field("priority")) == -1
    assert compare(date(2026, 1, 2), date(2025, 12, 31), field("expected_close")) == 1
    assert compare("B", "a", field("contact_name")) == 1
    assert compare(False, True, field("signed")) == -1
    assert compare(2, 2, field("score")) == 0


def ids(items: list[Item], *sort: SortKey) -> list[str]:
    return [item.id for item in sorted(items, key=item_key(BOARD, sort))]


def test_the_board_s_order() -> None:
    items = [
        an_item(1, position=200),
        an_item(2, position=100),
        an_item(3, created_at=Moment(10)),
        an_item(4, created_at=Moment(20)),
        an_item(6, created_at=Moment(20)),
        an_item(5, created_at=Moment(20)),
    ]
    assert ids(items) == ["i-2", "i-1", "i-4", "i-5", "i-6", "i-3"]


def test_a_user_s_sort_wins_and_the_board_settles_ties() -> None:
    items = [
        an_item(1, fields={"score": 5}, position=2),
        an_item(2, fields={"score": 5}, position=1),
        an_item(3, fields={"score": 7}),
        an_item(4, fields={"score": None}),
        an_item(5),
    ]
    score = field("score").member
    assert ids(items, SortKey(score)) == ["i-2", "i-1", "i-3", "i-4", "i-5"]
    assert ids(items, SortKey(score, descending=True)) == ["i-3", "i-2", "i-1", "i-4", "i-5"]


@pytest.mark.parametrize(
    ("member", "small", "large"),
    [
        (NAME, {"name": "alpha"}, {"name": "Beta"}),
        (KEY, {"key": "DEAL-9"}, {"key": "DEAL-10"}),
        (COLUMN, {"column_id": LEAD.id}, {"column_id": QUALIFIED.id}),
        (STATUS, {"status_id": OPEN.id}, {"status_id": QUALIFIED.statuses[0].id}),
        (LABELS, {"labels": ("a",)}, {"labels": ("b",)}),
        (SOURCE, {"source": "ads"}, {"source": "web"}),
        (CREATED, {"created_at": Moment(1)}, {"created_at": Moment(2)}),
        (UPDATED, {"updated_at": Moment(1)}, {"updated_at": Moment(2)}),
    ],
)
def test_built_in_members_sort(member: Member, small: dict[str, Any], large: dict[str, Any]) -> None:
    items = [an_item(1, **small), an_item(2, **large)]
    assert ids(items, SortKey(member)) == ["i-1", "i-2"]
    assert ids(items, SortKey(member, descending=True)) == ["i-2", "i-1"]


def test_a_member_the_board_does_not_have_sorts_nothing() -> None:
    items = [an_item(2, created_at=Moment(2)), an_item(1, created_at=Moment(1))]
    assert ids(items, SortKey(Member("field.gone")), SortKey(Member("nothing"))) == ["i-2", "i-1"]


@given(st.lists(st.text(max_size=3), max_size=8, unique=True), st.booleans())
def test_no_two_items_stand_at_one_place(names: list[str], down: bool) -> None:
    key = item_key(BOARD, (SortKey(NAME, down), SortKey(SOURCE, down)))
    keys = [key(an_item(1, id=ItemId(name), name="same")) for name in names]
    assert len(set(keys)) == len(names)
