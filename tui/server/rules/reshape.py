"""What a new blueprint does to the items of a board: what they lose, and how they are rewritten."""

from __future__ import annotations

from itertools import chain

from msgspec import Struct, field
from sqlalchemy import func, insert, select, update

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps
from tui.server.refusals import Drop
from tui.server.rules import duplicates, word_index
from tui.server.rules.contents import Content, Values, content_of
from tui.server.rules.history import Changes, changes_between, row
from tui.server.rules.live import SLICE, slices
from tui.server.stored import COLUMNS, Stored
from tui.server.tables import history, items
from tui.server.unit import Unit
from tui.server.values import Value, converted


class Loss(Struct, frozen=True):
    """What items lose, and the ids of those that must be rewritten."""

    columns: list[Drop] = field(default_factory=list)
    statuses: list[Drop] = field(default_factory=list)
    fields: list[Drop] = field(default_factory=list)
    affected: list[str] = field(default_factory=list)

    @property
    def drops(self) -> bool:
        """Whether anything is lost."""
        return bool(self.columns or self.statuses or self.fields)


def survey(unit: Unit, old: Blueprint, new: Blueprint) -> Loss:
    """What the items of the board would lose; nothing is changed."""
    loss = Loss()
    counts = _counts(unit, old)
    kept = {status.id for _, status in new.statuses()}
    for column in old.board.columns:
        if column.id not in new.columns:
            held = sum(count for (column_id, _), count in counts.items() if column_id == column.id)
            if held:
                loss.columns.append(Drop(column.id, column.name, held))
            continue
        for status in column.statuses:
            held = counts.get((column.id, status.id), 0)
            if status.id not in kept and held:
                loss.statuses.append(Drop(status.id, status.name, held))
    gone = {drop.id for drop in (*loss.columns, *loss.statuses)}
    changed = _changed_fields(old, new)
    if gone or changed:
        _survey_items(unit, old, new, gone, changed, loss)
    return loss


def _survey_items(unit: Unit, old: Blueprint, new: Blueprint, gone: set[str], changed: list[str], loss: Loss) -> None:
    lost = dict.fromkeys(changed, 0)
    for item in map(Stored._make, chain.from_iterable(slices(unit, old.id, *COLUMNS))):
        content = content_of(item, old)
        values = _reshaped(content.values, old, new, changed)
        held = [name for name in changed if content.values[name] is not None]
        for name in held:
            lost[name] += values.get(name) is None
        if gone & {item.column_id, item.status_id} or any(values.get(n) != content.values[n] for n in held):
            loss.affected.append(item.id)
    loss.fields.extend(Drop(name, old.fields[name].label, count) for name, count in lost.items() if count)


def carry_out(unit: Unit, old: Blueprint, new: Blueprint, loss: Loss) -> None:
    """Rewrite the items that a survey named: next version, history, a place in the feed."""
    changed = _changed_fields(old, new)
    for start in range(0, len(loss.affected), SLICE):
        ids = loss.affected[start : start + SLICE]
        rows = unit.connection.execute(select(*COLUMNS).where(items.c.id.in_(ids)).order_by(items.c.id)).all()
        revision = unit.draw(new.id, revisions=len(rows)).revision
        entries = []
        edits = []
        for place, found in enumerate(rows):
            item = Stored._make(found)
            changes, found_by = _rewrite(unit, item, revision + place, old, new, changed)
            edits.append((item.serial, word_index.stored_words(item), found_by))
            entries.append(row(unit, item.id, item.version + 1, changes))
        unit.connection.execute(insert(history), entries)
        word_index.reindex(unit, new.id, edits)


def _rewrite(
    unit: Unit, item: Stored, revision: int, old: Blueprint, new: Blueprint, changed: list[str]
) -> tuple[Changes, word_index.Words]:
    """What became of the item, and the words it is found by now."""
    before = content_of(item, old)
    values: dict[str, object] = {
        "version": item.version + 1,
        "revision": revision,
        "updated_at": unit.now,
        "updated_by": unit.actor,
    }
    after: Content | None = None
    if item.column_id in new.columns:
        after = before._replace(values=_reshaped(before.values, old, new, changed))
        column = new.columns[item.column_id]
        if not any(status.id == item.status_id for status in column.statuses):
            after = after._replace(status_id=column.statuses[0].id if column.statuses else None)
        values |= {
            "status_id": after.status_id,
            "fields": dumps(after.values),
            "fields_revision": new.fields_revision,
        }
    else:
        values["deleted_at"] = unit.now
    unit.connection.execute(update(items).where(items.c.id == item.id).values(**values))
    duplicates.keep(unit, new.id, item.id, after)
    if after is None:
        return {"deleted": (False, True)}, word_index.NO_WORDS
    return changes_between(before, after, old, new), word_index.item_words(item.key, after.name, after.values)


def _changed_fields(old: Blueprint, new: Blueprint) -> list[str]:
    """Fields that are gone or that may no longer hold what they hold."""
    changed = []
    for name, before in old.fields.items():
        after = new.fields.get(name)
        if after is None or after.kind != before.kind or not set(after.options) >= set(before.options):
            changed.append(name)
    return changed


def _reshaped(values: Values, old: Blueprint, new: Blueprint, changed: list[str]) -> Values:
    result: Values = dict(new.unset)
    for name, value in values.items():
        if name in new.fields:
            result[name] = _narrowed(value, name, old, new) if name in changed else value
        elif name not in old.fields:
            result[name] = value  # an extra of a board that stores such
    return result


def _narrowed(value: Value, name: str, old: Blueprint, new: Blueprint) -> Value:
    options = new.fields[name].options
    if isinstance(value, tuple) and old.fields[name].kind == new.fields[name].kind:
        return tuple(choice for choice in value if choice in options) or None
    return converted(value, new.cleaners[name])


def _counts(unit: Unit, blueprint: Blueprint) -> dict[tuple[str, str | None], int]:
    rows = unit.connection.execute(
        select(items.c.column_id, items.c.status_id, func.count())
        .where(items.c.board_id == blueprint.id, items.c.deleted_at.is_(None))
        .group_by(items.c.column_id, items.c.status_id)
    )
    return {(column_id, status_id): count for column_id, status_id, count in rows}
