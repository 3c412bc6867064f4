"""What a key may still send, as a value: a sliding window per limit. Pure; times are seconds since the epoch.

    take ─▶ flying ── answer ─▶ spent ── one window later ─▶ free again
              └────── give_back (nothing was sent) ────────────▲

A slot comes back one window after its *answer*: until then nobody knows when the server counted the request.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from tui.api.rank import Rank
from tui.config import RateLimit

LEAST_KEPT = 5
"""Requests that reads leave at least, so that another process's writes still fit."""
KEPT = {Rank.ASK: 10, Rank.LOAD: 20, Rank.REFRESH: 40}
"""Percent of a limit that a rank leaves for the ranks before it; writes may take the last one."""
LONGEST_FLIGHT = 180.0
"""Seconds after which a request without an answer counts as answered: its process may be gone."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds to wait after a 429 that does not say how long; doubled as long as it is said again."""
_WINDOWS = (60, 3600, 86_400)
"""Seconds of the windows that servers count by."""
_GRAINS = 240
"""Parts of a window that are counted together, so that a day of a thousand requests stays small."""

Spent = tuple[tuple[float, int], ...]
"""(when they are free again, how many), soonest first."""


class Told(NamedTuple):
    """What an answer says of the budget; None where it says nothing."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    """Seconds until a request comes back: no window is shorter than that."""
    refused: bool = False
    """Whether it is a 429."""
    pause: float | None = None
    """Seconds that the server wants to be left alone."""


class Ledger(Struct, frozen=True):
    """Every request of one key that still counts."""

    spent: Mapping[int, Spent] = field(default_factory=dict)
    """By length of window."""
    flying: tuple[float, ...] = ()
    """When each request without an answer was sent, oldest first."""
    resumes_at: float = 0.0
    """No request before that: the server has said so."""
    refusals: int = 0
    """429s in a row."""
    limits: tuple[RateLimit, ...] = ()
    """What the server says on its answers; it names one limit at a time, and its window by what is left of it."""


def kept(rank: Rank, count: int) -> int:
    """Requests of a limit that a rank leaves alone; a tiny limit is shared in halves."""
    if rank is Rank.WRITE:
        return 0
    return min(max(LEAST_KEPT, math.ceil(count * KEPT[rank] / 100)), count // 2)


def left(ledger: Ledger, limits: Iterable[RateLimit], now: float) -> tuple[int, int] | None:
    """(requests left, limit) of the limit that is nearest its end; None without limits."""
    ledger = _as_of(ledger, now)
    return min(((max(0, _free(ledger, limit)), limit.count) for limit in limits), default=None)


def take(ledger: Ledger, limits: Iterable[RateLimit], now: float, rank: Rank) -> tuple[Ledger, float]:
    """Take a slot, or say in how many seconds there may be one; 0 means taken."""
    limits = tuple(limits)
    ledger = _as_of(_knowing(ledger, limits), now)
    wait = max([ledger.resumes_at - now, *(_wait(ledger, limit, now, rank) for limit in limits)])
    if wait > 0:
        return ledger, wait
    return replace(ledger, flying=(*ledger.flying, now)), 0.0


def answer(ledger: Ledger, limits: Iterable[RateLimit], now: float, told: Told) -> Ledger:
    """A request was answered, or may have been: its slot comes back a window from now.

    Where the server counts more requests than we know of, others use the key too: theirs are counted with ours.
    """
    limits = tuple(limits)
    ledger = _as_of(_knowing(ledger, limits), now)
    for window in ledger.spent if ledger.flying else ():
        ledger = _spend(ledger, window, now + window, 1)
    ledger = replace(ledger, flying=ledger.flying[1:])
    if told.refused:
        longest = min(FIRST_PAUSE * 2.0 ** min(ledger.refusals, 10), LONGEST_PAUSE)
        resumes_at = now + (longest if told.pause is None else told.pause)
        return replace(ledger, resumes_at=max(ledger.resumes_at, resumes_at), refusals=ledger.refusals + 1)
    ledger = replace(ledger, refusals=0)
    if told.limit is None or told.remaining is None:
        return ledger
    for limit in limits:
        others = _free(ledger, limit) - told.remaining
        if limit.count == told.limit and others > 0:
            ledger = _spend(ledger, limit.seconds, now + limit.seconds, others)
    return ledger


def learn(ledger: Ledger, told: Told) -> Ledger:
    """With the limit that an answer names; another one for the same window takes its place."""
    if told.limit is None:
        return ledger
    known = next((limit.seconds for limit in ledger.limits if limit.count == told.limit), 0)
    least = next((seconds for seconds in _WINDOWS if seconds >= (told.reset or 0)), _WINDOWS[-1])
    new = RateLimit(told.limit, max(known, least))
    others = (one for one in ledger.limits if one.count != new.count and one.seconds != new.seconds)
    return replace(ledger, limits=(*others, new))


def give_back(ledger: Ledger) -> Ledger:
    """Nothing was sent: the slot of the newest request is free again."""
    return replace(ledger, flying=ledger.flying[:-1])


def _knowing(ledger: Ledger, limits: Iterable[RateLimit]) -> Ledger:
    """With a count for every window; those of other processes' limits are kept up too."""
    new = {limit.seconds: () for limit in limits if limit.seconds not in ledger.spent}
    return replace(ledger, spent={**ledger.spent, **new}) if new else ledger


def _as_of(ledger: Ledger, now: float) -> Ledger:
    """Without what no longer counts, and without what a clock that was set back left in the future."""
    lost = tuple(sent for sent in ledger.flying if sent <= now - LONGEST_FLIGHT)
    spent = {
        window: tuple((at, n) for at, n in entries if now < at <= now + window * (1 + 2 / _GRAINS))
        for window, entries in ledger.spent.items()
    }
    flying = tuple(sent for sent in ledger.flying if now - LONGEST_FLIGHT < sent <= now + 1)
    resumes_at = ledger.resumes_at if ledger.resumes_at <= now + 24 * LONGEST_PAUSE else 0.0
    ledger = replace(ledger, spent=spent, flying=flying, resumes_at=resumes_at)
    for sent in lost:
        for window in spent:
            if sent + LONGEST_FLIGHT + window > now:
                ledger = _spend(ledger, window, sent + LONGEST_FLIGHT + window, 1)
    return ledger


def _spend(ledger: Ledger, window: int, until: float, count: int) -> Ledger:
    """That many requests count until the end of the grain that `until` falls in."""
    grain = window / _GRAINS
    at = math.ceil(until / grain) * grain
    entries = dict(ledger.spent[window])
    entries[at] = entries.get(at, 0) + count
    return replace(ledger, spent={**ledger.spent, window: tuple(sorted(entries.items()))})


def _free(ledger: Ledger, limit: RateLimit) -> int:
    spent = sum(count for _, count in ledger.spent.get(limit.seconds, ()))
    return limit.count - spent - len(ledger.flying)


def _wait(ledger: Ledger, limit: RateLimit, now: float, rank: Rank) -> float:
    """Seconds until more than what the rank leaves alone is free; 0 for now."""
    missing = kept(rank, limit.count) + 1 - _free(ledger, limit)
    for at, count in ledger.spent.get(limit.seconds, ()):
        if missing <= 0:
            break
        missing -= count
        if missing <= 0:
            return at - now
    # What is flying comes back a window after its answer at the soonest, and that may come at once.
    return 0.0 if missing <= 0 else float(limit.seconds)
