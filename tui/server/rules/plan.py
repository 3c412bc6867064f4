"""A blueprint as someone wants it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tui.domain.model import Closed, DuplicateRule, Field
from tui.server.refusals import Fault
from tui.server.text import fault_in, fold
from tui.server.values import CHOICES, NUMBERS, TEXTS, Unfit, exact, pattern_check

BUILT_IN = frozenset(
    {
        *("item_id", "short_id", "name", "pipeline", "stage", "status", "contact_id", "source"),
        *("created_at", "updated_at", "updated_by", "version", "deleted", "labels", "position"),
        *("pipeline_id", "stage_id", "status_id"),
    }
)
"""Names a field cannot take, because an item or a change shows them at the same level."""
MOST_COLUMNS, MOST_STATUSES, MOST_FIELDS, MOST_OPTIONS = 100, 50, 200, 500
LONGEST_NAME, LONGEST_PATTERN = 100, 500
LONGEST_COLOUR, LONGEST_DESCRIPTION = 64, 2000
PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,9}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class StatusPlan(Struct, frozen=True):
    """A status; without an id it is new."""

    name: str
    id: str | None = None


class ColumnPlan(Struct, frozen=True):
    """A column; without an id it is new."""

    name: str
    id: str | None = None
    colour: str | None = None
    limit: int | None = None
    probability: Decimal | None = None
    closed: Closed | None = None
    auto_archive_days: int | None = None
    statuses: tuple[StatusPlan, ...] = ()


class Plan(Struct, frozen=True):
    """A whole blueprint; what is None keeps its value, or takes the default on a new board."""

    name: str
    columns: tuple[ColumnPlan, ...]
    fields: tuple[Field, ...] = ()
    duplicates: DuplicateRule = DuplicateRule()
    prefix: str | None = None
    revision: int | None = None
    """The revision it was made from."""
    allow_delete: bool | None = None
    allow_reorder: bool | None = None
    extra_fields: Literal["reject", "store"] | None = None
    colour: str | None = None
    """An empty text takes it away; so for the description."""
    description: str | None = None


def faults_of(plan: Plan) -> Iterator[Fault]:
    """Every rule a plan breaks by itself, with the path of the member that breaks it."""
    yield from _name("name", plan.name)
    if plan.prefix is not None and not PREFIX.fullmatch(plan.prefix):
        yield Fault("prefix", "must be 1 to 10 capital letters and digits, starting with a letter")
    yield from _text("colour", plan.colour, LONGEST_COLOUR)
    yield from _text("description", plan.description, LONGEST_DESCRIPTION)
    if not plan.columns:
        yield Fault("columns", "must have at least one")
    yield from _count("columns", plan.columns, MOST_COLUMNS)
    yield from _unique("columns", "name", (fold(column.name.strip()) for column in plan.columns))
    yield from _unique("columns", "id", (column.id for column in plan.columns))
    for place, column in enumerate(plan.columns):
        yield from _column(f"columns[{place}]", column)
    yield from _count("fields", plan.fields, MOST_FIELDS)
    yield from _unique("fields", "name", (field.name for field in plan.fields))
    for place, field in enumerate(plan.fields):
        yield from _field(f"fields[{place}]", field)
    yield from _single("sum", plan.fields)
    yield from _single("weight", plan.fields)
    yield from _duplicates(plan)


def _column(path: str, column: ColumnPlan) -> Iterator[Fault]:
    yield from _name(f"{path}.name", column.name)
    yield from _text(f"{path}.colour", column.colour, LONGEST_COLOUR)
    if column.limit is not None and not 1 <= column.limit <= 1_000_000:
        yield Fault(f"{path}.limit", "must be between 1 and 1000000, or null")
    if column.probability is not None and not 0 <= column.probability <= 100:
        yield Fault(f"{path}.probability", "must be between 0 and 100, or null")
    if column.auto_archive_days is not None and not 1 <= column.auto_archive_days <= 36_500:
        yield Fault(f"{path}.auto_archive_days", "must be between 1 and 36500, or null")
    yield from _count(f"{path}.statuses", column.statuses, MOST_STATUSES)
    yield from _unique(f"{path}.statuses", "name", (fold(status.name.strip()) for status in column.statuses))
    for place, status in enumerate(column.statuses):
        yield from _name(f"{path}.statuses[{place}].name", status.name)


def _field(path: str, field: Field) -> Iterator[Fault]:
    if not field.name.isidentifier() or len(field.name) > 64:
        yield Fault(f"{path}.name", "must be 1 to 64 letters, digits and _, not starting with a digit")
    if field.name in BUILT_IN:
        yield Fault(f"{path}.name", f"{field.name} is a name of the item itself")
    yield from _name(f"{path}.label", field.label)
    yield from _options(path, field)
    yield from _numbers(path, field)
    yield from _text_rules(path, field)


def _options(path: str, field: Field) -> Iterator[Fault]:
    if field.kind not in CHOICES:
        if field.options:
            yield Fault(f"{path}.options", "only a select or multi_select has options")
        return
    if not field.options:
        yield Fault(f"{path}.options", "must have at least one")
    yield from _count(f"{path}.options", field.options, MOST_OPTIONS)
    yield from _unique(f"{path}.options", "", field.options)
    for place, option in enumerate(field.options):
        yield from _name(f"{path}.options[{place}]", option)


def _numbers(path: str, field: Field) -> Iterator[Fault]:
    if field.kind not in NUMBERS:
        for member in ("currency", "min", "max"):
            if getattr(field, member) is not None:
                yield Fault(f"{path}.{member}", f"a field of the kind {field.kind} has none")
        for member in ("sum", "weight"):
            if getattr(field, member):
                yield Fault(f"{path}.{member}", "only a number or currency can be")
        return
    if field.currency is not None and (field.kind != "currency" or not _CURRENCY.fullmatch(field.currency)):
        yield Fault(f"{path}.currency", "must be a code like USD, on a currency field")
    for member in ("min", "max"):
        try:
            exact(getattr(field, member) or 0)
        except Unfit as error:
            yield Fault(f"{path}.{member}", str(error))
    if field.min is not None and field.max is not None and field.min > field.max:
        yield Fault(f"{path}.max", "must not be below min")


def _text_rules(path: str, field: Field) -> Iterator[Fault]:
    if field.kind not in TEXTS:
        for member in ("max_length", "pattern"):
            if getattr(field, member) is not None:
                yield Fault(f"{path}.{member}", f"a field of the kind {field.kind} has none")
        return
    if field.max_length is not None and not 1 <= field.max_length <= 65_536:
        yield Fault(f"{path}.max_length", "must be between 1 and 65536, or null")
    if field.pattern is None:
        return
    if len(field.pattern) > LONGEST_PATTERN:
        yield Fault(f"{path}.pattern", f"must have at most {LONGEST_PATTERN} characters")
        return
    try:
        pattern_check(field.pattern)
    except Unfit as error:
        yield Fault(f"{path}.pattern", str(error))


def _duplicates(plan: Plan) -> Iterator[Fault]:
    names = {"name", *(field.name for field in plan.fields)}
    for place, name in enumerate(plan.duplicates.fields):
        if name not in names:
            yield Fault(f"duplicates.fields[{place}]", f"the board has no field {name!r}")
    yield from _unique("duplicates.fields", "", plan.duplicates.fields)


def _name(path: str, name: str) -> Iterator[Fault]:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        yield Fault(path, f"must have 1 to {LONGEST_NAME} characters")
    fault = fault_in(name)
    if fault:
        yield Fault(path, fault)


def _text(path: str, text: str | None, longest: int) -> Iterator[Fault]:
    if text is None:
        return
    if len(text) > longest:
        yield Fault(path, f"must have at most {longest} characters")
    fault = fault_in(text)
    if fault:
        yield Fault(path, fault)


def _count(path: str, members: tuple[object, ...], most: int) -> Iterator[Fault]:
    if len(members) > most:
        yield Fault(path, f"must have at most {most}")


def _unique(path: str, member: str, values: Iterable[str | None]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value is not None and value in seen:
            yield Fault(f"{path}[{place}]{'.' if member else ''}{member}", "appears twice")
        seen.add(value or "")


def _single(member: str, fields: tuple[Field, ...]) -> Iterator[Fault]:
    places = [place for place, field in enumerate(fields) if getattr(field, member)]
    for place in places[1:]:
        yield Fault(f"fields[{place}].{member}", "only one field of a board can be")
