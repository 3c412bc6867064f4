"""A wall over the real embedded server with a fixed clock, size and sample data, and a second person on it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from immutables import Map
from textual.pilot import Pilot

from tests.pictures import save_picture
from tui.api.backend import Backend
from tui.api.connect import connect
from tui.app.app import WallApp
from tui.config import Profile
from tui.domain.changes import Set
from tui.domain.model import ItemId, Member, Moment, value_of
from tui.domain.record import Value
from tui.server.embed import EmbeddedServer
from tui.sync.profile_session import ProfileSession, Setting
from tui.sync.state import view

NOW = 1_798_023_600
"""2026-12-23 11:00 UTC, whenever the scenes are played."""
TURNS = 3_000
PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@dataclass
class Stage:
    """What a scene can do: press keys, wait for words, let Kim change something, take a picture."""

    app: WallApp
    pilot: Pilot[None]
    session: ProfileSession
    kim: Backend
    database: str

    @property
    def text(self) -> str:
        """The screen, row by row."""
        strips = self.app.screen._compositor.render_strips()  # the screen as text has no public name
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before has been dealt with."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text letter by letter."""
        names = {" ": "space", ":": "colon", ">": "greater_than_sign", "-": "minus", ".": "full_stop", ",": "comma"}
        await self.press(*(names.get(char, char) for char in text))

    async def settle(self) -> None:
        """Wait until the app has nothing left to do by itself."""
        for _ in range(TURNS):
            await self.pilot.pause()
            if self.app.is_settled and not self.app.message_queue_size:
                return
        raise AssertionError(f"the wall does not come to rest:\n{self.text}")

    async def wait_for(self, words: str) -> None:
        """Wait until the screen shows these words."""
        await self.until(lambda: words in self.text, words)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds."""
        for _ in range(TURNS):
            if holds():
                return await self.settle()
            await self.pilot.pause()
        raise AssertionError(f"{what} did not come:\n{self.text}")

    async def kim_changes(self, item_id: ItemId, values: dict[Member, Value]) -> None:
        """Kim, on another machine, sets members of an item; the wall learns of it only when it asks."""
        item = await self.kim.item(item_id)
        edits = Map({member: Set(value_of(item, member), value) for member, value in values.items()})
        await self.kim.edit(item, edits, key=f"kim-{item.id}-{item.version}")

    def item_id(self, name: str) -> ItemId:
        """The item of this name."""
        state = self.session.store.state
        return next(i for i in state.items if (item := view(state, i)) is not None and item.name == name)

    def take_picture(self, name: str) -> None:
        """Write or compare `screenshots/NAME`."""
        save_picture(self.app, name)


@asynccontextmanager
async def stage(folder: Path, size: tuple[int, int]) -> AsyncIterator[Stage]:
    """The sample boards, on the wall of Sam."""
    database = f"sqlite:///{folder / 'scene.db'}"
    sams, kims = (EmbeddedServer(database, actor=who, clock=lambda: NOW) for who in ("sam", "kim"))
    await asyncio.to_thread(sams.start)
    await asyncio.to_thread(kims.start)
    try:
        kim = await _opened(database, kims)
        ids = itertools.count(1)
        session = ProfileSession(
            Setting("acme", f"scene {database}", "Sam Lee", None, poll=3600),
            _connecting(database, sams),
            clock=lambda: Moment(NOW),
            new_id=lambda: f"{next(ids):036}",
        )
        app = WallApp(session, environ=PLAIN, clock=lambda: 0.0)
        async with app.run_test(size=size) as pilot:
            scene = Stage(app, pilot, session, kim, database)
            await scene.wait_for("synced")
            yield scene
        await kim.close()
    finally:
        for server in (sams, kims):
            await asyncio.to_thread(server.stop)


def _connecting(database: str, server: EmbeddedServer) -> Callable[[], Awaitable[Backend]]:
    async def connecting() -> Backend:
        return await _opened(database, server)

    return connecting


async def _opened(database: str, server: EmbeddedServer) -> Backend:
    backend = connect(Profile("acme", database=database), link=server)
    await backend.open()
    return backend
