"""How urgent a request is: a budget serves the user's writes first, then what he waits for, then looks for news.

The rank belongs to the work at hand and not to the call: whoever starts the work says it once, and every request
made on the way has it, however deep below.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum


class Rank(IntEnum):
    """Lower goes first."""

    WRITE = 0
    """What the user changed, and every read that belongs to it."""
    ASK = 1
    """What the user waits for."""
    LOAD = 2
    """A board's first items: they wait in place, because a load that ends half-way begins anew."""
    REFRESH = 3
    """News nobody asked for."""


_rank: ContextVar[Rank] = ContextVar("rank", default=Rank.ASK)


def rank_now() -> Rank:
    """The rank of the work at hand."""
    return _rank.get()


@contextmanager
def ranked(rank: Rank) -> Iterator[None]:
    """Requests made inside have this rank."""
    token = _rank.set(rank)
    try:
        yield
    finally:
        _rank.reset(token)
