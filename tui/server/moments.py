"""Moments: stored as milliseconds since the epoch, shown as whole seconds of UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds since the epoch, like `time.time`."""

DAY = 24 * 3600 * 1000
"""Milliseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def milliseconds(clock: Clock) -> int:
    """What `clock` says, in the unit we store."""
    return int(clock() * 1000)


def shown(moment: int) -> str:
    """A stored moment as the contracts show it: ``2026-11-02T09:30:00Z``."""
    days, seconds = divmod(moment // 1000, 86_400)
    minutes, second = divmod(seconds, 60)
    return f"{_shown_day(days)}{_TWO[minutes // 60]}:{_TWO[minutes % 60]}:{_TWO[second]}Z"


_TWO = tuple(f"{number:02}" for number in range(60))  # to look digits up takes a fifth of formatting them


@lru_cache(maxsize=8192)
def _shown_day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).strftime("%Y-%m-%dT")


def parse_moment(text: str) -> int:
    """Milliseconds of an RFC 3339 time with offset, or of a date's midnight in UTC. Raises ValueError."""
    if _DATE.fullmatch(text):
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    elif _RFC3339.fullmatch(text):
        moment = datetime.fromisoformat(text.upper())
    else:
        raise ValueError("must be a time with offset like 2026-11-02T09:30:00Z, or a date")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_date(text: str) -> str:
    """`text` when it is a calendar date like ``2026-11-02``. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date like 2026-11-02")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar") from None
    return text
