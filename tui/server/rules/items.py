"""Creating, changing, deleting and restoring one item."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, Update, bindparam, insert, select, update

from tui.server.blueprint import Blueprint
from tui.server.database import Rerun
from tui.server.json_text import dumps
from tui.server.moments import DAY
from tui.server.refusals import DeleteRefused, Duplicated, Fault, Missing, Rejected, Stale
from tui.server.rules import duplicates, item_contacts, positions, retention, word_index
from tui.server.rules.contents import (
    Content,
    Draft,
    Edit,
    check_position,
    content_of,
    drafted,
    edited,
    fitting,
)
from tui.server.rules.history import Changes, changes_between, record
from tui.server.stored import COLUMNS, Stored
from tui.server.tables import items
from tui.server.text import storable
from tui.server.unit import Unit


class Seen(Struct, frozen=True):
    """An item with the blueprint it is shown by."""

    item: Stored
    blueprint: Blueprint
    created: bool = False
    """Whether this call made it."""


def find(unit: Unit, reference: str, board_id: str | None = None) -> Seen:
    """The item of an id or a key like ``DEAL-42``, on any board or only on one. Raises `Missing`."""
    blueprint = unit.blueprint(board_id) if board_id is not None else None
    item = _named(unit, reference)
    if item is not None and board_id not in {None, item.board_id}:
        item = None
    if item is None or item.deleted_at is not None:
        raise Missing("item", deleted=item is not None)
    return Seen(item, blueprint or unit.blueprint(item.board_id))


def create(unit: Unit, board_id: str, draft: Draft) -> Seen:
    """Make an item. Raises `Missing`, `Rejected`, and `Duplicated` on a board that skips duplicates.

    On a board that updates duplicates the first match takes the draft's values and labels instead.
    """
    blueprint = unit.lock(board_id)
    content = drafted(draft, blueprint)
    check_position(draft.position, blueprint)
    _check_contact(unit, content)
    rule = blueprint.board.duplicates
    if rule.on_duplicate != "warn" and rule.fields:
        found = duplicates.find(unit, blueprint, content)
        if found and rule.on_duplicate == "skip":
            raise Duplicated(found, blueprint)
        if found:
            return _merge(unit, found[0].item, draft)
    return Seen(_insert(unit, blueprint, content, draft.position), blueprint, created=True)


def _insert(unit: Unit, blueprint: Blueprint, content: Content, rank: int | None) -> Stored:
    item_id = unit.new_id()
    if rank is None:
        position = positions.end_of(unit, content.column_id)
    else:
        position = positions.place(unit, blueprint.id, content.column_id, rank, item_id)
    drawn = unit.draw(blueprint.id, numbers=1, serials=1)
    item = Stored(
        id=item_id,
        board_id=blueprint.id,
        prefix=blueprint.board.prefix,
        number=drawn.number,
        name=content.name,
        column_id=content.column_id,
        status_id=content.status_id,
        position=position,
        contact_id=content.contact_id,
        source=content.source,
        fields=dumps(content.values),
        fields_revision=blueprint.fields_revision,
        labels=dumps(content.labels),
        version=1,
        revision=drawn.revision,
        created_at=unit.now,
        created_by=unit.actor,
        updated_at=unit.now,
        updated_by=unit.actor,
        deleted_at=None,
        serial=drawn.serial,
    )
    unit.connection.execute(_INSERT, item._asdict())
    held = word_index.item_words(item.key, content.name, content.values)
    word_index.reindex(unit, blueprint.id, [(item.serial, word_index.NO_WORDS, held)])
    record(unit, item_id, 1, changes_between(None, content, blueprint, blueprint))
    duplicates.keep(unit, blueprint.id, item_id, content, new=True)
    return item


def _merge(unit: Unit, item: Stored, draft: Draft) -> Seen:
    given = {name: value for name, value in draft.values.items() if value is not None}
    held = content_of(item, unit.blueprint(item.board_id)).labels
    return change(unit, item.id, Edit({"labels": [*held, *draft.labels]}, given))


def change(unit: Unit, reference: str, edit: Edit, expected: tuple[int, ...] | None = None) -> Seen:
    """Change an item. Raises `Missing`, `Rejected`, and `Stale` when `expected` does not hold its version.

    An edit that changes nothing returns the item as it is: no version, no history.
    """
    item, blueprint = _locked(unit, reference)
    _check_version(unit, item, blueprint, expected)
    old = content_of(item, blueprint)
    new = edited(old, edit, blueprint)
    if new.contact_id != old.contact_id:
        _check_contact(unit, new)
    position = _new_position(unit, item, new, edit, blueprint)
    changes = changes_between(old, new, blueprint, blueprint)
    if position != item.position and new.column_id == item.column_id:
        changes["position"] = (item.position, position)
    if new == old and position == item.position:
        return Seen(item, blueprint)
    written = item._replace(
        name=new.name,
        column_id=new.column_id,
        status_id=new.status_id,
        position=position,
        contact_id=new.contact_id,
        source=new.source,
        fields=dumps(new.values),
        fields_revision=blueprint.fields_revision,
        labels=dumps(new.labels),
    )
    return _write(unit, item, written, new, changes, blueprint)


def remove(unit: Unit, reference: str, expected: tuple[int, ...] | None = None) -> Seen:
    """Delete an item; it can be restored for 30 days. Raises `Missing`, `Stale`, `DeleteRefused`."""
    item, blueprint = _locked(unit, reference)
    _check_version(unit, item, blueprint, expected)
    if not blueprint.board.allow_delete:
        raise DeleteRefused
    retention.purge(unit)
    return _write(unit, item, item._replace(deleted_at=unit.now), None, {"deleted": (False, True)}, blueprint)


def restore(unit: Unit, reference: str) -> Seen:
    """Bring a deleted item back to its place; when its column is gone, to the end of the first. Raises `Missing`."""
    item, blueprint = _locked(unit, reference, deleted=True)
    if item.deleted_at is None:
        return Seen(item, blueprint)
    content = fitting(content_of(item, blueprint), blueprint)
    column_id = item.column_id if item.column_id in blueprint.columns else blueprint.board.columns[0].id
    column = blueprint.columns[column_id]
    if not any(status.id == item.status_id for status in column.statuses):
        status_id: str | None = column.statuses[0].id if column.statuses else None
    else:
        status_id = item.status_id
    if column_id == item.column_id:
        position = positions.place(unit, item.board_id, column_id, item.position, item.id)
    else:
        position = positions.end_of(unit, column_id)
    written = item._replace(
        column_id=column_id,
        status_id=status_id,
        position=position,
        fields=dumps(content.values),
        fields_revision=blueprint.fields_revision,
        deleted_at=None,
    )
    return _write(unit, item, written, content, {"deleted": (True, False)}, blueprint)


def _write(
    unit: Unit, item: Stored, written: Stored, content: Content | None, changes: Changes, blueprint: Blueprint
) -> Seen:
    """Store `written` as the next version of `item`; `content` is None when it is deleted."""
    written = written._replace(
        version=item.version + 1,
        revision=unit.draw(item.board_id).revision,
        updated_at=unit.now,
        updated_by=unit.actor,
    )
    # Only what differs: a column that is set costs every index it stands in, whether its value is new or not.
    values = {name: now for name, was, now in zip(Stored._fields, item, written, strict=True) if was != now}
    at = {"at_id": item.id, "at_version": item.version}
    result = unit.connection.execute(_update(tuple(values)), {**values, **at})
    if result.rowcount != 1:
        raise Rerun
    if values.keys() & {"name", "fields", "deleted_at"}:
        before, after = word_index.stored_words(item), word_index.stored_words(written)
        word_index.reindex(unit, item.board_id, [(item.serial, before, after)])
    record(unit, item.id, written.version, changes)
    changed = None if "deleted" in changes else [member.removeprefix("field.") for member in changes]
    duplicates.keep(unit, item.board_id, item.id, content, changed=changed)
    return Seen(written, blueprint)


@lru_cache(maxsize=256)
def _update(names: tuple[str, ...]) -> Update:
    """The statement that writes these columns of one version of an item, made once."""
    at = (items.c.id == bindparam("at_id"), items.c.version == bindparam("at_version"))
    return update(items).where(*at).values({name: bindparam(name) for name in names})


def _locked(unit: Unit, reference: str, *, deleted: bool = False) -> tuple[Stored, Blueprint]:
    found = _named(unit, reference)
    if found is None or (found.deleted_at is not None and found.deleted_at < unit.now - retention.DELETED_DAYS * DAY):
        raise Missing("item")
    blueprint = unit.lock(found.board_id)
    item = _select(unit, _BY_ID, at=found.id)  # again, now that nobody else can write it
    if item is None or (item.deleted_at is not None and not deleted):
        raise Missing("item", deleted=item is not None)
    return item, blueprint


def _select(unit: Unit, statement: Select[Any], **at: object) -> Stored | None:
    row = unit.connection.execute(statement, at).first()
    return Stored._make(row) if row is not None else None


def _named(unit: Unit, reference: str) -> Stored | None:
    prefix, dash, number = reference.rpartition("-")
    if dash and len(prefix) <= 10 and number.isascii() and number.isdigit() and len(number) < 10:
        return _select(unit, _BY_KEY, prefix=storable(prefix.upper()), number=int(number))
    return _select(unit, _BY_ID, at=storable(reference.lower()))


_INSERT = insert(items)
_BY_ID = select(*COLUMNS).where(items.c.id == bindparam("at"))
_BY_KEY = select(*COLUMNS).where(items.c.prefix == bindparam("prefix"), items.c.number == bindparam("number"))


def _check_version(unit: Unit, item: Stored, blueprint: Blueprint, expected: tuple[int, ...] | None) -> None:
    if expected is not None and item.version not in expected:
        raise Stale(expected[0], item, blueprint, item_contacts.of_items(unit, [item]).get(item.contact_id))


def _check_contact(unit: Unit, content: Content) -> None:
    if content.contact_id is not None and not item_contacts.known(unit, [content.contact_id]):
        raise Rejected([Fault("contact", "is not a contact")])


def _new_position(unit: Unit, item: Stored, new: Content, edit: Edit, blueprint: Blueprint) -> int:
    moved = new.column_id != item.column_id
    if "position" not in edit.members:
        return positions.end_of(unit, new.column_id) if moved else item.position
    rank = edit.members["position"]
    if rank == item.position and not moved:
        return item.position
    check_position(rank, blueprint)
    if rank is None:
        return positions.end_of(unit, new.column_id)
    return positions.place(unit, item.board_id, new.column_id, rank, item.id)
