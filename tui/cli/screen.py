"""Runs the wall on this terminal until the user quits, or a failure ends it with a sentence."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.api.backend import Backend
from tui.cli.collector import spare_loaded_items
from tui.config import Profile
from tui.domain.model import Moment
from tui.errors import StorageError, UsageError
from tui.sync.profile_session import ProfileSession, Setting

SWITCH_SECONDS = 0.001
"""How long the server's thread may keep the interpreter from a key; Python's own 5 ms would be felt."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the wall is drawn and driven, as the user configured it."""

    ascii_only: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys_source: str = "[keys]"
    notes: tuple[str, ...] = ()
    """Sentences about settings nobody knows."""


def show(
    profile: Profile,
    connect: Callable[[], Awaitable[Backend]],
    *,
    folder: Path | None,
    board: str | None = None,
    look: Look,
) -> int:
    """Open the wall; returns the exit code. Raises StorageError when the database cannot be used."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the wall needs a terminal: standard input and output must not be redirected")
    from tui.app.app import WallApp  # the screen library: only now, so that --help and errors are quick

    failure: list[StorageError] = []

    async def connect_or_end() -> Backend:
        try:
            return await connect()
        except StorageError as problem:
            failure.append(problem)
            app.exit()
            raise

    setting = Setting(
        profile.name,
        profile.stamp,
        profile.me or "someone",
        folder,
        poll=profile.poll,
        read_only=profile.read_only,
        board_name=board,
    )
    session = ProfileSession(setting, connect_or_end, clock=lambda: Moment(int(time.time())), new_id=_new_id)
    session.notes.extend(look.notes)
    app = WallApp(
        session,
        keys=look.keys,
        keys_source=look.keys_source,
        ascii_only=look.ascii_only,
        profile_colour=profile.colour or "",
    )
    sys.setswitchinterval(SWITCH_SECONDS)
    spare_loaded_items(session.store)
    app.run()
    if failure:
        raise failure[0]
    return app.return_code or 0


def _new_id() -> str:
    return str(uuid.uuid4())
