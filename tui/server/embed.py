"""The server inside the process: its own event loop in one daemon thread, and one thread for the database.

Nothing else runs on that loop, and at most one CPU-bound job is under way, so a keystroke never waits for a list.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress

from starlette.types import ASGIApp

from tui.server.app import create_app
from tui.server.lifespan import TASK_NAME, running
from tui.server.moments import Clock
from tui.server.opening import open_database

PATIENCE = 10.0
"""Seconds that running handlers get to finish at `stop`."""


class EmbeddedServer:
    """The items API over one database. `start` and `stop` may be called from any thread; each blocks until done."""

    def __init__(self, database_url: str, *, actor: str, clock: Clock = time.time, samples: bool = True) -> None:
        self._url = database_url
        self._actor = actor
        self._clock = clock
        self._samples = samples
        self._app: ASGIApp | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="cardwall-server", daemon=True)

    @property
    def app(self) -> ASGIApp:
        """The ASGI callable, to be called on `loop`. RuntimeError before `start`."""
        if self._app is None:
            raise RuntimeError("the embedded server is not running")
        return self._app

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The server's own loop. RuntimeError before `start`."""
        if self._loop is None:
            raise RuntimeError("the embedded server is not running")
        return self._loop

    def start(self) -> None:
        """Open the database and take requests. A database made by this call gets the sample boards.

        Raises StorageError. A server is started once.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Let running handlers finish, then close the database. Safe to call again, and before `start`."""
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            with suppress(RuntimeError):  # the loop may end by itself in between
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  # handed to the thread that waits in start()
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        database = open_database(self._url)
        try:
            if database.fresh and self._samples:
                from tui.server.samples import seed_samples  # once in the life of a database

                seed_samples(database, clock=self._clock, actor=self._actor)
            self._app = create_app(database, clock=self._clock, actor=self._actor)
            self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
            async with running(self._app):
                self._ready.set()
                await self._stopping.wait()
                await self._finish()
        finally:
            database.close()

    async def _finish(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            handlers = {task for task in others if not task.get_name().startswith(TASK_NAME)}
            if not handlers:
                return
            await asyncio.wait(handlers, timeout=deadline - time.monotonic())
