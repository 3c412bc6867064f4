"""What an item holds, apart from who wrote it when: drafts and edits checked against the blueprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec.structs import replace

from tui.server.blueprint import Blueprint
from tui.server.json_text import loads_stored
from tui.server.refusals import Fault, Rejected
from tui.server.rules.plan import BUILT_IN
from tui.server.stored import Stored
from tui.server.text import fault_in, fold
from tui.server.values import Unfit, Value, cleaner, converted, extra_value

LONGEST_NAME, LONGEST_LABEL, MOST_LABELS, LONGEST_SOURCE = 500, 64, 50, 200
FARTHEST_POSITION = 2**53
Values = dict[str, Value]


class Draft(NamedTuple):
    """An item to be: members as JSON values. Without a status it gets the column's first."""

    name: str
    column_id: str
    status_id: str | None = None
    values: Mapping[str, object] = MappingProxyType({})
    labels: Sequence[str] = ()
    position: int | None = None
    """None is the end of the column."""
    source: str | None = None
    contact_id: str | None = None


class Edit(NamedTuple):
    """New JSON values for the members named; `members` takes Draft's words but `values`."""

    members: Mapping[str, Any] = MappingProxyType({})
    values: Mapping[str, object] = MappingProxyType({})


class Content(NamedTuple):
    """What an item holds, checked; `values` has every field of the blueprint, in its order, then extras."""

    name: str
    column_id: str
    status_id: str | None
    values: Values
    labels: tuple[str, ...]
    source: str | None
    contact_id: str | None


def content_of(stored: Stored, blueprint: Blueprint) -> Content:
    """What a stored item holds, under today's blueprint."""
    return Content(
        name=stored.name,
        column_id=stored.column_id,
        status_id=stored.status_id,
        values=values_of(stored.fields, blueprint),
        labels=tuple(loads_stored(stored.labels)),
        source=stored.source,
        contact_id=stored.contact_id,
    )


def values_of(fields: str, blueprint: Blueprint) -> Values:
    """The values in an item's stored text, with every field of today's blueprint."""
    held: dict[str, Any] = loads_stored(fields)
    values: Values = {name: stored_value(held.get(name)) for name in blueprint.unset}
    if blueprint.settings.extra_fields == "store":
        values |= {n: stored_value(v) for n, v in held.items() if n not in values and v is not None}
    return values


def stored_value(value: Any) -> Value:
    """A member of an item's stored JSON as a value."""
    return tuple(value) if isinstance(value, list) else value


def drafted(draft: Draft, blueprint: Blueprint) -> Content:
    """What a draft comes to. Raises `Rejected` with every fault."""
    faults: list[Fault] = []
    values: Values = dict(blueprint.unset)
    _take_values(draft.values, values, blueprint, faults)
    faults += [Fault(f"field.{name}", "is required") for name in _lacking(values, draft.values, blueprint, faults)]
    status_id = draft.status_id
    column = blueprint.columns.get(draft.column_id)
    if column is None:
        faults.append(Fault("column", "is not a column of this board"))
    elif status_id is None:
        status_id = column.statuses[0].id if column.statuses else None
    content = Content(
        name=_name(draft.name, faults),
        column_id=draft.column_id,
        status_id=status_id,
        values=values,
        labels=_labels(draft.labels, faults),
        source=_source(draft.source, faults),
        contact_id=draft.contact_id,
    )
    _check_status(content, blueprint, faults)
    if faults:
        raise Rejected(faults)
    return content


def edited(content: Content, edit: Edit, blueprint: Blueprint) -> Content:
    """What an edit makes of an item. Raises `Rejected` with every fault."""
    faults: list[Fault] = []
    members = dict(edit.members)
    members.pop("position", None)
    if "name" in members:
        members["name"] = _name(members["name"], faults)
    if "labels" in members:
        members["labels"] = _labels(members["labels"], faults)
    if "source" in members:
        members["source"] = _source(members["source"], faults)
    values = dict(content.values)
    _take_values(edit.values, values, blueprint, faults)
    faults += [
        Fault(f"field.{name}", "is required and cannot be cleared")
        for name in blueprint.required
        if name in edit.values and values[name] is None and f"field.{name}" not in {fault.member for fault in faults}
    ]
    result = content._replace(values=values, **members)
    if "column_id" in members and "status_id" not in members:
        result = result._replace(status_id=arriving_status(content, result.column_id, blueprint))
    _check_status(result, blueprint, faults)
    if faults:
        raise Rejected(faults)
    return result


def arriving_status(content: Content, column_id: str, blueprint: Blueprint) -> str | None:
    """The status an item has in a column it is moved to: its old one by name, else the first, else none."""
    column = blueprint.columns.get(column_id)
    if column is None or column_id == content.column_id:
        return content.status_id
    before = blueprint.columns.get(content.column_id)
    old = next((s for s in before.statuses if s.id == content.status_id), None) if before else None
    same = next((s for s in column.statuses if old is not None and fold(s.name) == fold(old.name)), None)
    chosen = same or (column.statuses[0] if column.statuses else None)
    return chosen.id if chosen else None


def fitting(content: Content, blueprint: Blueprint) -> Content:
    """What has come back after its board may have changed: values of a kind that no longer fits are converted or unset.

    Values stay that only break a bound or pattern that is newer than they are, as on items that were never away.
    """
    values = dict(content.values)
    for name, field in blueprint.fields.items():
        if values[name] is not None:
            values[name] = converted(
                values[name], cleaner(replace(field, min=None, max=None, max_length=None, pattern=None))
            )
    return content._replace(values=values)


def check_position(position: object, blueprint: Blueprint) -> None:
    """Raises `Rejected` for a rank that cannot be stored, or on a board that is not ordered by hand."""
    if position is None:
        return
    if not blueprint.settings.allow_reorder:
        raise Rejected([Fault("position", "this board does not allow reordering")])
    if not isinstance(position, int) or abs(position) > FARTHEST_POSITION:
        raise Rejected([Fault("position", f"must be between -{FARTHEST_POSITION} and {FARTHEST_POSITION}")])


def _take_values(given: Mapping[str, object], values: Values, blueprint: Blueprint, faults: list[Fault]) -> None:
    cleaners = blueprint.cleaners
    for name, value in given.items():
        clean = cleaners.get(name)
        try:
            if clean is not None:
                values[name] = clean(value)
            else:
                _take_extra(name, value, values, blueprint)
        except Unfit as error:
            faults.append(Fault(f"field.{name[:100]}", str(error)))


def _take_extra(name: str, value: object, values: Values, blueprint: Blueprint) -> None:
    if blueprint.settings.extra_fields != "store":
        raise Unfit("is not a field of this board")
    if name in BUILT_IN or not 1 <= len(name) <= LONGEST_LABEL or fault_in(name):
        raise Unfit("cannot be the name of a field")
    stored = extra_value(value)
    if stored is None:
        values.pop(name, None)
    else:
        values[name] = stored


def _lacking(values: Values, given: Mapping[str, object], blueprint: Blueprint, faults: list[Fault]) -> list[str]:
    lacking = [name for name in blueprint.required if values[name] is None]
    if not lacking or not faults:
        return lacking
    wrong = {fault.member for fault in faults}
    return [name for name in lacking if name not in given or f"field.{name}" not in wrong]


def _name(name: str, faults: list[Fault]) -> str:
    name = name.strip()
    fault = fault_in(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        fault = f"must have 1 to {LONGEST_NAME} characters"
    if fault:
        faults.append(Fault("name", fault))
    return name


def _labels(labels: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    if not labels:
        return ()
    cleaned = sorted({label.strip() for label in labels})
    if len(cleaned) > MOST_LABELS:
        faults.append(Fault("labels", f"must be at most {MOST_LABELS}"))
    for label in cleaned:
        fault = fault_in(label)
        if not 1 <= len(label) <= LONGEST_LABEL:
            fault = f"must each have 1 to {LONGEST_LABEL} characters"
        if fault:
            faults.append(Fault("labels", fault))
            break
    return tuple(cleaned)


def _source(source: str | None, faults: list[Fault]) -> str | None:
    fault = fault_in(source) if source else None
    if source is not None and len(source) > LONGEST_SOURCE:
        fault = f"must have at most {LONGEST_SOURCE} characters"
    if fault:
        faults.append(Fault("source", fault))
    return source or None


def _check_status(content: Content, blueprint: Blueprint, faults: list[Fault]) -> None:
    column = blueprint.columns.get(content.column_id)
    if column is None:
        if not any(fault.member == "column" for fault in faults):
            faults.append(Fault("column", "is not a column of this board"))
        return
    if content.status_id is not None and content.status_id not in blueprint.status_ids[column.id]:
        faults.append(Fault("status", f"is not a status of {column.name}"))
