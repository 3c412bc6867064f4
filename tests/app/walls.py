"""Boards, items and a session for app tests: a real Store over a hand-made State, and no server."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from immutables import Map

from tui.api.backend import Capabilities, Duplicate, Past
from tui.domain.model import (
    Board,
    BoardId,
    Column,
    ColumnId,
    Field,
    Item,
    ItemId,
    Moment,
    Status,
    StatusId,
)
from tui.domain.record import Record, Value
from tui.errors import StorageError
from tui.sync.events import Link, Pulled, Removed
from tui.sync.state import State
from tui.sync.store import Store
from tui.sync.turn import Outcome

NOW = Moment(1_800_000_000)
DAY = 86_400


def a_board(*names: str, limit: int | None = None) -> Board:
    """A board of these columns (`Lead`, `Qualified`, `Proposal`, `Won` by default) with a summed value."""
    names = names or ("Lead", "Qualified", "Proposal", "Won")
    columns = tuple(
        Column(
            ColumnId(f"c-{name}"),
            name,
            limit=limit,
            probability=Decimal(50),
            closed="won" if name == "Won" else None,
            statuses=(Status(StatusId(f"s-{name}-open"), "Open"), Status(StatusId(f"s-{name}-wait"), "Waiting")),
        )
        for name in names
    )
    fields = (
        Field("deal_value", "Value", "currency", currency="USD", sum=True),
        Field("owner", "Owner", "select", options=("Sam", "Kim")),
        Field("priority", "Priority", "select", options=("low", "high")),
        Field("notes", "Notes", "long_text"),
    )
    return Board(BoardId("b-sales"), "Sales", columns, fields, prefix="DEAL")


def an_item(number: int, column: str = "Lead", name: str = "", **values: Value) -> Item:
    """Item `number`: DEAL-number, created `number` days ago, so that lower numbers stand higher."""
    fields: dict[str, Value] = {"deal_value": number * 1000, "owner": "Sam" if number % 2 else "Kim", **values}
    return Item(
        ItemId(f"i-{number}"),
        f"DEAL-{number}",
        name or f"Deal {number}",
        BoardId("b-sales"),
        ColumnId(f"c-{column}"),
        StatusId(f"s-{column}-open"),
        Record(fields),
        version=1,
        created_at=Moment(NOW - number * DAY),
        updated_at=Moment(NOW - number * DAY),
    )


def spread(items: int, board: Board) -> list[Item]:
    """That many items, dealt over the columns in turn."""
    names = [column.name for column in board.columns]
    return [an_item(n, names[(n - 1) % len(names)]) for n in range(1, items + 1)]


def a_state(board: Board | None, items: Sequence[Item] = ()) -> State:
    """The State of a wall that is in step with its server."""
    return State(board=board, items=Map({item.id: item for item in items}), link=Link("online", synced_at=NOW))


class HandJournal:
    """A disk that works until a test says otherwise."""

    problem: StorageError | None = None

    def record(self, outcome: Outcome) -> None:
        if self.problem is not None:
            raise self.problem


class HandSession:
    """A session whose server is the test."""

    profile_name = "acme"
    me = "Sam"

    def __init__(self, state: State, *, read_only: bool = False) -> None:
        ids = count(1)
        self.now = NOW
        self.journal = HandJournal()
        self.store = Store(clock=lambda: self.now, new_id=lambda: f"p-{next(ids)}", journal=self.journal, state=state)
        self.read_only = read_only
        self.capabilities = Capabilities(labels=True, rename=True, delete=True, restore=True)
        self.asked: list[str] = []
        self.touches = 0
        self.notes: list[str] = []

    def restore(self) -> bool:
        return self.store.state.board is not None

    def start(self) -> None:
        self.asked.append("start")

    async def close(self) -> None:
        self.asked.append("close")

    def touch(self) -> None:
        self.touches += 1

    def refresh(self) -> None:
        self.asked.append("refresh")

    def reload(self) -> None:
        self.asked.append("reload")

    def open_board(self, board_id: BoardId) -> None:
        self.asked.append(f"open {board_id}")

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        return ()

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        return ()

    async def reread(self, item_id: ItemId) -> None:
        self.asked.append(f"reread {item_id}")

    async def search(self, board_id: BoardId, text: str) -> tuple[ItemId, ...]:
        self.asked.append(f"search {board_id} {text}")
        return ()

    async def put_board(self, board: Board, *, force: bool = False) -> Board:
        return board

    def pull(self, *items: Item, first: bool = False) -> None:
        """The server has these items now."""
        self.store.apply(Pulled(items, first))

    def remove(self, *items: Item) -> None:
        """The server has these items no more."""
        self.store.apply(Removed(tuple(item.id for item in items)))


def a_session(items: int = 12, *columns: str, read_only: bool = False) -> HandSession:
    """A session on a board of `items` items."""
    board = a_board(*columns)
    return HandSession(a_state(board, spread(items, board)), read_only=read_only)
