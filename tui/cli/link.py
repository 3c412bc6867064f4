"""The way from a profile to its server: over the network, or to the one embedded in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.api.backend import Backend
from tui.config import Profile

if TYPE_CHECKING:
    from pathlib import Path

    from tui.api.budget_gate import BudgetGate
    from tui.api.client import Gate
    from tui.server.embed import EmbeddedServer

Connect = Callable[[], Awaitable[Backend]]


@contextmanager
def linked(
    profile: Profile, until_filled: Callable[[], None] = lambda: None, gate: Gate | None = None
) -> Iterator[Connect]:
    """How to reach the profile's server; an embedded one is started by the first call and stopped at the end.

    `until_filled` waits for an embedded server's database; meanwhile the server is loaded.
    `gate` is the budget of a key on the network; an embedded server has none.
    The call raises StorageError when the database cannot be used, and what the server's refusal means otherwise.
    """
    embedded: list[EmbeddedServer] = []

    def build() -> Backend:
        """Loads the client and the server and starts it, which takes a while: never on the loop of the keys."""
        from tui.api.connect import connect

        if profile.contract != "local":
            return connect(profile, gate=gate)
        if not embedded:
            embedded.append(_started(profile, until_filled))
        return connect(profile, link=embedded[0])

    async def connect_and_open() -> Backend:
        backend = await asyncio.to_thread(build)
        try:
            await backend.open()
        except BaseException:
            await backend.close()  # each attempt makes its own, with connections of its own
            raise
        return backend

    try:
        yield connect_and_open
    finally:
        for server in embedded:
            server.stop()


def _started(profile: Profile, until_filled: Callable[[], None]) -> EmbeddedServer:
    from tui.server.embed import EmbeddedServer

    until_filled()
    server = EmbeddedServer(profile.database, actor=profile.me or "someone")
    server.start()
    return server


def budget_of(profile: Profile, folder: Path) -> BudgetGate | None:
    """The request budget of the profile's key, shared through `folder`; an embedded server has none and loads none.

    Reads the key, which may run a command: not on a loop. Raises ConfigError.
    """
    if profile.contract == "local":
        return None
    from tui.api.budget_gate import gate_of

    return gate_of(profile, folder)
