"""cekat's Backend: the documented routes, and the version and keys of our own servers where one answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager

from msgspec.structs import replace

from tui.api.address import segment
from tui.api.backend import NOTHING_KNOWN, Capabilities, Contract, Page
from tui.api.board_cache import BoardCache
from tui.api.cekat_board import decode_board, decode_names, with_details
from tui.api.cekat_envelope import data_of
from tui.api.cekat_limits import DocumentedOnly
from tui.api.cekat_newest import Newest
from tui.api.cekat_pages import LARGEST, Window, Windows
from tui.api.cekat_wire import ItemCodec, board_id_of, item_id_of
from tui.api.cekat_writes import Writes
from tui.api.client import Client
from tui.api.json_list import PAGE
from tui.api.json_text import dumps
from tui.api.members import Raw, mapping
from tui.api.observed import Observed
from tui.api.overrides import Overrides, overlaid
from tui.domain.changes import Edits
from tui.domain.model import Board, BoardId, BoardName, Column, ColumnId, Contact, Item, ItemId
from tui.errors import CardwallError, Garbled, NotFound, Unavailable

ROOT = "/api/crm/boards"
_FOREIGN = Capabilities(versioned=False, rename=True, labels=True, delete=True, search=True, by_change=True)
_OURS = replace(_FOREIGN, versioned=True, idempotent=True, position=True)
_MOST_FOUND = 50
"""Items of a search's answer that are read one by one at most, being on no page that we know."""


class CekatBackend(DocumentedOnly):
    """One cekat server, as one key."""

    def __init__(self, http: Client, overrides: Overrides | None = None, *, cache: BoardCache | None = None) -> None:
        self._http = http
        self._overrides = overrides or {}
        self._cache = cache or BoardCache()
        self._capabilities = _FOREIGN
        self._limit = LARGEST
        self._first_names: tuple[BoardName, ...] | None = None
        self._codecs: dict[BoardId, ItemCodec] = {}
        self._observed: dict[BoardId, Observed] = {}
        self._details: dict[tuple[BoardId, ColumnId], Column] = {}
        """Colours and limits, kept for the session."""
        self._begun: dict[BoardId, tuple[Windows, Window]] = {}
        """Lists of which the first window was read to learn a board's fields; a write makes them old."""
        self._listed: set[BoardId] = set()
        """Boards that have been read whole: what can wait is asked for after that."""
        self._homes: dict[ItemId, BoardId] = {}
        self._labels: dict[ItemId, tuple[str, ...]] = {}
        """Labels as last seen, for lists that do not show them."""
        self._contacts: dict[str, Contact] = {}
        """As last seen, for lists that show less of them."""
        self._writes = Writes(http, ROOT, self._codec, self._learned)
        self._newest = Newest(http, self._item_on)

    @property
    def contract(self) -> Contract:
        """Always cekat."""
        return "cekat"

    @property
    def capabilities(self) -> Capabilities:
        """Known after `open`."""
        return self._capabilities

    async def open(self) -> None:
        """Ask for the boards, to learn whether the key is good and whose server answers."""
        self._first_names = await self.boards()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def boards(self) -> tuple[BoardName, ...]:
        """The boards, in the server's order; the first answer is that of `open`."""
        if self._first_names is not None:
            first, self._first_names = self._first_names, None
            return first
        windows = self._windows(ROOT)
        names: list[BoardName] = []
        while (window := await windows.next()) is not None:
            names += decode_names(window.entries)
        self._capabilities = _OURS if windows.ours else _FOREIGN
        self._http.idempotent = windows.ours
        return tuple(names)

    async def board(self, board_id: BoardId) -> Board:
        """A board with its columns, and its fields as its items show them.

        Colours and limits, which cost a request a column, follow once the items have been read.
        """
        board = self._cache.get(board_id)
        if board is None:
            answer = await self._http.send("GET", f"{ROOT}/{segment(board_id)}")
            board = decode_board(data_of(answer))
            if board.id != board_id:
                raise Garbled(f"the server has another board under the id {board_id}")
            self._cache.put(board)
        self._begun.pop(board_id, None)  # what was read for an earlier question may be old
        if board_id in self._listed:
            await self._learn_details(board)
        elif board_id not in self._observed:
            await self._begin(board_id)
        return self._known(board)

    async def pages(self, board_id: BoardId, known: str | None = None) -> AsyncIterator[Page]:
        """Every item, in the board's order; no answer stands for more than its own window, so none has a tag."""
        del known
        codec = await self._codec(board_id)
        begun = self._begun.pop(board_id, None)
        windows, window = begun if begun is not None else await self._first(board_id)
        following: Window | None = window
        while following is not None:
            for start in range(0, len(following.entries) or 1, PAGE):
                items = self._items(codec, following.entries[start : start + PAGE])
                self._cache.check(codec.board, items)
                yield Page(items, following.total)
            following = await windows.next()
        self._limit = windows.limit  # what the server was found to give
        self._listed.add(board_id)

    async def search(
        self, board_id: BoardId, text: str, limit: int, known: Mapping[ItemId, Item] = NOTHING_KNOWN
    ) -> tuple[Item, ...]:
        """Items that the server finds by text.

        It shows a part of each, which is laid over the one that is `known`; others are read one by one.
        """
        codec = await self._codec(board_id)
        limit = min(limit, _MOST_FOUND)
        body = dumps({"query": text, "limit": limit}).encode()
        path = _search_path(board_id)
        raws = data_of(await self._http.send("POST", path, body=body, reading=True))
        if not isinstance(raws, list):
            raise Garbled("the server's answer to a search is not a list of items")
        found: dict[ItemId, Item] = {}
        for raw in (mapping(raw, "an item") for raw in raws[:limit]):
            item_id = item_id_of(raw)
            item = known.get(item_id)
            if item is not None and (not self._ours or raw.get("version") == item.version):
                found[item_id] = codec.over(item, raw)
            else:
                found[item_id] = await self._item_on(board_id, item_id)
        return tuple(found.values())

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        """See `Newest.look`."""
        await self._codec(board_id)
        return await self._newest.look(_search_path(board_id), board_id, known, self._limit)

    async def item(self, item_id: ItemId) -> Item:
        """One item, by id. The route names its board: the one it was last seen on, else each in turn."""
        home = self._homes.get(item_id)
        if home is not None:
            return await self._item_on(home, item_id)
        known = list(self._codecs)
        for board_id in known + [board.id for board in await self.boards() if board.id not in known]:
            try:
                return await self._item_on(board_id, item_id)
            except NotFound:
                continue
        raise NotFound(f"there is no item {item_id!r}")

    async def create(self, draft: Item, *, key: str) -> Item:
        """Make an item. An answer that does not name it is a lost one."""
        with self._aging(draft.board_id):
            return await self._writes.create(draft, key=key)

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        """Send `edits` alone: with `base`'s version to a server of ours, after a look at the item elsewhere."""
        with self._aging(base.board_id):
            return await self._writes.edit(base, edits, key=key)

    async def delete(self, base: Item, *, key: str) -> None:
        """Remove an item that is still as `base` was."""
        with self._aging(base.board_id):
            await self._writes.delete(base, key=key)
        self._homes.pop(base.id, None)
        self._labels.pop(base.id, None)

    @contextmanager
    def _aging(self, board_id: BoardId) -> Iterator[None]:
        try:
            yield
        finally:
            self._begun.pop(board_id, None)

    def _windows(self, path: str) -> Windows:
        return Windows(self._http, path, most=self._limit)

    async def _first(self, board_id: BoardId) -> tuple[Windows, Window]:
        windows = self._windows(f"{ROOT}/{segment(board_id)}/items")
        return windows, await windows.next() or Window([], 0)

    async def _begin(self, board_id: BoardId) -> None:
        """Read the first window: its items show which fields there are, and are the first page later."""
        self._observed[board_id] = Observed(worded=True)
        try:
            self._begun[board_id] = found = await self._first(board_id)
            self._see(ItemCodec(Board(board_id, ""), ours=self._ours), found[1].entries)
        except CardwallError:
            del self._observed[board_id]
            raise

    async def _learn_details(self, board: Board) -> None:
        """Colours and limits of columns; nice to have, so a server that cannot say now is asked the next time."""
        for column in board.columns:
            if (board.id, column.id) in self._details:
                continue
            path = f"{ROOT}/{segment(board.id)}/columns/{segment(column.id)}"
            found = column
            try:
                found = with_details(column, data_of(await self._http.send("GET", path)))
            except Unavailable as error:
                if not isinstance(error, Garbled):
                    return
            except CardwallError:
                pass  # this one tells nothing, and will not
            self._details[board.id, column.id] = found

    @property
    def _ours(self) -> bool:
        return self._capabilities.versioned

    def _known(self, board: Board) -> Board:
        """`board` with all that is known of it, by which its items are read from now on."""
        columns = tuple(self._detailed(board.id, column) for column in board.columns)
        whole = overlaid(
            replace(board, columns=columns, fields=self._observed[board.id].fields()),
            self._overrides,
        )
        codec = self._codecs.get(board.id)
        if codec is None or codec.board != whole or codec.ours != self._ours:
            self._codecs[board.id] = ItemCodec(whole, ours=self._ours, contacts=self._contacts)
        return whole

    def _detailed(self, board_id: BoardId, column: Column) -> Column:
        details = self._details.get((board_id, column.id))
        return column if details is None else replace(column, colour=details.colour, limit=details.limit)

    async def _codec(self, board_id: BoardId) -> ItemCodec:
        if board_id not in self._codecs:
            await self.board(board_id)
        return self._codecs[board_id]

    def _see(self, codec: ItemCodec, raws: Iterable[Raw]) -> None:
        observed = self._observed[codec.board.id]
        for raw in raws:
            observed.see(codec.values(raw))

    def _items(self, codec: ItemCodec, raws: list[Raw]) -> tuple[Item, ...]:
        self._see(codec, raws)
        items = []
        for raw in raws:
            item = codec.item(raw, labels=self._labels.get(item_id_of(raw), ()))
            self._homes[item.id] = codec.board.id
            items.append(item)
        return tuple(items)

    async def _item_on(self, board_id: BoardId, item_id: ItemId) -> Item:
        codec = await self._codec(board_id)
        answer = await self._http.send("GET", f"{ROOT}/{segment(board_id)}/items/{segment(item_id)}")
        raw = mapping(data_of(answer), "an item")
        home = board_id_of(raw, board_id)
        return self._learned((codec if home == board_id else await self._codec(home)).item(raw))

    def _learned(self, item: Item) -> Item:
        """Remember what a list will not show of an item."""
        self._homes[item.id] = item.board_id
        self._labels[item.id] = item.labels
        return item


def _search_path(board_id: BoardId) -> str:
    return f"{ROOT}/{segment(board_id)}/items/search"
