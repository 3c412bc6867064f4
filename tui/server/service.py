"""Where the rules meet the database: runs them as transactions, in worker threads.

    face (slate) ──await──▶ Service.write(work, actor) ──thread──▶ Database.write ──▶ work(Unit)

With no readers of its own, as in the embedded server, one thread runs everything and so at most one
CPU-bound job is under way; with readers, one thread writes and the others read beside it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from tui.server.database import Database
from tui.server.ids import IdMaker, NewId
from tui.server.moments import Clock, milliseconds
from tui.server.unit import BlueprintCache, Unit

T = TypeVar("T")


class Service:
    """Runs rules against one database."""

    def __init__(
        self, database: Database, *, clock: Clock = time.time, ids: NewId | None = None, readers: int = 0
    ) -> None:
        self.database = database
        self.clock = clock
        self._ids = ids or IdMaker()
        self._cache = BlueprintCache()
        self._writer = ThreadPoolExecutor(1, "cardwall-database")
        self._readers = ThreadPoolExecutor(readers, "cardwall-read") if readers else self._writer

    async def read(self, work: Callable[[Unit], T], actor: str | None = None) -> T:
        """Run `work` on one consistent state of the database."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work, actor)

    async def write(self, work: Callable[[Unit], T], actor: str | None = None, *, repeatable: bool = False) -> T:
        """Run `work` and commit, or take all of it back when it raises. It may run more than once.

        A `repeatable` one sees in the database whether it was committed before: see `Database.write`.
        """
        run = partial(self.write_now, work, actor, repeatable=repeatable)
        return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    def read_now(self, work: Callable[[Unit], T], actor: str | None = None) -> T:
        """`read` on the caller's own thread."""
        return self.database.read(lambda connection: work(self._unit(connection, actor, self._cache)))

    def write_now(self, work: Callable[[Unit], T], actor: str | None = None, *, repeatable: bool = False) -> T:
        """`write` on the caller's own thread."""

        def run(connection: Connection) -> tuple[T, BlueprintCache]:
            cache = self._cache.overlay()
            return work(self._unit(connection, actor, cache)), cache

        result, cache = self.database.write(run, repeatable=repeatable)
        cache.committed()
        return result

    def close(self) -> None:
        """Finish what is running and let go of the threads; the database stays open."""
        self._readers.shutdown()
        self._writer.shutdown()

    def _unit(self, connection: Connection, actor: str | None, cache: BlueprintCache) -> Unit:
        return Unit(connection, milliseconds(self.clock), actor, self._ids, cache)
