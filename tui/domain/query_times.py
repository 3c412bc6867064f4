"""Tests of when an item was made or last changed: dates in the reader's time zone, and ages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from tui.domain.dates import parse_date
from tui.domain.model import Item
from tui.domain.query_syntax import Operand, QueryError
from tui.domain.query_tests import Judge
from tui.errors import Invalid

_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "m": 30 * 86_400, "y": 365 * 86_400}
_AGE = re.compile(r"(\d{1,5})(min|h|d|w|m|y)", re.ASCII | re.IGNORECASE)


def on_day(moment: Callable[[Item], int], op: str, operands: tuple[Operand, ...], now: datetime) -> Judge:
    """Whether an item's moment lies on, before or after whole days of the reader's calendar."""
    spans = [_span(operand, now) for operand in operands]
    if op in (":", "="):
        return lambda item: any(start <= moment(item) < end for start, end in spans)
    start, end = spans[0]
    if op == "<":
        return lambda item: moment(item) < start
    if op == "<=":
        return lambda item: moment(item) < end
    if op == ">":
        return lambda item: moment(item) >= end
    return lambda item: moment(item) >= start


def for_long(moment: Callable[[Item], int], op: str, operands: tuple[Operand, ...], now: datetime) -> Judge:
    """Whether the time since an item's moment is more or less than an age; ``=`` counts whole units."""
    seconds = int(now.timestamp())
    ages = [_age(operand) for operand in operands]
    if op in (":", "="):
        return lambda item: any((seconds - moment(item)) // unit == count for count, unit in ages)
    limit = seconds - ages[0][0] * ages[0][1]
    if op == "<":
        return lambda item: moment(item) > limit
    if op == "<=":
        return lambda item: moment(item) >= limit
    if op == ">":
        return lambda item: moment(item) < limit
    return lambda item: moment(item) <= limit


def day_of(operand: Operand, now: datetime) -> date:
    """The date an operand means. Raises QueryError."""
    try:
        return parse_date(operand.text, now.date())
    except Invalid as invalid:
        raise QueryError(invalid.message, operand.at) from None


def _span(operand: Operand, now: datetime) -> tuple[float, float]:
    """First second of a day, and of the next."""
    day = day_of(operand, now)
    try:
        start = datetime.combine(day, time(), now.tzinfo)
        end = datetime.combine(day + timedelta(days=1), time(), now.tzinfo)
        return start.timestamp(), end.timestamp()
    except (OverflowError, ValueError, OSError):
        raise QueryError("This day lies outside the calendar.", operand.at) from None


def _age(operand: Operand) -> tuple[int, int]:
    """How many units, and the seconds of one."""
    match = _AGE.fullmatch(operand.text)
    if match is None:
        raise QueryError(f"“{operand.text[:40]}” is not an age; write it like 7d, 12h, 2w, 3m or 1y.", operand.at)
    return int(match[1]), _UNITS[match[2].lower()]
