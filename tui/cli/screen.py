"""Runs the wall on this terminal until the user quits, or a failure ends it with a sentence."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tui.cli import collector
from tui.cli.ending import Ending
from tui.errors import StorageError, UsageError

if TYPE_CHECKING:
    from tui.api.backend import Backend
    from tui.app.app import WallApp
    from tui.app.profiles import Profiles
    from tui.config import Profile
    from tui.sync.pace import Budget
    from tui.sync.profile_session import ProfileSession

SWITCH_SECONDS = 0.001
"""How long the server's thread may keep the interpreter from a key; Python's own 5 ms would be felt."""


class Look(Struct, frozen=True):
    """How the wall is drawn and driven, as the user configured it."""

    ascii_only: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys_source: str = "[keys]"
    notes: tuple[str, ...] = ()
    """Sentences about settings nobody knows."""


def check_terminal() -> None:
    """Raises UsageError when there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the wall needs a terminal: standard input and output must not be redirected")


def show(
    profile: Profile,
    connect: Callable[[], Awaitable[Backend]],
    *,
    folder: Path | None,
    board: str | None = None,
    look: Look,
    ending: Ending,
    budget: Budget | None = None,
    profiles: Profiles | None = None,
) -> int:
    """Open the wall; returns the exit code. Raises StorageError when the database cannot be used."""
    # The screen library and what follows from it: only now, so that --help and errors are quick.
    from tui.app.app import WallApp
    from tui.app.views import FileViews
    from tui.config.api_key import without_prompts

    failure: list[StorageError] = []

    async def connect_or_end() -> Backend:
        await _first_frame(app)
        try:
            return await connect()
        except StorageError as problem:
            failure.append(problem)
            app.exit()
            raise
        finally:
            collector.resume()  # the server is loaded, or will not be

    session = session_of(profile, profile.stamp, connect_or_end, folder, board, budget)
    session.notes.extend(look.notes)
    app = WallApp(
        session,
        keys=look.keys,
        keys_source=look.keys_source,
        ascii_only=look.ascii_only,
        profile_colour=profile.colour or "",
        profiles=profiles,
        views=FileViews(folder / "views.json", profile.stamp) if folder is not None else None,
    )
    sys.setswitchinterval(SWITCH_SECONDS)
    collector.spare_loaded_items(session.store)
    with without_prompts():
        asyncio.run(_run(app, ending))
    if failure:
        raise failure[0]
    return app.return_code or 0


def session_of(
    profile: Profile,
    stamp: str,
    connect: Callable[[], Awaitable[Backend]],
    folder: Path | None,
    board: str | None,
    budget: Budget | None,
) -> ProfileSession:
    """A session of a profile, not started yet."""
    from tui.domain.model import Moment
    from tui.sync.profile_session import ProfileSession, Setting

    setting = Setting(
        profile.name,
        stamp,
        profile.me or "someone",
        folder,
        poll=profile.poll,
        read_only=profile.read_only,
        board_name=board,
    )
    return ProfileSession(setting, connect, clock=lambda: Moment(int(time.time())), new_id=_new_id, budget=budget)


async def _run(app: WallApp, ending: Ending) -> None:
    """Run the wall; a signal asks it to end, since unwinding its loop would leave the terminal as it is."""
    loop = asyncio.get_running_loop()

    def quit_(code: int) -> None:
        # It comes in a signal handler, which wakes no loop; an app can only end once it has begun.
        loop.call_soon_threadsafe(app.call_later, app.exit, None, code)

    ending.quit_with(quit_)
    await app.run_async()


async def _first_frame(app: WallApp) -> None:
    """Wait until the wall is on the screen: loading the server would share the processor with it."""
    drawn = asyncio.Event()
    app.call_after_refresh(drawn.set)
    await drawn.wait()


def _new_id() -> str:
    return str(uuid.uuid4())
