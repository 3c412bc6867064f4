"""slate's Backend: our own server's extensions where it offers them, the documented routes alone elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from tui.api.backend import (
    NOTHING_KNOWN,
    Capabilities,
    Changes,
    Contract,
    Duplicate,
    Page,
    Past,
)
from tui.api.client import Client
from tui.api.json_list import PAGE
from tui.api.json_text import dumps
from tui.api.members import (
    Raw,
    mapping,
    moment,
    text,
    text_or_none,
    texts,
    whole_or_none,
    wrong,
)
from tui.api.slate_board import decode_board, decode_names, encode_board
from tui.api.slate_paths import ROOT, blueprint_path, changes_path, item_path
from tui.api.slate_wire import ItemCodec, item_id_of, member_of, plain_value
from tui.api.slate_writes import Writes
from tui.domain.changes import Edits
from tui.domain.model import Board, BoardId, BoardName, Item, ItemId
from tui.domain.record import Value
from tui.errors import Garbled, Unsupported

if TYPE_CHECKING:
    from tui.api.board_cache import BoardCache
    from tui.api.overrides import Overrides
    from tui.api.slate_foreign import ForeignBoards

LONG_PAGE = 500
"""Items asked for at a time after the first page: the most that our server gives."""
_EXTENSIONS = (
    "blueprint",
    "changes",
    "delete",
    "duplicates",
    "history",
    "labels",
    "position",
    "rename",
    "restore",
    "search",
)
"""Extensions that are capabilities of the same name."""


class SlateBackend:
    """One slate server, as one key."""

    def __init__(self, http: Client, overrides: Overrides | None = None, *, cache: BoardCache | None = None) -> None:
        """`overrides` are what the profile says of a foreign server's boards."""
        self._http = http
        self._overrides = overrides or {}
        self._cache = cache
        self._foreign: ForeignBoards | None = None
        self._capabilities = Capabilities()
        self._ours = False
        self._codecs: dict[BoardId, ItemCodec] = {}
        self._writes = Writes(http, self._decoded)

    @property
    def contract(self) -> Contract:
        """Always slate; `local` is slate over the in-process link."""
        return "slate"

    @property
    def capabilities(self) -> Capabilities:
        """Known after `open`."""
        return self._capabilities

    async def open(self) -> None:
        """Ask for the capabilities; a server without that route is a foreign one and is asked for its boards."""
        answer = await self._http.send("GET", f"{ROOT}/capabilities", accept={403, 404, 405})
        self._ours = answer.status == 200 and answer.ours
        if self._ours:
            body = mapping(answer.json(), "capabilities")
            self._capabilities = _capabilities(set(texts(body, "extensions")))
            self._http.idempotent = self._capabilities.idempotent
        else:
            await self._parts().open()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def boards(self) -> tuple[BoardName, ...]:
        """The pipelines, in the server's order."""
        if not self._ours:
            return await self._parts().names()
        async with self._http.stream(f"{ROOT}/pipelines") as listing:
            return decode_names(await listing.all())

    async def board(self, board_id: BoardId) -> Board:
        """A pipeline with its stages, statuses and fields."""
        if self._capabilities.blueprint:
            answer = await self._http.send("GET", blueprint_path(board_id))
            return self._known(decode_board(answer.json()))
        return self._known(await self._parts().board(board_id))

    async def put_board(self, board: Board, *, key: str, force: bool = False) -> Board:
        """Write a blueprint, or make a board when it has no id."""
        if not self._capabilities.blueprint:
            raise Unsupported("this server's API cannot change a board")
        body = dumps(encode_board(board, force=force)).encode()
        method, path = ("PUT", blueprint_path(board.id)) if board.id else ("POST", f"{ROOT}/pipelines")
        answer = await self._http.send(method, path, body=body, key=key)
        return self._known(decode_board(answer.json()))

    async def cursor(self, board_id: BoardId) -> str | None:
        """The feed's cursor of now."""
        if not self._capabilities.changes:
            return None
        answer = await self._http.send("GET", changes_path(board_id))
        return text(mapping(answer.json(), "changes"), "cursor")

    async def pages(self, board_id: BoardId, known: str | None = None) -> AsyncIterator[Page]:
        """Every item, newest first; a server that cannot page is read as one stream."""
        codec = await self._codec(board_id)
        pages = self._pages(codec, known) if self._ours else self._stream(codec, known)
        async with aclosing(pages):
            async for page in pages:
                yield page

    async def _stream(self, codec: ItemCodec, known: str | None) -> AsyncGenerator[Page]:
        stream = self._http.stream(f"{ROOT}/items", params={"pipeline_id": codec.board.id}, known=known)
        async with stream as listing, aclosing(listing.batches()) as batches:
            if listing.unchanged:
                yield Page((), tag=known, unchanged=True)
                return
            async for batch in batches:
                items = codec.items(batch)
                self._parts().see(codec.board, batch, items)
                yield Page(items, tag=listing.head.tag)

    async def _pages(self, codec: ItemCodec, known: str | None) -> AsyncGenerator[Page]:
        """A page's tag is the whole board's: what changes after the first page makes that one's an old one."""
        following: dict[str, str] | None = {"pipeline_id": codec.board.id}
        limit, tag = PAGE, known  # the first page is what a wall waits for
        while following is not None:
            params = following | {"limit": str(limit)}
            async with self._http.stream(f"{ROOT}/items", params=params, known=known) as listing:
                if listing.unchanged:
                    yield Page((), tag=known, unchanged=True)
                    return
                raws = await listing.all()
            if limit == PAGE:
                tag = listing.head.tag
            await asyncio.sleep(0)  # a page was decoded in one go: keys come before it is read
            for start in range(0, len(raws) or 1, PAGE):
                yield Page(codec.items(raws[start : start + PAGE]), tag=tag)
            following, limit, known = listing.next, LONG_PAGE, None

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        """Nothing but the feed or the whole list tells."""
        del board_id, known
        return None

    async def changes(self, board_id: BoardId, after: str) -> Changes:
        """What changed after a cursor; a changed blueprint is read first, so that items are decoded by it."""
        if not self._capabilities.changes:
            raise Unsupported("this server's API has no feed of changes")
        params = {"after": after, "limit": str(PAGE)}
        async with self._http.stream(changes_path(board_id), params=params, member="changes") as listing:
            raws = [mapping(raw, "a change") for raw in await listing.all()]
        blueprint = whole_or_none(listing.rest, "blueprint")
        codec = await self._codec(board_id)
        if blueprint is not None and blueprint != codec.board.revision:
            await self.board(board_id)
            codec = await self._codec(board_id)
        return Changes(
            items=codec.items(raw for raw in raws if not raw.get("deleted")),
            deleted=tuple(item_id_of(raw) for raw in raws if raw.get("deleted")),
            cursor=text(listing.rest, "cursor"),
            more=bool(listing.rest.get("more")),
            blueprint=blueprint,
        )

    async def search(
        self, board_id: BoardId, text: str, limit: int, known: Mapping[ItemId, Item] = NOTHING_KNOWN
    ) -> tuple[Item, ...]:
        """What the server finds by the beginnings of words; it shows items whole, so none is read again."""
        del known
        if not self._capabilities.search:
            raise Unsupported("this server's API has no search that we know")
        codec = await self._codec(board_id)
        params = {"pipeline_id": str(board_id), "q": text, "limit": str(min(limit, LONG_PAGE))}
        async with self._http.stream(f"{ROOT}/items", params=params) as listing:
            return codec.items(await listing.all())[:limit]

    async def item(self, item_id: ItemId) -> Item:
        """One item, by id; by key too where the server is ours."""
        answer = await self._http.send("GET", item_path(item_id))
        return await self._decoded(answer.json())

    async def create(self, draft: Item, *, key: str) -> Item:
        """Make an item. An answer that does not show it is a lost one: only the key can find it again."""
        return await self._writes.create(draft, key=key, ours=self._ours)

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        """Send `edits` with `base`'s version; `VersionConflict` carries the item as it is now."""
        return await self._writes.edit(base, edits, key=key, ours=self._ours)

    async def delete(self, base: Item, *, key: str) -> None:
        """Remove an item that is still of `base`'s version."""
        if not self._capabilities.delete:
            raise Unsupported("this server's API cannot delete items")
        await self._writes.delete(base, key=key)

    async def restore(self, item_id: ItemId, *, key: str) -> Item:
        """Bring a deleted item back."""
        if not self._capabilities.restore:
            raise Unsupported("this server's API cannot bring back deleted items")
        answer = await self._http.send("POST", f"{item_path(item_id)}/restore", key=key)
        return await self._decoded(answer.json())

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """What the board's rule finds; nothing is created."""
        if not self._capabilities.duplicates:
            raise Unsupported("this server's API has no duplicate check that we know")
        return await self._writes.duplicates(draft)

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """Newest first."""
        if not self._capabilities.history:
            raise Unsupported("this server's API has no history of items")
        async with self._http.stream(f"{item_path(item_id)}/history") as listing:
            return tuple(_past(mapping(raw, "a history entry")) for raw in await listing.all())

    def _parts(self) -> ForeignBoards:
        if self._foreign is None:
            from tui.api.slate_foreign import ForeignBoards  # the embedded server needs none of it

            self._foreign = ForeignBoards(self._http, ROOT, self._overrides, self._cache)
        return self._foreign

    def _known(self, board: Board) -> Board:
        codec = self._codecs.get(board.id)
        if codec is None or codec.board != board or codec.ours != self._ours:
            self._codecs[board.id] = ItemCodec(board, ours=self._ours)
        return board

    async def _codec(self, board_id: BoardId) -> ItemCodec:
        if board_id not in self._codecs:
            await self.board(board_id)
        try:
            return self._codecs[board_id]
        except KeyError:
            raise Garbled(f"the server has another board under the id {board_id}") from None

    async def _decoded(self, raw: object, likely: BoardId | None = None) -> Item:
        """An item of whichever board it says it is on, by name alone where the server is a foreign one."""
        raw = mapping(raw, "an item")
        if self._ours:
            board_id = BoardId(text(raw, "pipeline_id"))
        else:
            board_id = await self._parts().id_of(text(raw, "pipeline"), likely)
        return (await self._codec(board_id)).item(raw)


def _capabilities(extensions: set[str]) -> Capabilities:
    """What a server of ours says it can do; an older one may lack some."""
    offered = {name: name in extensions for name in _EXTENSIONS}
    return Capabilities(versioned=True, idempotent="idempotency" in extensions, **offered)


def _past(raw: Raw) -> Past:
    changes = mapping(raw.get("changes"), "changes")
    return Past(
        version=whole_or_none(raw, "version"),
        at=moment(raw, "at"),
        by=text_or_none(raw, "by"),
        changes=tuple((member_of(name), *_old_and_new(name, pair)) for name, pair in changes.items()),
    )


def _old_and_new(name: str, pair: object) -> tuple[Value, Value]:
    if not isinstance(pair, list) or len(pair) != 2:
        return wrong(name, "[old, new]", pair)
    return plain_value(name, pair[0]), plain_value(name, pair[1])
