"""Where an item goes: a column by its digit or by typing, or one of its statuses."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual import on
from textual.content import Content
from textual.widgets import Input

from tui.app.clean import show
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.model import Board, Column, ColumnId, Item, Status, StatusId
from tui.domain.text import fold


class Goal(Struct, frozen=True):
    """A column, and a status where one was chosen."""

    column: Column
    status: Status | None = None

    @property
    def said(self) -> str:
        """What is matched while typing."""
        return f"{self.column.name} {self.status.name}" if self.status else self.column.name


class MoveScreen(ListScreen):
    """Closes with the place of a goal in `goals`, as a text."""

    def __init__(self, board: Board, items: Sequence[Item]) -> None:
        what = items[0].key if len(items) == 1 else f"{len(items)} items"
        super().__init__(f"move {show(what).plain} to: a digit, or type")
        self.goals = goals_of(board)
        self._here: set[tuple[ColumnId, StatusId | None]] = {(item.column_id, item.status_id) for item in items}
        self._digits = {column.id: place for place, column in enumerate(board.columns, 1)}

    def rows(self, text: str) -> Sequence[Row]:
        """Columns with their digits, statuses beneath them."""
        wanted = fold(text)
        found = [(str(place), goal) for place, goal in enumerate(self.goals) if wanted in fold(goal.said)]
        found.sort(key=lambda entry: bool(wanted) and not fold(entry[1].said).startswith(wanted))
        return [Row(row_id, self._line(goal, narrowed=bool(wanted))) for row_id, goal in found]

    def _line(self, goal: Goal, *, narrowed: bool) -> Content:
        if goal.status is None:
            digit = self._digits[goal.column.id]
            here = any(column == goal.column.id for column, _ in self._here)
            mark = Content.styled("  here", "$text-muted") if here else Content("")
            return Content.assemble((f"{digit if digit < 10 else ' '} ", "bold $accent"), show(goal.column.name), mark)
        here = (goal.column.id, goal.status.id) in self._here
        name = (
            Content.assemble(show(goal.column.name), " · ", show(goal.status.name))
            if narrowed
            else show(goal.status.name)
        )
        return Content.assemble("     ", name, Content.styled("  here" if here else "", "$text-muted"))

    @on(Input.Changed, "#narrow")
    def _digit(self, event: Input.Changed) -> None:
        text = event.value.strip()
        if len(text) != 1 or not text.isascii() or not text.isdigit() or self._begins(text):
            return
        for place, goal in enumerate(self.goals):
            if goal.status is None and self._digits[goal.column.id] == int(text):
                self.dismiss(str(place))
                return

    def _begins(self, digit: str) -> bool:
        """Whether a column's name begins with the digit, so that it may be meant as text."""
        return any(goal.column.name.startswith(digit) for goal in self.goals)


def goals_of(board: Board) -> tuple[Goal, ...]:
    """Every place an item can be moved to, in the board's order."""
    goals = []
    for column in board.columns:
        goals.append(Goal(column))
        if len(column.statuses) > 1:
            goals += [Goal(column, status) for status in column.statuses]
    return tuple(goals)
