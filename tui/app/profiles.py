"""What the wall is given to work with more than one profile, and what a change from one to another leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tui.app.views import Views
from tui.sync.session import Session
from tui.sync.state import State

if TYPE_CHECKING:
    from tui.api.looking import Look
    from tui.config import Settings
    from tui.config.steps import Answers


class Opened(Struct, frozen=True):
    """Another profile, whose session is not started yet."""

    session: Session
    views: Views
    colour: str


class Profiles(Protocol):
    """The profiles there are. Only the `async` methods wait for a server."""

    def settings(self) -> Settings:
        """What the files say now. Raises `ConfigError`."""
        ...

    async def look(self, answers: Answers) -> Look:
        """What the server of a profile that is being put together says. Raises `ConfigError`."""
        ...

    def write(self, answers: Answers) -> Path:
        """Write what was answered; the profile's file. Raises `ConfigError`."""
        ...

    async def open(self, name: str) -> Opened:
        """A session of another profile. Raises `ConfigError`."""
        ...

    def forget(self) -> None:
        """The session of the profile before is closed, and its memory can be given back."""
        ...


def left_behind(state: State) -> str:
    """What of a profile's changes is kept for the next time, as the end of a sentence; empty when nothing is."""
    waiting, drafts = len(state.outbox), len(state.drafts)
    parts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((waiting, "unsent change"), (drafts, "draft"))
        if count
    ]
    return f"{' and '.join(parts)} kept" if parts else ""
