"""What a form holds, as a value: the item as it was when the form opened, and the texts typed since.

Pure. A member whose text was not touched never becomes an edit, whatever its value looks like as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from tui.api.backend import Capabilities
from tui.app.form_text import NEEDED, Option, chosen, pick_from, text_of, value_from
from tui.domain.changes import Edits, apply_edits, edits_between
from tui.domain.merge import Merge, status_after_move
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    STATUS,
    Board,
    Column,
    ColumnId,
    Field,
    Item,
    Member,
    Moment,
    value_of,
    with_value,
)
from tui.domain.record import Value
from tui.errors import Invalid
from tui.sync.events import Draft

Editor = Literal["line", "lines", "choice", "choices", "check"]
NAME_LENGTH = 500
"""Characters of a name that every server takes."""


class Row(Struct, frozen=True):
    """One member in a form: how it is called and edited."""

    member: Member
    label: str
    editor: Editor
    field: Field
    """The board's field, or a field made for a built-in member."""
    locked: str = ""
    """Why it cannot be changed here, as a sentence; empty when it can."""


_EDITORS: dict[str, Editor] = {
    "long_text": "lines",
    "select": "choice",
    "multi_select": "choices",
    "checkbox": "check",
}
_BUILT_IN = {
    NAME: Field("name", "name", required=True, max_length=NAME_LENGTH),
    COLUMN: Field("column", "column", "select", required=True),
    STATUS: Field("status", "status", "select"),
    LABELS: Field("labels", "labels", "multi_select"),
}
_LOCKED_NAME = "this server cannot rename items"
_LOCKED_LABELS = "this server has no labels"


def rows_of(board: Board, capabilities: Capabilities, *, creates: bool) -> tuple[Row, ...]:
    """The rows of a form, in order: built-in members, then the board's fields."""
    rename = creates or capabilities.rename
    found = [
        Row(NAME, "name", "line", _BUILT_IN[NAME], "" if rename else _LOCKED_NAME),
        Row(COLUMN, "column", "choice", _BUILT_IN[COLUMN]),
    ]
    if any(column.statuses for column in board.columns):
        found.append(Row(STATUS, "status", "choice", _BUILT_IN[STATUS]))
    if capabilities.labels or not creates:
        found.append(Row(LABELS, "labels", "line", _BUILT_IN[LABELS], "" if capabilities.labels else _LOCKED_LABELS))
    return (*found, *(Row(f.member, f.label or f.name, _EDITORS.get(f.kind, "line"), f) for f in board.fields))


class Form(Struct, frozen=True):
    """An item being edited or created; every method returns a new Form or a fact about this one."""

    board: Board
    base: Item
    """The item as it was when the form opened, or as the last merge showed it."""
    rows: tuple[Row, ...]
    creates: bool = False
    texts: Map[Member, str] = Map()
    """What was typed, by member; only where it differs from the start text."""

    def row(self, member: Member) -> Row | None:
        """The row of a member, if the form has one."""
        return next((row for row in self.rows if row.member == member), None)

    def start_text(self, member: Member) -> str:
        """The text an editor starts with."""
        return text_of(self._untouched(member), self._field(member))

    def text(self, member: Member) -> str:
        """The text an editor shows now."""
        typed = self.texts.get(member)
        return self.start_text(member) if typed is None else typed

    def options(self, member: Member) -> tuple[Option, ...]:
        """The choices of a select, multi-select, column or status, in the board's order."""
        if member == COLUMN:
            return tuple(Option(column.id, column.name) for column in self.board.columns)
        if member == STATUS:
            column = self.column
            return tuple(Option(status.id, status.name) for status in column.statuses) if column else ()
        return tuple(Option(option, option) for option in self._field(member).options)

    @property
    def column(self) -> Column | None:
        """The column the form says; None while what was typed names none."""
        found = chosen(self.text(COLUMN), self.options(COLUMN))
        return self.board.column(ColumnId(found)) if found is not None else None

    @property
    def is_dirty(self) -> bool:
        """Whether anything was typed."""
        return bool(self.texts)

    def typed(self, member: Member, text: str) -> Form:
        """With `text` in a member's editor. A new column takes its own status with it."""
        texts = self.texts
        if member == COLUMN and text != self.text(COLUMN) and STATUS in texts:
            texts = texts.delete(STATUS)
        form = replace(self, texts=texts)
        if text != form.start_text(member):
            return replace(form, texts=texts.set(member, text))
        return replace(form, texts=texts.delete(member)) if member in texts else form

    def typing(self, texts: Mapping[Member, str]) -> Form:
        """With several texts; members the form has no row for are left out."""
        form = self
        for member in sorted(texts, key=lambda m: m != COLUMN):  # the column first: it takes the status with it
            if self.row(member):
                form = form.typed(member, texts[member])
        return form

    def showing(self, item: Item, members: Iterable[Member]) -> Form:
        """With editors that show what `item` holds in `members`."""
        return self.typing({m: text_of(value_of(item, m), self._field(m)) for m in members if self.row(m)})

    def value(self, member: Member, today: date) -> Value:
        """What a member's text means. Raises `Invalid` with a sentence."""
        text = self.texts.get(member)
        if text is None:
            return self._untouched(member)
        if member in (COLUMN, STATUS):
            options = self.options(member)
            return pick_from(text, options, member) if text.strip() or member == COLUMN else None
        if member == NAME:
            text = text.strip()  # as every server does
        return value_from(text, self._field(member), value_of(self.base, member), today)

    def values(self, today: date) -> tuple[Map[Member, Value], Map[Member, str]]:
        """Every row's value, and a sentence for each member whose text means none."""
        found: dict[Member, Value] = {}
        problems: dict[Member, str] = {}
        for row in self.rows:
            if row.locked:
                continue
            try:
                value = self.value(row.member, today)
            except Invalid as problem:
                problems[row.member] = problem.message
                continue
            if self.creates and row.field.required and value in (None, "", ()):
                problems[row.member] = NEEDED
            else:
                found[row.member] = value
        return Map(found), Map(problems)

    def edits(self, today: date) -> Edits:
        """What was changed against the base, leaving out texts that mean nothing yet."""
        return edits_between(self.base, self.values(today)[0], self.board)

    def item(self, today: date) -> Item:
        """The item as the form says it; a text that means nothing leaves the base's value."""
        return apply_edits(self.edits(today), self.base)

    def draft(self, at: Moment) -> Draft:
        """What must survive a lost session."""
        return Draft(self.base, self.texts, at)

    def restored(self, draft: Draft) -> Form:
        """With the base and the texts of a draft."""
        return replace(self, base=draft.base, texts=Map()).typing(draft.texts)

    def merged_onto(self, theirs: Item, merge: Merge, today: date) -> Form:
        """After a merge with `theirs`: every editor shows the merged value, and typed text is kept.

        A member that clashes, or whose text means nothing yet, keeps its old base: that is what the next merge
        must compare with. Every other member goes on from theirs, which the user now sees.
        """
        mine, problems = self.values(today)
        held = {clash.member for clash in merge.clashes} | set(problems)
        if COLUMN in held:
            held.add(STATUS)
        base, merged = theirs, apply_edits(merge.edits, theirs)
        texts: dict[Member, str] = {}
        for row in self.rows:
            member = row.member
            if member in held:
                base = with_value(base, member, value_of(self.base, member))
                if member in self.texts:
                    texts[member] = self.texts[member]
            elif value_of(merged, member) != value_of(theirs, member):
                as_typed = member in self.texts and value_of(merged, member) == mine.get(member)
                shown = text_of(value_of(merged, member), self._field(member))
                texts[member] = self.texts[member] if as_typed else shown
        return replace(self, base=base, texts=Map()).typing(texts)

    def without(self, member: Member) -> Form:
        """With a member's editor as it started."""
        return self.typed(member, self.start_text(member)) if member in self.texts else self

    def _untouched(self, member: Member) -> Value:
        if member != STATUS:
            return value_of(self.base, member)
        column = self.column
        if column is None or column.id == self.base.column_id:
            return self.base.status_id
        return status_after_move(self.board, self.base, column.id)

    def _field(self, member: Member) -> Field:
        row = self.row(member)
        return row.field if row else _BUILT_IN[NAME]


def open_form(board: Board, base: Item, capabilities: Capabilities, *, creates: bool = False) -> Form:
    """A form with nothing typed yet."""
    return Form(board, base, rows_of(board, capabilities, creates=creates), creates)
