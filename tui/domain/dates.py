"""Dates as people write them: ``2026-03-14``, ``today``, ``fri``, ``+2w``, ``14 mar``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from tui.errors import Invalid

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1, "tod": 0, "tom": 1}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ][\d:.]+(?:z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_STEP = re.compile(r"([+-])\s*(\d{1,5})\s*([dwmy])", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ .-]*([a-z]{3,9})\.?(?:[ ,.-]*(\d{4}))?", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?[ -]*(\d{1,2})(?:st|nd|rd|th)?(?:[ ,-]+(\d{4}))?", re.ASCII)
_FIGURES = re.compile(r"(\d{1,4})[/.-](\d{1,2})(?:[/.-](?:(\d{1,4}))?)?", re.ASCII)
_HOW = "write it like 2026-03-14, 14 mar, fri, today or +2w"


def parse_date(text: str, today: date) -> date:
    """The day a person wrote, seen from `today`. Raises Invalid with a sentence.

    A weekday is the next one after today, and with “next” the one of next week, which begins on a Monday.
    A day and month without a year is the next such day from today on.
    Figures alone are read when there is one day they can mean: 31.12.2026, but not 3/4, which is two in two countries.
    """
    words = " ".join(text.lower().split())
    if len(words) > 40:
        raise Invalid(f"“{words[:40]}…” is not a date; {_HOW}.")
    if words in _NAMED:
        return _shift_days(today, _NAMED[words], words)
    if iso := _ISO.fullmatch(words):
        return _real(int(iso[1]), int(iso[2]), int(iso[3]), words)
    if step := _STEP.fullmatch(words):
        return _stepped(today, int(step[1] + step[2]), step[3], words)
    if words.startswith("next "):
        return _next(today, words.removeprefix("next "), words)
    if (weekday := _named(words, _DAYS)) is not None:
        return _shift_days(today, (weekday - today.weekday() - 1) % 7 + 1, words)
    return _month_day(words, today)


def shift_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month. Raises ValueError outside years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("a date lies in the years 1 to 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next(today: date, word: str, words: str) -> date:
    """A day of next week, or the first day of next week or month."""
    monday = 7 - today.weekday()
    if word == "week":
        return _shift_days(today, monday, words)
    if word == "month":
        return _stepped(today.replace(day=1), 1, "m", words)
    weekday = _named(word, _DAYS)
    if weekday is None:
        raise Invalid(f"“{words}” is not a date; {_HOW}.")
    return _shift_days(today, monday + weekday, words)


def _month_day(words: str, today: date) -> date:
    """A date with a month's name in it."""
    if match := _DAY_MONTH.fullmatch(words):
        day, name, year = match[1], match[2], match[3]
    elif match := _MONTH_DAY.fullmatch(words):
        name, day, year = match[1], match[2], match[3]
    else:
        return _figures(words, today)
    month = _named(name, _MONTHS)
    if month is None:
        raise Invalid(f"“{words}” names no month; {_HOW}.")
    if year:
        return _real(int(year), month + 1, int(day), words)
    return _coming(month + 1, int(day), today, words)


def _coming(month: int, day: int, today: date, words: str) -> date:
    """The next such day from today on."""
    # Nine years, because 29 February can be that far away (1896 to 1904).
    for later in range(today.year, min(today.year + 9, 10_000)):
        if day in range(1, monthrange(later, month)[1] + 1):
            found = date(later, month, day)
            if found >= today:
                return found
    raise Invalid(f"“{words}” is not a day of the calendar; {_HOW}.")


def _stepped(today: date, count: int, unit: str, words: str) -> date:
    if unit in "dw":
        return _shift_days(today, count * (7 if unit == "w" else 1), words)
    try:
        return shift_months(today, count * (12 if unit == "y" else 1))
    except ValueError:
        raise Invalid(f"“{words}” lies outside the years 1 to 9999.") from None


def _shift_days(today: date, days: int, words: str) -> date:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        raise Invalid(f"“{words}” lies outside the years 1 to 9999.") from None


def _named(word: str, names: tuple[str, ...]) -> int | None:
    """The place of a name that starts with at least three of its letters."""
    return next((at for at, name in enumerate(names) if len(word) >= 3 and name.startswith(word)), None)


def _real(year: int, month: int, day: int, words: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid(f"“{words}” is not a day of the calendar; {_HOW}.") from None


def _figures(words: str, today: date) -> date:
    """The one day that figures can mean. Raises Invalid with every reading of them, or for junk."""
    figures = _FIGURES.fullmatch(words)
    if not figures:
        raise Invalid(f"“{words}” is not a date; {_HOW}.")
    first, second, third = figures.groups()
    readings = list(dict.fromkeys(filter(None, (_iso(*triple) for triple in _triples(first, second, third)))))
    if not readings:
        raise Invalid(f"“{words}” is not a day of the calendar; {_HOW}.")
    if len(readings) > 1 or (third and len(third) == 3) or (len(first) > 2 and not third):
        raise Invalid(f"“{words}” can be read in more than one way; write {' or '.join(readings)}.")
    year, month, day = readings[0].split("-")
    if year == "YYYY":
        return _coming(int(month), int(day), today, words)
    return date(int(year), int(month), int(day))


def _triples(first: str, second: str, third: str | None) -> list[tuple[int, int, int]]:
    """Year, month and day in every order that people write them; year 0 where none was given."""
    one, two = int(first), int(second)
    if len(first) > 2:
        return [(one, two, int(third or 1))]
    if third and len(third) > 2 and not int(third):
        return []
    if not third or len(third) > 2:
        return [(int(third or 0), one, two), (int(third or 0), two, one)]
    year = 2000 + int(third)
    return [(year, one, two), (year, two, one), (2000 + one, two, int(third))]


def _iso(year: int, month: int, day: int) -> str:
    """A reading in ISO form, with YYYY for a year that was not given; empty when there is no such day."""
    try:
        found = date(year or 2000, month, day)
    except ValueError:
        return ""
    return found.isoformat() if year else f"YYYY-{found:%m-%d}"
