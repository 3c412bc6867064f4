"""Foreign slate servers' boards, put together from the documented routes alone, and kept: each costs many requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from tui.api.address import segment
from tui.api.board_cache import BoardCache
from tui.api.client import Client
from tui.api.members import mapping
from tui.api.observed import Observed
from tui.api.overrides import Overrides, overlaid
from tui.api.slate_board import decode_column, decode_names, decode_status
from tui.api.slate_wire import BUILT_IN
from tui.domain.model import Board, BoardId, BoardName, Column, Item
from tui.errors import Garbled, NotFound


class ForeignBoards:
    """The boards of one server; their fields are what the sample item, the items and the profile say."""

    def __init__(self, http: Client, root: str, overrides: Overrides, cache: BoardCache | None = None) -> None:
        self._http = http
        self._root = root
        self._overrides = overrides
        self._cache = cache or BoardCache()
        self._observed: dict[BoardId, Observed] = {}
        self._names: tuple[BoardName, ...] = ()
        """As last listed; an item says no more of its board than the name."""
        self._first_names: tuple[BoardName, ...] | None = None

    async def open(self) -> None:
        """Ask for the boards, to learn whether the key is good."""
        self._first_names = await self.names()

    async def names(self) -> tuple[BoardName, ...]:
        """The pipelines, in the server's order; the first answer is that of `open`."""
        if self._first_names is not None:
            first, self._first_names = self._first_names, None
            return first
        return await self._listed()

    async def _listed(self) -> tuple[BoardName, ...]:
        async with self._http.stream(f"{self._root}/pipelines") as listing:
            self._names = decode_names(await listing.all())
        return self._names

    async def id_of(self, name: str, likely: BoardId | None) -> BoardId:
        """The board of that name, the `likely` one of several, asked for only when it is not known.

        Raises `Garbled`.
        """
        ids = self._called(name)
        if not ids:
            await self._listed()
            ids = self._called(name)
        if not ids:
            raise Garbled(f"the server's item is on {name[:60]!r}, which is none of its boards")
        return likely if likely in ids else ids[0]

    def _called(self, name: str) -> list[BoardId]:
        return [board.id for board in self._names if board.name == name]

    async def board(self, board_id: BoardId) -> Board:
        """A board from the routes: 3 + S requests for S stages, or none while what was read is good."""
        board = self._cache.get(board_id)
        if board is None:
            board = self._cache.put(await self._read(board_id))
        fields = self._observed[board_id].fields()
        return overlaid(replace(board, fields=fields), self._overrides)

    def see(self, board: Board, raws: Iterable[Mapping[str, Any]], items: Iterable[Item]) -> None:
        """Learn from items that were read: of their values, and whether the board still is what it was."""
        observed = self._observed[board.id]
        for raw in raws:
            observed.see({name: value for name, value in raw.items() if name not in BUILT_IN})
        self._cache.check(board, items)

    async def _read(self, board_id: BoardId) -> Board:
        first = board_id not in self._observed
        if not first or all(board.id != board_id for board in self._names):
            await self._listed()
        name = next((board.name for board in self._names if board.id == board_id), None)
        if name is None:
            raise NotFound(f"there is no board {board_id!r}")
        stages = f"{self._root}/pipelines/{segment(board_id)}/stages"
        async with self._http.stream(stages) as listing:
            columns = [decode_column(mapping(raw, "a stage")) for raw in await listing.all()]
        if first:
            observed = Observed(worded=False)
            observed.see(await self._sample(name, alone=len(self._names) == 1))
            self._observed[board_id] = observed
        columns = [await self._with_statuses(stages, column) for column in columns]
        return Board(id=board_id, name=name, columns=tuple(columns), allow_delete=False)

    async def _sample(self, name: str, *, alone: bool) -> dict[str, Any]:
        """The custom fields of the sample item; none when it is one of another board."""
        answer = await self._http.send("GET", f"{self._root}/webhooks/sample/items", accept={404})
        sample = mapping(answer.json(), "the sample item") if answer.status == 200 else {}
        if not alone and sample.get("pipeline", name) != name:
            return {}
        return {field: value for field, value in sample.items() if field not in BUILT_IN}

    async def _with_statuses(self, stages: str, column: Column) -> Column:
        async with self._http.stream(f"{stages}/{segment(column.id)}/statuses") as listing:
            return replace(column, statuses=tuple(decode_status(raw) for raw in await listing.all()))
