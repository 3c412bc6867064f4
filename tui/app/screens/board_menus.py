"""The menus of the board: in what order it stands, and what its cards show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Input

from tui.app.clean import plain, show
from tui.app.drawing import BUILT_IN, CHOSEN
from tui.app.screens.palette_list import ListScreen, Row
from tui.app.views import Looks
from tui.domain.model import NAME, Board, Member, label_of
from tui.domain.order import CREATED, UPDATED, SortKey
from tui.domain.text import fold

if TYPE_CHECKING:
    from tui.app.app import WallApp

BOARD_ORDER = "board"
_NUMBERS = ("none", "one", "two", "three")
_ORDERS = {"number": ("lowest first", "highest first"), "date": ("earliest first", "latest first")}
_ORDERS["currency"] = _ORDERS["number"]
_TIMES = {CREATED: "created", UPDATED: "updated"}


class SortScreen(ListScreen):
    """Closes with the id of an order: `board`, or a member with a minus in front when it goes down."""

    app: WallApp

    def __init__(self, board: Board, now: tuple[SortKey, ...]) -> None:
        super().__init__("sort by")
        self.board = board
        self.now = now

    def rows(self, text: str) -> Sequence[Row]:
        """Every order a board can stand in, the present one marked."""
        present = sort_id(self.now)
        rows = [(BOARD_ORDER, "the board's own order")]
        for member, name, (up, down) in _orders(self.board):
            rows += [(member, f"{name}, {up}"), (f"-{member}", f"{name}, {down}")]
        return [
            Row(row_id, Content.assemble(f"{'*' if row_id == present else ' '} ", show(said)))
            for row_id, said in rows
            if fold(text) in fold(said)
        ]


def _orders(board: Board) -> list[tuple[Member, str, tuple[str, str]]]:
    letters = ("A to Z", "Z to A")
    found = [(NAME, "name", letters)]
    for field in board.fields:
        order = ("in the order of its choices", "the other way round") if field.kind == "select" else letters
        found.append((field.member, plain(field.label), _ORDERS.get(field.kind, order)))
    found += [(member, name, ("oldest first", "newest first")) for member, name in _TIMES.items()]
    return found


def sort_id(sort: tuple[SortKey, ...]) -> str:
    """The id of an order in the menu."""
    return f"{'-' if sort[0].descending else ''}{sort[0].member}" if sort else BOARD_ORDER


def sort_words(board: Board, sort: tuple[SortKey, ...]) -> str:
    """``sorted by Value, highest first``; empty for the board's own order and for members it does not have."""
    names = {member: (name, ways) for member, name, ways in _orders(board)}
    found = [(*names[key.member], key.descending) for key in sort if key.member in names]
    said = ", then ".join(f"{name}, {ways[down]}" for name, ways, down in found)
    return f"sorted by {said}" if said else ""


def sort_of(row_id: str) -> tuple[SortKey, ...]:
    """The order that an id of the menu stands for."""
    if row_id == BOARD_ORDER:
        return ()
    return (SortKey(Member(row_id.removeprefix("-")), descending=row_id.startswith("-")),)


def looked_at(board: Board, looks: Looks) -> tuple[tuple[Member, ...] | None, tuple[SortKey, ...]]:
    """The card fields and the order that were kept of a board, as far as it still has them."""
    known = {*BUILT_IN, *(field.member for field in board.fields)}
    kept = looks.members
    members = None if kept is None else tuple(member for member in kept if member in known)[:CHOSEN]
    sort = sort_of(looks.sort) if looks.sort else ()
    return members, sort if sort_words(board, sort) else ()


class CardFieldsScreen(ListScreen):
    """Enter picks a field or drops it; the cards follow at once. Closes with nothing."""

    app: WallApp

    def __init__(self, board: Board, now: Sequence[Member], use: Callable[[Sequence[Member]], None]) -> None:
        super().__init__(f"what cards show: at most {CHOSEN} fields", takes="picks or drops")
        self.board = board
        self.now = list(now)
        self._use = use

    def rows(self, text: str) -> Sequence[Row]:
        """Every member a card can show, with its place on the card."""
        members = [*(field.member for field in self.board.fields), *BUILT_IN]
        rows = []
        for member in members:
            said = label_of(self.board, member)
            place = f"{self.now.index(member) + 1}" if member in self.now else " "
            if fold(text) in fold(said):
                rows.append(Row(member, Content.assemble((f"{place} ", "bold $accent"), show(said))))
        return rows

    def chosen(self, row_id: str) -> None:
        """Pick a member as the last one, or drop it."""
        member = Member(row_id)
        if member in self.now:
            self.now.remove(member)
        elif len(self.now) >= CHOSEN:
            self.note(f"{_NUMBERS[CHOSEN]} are chosen already; take one off first")
            return
        else:
            self.now.append(member)
        self._use(self.now)
        with self.prevent(Input.Changed):
            self.query_one("#narrow", Input).value = ""
        self.show_rows(at=row_id)
