"""The embedded server of a local profile: started in its own thread when the wall first asks for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tui.api.backend import Backend

if TYPE_CHECKING:
    from tui.server.embed import EmbeddedServer


class Local:
    """One database file and the server on it. Importing and starting the server takes a while: never on the UI loop."""

    def __init__(self, database: str, *, me: str) -> None:
        self._database = database
        self._me = me
        self._server: EmbeddedServer | None = None

    def __enter__(self) -> Local:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            self._server.stop()

    async def connect(self) -> Backend:
        """A backend on the embedded server; raises StorageError when the database cannot be used."""
        backend = await asyncio.to_thread(self._build)
        await backend.open()
        return backend

    def _build(self) -> Backend:
        from tui.api.connect import connect
        from tui.server.embed import EmbeddedServer

        if self._server is None:
            server = EmbeddedServer(self._database, actor=self._me)
            server.start()
            self._server = server
        return connect("local", link=self._server)


def database_folder(database: str) -> Path:
    """The folder of a SQLite URL's file."""
    return Path(database.removeprefix("sqlite:///")).expanduser().parent
