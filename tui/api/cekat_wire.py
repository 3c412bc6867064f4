"""cekat's items: JSON to domain and back, as pure functions of a board.

A list shows an item whole but for its labels; updates and searches show a part of it. So a part is laid over the item
we know, and what it does not mention stays. Values are texts; the board's fields say what they mean.

Another dialect of the same routes (groups for columns, columns for fields) would be another class like `ItemCodec`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from tui.api import wire_text
from tui.api.members import Raw, mapping, moment, text, text_or_none, texts, whole_or_none
from tui.domain.changes import Edits, Set, apply_delta, in_order
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    Board,
    BoardId,
    ColumnId,
    Contact,
    Item,
    ItemId,
    Kind,
    Member,
    Moment,
    field_name,
    value_of,
    with_value,
)
from tui.domain.record import Record, Value

SOURCE = "source"
"""The value that servers of ours show an item's source as."""
_TOLD = ("name", "phone", "email")
"""What an item says of its contact, beside the id."""
_LONGEST_KEY = 12
_LONGEST_SHARED = 24
_MOST_SHARED = 20_000
"""Values kept for sharing: real boards need few, a hostile one must not fill memory."""
_MEMBERS = {NAME: "title", COLUMN: "column_id", LABELS: "labels", POSITION: "position"}


class ItemCodec:
    """Decodes and encodes one board's items."""

    def __init__(self, board: Board, *, ours: bool, contacts: dict[str, Contact] | None = None) -> None:
        """`contacts` are those known of the whole server, by id: a list leaves their e-mail addresses out."""
        self.board = board
        self.ours = ours
        self._contacts = {} if contacts is None else contacts
        self._kinds: dict[str, Kind] = {field.name: field.kind for field in board.fields}
        self._names = tuple(self._kinds)
        self._cells = [(name, self._cell(kind)) for name, kind in self._kinds.items()]
        self._shared: dict[str, str] = {}
        self._dates: dict[str, Value] = {}
        self._columns = {column.id: column.id for column in board.columns}
        self._decoders: dict[str, Callable[[Raw], Any]] = {
            "title": lambda raw: text(raw, "title"),
            "column_id": self._column,
            "labels": _labels,
            "position": lambda raw: whole_or_none(raw, "position"),
            "contact": self._contact,
            "created_at": lambda raw: moment(raw, "created_at"),
            "updated_at": lambda raw: moment(raw, "updated_at"),
        }

    def item(self, raw: object, *, labels: tuple[str, ...] = ()) -> Item:
        """A whole item; `labels` are those known of it, where it shows none. Raises `Garbled`, naming the member."""
        raw = mapping(raw, "an item")
        item_id = item_id_of(raw)
        # An answer to a create has no time of its last change, and some lists may show none at all.
        created_at = moment(raw, "created_at") if "created_at" in raw else Moment(0)
        return Item(
            id=item_id,
            key=key_of(item_id),
            name=text(raw, "title"),
            board_id=self.board.id,
            column_id=self._column(raw),
            fields=self._whole(self._values(raw)),
            labels=_labels(raw) if "labels" in raw else labels,
            contact=self._contact(raw),
            source=self._source(raw),
            version=whole_or_none(raw, "version") if self.ours else None,
            position=whole_or_none(raw, "position"),
            created_at=created_at,
            updated_at=moment(raw, "updated_at") if "updated_at" in raw else created_at,
        )

    def over(self, known: Item, raw: Raw) -> Item:
        """A part of an item, laid over what is known of it. Raises `Garbled`, naming the member."""
        item = self._told(known, raw)
        values = self._values(raw)
        fields = item.fields
        for name, value in values.items():
            fields = fields.put(name, wire_text.read(value, self._kinds.get(name, "text")))
        return replace(item, fields=fields)

    def answered(self, base: Item, raw: Raw, edits: Edits) -> Item:
        """The item after `edits`, by an update's answer that shows them: a value that was cleared is not there."""
        item = self.over(base, raw)
        cleared = [m for m in edits if (name := field_name(m)) is not None and name not in self._values(raw)]
        for member in cleared:
            item = with_value(item, member, None)
        return item

    def named(self, draft: Item, item_id: ItemId) -> Item:
        """A draft that was made, of which nothing but its id is known."""
        return replace(draft, id=item_id, key=key_of(item_id), version=None)

    def values(self, raw: object) -> Raw:
        """The JSON values of an item that are fields; empty for one that shows none."""
        return self._values(mapping(raw, "an item"))

    def _told(self, known: Item, raw: Raw) -> Item:
        found = {_ATTRIBUTES[name]: decode(raw) for name, decode in self._decoders.items() if name in raw}
        if self.ours:
            found["version"] = whole_or_none(raw, "version")
            if "values" in raw:
                found["source"] = self._source(raw)
        return replace(known, **found)

    def _source(self, raw: Raw) -> str | None:
        source = _values(raw).get(SOURCE) if self.ours else None
        return source if type(source) is str and source else None

    def _whole(self, values: Raw) -> Record:
        """Every field of the board, the empty ones too: a list leaves those out."""
        get = values.get
        cells = tuple([None if (value := get(name)) is None else cell(value) for name, cell in self._cells])
        record = Record.of(self._names, cells)
        if not values.keys() <= self._kinds.keys():
            for name in values.keys() - self._kinds.keys():
                record = record.put(name, wire_text.read(values[name], "text"))
        return record

    def _cell(self, kind: Kind) -> Callable[[object], Value]:
        """How a field's values are read; equal days and short words become one object each."""
        if kind == "date":
            return self._date
        return self._word if kind in ("text", "select") else partial(wire_text.read, kind=kind)

    def _word(self, value: object) -> Value:
        if type(value) is not str or not value:
            return wire_text.read(value, "text")
        if len(value) > _LONGEST_SHARED:
            return value
        shared = self._shared.get(value)
        if shared is None:
            shared = value
            if len(self._shared) < _MOST_SHARED:
                self._shared[value] = value
        return shared

    def _date(self, value: object) -> Value:
        if type(value) is not str:
            return wire_text.read(value, "date")
        found = self._dates.get(value)
        if found is None:
            found = wire_text.read(value, "date")
            if len(self._dates) < _MOST_SHARED and len(value) <= _LONGEST_SHARED:
                self._dates[value] = found
        return found

    def _values(self, raw: Raw) -> Raw:
        values = _values(raw)
        if self.ours and SOURCE in values:
            return {name: value for name, value in values.items() if name != SOURCE}
        return values

    def _contact(self, raw: Raw) -> Contact | None:
        found = raw.get("contact")
        if found is None:
            return None
        found = mapping(found, "contact")
        known = self._contacts.get(text(found, "id"))
        contact = Contact(
            text(found, "id"),
            *(text_or_none(found, name) if name in found or known is None else getattr(known, name) for name in _TOLD),
        )
        if contact == known:
            return known  # one object for all of its items
        if known is not None or len(self._contacts) < _MOST_SHARED:
            self._contacts[contact.id] = contact
        return contact

    def _column(self, raw: Raw) -> ColumnId:
        column_id = text(raw, "column_id")
        return self._columns.get(ColumnId(column_id), ColumnId(column_id))

    def create_body(self, draft: Item) -> dict[str, Any]:
        """The body of a create: what the draft holds, empty values left out."""
        values = {name: wire_text.write(value) for name, value in draft.fields.items() if value not in (None, (), "")}
        body: dict[str, Any] = {"title": draft.name, "column_id": draft.column_id, "values": values}
        if draft.labels:
            body["labels"] = list(draft.labels)
        if draft.contact_id is not None:
            body["contact_id"] = draft.contact_id
        if self.ours and draft.source:
            values[SOURCE] = draft.source
        return body

    def edit_body(self, base: Item, edits: Edits, held: Raw) -> dict[str, Any]:
        """The body of an update: the edits alone. Labels are replaced, so they go as `base`'s with the edit applied."""
        body: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for member, edit in in_order(edits):
            value = edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(base, member))
            name = field_name(member)
            if name is None:
                body[_MEMBERS[member]] = list(value) if isinstance(value, tuple) else value
            else:
                values[name] = wire_text.write(value, held.get(name))
        if values:
            body["values"] = values
        if self.ours and base.version is not None:
            body["version"] = base.version
        return body


_ATTRIBUTES = {
    "title": "name",
    "column_id": "column_id",
    "labels": "labels",
    "position": "position",
    "contact": "contact",
    "created_at": "created_at",
    "updated_at": "updated_at",
}


def shows(raw: Raw, edits: Edits) -> bool:
    """Whether a part of an item mentions everything that `edits` set; a value that was cleared is not mentioned."""
    values = _values(raw)
    for member, edit in edits.items():
        name = field_name(member)
        if name is None:
            if _MEMBERS[member] not in raw:
                return False
        elif name not in values and not ("values" in raw and isinstance(edit, Set) and edit.mine in (None, (), "")):
            return False
    return True


def can_set(member: Member, *, ours: bool) -> bool:
    """Whether the contract has a member to write; a position is only written to servers of ours."""
    return field_name(member) is not None or (member in _MEMBERS and (ours or member != POSITION))


def item_id_of(raw: Raw) -> ItemId:
    """The id of an item that is otherwise not looked at."""
    return ItemId(text(raw, "id"))


def board_id_of(raw: Raw, board_id: BoardId) -> BoardId:
    """The board an item says it is on; `board_id` where it does not."""
    return BoardId(text(raw, "board_id")) if raw.get("board_id") is not None else board_id


def key_of(item_id: ItemId) -> str:
    """What people may call an item that has no key: its id, or the end of a long one, where ids differ."""
    return item_id if len(item_id) <= _LONGEST_KEY else item_id[-8:]


def _values(raw: Raw) -> Raw:
    values = raw.get("values")
    return {} if values in (None, []) else mapping(values, "values")  # some languages write an empty object as a list


def _labels(raw: Raw) -> tuple[str, ...]:
    return tuple(sorted(set(texts(raw, "labels"))))
