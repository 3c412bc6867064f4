from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.samples import numbers
from tui.domain import money
from tui.domain.record import Value
from tui.errors import Invalid


@given(numbers)
def test_editor_text_loses_nothing(number: int | Decimal) -> None:
    again = money.parse_number(money.number_text(number))
    assert again == number
    assert type(again) is type(number)


@given(numbers, st.sampled_from(["USD", "EUR", "SEK", "IDR", "PLN", None]))
def test_what_is_shown_can_be_typed(number: int | Decimal, currency: str | None) -> None:
    assert money.parse_number(money.show_money(number, currency), currency) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("15k", 15_000),
        ("1.2M", 1_200_000),
        ("2bn", 2_000_000_000),
        ("$15,000", 15_000),
        ("15 000", 15_000),
        ("15\u00a0000\u00a0000", 15_000_000),
        ("15\u202f000", 15_000),
        ("1'000", 1_000),
        ("1,00,000", 100_000),
        ("-3", -3),
        ("\u22123", -3),
        ("-$3", -3),
        ("$-3", -3),
        ("+7", 7),
        (".5", Decimal("0.5")),
        ("3.", 3),
        ("0.50", Decimal("0.5")),
        ("0.500", Decimal("0.5")),
        (".125", Decimal("0.125")),
        ("12.50", Decimal("12.5")),
        ("12.5000", Decimal("12.5")),
        ("1234.125", Decimal("1234.125")),
        ("1,234.125", Decimal("1234.125")),
        ("1.250k", 1250),
        ("12,500", 12_500),
        ("15 USD", 15),
        ("usd 15k", 15_000),
        ("US$5", 5),
        ("1k$", 1_000),
        ("１５", 15),
        ("999999999999999.999999", Decimal("999999999999999.999999")),
    ],
)
def test_read(text: str, number: int | Decimal) -> None:
    found = money.parse_number(text, "USD")
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "is not a number; write it like 15000"),
        ("abc", "is not a number"),
        ("--3", "is not a number"),
        ("1e5", "is not a number"),
        ("15kk", "is not a number"),
        ("5%", "is not a number"),
        ("1.2.3", "is not a number"),
        ("nan", "is not a number"),
        ("٣", "is not a number"),
        ("15 00", "is not a number"),
        ("12.500", r"two ways: write 12500 or 12\.5\."),
        ("10.000", r"write 10000 or 10\."),
        ("12.125", r"write 12125 or 12\.1250\."),
        ("-$12.500", "two ways"),
        ("1.234 USD", "two ways"),
        ("1,5", "write 1.5"),
        ("1.234,56", "write 1234.56"),
        ("1.234.567", "write 1234567"),
        ("€15", "this field is in USD"),
        ("1" * 16, "15 digits before the point"),
        ("0.1234567", "6 after it"),
        ("1" * 5000, "too long"),
        (" " * 5000 + "x", "is not a number"),
    ],
)
def test_refuse(text: str, hint: str) -> None:
    with pytest.raises(Invalid, match=hint):
        money.parse_number(text, "USD")


@given(st.integers(-999_999, 999_999), st.sampled_from(["USD", None]))
def test_three_digits_after_the_point_are_written_so_that_they_can_be_read(
    thousandths: int, currency: str | None
) -> None:
    number = money.from_units(thousandths, 3)
    assert money.parse_number(money.number_text(number)) == number
    assert money.parse_number(money.show_money(number, currency), currency) == number


@given(st.text(max_size=12) | st.text("0123456789.,kM$€- ", max_size=12))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = money.parse_number(text)
    except Invalid:
        return
    assert money.is_storable(number)
    assert number == money.exact(number)


@pytest.mark.parametrize(
    ("number", "short"),
    [
        (0, "$0"),
        (950, "$950"),
        (999, "$999"),
        (1_000, "$1k"),
        (8_200, "$8.2k"),
        (9_949, "$9.9k"),
        (9_950, "$10k"),
        (99_999, "$100k"),
        (880_000, "$880k"),
        (999_499, "$999k"),
        (999_500, "$1M"),
        (1_200_000, "$1.2M"),
        (10**9, "$1B"),
        (10**15, "$1,000T"),
        (-15_000, "-$15k"),
        (Decimal("0.04"), "$0"),
        (Decimal("0.5"), "$0.5"),
        (Decimal("9.95"), "$10"),
        (Decimal("999.5"), "$1k"),
    ],
)
def test_short(number: int | Decimal, short: str) -> None:
    assert money.show_short(number, "USD") == short


@pytest.mark.parametrize(
    ("number", "short"),
    [(12_500, "$12.5k"), (12_000, "$12k"), (950, "$950"), (99_960, "$100k"), (8_540, "$8.5k"), (1_250_000, "$1.3M")],
)
def test_short_but_finer(number: int, short: str) -> None:
    assert money.show_short(number, "USD", finer=True) == short


@given(numbers)
def test_short_is_near(number: int | Decimal) -> None:
    shown = money.show_short(number).replace(",", "")
    value = Decimal(shown.rstrip("kMBT")) * 1000 ** "_kMBT".index(shown[-1] if shown[-1] in "kMBT" else "_")
    exact = Decimal(number)
    assert abs(value - exact) <= max(abs(exact) * Decimal("0.051"), Decimal("0.05"))


@pytest.mark.parametrize(
    ("number", "currency", "shown"),
    [
        (15_000, "USD", "$15,000"),
        (Decimal("0.5"), "USD", "$0.50"),
        (Decimal("1.234567"), "EUR", "€1.234567"),
        (-3, "SEK", "-3 SEK"),
        (Decimal("0.5"), "JPY", "¥0.5"),
        (12, None, "12"),
    ],
)
def test_money(number: int | Decimal, currency: str | None, shown: str) -> None:
    assert money.show_money(number, currency) == shown


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers())
def test_any_number_is_shown(number: int | Decimal) -> None:
    assert money.show_number(number)
    assert money.show_short(number, "USD")
    assert money.show_money(number, "USD")
    assert isinstance(number, int) or not number.is_finite() or money.exact(number) == number


@given(st.lists(numbers))
def test_micros_add_up_exactly(values: list[int | Decimal]) -> None:
    total = 0
    for value in values:
        part = money.micros(value)
        assert part is not None
        total += part
    found = money.from_units(total, money.PART_DIGITS)
    assert found * money.MICRO == total


@pytest.mark.parametrize(
    "value", [True, None, "1", Decimal("nan"), Decimal("inf"), 10**15, Decimal("0.0000001"), Decimal("1e999999")]
)
def test_micros_of_what_cannot_be_summed(value: Value) -> None:
    assert money.micros(value) is None
