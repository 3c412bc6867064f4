"""A throw-away wall of any size, the same for the same seed and clock; run as a child process.

    python -m tui.server.seed --database URL --items N --seed S

prints one JSON object a line as it goes: ``{"board": id, "done": 200, "total": 100000}``. The boards and the
newest items are there after the first line; the rest follows in batches, each a transaction of its own, and
shows up in the board's feed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import event

from tui.errors import CardwallError, StorageError
from tui.server.ids import IdMaker
from tui.server.moments import Clock, milliseconds
from tui.server.opening import open_database
from tui.server.rules.bulk import check, insert_many
from tui.server.sample_boards import SALES, SUPPORT
from tui.server.samples import FIRST_BATCH, SAMPLE_TICKETS, arrivals_of, make_board
from tui.server.service import Service
from tui.server.unit import Unit

MOST_ITEMS = 1_000_000
BATCH = 2000
"""Items in a transaction; it holds the lock for about 40 ms."""
DEMO_DAYS = 365
BUSY_SECONDS = 60.0
"""The wall's own writes come first; a batch waits for them."""


def seed_demo(
    database_url: str,
    *,
    items: int,
    seed: int,
    clock: Clock = time.time,
    progress: Callable[[dict[str, object]], None] = lambda _line: None,
) -> str:
    """Fill an empty database with a "Sales" board of `items` items and a small "Support" board; the id of the first.

    Raises StorageError, also when the database has boards already.
    """
    database = open_database(database_url, busy_seconds=BUSY_SECONDS)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _hasten)
        database.engine.dispose()
    random = Random(seed)  # noqa: S311  # sample data, not secrets
    now = milliseconds(clock)
    service = Service(database, clock=lambda: now / 1000, ids=IdMaker(random.randbytes))
    try:
        board_id = service.write_now(lambda unit: _make_boards(unit, random, items))
        blueprint = service.read_now(lambda unit: unit.blueprint(board_id))
        arrivals = arrivals_of(random, blueprint, items, DEMO_DAYS, now, None)
        done = 0
        while batch := list(islice(arrivals, FIRST_BATCH if done == 0 else BATCH)):
            checked = check(blueprint, batch)  # before the lock is taken, which the wall's own writes wait for
            service.write_now(partial(insert_many, checked=checked))
            before, done = done, done + len(batch)
            # About a hundred lines, however many items: a reader of only the first must not block the rest.
            if before * 100 // items != done * 100 // items:
                progress({"board": board_id, "done": done, "total": items})
        if database.is_sqlite:
            # Here, where nobody waits for the disk: the wall's next write would have to.
            database.read(lambda connection: connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)"))
        if items == 0:
            progress({"board": board_id, "done": 0, "total": 0})
    finally:
        service.close()
        database.close()
    return board_id


def _hasten(connection: Any, _record: object) -> None:
    # The wall is thrown away at exit; nobody waits for each of its batches to reach the disk.
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-64000")
    connection.execute("PRAGMA wal_autocheckpoint=20000")


def _make_boards(unit: Unit, random: Random, items: int) -> str:
    if unit.blueprints():
        raise StorageError("A demo needs an empty database, and this one has boards.")
    sales = make_board(unit, SALES, items)
    support = make_board(unit, SUPPORT, SAMPLE_TICKETS)
    insert_many(unit, check(support, list(arrivals_of(random, support, SAMPLE_TICKETS, 21, unit.now, None))))
    return sales.id


def main(arguments: list[str] | None = None) -> int:
    """The child process; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tui.server.seed", description="Fill a database with a demo board.")
    parser.add_argument("--database", required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if not 0 <= options.items <= MOST_ITEMS:
        parser.error(f"--items must be between 0 and {MOST_ITEMS}")
    os.nice(5)  # the wall that waits for these items must stay quick meanwhile
    gc.disable()  # rows come and go by reference count; a short life leaves nothing worth looking for
    try:
        seed_demo(options.database, items=options.items, seed=options.seed, progress=_say)
    except CardwallError as error:
        print(error, file=sys.stderr)  # noqa: T201  # this is the program
        return error.exit_code
    return 0


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201  # this is the program


if __name__ == "__main__":
    raise SystemExit(main())
