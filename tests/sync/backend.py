"""A Backend over the server in memory, whose line misbehaves on command; nothing in it takes time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from tests.sync.server import Server
from tui.api.backend import NOTHING_KNOWN, Capabilities, Changes, Contract, Duplicate, Page, Past, VersionConflict
from tui.domain.changes import Edits
from tui.domain.model import Board, BoardId, BoardName, Item, ItemId, Moment
from tui.errors import (
    CardwallError,
    Garbled,
    Inactive,
    Invalid,
    LostAnswer,
    NotFound,
    Offline,
    RateLimited,
    ScopeMissing,
    Unauthorised,
)

T = TypeVar("T")
Fault = Literal[
    "offline", "lost_before", "lost_after", "limited", "broken", "invalid", "scope", "unauthorised", "inactive"
]
FAULTS: tuple[Fault, ...] = (
    "offline", "lost_before", "lost_after", "limited", "broken", "invalid", "scope", "unauthorised", "inactive",
)  # fmt: skip
OURS = Capabilities(
    idempotent=True, changes=True, blueprint=True, rename=True, labels=True, position=True, delete=True, restore=True
)
FOREIGN = Capabilities(rename=True, labels=True, delete=True, restore=True)


@dataclass
class Line:
    """What stands between one client and the server; `Wire` is one connection over it."""

    server: Server
    who: str
    capabilities: Capabilities = OURS
    up: bool = True
    denied: CardwallError | None = None
    """What every read is answered with."""
    faults: deque[Fault] = field(default_factory=deque)
    """What befalls the next writes, one each."""
    hold: Literal["", "before", "after"] = ""
    """Whether calls stop before they arrive or after they were carried out, until they are let go."""
    held: list[asyncio.Future[None]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def let_go(self, place: int = 0) -> None:
        """Let one held call go on; a later one may overtake an earlier one."""
        waiting = [call for call in self.held if not call.done()]
        if waiting:
            waiting[place % len(waiting)].set_result(None)
        self.held = [call for call in self.held if not call.done()]

    def cut(self) -> None:
        """Nobody waits for the held calls any more."""
        for call in self.held:
            call.cancel()
        self.held.clear()

    def let_all_go(self) -> None:
        """Let every held call go on."""
        while self.held:
            self.let_go()


class Wire:
    """One connected Backend."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.server = line.server
        self.closed = False

    @property
    def contract(self) -> Contract:
        return "slate"

    @property
    def capabilities(self) -> Capabilities:
        return self.line.capabilities

    async def open(self) -> None:
        await self._read("open", lambda: None)

    async def close(self) -> None:
        self.closed = True

    async def boards(self) -> tuple[BoardName, ...]:
        return await self._read("boards", lambda: tuple(BoardName(b.id, b.name) for b in self.server.boards.values()))

    async def board(self, board_id: BoardId) -> Board:
        return await self._read(f"board {board_id}", lambda: self._board(board_id))

    async def put_board(self, board: Board, *, key: str, force: bool = False) -> Board:
        raise NotImplementedError

    async def cursor(self, board_id: BoardId) -> str | None:
        return await self._read("cursor", lambda: str(self.server.revision))

    async def pages(self, board_id: BoardId, known: str | None = None) -> AsyncIterator[Page]:
        del known
        mark: tuple[Moment, ItemId] | None = None
        while True:
            items = await self._read("page", partial(self.server.page, board_id, mark))
            if not items:
                return
            yield Page(tuple(items))
            mark = (items[-1].created_at, items[-1].id)

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        return await self._read("changed", lambda: self._changed(board_id, known))

    def _changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page:
        items = [item for item in self.server.items.values() if item.board_id == board_id]
        return Page(tuple(item for item in items if known.get(item.id) != item), total=len(items))

    async def changes(self, board_id: BoardId, after: str) -> Changes:
        return await self._read("changes", lambda: self.server.feed(board_id, after))

    async def item(self, item_id: ItemId) -> Item:
        return await self._read(f"item {item_id}", lambda: self.server.item(item_id))

    async def search(
        self, board_id: BoardId, text: str, limit: int, known: Mapping[ItemId, Item] = NOTHING_KNOWN
    ) -> tuple[Item, ...]:
        del known
        return await self._read(f"search {text}", lambda: self.server.search(board_id, text, limit))

    async def create(self, draft: Item, *, key: str) -> Item:
        made = await self._write("create", key, lambda: self.server.create(self.line.who, key, draft))
        assert made is not None
        return made

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        try:
            item = await self._write("edit", key, lambda: self.server.edit(self.line.who, key, base, edits))
        except NotFound as missing:
            raise VersionConflict(missing.message, None) from None
        assert item is not None
        return item

    async def delete(self, base: Item, *, key: str) -> None:
        try:
            await self._write("delete", key, lambda: self.server.delete(self.line.who, key, base))
        except NotFound as missing:
            raise VersionConflict(missing.message, None) from None

    async def restore(self, item_id: ItemId, *, key: str) -> Item:
        item = await self._write("restore", key, lambda: self.server.restore(self.line.who, key, item_id))
        assert item is not None
        return item

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        return ()

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        return ()

    def _board(self, board_id: BoardId) -> Board:
        if board_id not in self.server.boards:
            raise NotFound("there is no such board")
        return self.server.boards[board_id]

    async def _read(self, what: str, act: Callable[[], T]) -> T:
        self.line.calls.append(what)
        await self._stop("before")
        if not self.line.up:
            raise Offline("the line is down")
        if self.line.denied is not None:
            raise self.line.denied
        answer = act()
        await self._stop("after")
        return answer

    async def _write(self, what: str, key: str, act: Callable[[], Item | None]) -> Item | None:
        self.line.calls.append(what)
        self.line.keys.append(key)
        await self._stop("before")
        fault = self.line.faults.popleft() if self.line.faults else None
        if not self.line.up or fault == "offline":
            raise Offline("the line is down")
        if fault != "invalid" or (self.line.who, key) not in self.server.answers:
            _refuse(fault)  # values are looked at after the key, rights before
        done = self.server.once(self.line.who, key, act) if self.capabilities.idempotent else act()
        if fault == "lost_after":
            raise LostAnswer("no answer")
        await self._stop("after")
        return done

    async def _stop(self, where: str) -> None:
        if self.line.hold == where:
            call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.line.held.append(call)
            await call


def _refuse(fault: Fault | None) -> None:
    """What a server, or something on the way, says without carrying the request out."""
    match fault:
        case "lost_before":
            raise LostAnswer("no answer")
        case "limited":
            raise RateLimited("too many requests", 30)
        case "broken":
            raise Garbled("not JSON")
        case "invalid":
            raise Invalid("no such value", {"value": "is too large"})
        case "scope":
            raise ScopeMissing("the key may not do this")
        case "unauthorised":
            raise Unauthorised("the key is wrong")
        case "inactive":
            raise Inactive("the subscription is inactive")
        case _:
            return
