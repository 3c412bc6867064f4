"""Values as texts: nothing changes on its way in and out, whatever the board says its kind is."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.wire_text import read, write
from tui.domain.model import Kind
from tui.domain.money import is_storable
from tui.domain.record import Value

KINDS = st.sampled_from([kind for kind in get_args(Kind) if kind != "multi_select"])
NUMBERS = st.decimals(-(10**15) + 1, 10**15 - 1, places=6).filter(is_storable)
NUMBERISH = st.from_regex(r"-?0{0,2}[0-9]{1,17}(\.[0-9]{0,8})?", fullmatch=True)
DATEISH = st.dates().map(date.isoformat)
TEXTS = st.text() | NUMBERISH | DATEISH | st.sampled_from(["true", "false", "True", "20260101", "-0", "+5", "1e3", "٣"])


@given(TEXTS, KINDS)
def test_an_untouched_text_is_byte_for_byte_what_it_was(text: str, kind: Kind) -> None:
    assert write(read(text, kind)) == text


@given(NUMBERS | st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["number", "currency"]))
def test_a_number_comes_back(number: Decimal | int, kind: Kind) -> None:
    assert read(write(number), kind) == number


@given(st.dates(), st.booleans())
def test_a_day_and_a_flag_come_back(day: date, flag: bool) -> None:
    assert read(write(day), "date") == day
    assert read(write(flag), "checkbox") is flag


WORDS = st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip)


@given(st.frozensets(WORDS), st.sampled_from(["", "a, b", '["a","b"]', None]))
def test_choices_come_back_in_the_form_they_had(choices: frozenset[str], held: str | None) -> None:
    value = tuple(sorted(choices))
    text = write(value, held)
    assert isinstance(text, str)
    assert (read(text, "multi_select") or ()) == value


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("50000", "number", 50000),
        ("25000.50", "currency", Decimal("25000.50")),
        ("50,000", "currency", "50,000"),
        ("007", "number", "007"),
        ("1" * 30, "number", "1" * 30),
        ("2026-04-15", "date", date(2026, 4, 15)),
        ("20260415", "date", "20260415"),
        ("2026-04-15T10:00:00Z", "date", "2026-04-15T10:00:00Z"),
        ("yes", "checkbox", "yes"),
        ("b, a", "multi_select", ("a", "b")),
        ('["b","a"]', "multi_select", ("a", "b")),
        ('["b",5]', "multi_select", '["b",5]'),
        ('a, "b', "multi_select", 'a, "b'),
        ("50000", "text", "50000"),
        ("", "text", None),
        ("", "multi_select", ()),
    ],
)
def test_a_text_is_what_its_kind_says_or_stays_a_text(text: str, kind: Kind, value: Value) -> None:
    assert read(text, kind) == value
    assert type(read(text, kind)) is type(value)


@pytest.mark.parametrize(
    ("held", "value", "kind"),
    [(5, 6, "number"), (True, False, "checkbox"), (["a"], ("a", "b"), "multi_select"), (None, None, "text")],
)
def test_a_server_that_says_more_than_texts_is_answered_likewise(held: object, value: Value, kind: Kind) -> None:
    written = write(value, held)
    assert type(written) is type(held) or held is None
    assert read(written, kind) == value


def test_what_no_kind_can_hold_is_shown_as_its_json() -> None:
    assert read({"from": "2026-01-01"}, "date") == '{"from":"2026-01-01"}'
    assert read([1, 2], "multi_select") == "[1,2]"
