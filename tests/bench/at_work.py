"""A wall as it is in the middle of a day: a filter on, sorted by value, three card fields, five changes waiting."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.terminal.terminal import Terminal

LOADED = 300.0
"""Seconds that a board of any size may take to load."""


@contextmanager
def at_work(wall: Terminal, folder: Path) -> Iterator[None]:
    """Bring a demo, whose temporary folder lies in `folder`, to that state, and hold it there.

    Another connection holds the database's write lock, so that the five changes go on waiting; the poll goes on.
    """
    wall.wait_for(re.compile("synced"), LOADED)
    wall.press("/")
    wall.wait_for("Enter keeps")
    wall.type("deal_value>5k")
    wall.wait_for(re.compile(r"[\d,]+ of [\d,]+ "), LOADED)
    wall.press("enter")
    wall.wait_gone("Enter keeps")
    wall.press("S")
    wall.wait_for("sort by")
    wall.type("value, h")
    wall.wait_gone("created, oldest")
    wall.press("enter")
    wall.wait_gone("Esc closes", LOADED)
    wall.wait_idle(0.5, LOADED)
    wall.press("g", "g")
    wall.wait_idle(0.5, LOADED)
    database = max(folder.glob("cardwall-demo-*/demo.db"), key=lambda path: path.stat().st_mtime_ns)
    with closing(sqlite3.connect(database)) as lock:
        lock.execute("begin immediate")
        wall.press(*"xxxxx")
        wall.wait_for("5 marked")
        wall.press("L")
        wall.wait_for("5 pending")
        wall.press("escape")
        wall.wait_gone("5 marked")
        wall.press("g", "g")
        wall.wait_idle(0.5, LOADED)
        yield
        lock.rollback()
