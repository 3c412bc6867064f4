from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.samples import BOARD, FIELDS, TODAY, VALUES, field, strange_values
from tui.domain import values
from tui.domain.model import Field
from tui.domain.record import Value
from tui.errors import Invalid


@given(st.data(), st.sampled_from(FIELDS))
def test_an_editor_loses_nothing(data: st.DataObject, kind: Field) -> None:
    value = data.draw(VALUES[kind.name])
    again = values.parse(values.edit_text(value, kind), kind, today=TODAY)
    assert again == value
    assert type(again) is type(value)


@given(st.sampled_from(FIELDS))
def test_nothing_typed_is_the_empty_value(kind: Field) -> None:
    assert values.parse("", kind, today=TODAY) == values.empty(kind.kind)
    assert values.edit_text(values.empty(kind.kind), kind) == ""
    assert values.show(values.empty(kind.kind), kind) == ""


@given(st.sampled_from(FIELDS), st.text(max_size=20))
def test_what_is_typed_keeps_the_rules_or_is_refused(kind: Field, text: str) -> None:
    try:
        value = values.parse(text, kind, today=TODAY)
    except Invalid as invalid:
        refused = invalid.fields
    else:
        assert values.check(value, kind) is None
        return
    assert list(refused) == [kind.name]
    assert refused[kind.name].endswith((".", "?"))


@given(st.sampled_from(FIELDS), strange_values)
def test_any_value_under_any_kind_is_shown_and_checked(kind: Field, value: Value) -> None:
    assert isinstance(values.show(value, kind), str)
    assert isinstance(values.show_short(value, kind), str)
    assert isinstance(values.edit_text(value, kind), str)
    assert values.check(value, kind) is None or values.check(value, kind)


def test_a_refusal_names_the_field_and_the_remedy() -> None:
    with pytest.raises(Invalid) as refused:
        values.parse("lots", field("deal_value"), today=TODAY)
    assert refused.value.message == ("Deal value: “lots” is not a number; write it like 15000, 15,000, 15k or 1.2M.")
    assert refused.value.fields == {"deal_value": refused.value.message.removeprefix("Deal value: ")}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("deal_value", "$15,000", 15_000),
        ("probability", "40%", 40),
        ("expected_close", "fri", date(2026, 3, 13)),
        ("priority", "HIGH", "high"),
        ("priority", "GRÖSSE", "Größe"),
        ("owner", " sam lee ", "Sam Lee"),
        ("regions", 'high, low, "very, very high", high', ("high", "low", "very, very high")),
        ("signed", "Yes", True),
        ("signed", "off", False),
        ("email", " sam@example.com ", "sam@example.com"),
        ("contact_name", "  spaces stay  ", "  spaces stay  "),
    ],
)
def test_read(name: str, text: str, value: Value) -> None:
    assert values.parse(text, field(name), today=TODAY) == value


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("probability", "140", "at most 100"),
        ("probability", "-1", "at least 0"),
        ("priority", "hihg", "Did you mean high?"),
        ("priority", "nonsense", "take one of: low, medium, high"),
        ("regions", "low, nowhere", "“nowhere” is not a choice"),
        ("regions", '"low', "quote is not closed"),
        ("signed", "perhaps", "neither yes nor no"),
        ("email", "sam", "name@example.com"),
        ("email", "a@b@c.d", "name@example.com"),
        ("email", "sam@localhost", "name@example.com"),
        ("phone", "call me", "phone number"),
        ("phone", "12", "phone number"),
        ("website", "javascript:alert(1)", "web address"),
        ("website", "javascript:x@example.com", "web address"),
        ("website", "word", "web address"),
        ("contact_name", "a\0b", "NUL"),
        ("contact_name", "\ud800", "surrogate"),
        ("notes", "ü" * 40_000, "65,536 fit"),
    ],
)
def test_refuse(name: str, text: str, hint: str) -> None:
    with pytest.raises(Invalid) as refused:
        values.parse(text, field(name), today=TODAY)
    assert hint in refused.value.message


@pytest.mark.parametrize(
    "text",
    ["https://localhost:8080/x", "http://[::1]/", "https://user@example.com", "example.com/a b".replace(" ", "%20")],
)
def test_addresses_that_servers_take(text: str) -> None:
    assert values.parse(text, field("website"), today=TODAY) == text


def test_rules_of_texts() -> None:
    code = Field("code", "Code", max_length=5, pattern=r"[A-Z]+-\d+", required=True)
    assert values.check("AB-12", code) is None
    assert values.check("AB-123", code) == "This has 6 characters; 5 fit."
    assert "pattern [A-Z]+" in str(values.check("ab-1", code))
    assert values.check(None, code) == values.check("", code) == "This must be filled in."
    with pytest.raises(Invalid, match=r"Code: This must be filled in\."):
        values.parse("", code, today=TODAY)


@pytest.mark.parametrize(
    ("name", "value", "shown", "short"),
    [
        ("deal_value", 1_234_567, "$1,234,567", "$1.2M"),
        ("deal_value", Decimal("0.5"), "$0.50", "$0.5"),
        ("score", 15_000, "15,000", "15k"),
        ("probability", 40, "40%", "40%"),
        ("expected_close", date(2026, 3, 14), "2026-03-14", "2026-03-14"),
        ("signed", False, "no", "no"),
        ("regions", ("high", "low"), "high, low", "high, low"),
    ],
)
def test_show(name: str, value: Value, shown: str, short: str) -> None:
    assert values.show(value, field(name)) == shown
    assert values.show_short(value, field(name)) == short


def test_a_choice_is_free_where_the_board_names_none() -> None:
    free = replace(field("owner"), options=())
    assert values.parse("Anyone", free, today=TODAY) == "Anyone"
    assert values.check("Anyone", free) is None


def test_two_choices_that_differ_by_case_are_told_apart() -> None:
    cased = replace(field("priority"), options=("A", "a"))
    assert values.parse("a", cased, today=TODAY) == "a"
    with pytest.raises(Invalid):
        values.parse("Ａ", cased, today=TODAY)


def test_every_kind_is_on_the_sample_board() -> None:
    kinds = "text long_text number currency date email phone url select multi_select checkbox"
    assert {kind.kind for kind in BOARD.fields} == set(kinds.split())
