"""Values as text and back; conditions on them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.model import Field, Kind
from tui.server.rules.value_tests import OPERATORS, value_test, within
from tui.server.value_text import choices_in, number_in, read_as, read_like, text_of
from tui.server.values import Value, cleaner, exact

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
_numbers = st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=6).map(exact)
_choices = st.lists(_text, min_size=1, max_size=5, unique=True)
_VALUES: dict[Kind, st.SearchStrategy[object]] = {
    "text": _text,
    "number": _numbers,
    "currency": _numbers,
    "date": st.dates().map(str),
    "checkbox": st.booleans(),
}
_stored: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), _numbers, _text, _choices.map(lambda chosen: tuple(sorted(chosen)))
)


@pytest.mark.parametrize("kind", _VALUES)
@given(data=st.data())
def test_a_value_comes_back_from_its_text(kind: Kind, data: st.DataObject) -> None:
    clean = cleaner(Field("x", "X", kind))
    value = clean(data.draw(_VALUES[kind]))
    assert clean(read_as(kind, text_of(value))) == value
    assert type(clean(read_as(kind, text_of(value)))) is type(value)


@given(_choices, st.data())
def test_choices_come_back_from_their_text(options: list[str], data: st.DataObject) -> None:
    clean = cleaner(Field("x", "X", "multi_select", options=tuple(options)))
    value = clean(data.draw(st.lists(st.sampled_from(options), unique=True)))
    assert clean(read_as("multi_select", text_of(value))) == value


@given(_stored)
def test_a_value_of_no_field_keeps_its_type(value: Value) -> None:
    read = read_like(value, text_of(value)) if value is not None else None
    assert (tuple(read) if isinstance(read, list) else read) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (25000, "25000"),
        (Decimal("0.5"), "0.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000001"), "0.000001"),
        (True, "true"),
        (False, "false"),
        (("a,b", "c"), '["a,b","c"]'),
        ("text", "text"),
    ],
)
def test_the_forms(value: Value, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("text", ["", "x", "1e5", "0x10", "١", "1_000", " 1", "1.", ".5", "1" * 41, "NaN", "Infinity"])
def test_what_is_no_number(text: str) -> None:
    assert number_in(text) is None
    assert read_as("number", text) == text


@pytest.mark.parametrize(
    ("text", "choices"), [("", []), ("[]", []), ("a", ["a"]), ("[a", ["[a"]), ("[1]", [1]), ("[" * 9999, ["[" * 9999])]
)
def test_choices(text: str, choices: list[object]) -> None:
    assert choices_in(text) == choices


@given(_stored, _text)
def test_operators_agree_with_each_other(value: Value, operand: str) -> None:
    passes = {name: value_test(name, [operand])(value) for name in OPERATORS}
    assert passes["ne"] is not passes["eq"]
    assert not (passes["lt"] and passes["gt"])
    if not isinstance(value, tuple):
        assert passes["in"] is passes["eq"]
    if value is not None and not isinstance(value, tuple):
        assert passes["lt"] is not passes["gte"]
        assert passes["gt"] is not passes["lte"]


@given(_stored)
def test_a_value_equals_and_is_among_its_own_text(value: Value) -> None:
    assert value_test("eq", [text_of(value)])(value)
    assert value_test("contains", [""])(value) or isinstance(value, tuple)


@given(_numbers, _numbers)
def test_numbers_compare_as_numbers(value: int | Decimal, other: int | Decimal) -> None:
    for held in (value, text_of(value)):
        assert value_test("lt", [text_of(other)])(held) is (value < other)
        assert value_test("gte", [text_of(other)])(held) is (value >= other)


@given(st.dates(), st.dates())
def test_dates_compare_as_times(value: object, other: object) -> None:
    earlier = str(value) < str(other)
    assert value_test("lt", [f"{other}T00:00:00Z"])(str(value)) is earlier
    assert value_test("in", [f"{value}T00:00:00Z"])(str(value))


def test_text_is_ordered_with_case_ignored() -> None:
    assert value_test("lt", ["B"])("a")
    assert value_test("gt", ["a"])("B")


def test_a_range_ends_before_its_end() -> None:
    day = within(0, 86_400_000)
    assert day("1970-01-01")
    assert day("1970-01-01T23:59:59Z")
    assert not day("1970-01-02")
    assert not day("1969-12-31")


def test_a_number_and_a_time_compare_as_text() -> None:
    assert value_test("gt", ["1000"])("2026-04-01")
    assert not value_test("gt", ["3000"])("2026-04-01")


@pytest.mark.parametrize("value", [None, "", "x", "2026-02-30", 5, True, ("2026-03-01",)])
def test_what_is_no_time_is_in_no_range(value: Value) -> None:
    assert not within(None, None)(value)
