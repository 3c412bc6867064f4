"""The shipped command in a real terminal, and the ways to prepare what it finds."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from immutables import Map
from msgspec.structs import replace

from tests.terminal.terminal import Terminal
from tui.api.connect import connect
from tui.api.slate import SlateBackend
from tui.config import Profile
from tui.domain.changes import Set
from tui.domain.model import LOCAL, Item, ItemId, Member
from tui.domain.record import Record
from tui.server.embed import EmbeddedServer

COMMAND = (sys.executable, "-m", "tui")
Work = Callable[[SlateBackend], Coroutine[None, None, list[Item]]]

CONFIG = """
[profiles.local]
contract = "local"
poll = {poll}
"""


def wall(*arguments: str, columns: int = 120, rows: int = 40, env: Mapping[str, str | None] | None = None) -> Terminal:
    """``cardwall`` with these arguments, started."""
    return Terminal([*COMMAND, *arguments], columns=columns, rows=rows, env=env)


def look_often(home: Path) -> None:
    """Let walls ask for news every second."""
    set_poll(home, 1)


def set_poll(home: Path, seconds: int) -> None:
    """Let walls ask for news this often."""
    folder = home / ".config" / "cardwall"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG.format(poll=seconds))


def database_of(home: Path) -> str:
    """The URL of the local profile's database."""
    path = home / ".local" / "share" / "cardwall" / "cardwall.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def outbox_files(home: Path) -> list[Path]:
    """The Outbox files there are."""
    return sorted((home / ".local" / "state" / "cardwall").glob("*.outbox"))


def add_items(database: str, *items: tuple[str, Mapping[str, str]]) -> list[Item]:
    """Put items with these names and values into the first column of "Sales", as another program would."""

    async def add(backend: SlateBackend) -> list[Item]:
        await backend.open()
        board = await backend.board(next(b.id for b in await backend.boards() if b.name == "Sales"))
        made = []
        for number, (name, values) in enumerate(items):
            draft = Item(
                ItemId(f"{LOCAL}{number}"), "new", name, board.id, board.columns[0].id, fields=Record(dict(values))
            )
            made.append(await backend.create(draft, key=f"add-{number}-{len(name)}"))
        await backend.close()
        return made

    return _with_server(database, add)


def find_items(database: str, name: str) -> list[Item]:
    """The items of "Sales" with exactly this name, as the server holds them."""

    async def find(backend: SlateBackend) -> list[Item]:
        await backend.open()
        board_id = next(b.id for b in await backend.boards() if b.name == "Sales")
        found = [item async for page in backend.pages(board_id) for item in page.items if item.name == name]
        await backend.close()
        return found

    return _with_server(database, find)


def change_item(database: str, name: str, values: Mapping[str, str]) -> list[Item]:
    """Give the item of "Sales" with this name other values, as another program would."""
    (found,) = find_items(database, name)
    edits = Map({Member(f"field.{member}"): Set(found.fields.get(member), value) for member, value in values.items()})

    async def change(backend: SlateBackend) -> list[Item]:
        await backend.open()
        made = await backend.edit(found, edits, key=f"change-{found.version}")
        await backend.close()
        return [made]

    return _with_server(database, change)


def delete_item(database: str, name: str) -> list[Item]:
    """Delete the item of "Sales" with this name, as another program would."""
    (found,) = find_items(database, name)

    async def delete(backend: SlateBackend) -> list[Item]:
        await backend.open()
        await backend.delete(found, key=f"delete-{found.id}")
        await backend.close()
        return []

    return _with_server(database, delete)


def allow_delete(database: str, *, allow: bool) -> list[Item]:
    """Change the rule of "Sales" about deleting, as another program would."""

    async def change(backend: SlateBackend) -> list[Item]:
        await backend.open()
        board = await backend.board(next(b.id for b in await backend.boards() if b.name == "Sales"))
        await backend.put_board(replace(board, allow_delete=allow), key=f"rule-{allow}")
        await backend.close()
        return []

    return _with_server(database, change)


def _with_server(database: str, work: Work) -> list[Item]:
    server = EmbeddedServer(database, actor="sam")
    server.start()
    try:
        backend = connect(Profile("local", database=database, me="sam"), link=server)
        assert isinstance(backend, SlateBackend)
        return asyncio.run(work(backend))
    finally:
        server.stop()
