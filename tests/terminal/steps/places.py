"""What other programs have done before a wall starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.terminal.walls import add_items, database_of, set_poll

WAYNE, STARK = "Wayne Enterprises", "Stark Industries"
BASE = {"contact_name": "Lucius", "email": "b@x.io", "phone": "5550100", "notes": "first"}
LINES = "\n".join(f"line {number}" for number in range(1, 90))


@contextmanager
def two_items(home: Path) -> Iterator[None]:
    """Two cards at the end of the first column, and a wall that looks for news only when told."""
    set_poll(home, 600)
    add_items(database_of(home), (WAYNE, BASE), (STARK, BASE))
    yield


@contextmanager
def long_item(home: Path) -> Iterator[None]:
    """A card with more notes than any screen has lines, and a wall that looks for news only when told."""
    set_poll(home, 600)
    add_items(database_of(home), (WAYNE, {"notes": LINES}))
    yield


@contextmanager
def busy_wall(home: Path) -> Iterator[None]:
    """A card at the end of the first column, and a wall that looks for news every second."""
    set_poll(home, 1)
    add_items(database_of(home), (WAYNE, {}))
    yield
