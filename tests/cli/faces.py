"""The shell's commands on a server's faces without sockets: ours, or as a foreign server would look, with faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tui.api.backend import Backend
from tui.api.cekat import CekatBackend
from tui.api.embedded import Embedded
from tui.api.slate import SlateBackend
from tui.config import Profile
from tui.server.app import create_app
from tui.server.lifespan import running
from tui.server.opening import open_database

CONFIG = """\
default_profile = "team"
[profiles.team]
contract = "{contract}"
url = "http://127.0.0.1:9"
me = "Sam Lee"
board = "Sales"
[profiles.looking]
contract = "{contract}"
url = "http://127.0.0.1:9"
read_only = true
"""


_UNDOCUMENTED = ("pipeline_id", "stage_id", "status_id", "labels", "position", "updated_by")


class Fault(Exception):
    """The connection breaks."""


@dataclass
class Face:
    """A server's face as a test wants it."""

    contract: str
    ours: bool
    url: str
    asked: list[str] = field(default_factory=list)
    """Method and path of every request, in order."""
    lose: set[str] = field(default_factory=set)
    """Methods of which one answer is lost, after the request was carried out."""
    between: tuple[str, int, Callable[[], None]] | None = None
    """What someone else does just before the request of which the method and path begin so, the nth time."""
    hang: Callable[[str], bool] = lambda asked: False
    """Whether a request is never answered; the command's time is over then."""
    over: Callable[[], None] = lambda: None
    down: bool = False

    def backend(self, app: Any, stack: AsyncExitStack) -> Backend:
        @dataclass
        class Link:
            app: Any
            loop: asyncio.AbstractEventLoop

        class Closing(Embedded):
            async def close(self) -> None:
                await stack.aclose()

        http = Closing(Link(app, asyncio.get_running_loop()))
        return SlateBackend(http) if self.contract == "slate" else CekatBackend(http)

    async def _let_someone_act(self) -> None:
        if self.between is None:
            return
        start, nth, act = self.between
        if self.asked[-1].startswith(start) and sum(asked.startswith(start) for asked in self.asked) == nth:
            self.between = None
            await asyncio.to_thread(act)

    def dressed(self, app: Any) -> Any:
        """The app, hiding that it is ours where it must look like a foreign one, and breaking where it must break."""

        async def dressed(scope: Any, receive: Any, send: Any) -> None:
            method, path = scope["method"], scope["path"]
            self.asked.append(f"{method} {path}")
            await self._let_someone_act()
            if self.hang(self.asked[-1]):
                self.over()
                await asyncio.Event().wait()
            lost = method in self.lose and "search" not in path
            self.lose -= {method} if lost else set()

            messages: list[Any] = []

            async def kept(message: Any) -> None:
                messages.append(message)

            await app(scope, receive, send if self.ours and not lost else kept)
            if lost:
                raise Fault
            if messages:
                await send(_undressed(messages[0], path))
                body = b"".join(message.get("body", b"") for message in messages[1:])
                await send({"type": "http.response.body", "body": _documented(body)})

        return dressed


@contextmanager
def facing(face: Face, monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Face]:
    """Commands reach `face` while this lasts, as the profiles ``team`` and (read-only) ``looking``."""
    folder = home / ".config" / "cardwall"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG.format(contract=face.contract))

    @contextmanager
    def linked(profile: Profile, gate: object = None) -> Iterator[Callable[[], Awaitable[Backend]]]:
        del profile, gate
        database = open_database(face.url)

        async def connect() -> Backend:
            from tui.errors import Offline

            if face.down:
                raise Offline("team cannot be reached")
            app = create_app(database, actor="sam", faces=("slate", "cekat"))
            stack = AsyncExitStack()
            await stack.enter_async_context(running(app))
            backend = face.backend(face.dressed(app), stack)
            await backend.open()
            return backend

        try:
            yield connect
        finally:
            database.close()

    monkeypatch.setattr("tui.cli.link.linked", linked)
    yield face


def _undressed(start: Any, path: str) -> Any:
    """The head of an answer without what says whose server it is."""
    hidden = (b"cardwall", b"content-length", b"x-ratelimit-limit")
    status = 404 if path.endswith("/capabilities") else start["status"]
    headers = [pair for pair in start["headers"] if pair[0].lower() not in hidden]
    return {**start, "status": status, "headers": headers}


def _documented(body: bytes) -> bytes:
    """Items of slate with the documented members alone."""
    if not body:
        return body
    found = json.loads(body)
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict) and "item_id" in item:
            for name in _UNDOCUMENTED:
                item.pop(name, None)
    return json.dumps(found).encode()
