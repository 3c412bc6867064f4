"""Items, changes and drafts as JSON for our own files: the Outbox and the Snapshot.

Not a wire format: only cardwall reads it, and `FORMAT` is raised when it changes. Values that JSON does not
have are tagged objects: {"d": "2026-03-14"} is a date, {"n": "0.50"} an exact number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from immutables import Map
from msgspec import to_builtins

from tui.domain.changes import Change, Create, Delete, Delta, Edit, Edits, Move, Restore, Set
from tui.domain.model import (
    Board,
    BoardId,
    Column,
    ColumnId,
    Contact,
    DuplicateRule,
    Field,
    Item,
    ItemId,
    Member,
    Moment,
    Status,
    StatusId,
)
from tui.domain.record import Record, Value
from tui.sync.events import Draft
from tui.sync.outbox import Pending, PendingId, Phase, Request

FORMAT = 2

Json: TypeAlias = Any
"""What `json` reads and writes."""

_CHANGES: dict[str, type[Edit]] = {"edit": Edit, "move": Move}
_WAY_BACK: dict[str, type[Delete] | type[Restore]] = {"delete": Delete, "restore": Restore}


def value_to_json(value: Value) -> Json:
    """A value, tagged where JSON has no such kind."""
    match value:
        case date():
            return {"d": value.isoformat()}
        case Decimal():
            return {"n": str(value)}
        case tuple():
            return list(value)
        case _:
            return value


def value_from_json(data: Json) -> Value:
    """The value that `value_to_json` wrote."""
    if isinstance(data, dict):
        return date.fromisoformat(data["d"]) if "d" in data else Decimal(data["n"])
    if isinstance(data, list):
        return tuple(data)
    value: Value = data
    return value


def item_to_json(item: Item) -> Json:
    """An item as a list of its members, in their order."""
    return [
        item.id,
        item.key,
        item.name,
        item.board_id,
        item.column_id,
        item.status_id,
        {name: value_to_json(value) for name, value in item.fields.items()},
        list(item.labels),
        _contact_to_json(item.contact),
        item.source,
        item.version,
        item.position,
        item.created_at,
        item.updated_at,
        item.updated_by,
    ]


def item_from_json(data: Json) -> Item:
    """The item that `item_to_json` wrote."""
    (id_, key, name, board, column, status, fields, labels, contact, source, version, position, made, at, by) = data
    return Item(
        ItemId(id_),
        key,
        name,
        BoardId(board),
        ColumnId(column),
        None if status is None else StatusId(status),
        Record({name: value_from_json(value) for name, value in fields.items()}),
        tuple(labels),
        _contact_from_json(contact),
        source,
        version,
        position,
        Moment(made),
        Moment(at),
        by,
    )


def _contact_to_json(contact: Contact | None) -> Json:
    """The id alone, as a text, where no more is known."""
    if contact is None or contact == Contact(contact.id):
        return None if contact is None else contact.id
    return [contact.id, contact.name, contact.phone, contact.email]


def _contact_from_json(data: Json) -> Contact | None:
    if isinstance(data, list):
        return Contact(*data)
    return None if data is None else Contact(data)


def edits_to_json(edits: Edits) -> Json:
    """Edits by member."""
    return {
        member: {"base": value_to_json(edit.base), "mine": value_to_json(edit.mine)}
        if isinstance(edit, Set)
        else {"added": list(edit.added), "removed": list(edit.removed)}
        for member, edit in edits.items()
    }


def edits_from_json(data: Json) -> Edits:
    """The edits that `edits_to_json` wrote."""
    edits: dict[Member, Set | Delta] = {}
    for member, edit in data.items():
        if "mine" in edit:
            edits[Member(member)] = Set(value_from_json(edit["base"]), value_from_json(edit["mine"]))
        else:
            edits[Member(member)] = Delta(tuple(edit["added"]), tuple(edit["removed"]))
    return Map(edits)


def change_to_json(change: Change) -> Json:
    """A change with its kind."""
    match change:
        case Create():
            return {"kind": "create", "item": item_to_json(change.item)}
        case Delete():
            return {"kind": "delete", "id": change.item_id, "was": item_to_json(change.was)}
        case Restore():
            return {"kind": "restore", "id": change.item_id, "was": item_to_json(change.was)}
        case Edit():
            kind = "move" if isinstance(change, Move) else "edit"
            return {"kind": kind, "id": change.item_id, "edits": edits_to_json(change.edits)}


def change_from_json(data: Json) -> Change:
    """The change that `change_to_json` wrote."""
    kind = data["kind"]
    if kind == "create":
        return Create(item_from_json(data["item"]))
    if kind in _WAY_BACK:
        return _WAY_BACK[kind](ItemId(data["id"]), item_from_json(data["was"]))
    return _CHANGES[kind](ItemId(data["id"]), edits_from_json(data["edits"]))


def pending_to_json(pending: Pending) -> Json:
    """A Pending as it must survive: a conflict or refusal is found again, so only the words are kept."""
    request = pending.request
    return {
        "id": pending.id,
        "seq": pending.seq,
        "change": change_to_json(pending.change),
        "made_at": pending.made_at,
        "phase": pending.phase if pending.phase != "conflict" else "queued",
        "request": None
        if request is None
        else {
            "key": request.key,
            "base": item_to_json(request.base),
            "edits": edits_to_json(request.edits),
        },
        "problem": pending.problem,
        "problems": dict(pending.problems),
        "attempts": pending.attempts,
        "undoes": pending.undoes,
    }


def pending_from_json(data: Json) -> Pending:
    """The Pending that `pending_to_json` wrote."""
    request = data["request"]
    phase: Phase = data["phase"]
    return Pending(
        PendingId(data["id"]),
        data["seq"],
        change_from_json(data["change"]),
        Moment(data["made_at"]),
        phase,
        None
        if request is None
        else Request(request["key"], item_from_json(request["base"]), edits_from_json(request["edits"])),
        None,
        data["problem"],
        Map(data["problems"]),
        data["attempts"],
        None if data["undoes"] is None else PendingId(data["undoes"]),
    )


def draft_to_json(draft: Draft) -> Json:
    """A draft with the base its form was opened on."""
    return {"base": item_to_json(draft.base), "texts": dict(draft.texts), "at": draft.at}


def draft_from_json(data: Json) -> Draft:
    """The draft that `draft_to_json` wrote."""
    texts: Mapping[Member, str] = data["texts"]
    return Draft(item_from_json(data["base"]), Map(texts), Moment(data["at"]))


def board_to_json(board: Board) -> Json:
    """A board with its columns, fields and rules."""
    return _plain(to_builtins(board, builtin_types=(Decimal,)))


def board_from_json(data: Json) -> Board:
    """The board that `board_to_json` wrote."""
    columns = tuple(
        Column(**{**c, "probability": _number(c["probability"]), "statuses": tuple(Status(**s) for s in c["statuses"])})
        for c in data["columns"]
    )
    fields = tuple(
        Field(**{**f, "options": tuple(f["options"]), "min": _number(f["min"]), "max": _number(f["max"])})
        for f in data["fields"]
    )
    rule = data["duplicates"]
    duplicates = DuplicateRule(**{**rule, "fields": tuple(rule["fields"])})
    return Board(**{**data, "columns": columns, "fields": fields, "duplicates": duplicates})


def _plain(data: Json) -> Json:
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return str(data) if isinstance(data, Decimal) else data


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def dumps(data: Json) -> str:
    """Compact JSON on one line; never NaN."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
