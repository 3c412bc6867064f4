"""slate's items: JSON to domain and back, as pure functions of a board.

Reads are flat (every unknown top-level member is a custom field) and name pipeline, stage and status.
Writes take ids and nest custom fields in `metadata`. Servers of ours also give ids, labels and position;
elsewhere members of those names are custom fields like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

from tui.api.json_text import shown
from tui.api.members import Raw, mapping, moment, text, text_or_none, texts, whole_or_none, wrong
from tui.api.wire_text import as_date
from tui.domain.changes import Edits, Set, apply_delta, in_order
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    STATUS,
    Board,
    ColumnId,
    Contact,
    Item,
    ItemId,
    Member,
    StatusId,
    field_member,
    field_name,
    value_of,
)
from tui.domain.record import Record, Value

_ALWAYS = "item_id short_id name pipeline stage status contact_id source created_at updated_at version"
BUILT_IN = frozenset(_ALWAYS.split())
"""Members of an item that every slate server shows."""
EXTENSIONS = frozenset(["pipeline_id", "stage_id", "status_id", "labels", "position", "updated_by"])
"""Members that servers of ours add."""

_MOST_SHARED = 50_000
"""Values kept for sharing: real boards need few, a hostile one must not fill memory."""
_K = TypeVar("_K")
_V = TypeVar("_V")
_SCALARS = frozenset({str, int, Decimal, bool, type(None)})
_Cell = Callable[[str, Any], Value]
_Special = tuple[tuple[int, str, _Cell], ...]
"""Fields of an item that are more than their JSON value: place, name and how to read it."""
_CHECKS: dict[str, Callable[[Raw, str], object]] = {
    "item_id": text,
    "short_id": text,
    "name": text,
    "contact_id": text_or_none,
    "source": text_or_none,
    "version": whole_or_none,
    "created_at": text,
    "updated_at": text,
}
_CHECKS_BY_NAME = {"stage": text, "status": text_or_none}
_CHECKS_BY_ID: dict[str, Callable[[Raw, str], object]] = {
    "stage_id": text,
    "status_id": text_or_none,
    "labels": texts,
    "position": whole_or_none,
    "updated_by": text_or_none,
}


class _Shape:
    """What items with the same members in the same order have in common."""

    __slots__ = ("cells", "names", "readers", "sound")

    def __init__(self, names: tuple[str, ...], readers: tuple[_Cell, ...]) -> None:
        self.names = names
        self.readers = readers
        self.cells: Callable[[Raw], tuple[Any, ...]] = _getter(names)
        self.sound: dict[tuple[type, ...], _Special] = {}
        """By the types, member by member, of items that have passed every check: the next such item needs none."""


class ItemCodec:
    """Decodes one board's items. Equal choices, dates, labels and ids become one object each."""

    def __init__(self, board: Board, *, ours: bool) -> None:
        self.board = board
        self.ours = ours
        self._known = BUILT_IN | EXTENSIONS if ours else BUILT_IN
        self._checks = _CHECKS | (_CHECKS_BY_ID if ours else _CHECKS_BY_NAME)
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._shared: dict[Any, Any] = {text: text for text in chain(_ids(board), _options(board))}
        self._contacts: dict[str, Contact] = {}
        self._sets: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._dates: dict[str, date | str] = {}
        self._columns = {column.name: column for column in reversed(board.columns)}
        self._statuses = {
            (column.id, status.name): status.id for column in board.columns for status in reversed(column.statuses)
        }

    def items(self, raws: Iterable[object]) -> tuple[Item, ...]:
        """Every item of a list. Raises `Garbled`, naming the member."""
        return tuple(map(self.item, raws))

    def item(self, raw: object) -> Item:
        """One item. Raises `Garbled`, naming the member."""
        if type(raw) is not dict:
            return wrong("an item", "an object", raw)
        shape = self._shapes.get(tuple(raw)) or self._new_shape(raw)
        types = tuple(map(type, raw.values()))
        special = shape.sound.get(types)
        if special is None:
            special = self._checked(raw, shape)
            _keep(shape.sound, types, special)
        cells = shape.cells(raw)
        if special:
            changed = list(cells)
            for place, name, cell in special:
                changed[place] = cell(name, cells[place])
            cells = tuple(changed)
        share, ours = self._share, self.ours
        column_id, status_id = (raw["stage_id"], raw.get("status_id")) if ours else self._by_name(raw)
        return Item(
            id=raw["item_id"],
            key=raw["short_id"],
            name=raw["name"],
            board_id=self.board.id,
            column_id=share(column_id),
            status_id=share(status_id),
            fields=Record.of(shape.names, cells),
            labels=self._set("labels", raw.get("labels")) if ours else (),
            contact=self._contact(raw.get("contact_id")),
            source=share(raw.get("source")),
            version=raw.get("version"),
            position=raw.get("position") if ours else None,
            created_at=moment(raw, "created_at"),
            updated_at=moment(raw, "updated_at"),
            updated_by=share(raw.get("updated_by")) if ours else None,
        )

    def _new_shape(self, raw: dict[str, Any]) -> _Shape:
        names = tuple(name for name in raw if name not in self._known)
        shape = _Shape(names, tuple(map(self._reader, names)))
        _keep(self._shapes, tuple(raw), shape)
        return shape

    def _checked(self, raw: dict[str, Any], shape: _Shape) -> _Special:
        """What must be read of an item of these types, once its built-in members have passed every check."""
        for name, check in self._checks.items():
            check(raw, name)
        return tuple(
            (place, name, reader)
            for place, (name, reader) in enumerate(zip(shape.names, shape.readers, strict=True))
            if reader not in _PLAIN or type(raw[name]) not in _SCALARS
        )

    def _by_name(self, raw: Raw) -> tuple[ColumnId, StatusId | None]:
        """Ids from names alone. A column that is not on the board (any more) is stood for by its name."""
        stage, status = raw["stage"], raw.get("status")
        column = self._columns.get(stage)
        column_id = column.id if column else ColumnId(stage)
        return column_id, None if status is None else self._statuses.get((column_id, status), StatusId(status))

    def _share(self, value: _V) -> _V:
        if value is None:
            return value
        shared: _V = self._shared.get(value, value)
        if shared is value:
            _keep(self._shared, value, value)
        return shared

    def _contact(self, contact_id: str | None) -> Contact | None:
        if contact_id is None:
            return None
        found = self._contacts.get(contact_id)
        if found is None:
            found = Contact(contact_id)  # slate says no more of it
            _keep(self._contacts, contact_id, found)
        return found

    def _set(self, name: str, values: list[Any] | None) -> tuple[str, ...]:
        """Texts in any order, once or more, as a sorted tuple."""
        if not values:
            return ()
        try:
            found = self._sets.get(tuple(values))
        except TypeError:  # something in it cannot even be looked up: an object or a list
            return wrong(name, "a list of texts", values)
        if found is None:
            found = tuple(sorted({self._share(_text_in(name, value)) for value in values}))
            _keep(self._sets, tuple(values), found)
        return found

    def _reader(self, name: str) -> _Cell:
        """How a field's values are read. What no blueprint promises may hold anything, and must never be refused."""
        field = self.board.field(name)
        if field is None:
            return _anything
        readers = {"date": self._date, "select": self._choice, "multi_select": self._choices}
        return readers.get(field.kind, _scalar if self.ours else _anything)

    def _other(self, name: str, value: Any) -> Value:
        return plain_value(name, value) if self.ours else _anything(name, value)

    def _date(self, name: str, value: Any) -> Value:
        if type(value) is not str:
            return self._other(name, value)
        found = self._dates.get(value)
        if found is None:
            found = as_date(value) or value  # what is not a date, in the form we write one, stays what it says
            _keep(self._dates, value, found)
        return found

    def _choice(self, name: str, value: Any) -> Value:
        return self._share(value) if type(value) is str else self._other(name, value)

    def _choices(self, name: str, value: Any) -> Value:
        if type(value) is list and (self.ours or all(type(part) is str for part in value)):
            return self._set(name, value)
        return self._other(name, value)


def _getter(names: tuple[str, ...]) -> Callable[[Raw], tuple[Any, ...]]:
    match names:
        case ():
            return lambda _: ()
        case (name,):
            return lambda raw: (raw[name],)
        case _:
            return itemgetter(*names)


def plain_value(name: str, value: Any) -> Value:
    """A value as JSON has it: the board's kinds check edits, not what the server holds."""
    if type(value) in _SCALARS:
        return value  # type: ignore[no-any-return]  # its exact type has just been looked at
    if type(value) is list:
        return tuple(sorted({_text_in(name, choice) for choice in value}))
    return wrong(name, "a field's value", value)


def _scalar(name: str, value: Any) -> Value:
    """A value that is one word, number or flag, or nothing."""
    if type(value) in _SCALARS:
        return value  # type: ignore[no-any-return]  # its exact type has just been looked at
    return wrong(name, "a field's value", value)


def _anything(name: str, value: Any) -> Value:
    """Like `plain_value`; what no field of ours can hold is shown as its JSON text."""
    if type(value) is dict or (type(value) is list and not all(type(part) is str for part in value)):
        return shown(value)
    return plain_value(name, value)


_PLAIN = frozenset({_scalar, _anything})
"""Readers that leave a scalar as it is: they are not called for one."""


def _text_in(name: str, value: object) -> str:
    return value if type(value) is str else wrong(name, "a list of texts", value)


def _keep(kept: dict[_K, _V], name: _K, value: _V) -> None:
    if len(kept) < _MOST_SHARED:
        kept[name] = value


def _ids(board: Board) -> Iterable[str]:
    for column in board.columns:
        yield column.id
        yield from (status.id for status in column.statuses)


def _options(board: Board) -> Iterable[str]:
    return chain.from_iterable(field.options for field in board.fields)


def create_body(draft: Item, *, ours: bool) -> dict[str, Any]:
    """The body of a create, and of a duplicate check: what the draft holds, empty values left out."""
    body: dict[str, Any] = {
        "name": draft.name,
        "pipeline_id": draft.board_id,
        "stage_id": draft.column_id,
        "metadata": {name: json_value(value) for name, value in draft.fields.items() if value not in (None, (), "")},
    }
    if draft.status_id is not None:
        body["status_id"] = draft.status_id
    if ours:
        extra = {"labels": list(draft.labels), "contact_id": draft.contact_id, "source": draft.source}
        body |= {name: value for name, value in extra.items() if value}
    return body


_MEMBERS = {NAME: "name", COLUMN: "stage_id", STATUS: "status_id", POSITION: "position", LABELS: "labels"}
FOREIGN_MEMBERS = frozenset({COLUMN, STATUS})
"""Built-in members that every slate server lets a PATCH set."""


def edit_body(base: Item, edits: Edits) -> dict[str, Any]:
    """The body of a PATCH: the edits alone, with the version they were made on.

    Sets go as whole lists: the version says that nobody else has touched them.
    """
    body: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    for member, edit in in_order(edits):
        value = edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(base, member))
        name = field_name(member)
        if name is None:
            body[_MEMBERS[member]] = json_value(value)
        else:
            metadata[name] = json_value(value)
    if metadata:
        body["metadata"] = metadata
    if base.version is not None:
        body["version"] = base.version
    return body


def json_value(value: Value) -> Any:
    """A domain value as `json_text.dumps` takes it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


_PAST = {wire: member for member, wire in _MEMBERS.items()} | {
    "stage": COLUMN,
    "status": STATUS,
    "contact_id": Member("contact"),
    "source": Member("source"),
    "deleted": Member("deleted"),
}


def member_of(name: str) -> Member:
    """The member that a wire name in an item's history stands for; contact, source and deleted are only ever read."""
    return _PAST.get(name) or field_member(name)


def item_id_of(raw: object) -> ItemId:
    """The id of an item that is otherwise not looked at."""
    return ItemId(text(mapping(raw, "an item"), "item_id"))
