from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.samples import TODAY
from tui.domain.dates import parse_date, shift_months
from tui.errors import Invalid


@given(st.dates())
def test_iso_reads_back(day: date) -> None:
    assert parse_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-03-11"),
        ("Tomorrow", "2026-03-12"),
        ("yesterday", "2026-03-10"),
        ("fri", "2026-03-13"),
        ("Friday", "2026-03-13"),
        ("wed", "2026-03-18"),
        ("tue", "2026-03-17"),
        ("+3d", "2026-03-14"),
        ("-3d", "2026-03-08"),
        ("+2w", "2026-03-25"),
        ("+1m", "2026-04-11"),
        ("+1y", "2027-03-11"),
        ("14 mar", "2026-03-14"),
        ("11 mar", "2026-03-11"),
        ("10 mar", "2027-03-10"),
        ("mar 14", "2026-03-14"),
        ("March 14, 2025", "2025-03-14"),
        ("14-Mar-2027", "2027-03-14"),
        ("1st of may", None),
        ("1st may", "2026-05-01"),
        ("29 feb", "2028-02-29"),
        ("2026-3-4", "2026-03-04"),
        ("2026-03-14T10:00:00Z", "2026-03-14"),
        ("2026-03-14 10:00:00+02:00", "2026-03-14"),
        ("  2026-03-14 ", "2026-03-14"),
        ("31.12.2026", "2026-12-31"),
        ("14.3.2026", "2026-03-14"),
        ("12/31/2026", "2026-12-31"),
        ("3/3/2026", "2026-03-03"),
        ("2026/3/4", "2026-03-04"),
        ("31.12.", "2026-12-31"),
        ("1/13", "2027-01-13"),
    ],
)
def test_read(text: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(Invalid):
            parse_date(text, TODAY)
    else:
        assert parse_date(text, TODAY).isoformat() == day


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3/4/2026", "write 2026-03-04 or 2026-04-03"),
        ("3/4", "write YYYY-03-04 or YYYY-04-03"),
        ("31/12/26", "write 2026-12-31 or 2031-12-26"),
        ("2026/3", "write 2026-03-01"),
        ("3/14/0000", "not a day of the calendar"),
        ("31.02.2026", "not a day of the calendar"),
        ("99/99", "write it like 2026-03-14"),
        ("2026-02-30", "not a day of the calendar"),
        ("0000-01-01", "not a day of the calendar"),
        ("31 feb", "not a day of the calendar"),
        ("14 foo", "names no month"),
        ("soon", "is not a date; write it like 2026-03-14"),
        ("", "is not a date"),
        ("+99999y", "years 1 to 9999"),
        ("+99999999d", "is not a date"),
        ("x" * 500, "is not a date"),
    ],
)
def test_refuse(text: str, hint: str) -> None:
    with pytest.raises(Invalid, match=hint):
        parse_date(text, TODAY)


@given(st.text(max_size=14) | st.text("0123456789/-. +dwmyfrimar", max_size=12), st.dates())
def test_any_text_is_a_date_or_refused(text: str, today: date) -> None:
    try:
        found = parse_date(text, today)
    except Invalid:
        return
    assert type(found) is date


@given(st.dates(max_value=date(9999, 12, 1)), st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_the_next_one(today: date, name: str) -> None:
    found = parse_date(name, today)
    assert timedelta(0) < found - today <= timedelta(7)
    assert f"{found:%a}".lower() == name


@given(st.dates(date(1000, 1, 1), date(8000, 1, 1)), st.integers(-6000, 6000))
def test_months_are_counted(day: date, months: int) -> None:
    found = shift_months(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day <= day.day
    assert found.day == day.day or (found + timedelta(1)).day == 1


def test_next_means_the_coming_week_from_monday_on() -> None:
    saturday = date(2026, 11, 21)
    assert parse_date("next friday", saturday) == date(2026, 11, 27)
    assert parse_date("next fri", date(2026, 11, 23)) == date(2026, 12, 4)
    assert parse_date("Next week", saturday) == date(2026, 11, 23)
    assert parse_date("next month", date(2026, 12, 31)) == date(2027, 1, 1)
