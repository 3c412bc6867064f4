"""A board as TOML for people: every key explained, mistakes named by key and line, ids kept through renames."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, get_args

from tui.domain.board_toml_mistakes import plainly
from tui.domain.board_toml_reading import Reader, line_of_key
from tui.domain.model import (
    Board,
    BoardId,
    Closed,
    Column,
    ColumnId,
    DuplicateRule,
    Field,
    Kind,
    Status,
    StatusId,
)
from tui.domain.text import fold
from tui.errors import Invalid

KINDS: tuple[str, ...] = get_args(Kind)
CLOSED: tuple[str, ...] = get_args(Closed)
_HEAD = """\
# A board: its columns, its fields and the rules for both. Lines that begin with # are comments.
# Nothing changes until it is applied: the key for it stands below the text.
# In your own editor, save and leave to apply it.
# Also: description and colour, texts that other programs show; "" takes one away.
"""
_COLUMNS = """
# Columns, in order from the left; move a whole block to reorder.
#   id           how the server knows it: keep it when you rename; leave it out for a new column
#   limit        soft limit on the number of cards, only shown
#   probability  chance of winning, 0 to 100; weights sums
#   closed       "won", "lost" or "done" where items end
#   statuses     optional steps inside the column, in order
"""
_FIELDS = f"""
# Fields, in order in the form.
#   kind      {", ".join(KINDS)}
#   options   the choices of a select or multi_select, in order
#   currency  ISO code of a currency field, like "USD"
#   sum       true for the one field that column heads add up
#   weight    true for the one number field that is an item's own probability
#   also      required, min, max, max_length (characters), pattern (regular expression)
# Three to copy, without the #:
#   [[fields]]
#   name = "budget"
#   label = "Budget"
#   kind = "currency"
#   currency = "USD"
#
#   [[fields]]
#   name = "source"
#   label = "Source"
#   kind = "select"
#   options = ["web", "phone"]
#
#   [[fields]]
#   name = "remarks"
#   label = "Remarks"
#   kind = "long_text"
"""
_DUPLICATES = """
# When are two items the same? Fields to compare; mode exact or fuzzy; scope board or all;
# on_duplicate is what a create does then: warn, skip or update.
"""
_KEYS = {"name", "prefix", "description", "colour", "allow_delete", "duplicates", "columns", "fields"}
TEMPLATE = Board(
    BoardId(""),
    "New board",
    (
        Column(ColumnId(""), "To do"),
        Column(ColumnId(""), "Doing", limit=5),
        Column(ColumnId(""), "Done", closed="done"),
    ),
    (
        Field("owner", "Owner", "select", options=("Sam", "Kim")),
        Field("due", "Due", "date"),
        Field("notes", "Notes", "long_text"),
    ),
)
"""What a new board starts from."""


def dump(board: Board) -> str:
    """A board as commented TOML, from which `load` makes the same board again."""
    parts = [_HEAD, _pairs(_head_pairs(board)), _COLUMNS]
    for column in board.columns:
        parts += ["\n[[columns]]\n", _pairs(_column_pairs(column))]
    parts.append(_FIELDS)
    for field in board.fields:
        parts += ["\n[[fields]]\n", _pairs(_field_pairs(field))]
    rule = board.duplicates
    parts += [_DUPLICATES, "[duplicates]\n"]
    parts.append(
        _pairs({"fields": rule.fields, "mode": rule.mode, "scope": rule.scope, "on_duplicate": rule.on_duplicate})
    )
    return "".join(parts)


def load(text: str, base: Board | None = None) -> Board:
    """The board that a TOML text describes, as the next state of `base` (its id, revision and column ids).

    Raises Invalid, naming the key and the line of every mistake.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(plainly(error)) from error
    except RecursionError as error:
        raise Invalid("This is nested too deeply.") from error
    read = Reader(text)
    table = read.table(raw, (), _KEYS)
    name = read.text(table, "name", ()) or ""
    if not name.strip() and not read.problems:
        read.wrong("name", "is needed")
    board = Board(
        base.id if base else BoardId(""),
        name.strip(),
        _columns(read, table, base),
        _fields(read, table),
        _rule(read, table),
        read.text(table, "prefix", ()) or "",
        allow_delete=read.flag(table, "allow_delete", (), default=True),
        revision=base.revision if base else None,
        colour=_kept(read, table, "colour", base.colour if base else None),
        description=_kept(read, table, "description", base.description if base else None),
    )
    _check(read, board)
    read.finish()
    return board


def _kept(read: Reader, raw: Mapping[str, Any], key: str, old: str | None) -> str | None:
    """A text that stays as it is where it is left out, and goes where it is empty."""
    found = read.text(raw, key, ())
    return old if found is None else found.strip() or None


def _columns(read: Reader, raw: Mapping[str, Any], base: Board | None) -> tuple[Column, ...]:
    known = {column.id: column for column in base.columns} if base else {}
    columns = []
    for place, entry in enumerate(read.tables(raw, "columns")):
        at = ("columns", place)
        keys = {"id", "name", "colour", "limit", "probability", "closed", "statuses"}
        table = read.table(entry, at, keys)
        name = read.needed_text(table, "name", at)
        column_id = _id_of(read, table, at, name, {c.id: c.name for c in known.values()})
        old = known.get(ColumnId(column_id))
        columns.append(
            Column(
                ColumnId(column_id),
                name,
                read.text(table, "colour", at),
                read.whole(table, "limit", at, least=0),
                read.number(table, "probability", at),
                read.word(table, "closed", at, CLOSED),  # type: ignore[arg-type]  # one of CLOSED
                _statuses(read, table, at, old),
            )
        )
    return tuple(columns)


def _statuses(
    read: Reader, raw: Mapping[str, Any], at: tuple[str | int, ...], old: Column | None
) -> tuple[Status, ...]:
    known = {status.id: status.name for status in old.statuses} if old else {}
    found = []
    for place, entry in enumerate(read.tables(raw, "statuses", at)):
        here = (*at, "statuses", place)
        if isinstance(entry, str):
            found.append(Status(StatusId(_by_name(entry, known)), entry))
            continue
        table = read.table(entry, here, {"id", "name"})
        name = read.needed_text(table, "name", here)
        found.append(Status(StatusId(_id_of(read, table, here, name, known)), name))
    return tuple(found)


def _id_of(read: Reader, raw: Mapping[str, Any], at: tuple[str | int, ...], name: str, known: Mapping[Any, str]) -> str:
    """The id an entry keeps: its own, else that of the one with the same name, else none, which makes it new."""
    given = read.text(raw, "id", at)
    if not given:
        return _by_name(name, known)
    if given not in known:
        read.wrong((*at, "id"), "is not an id of this board; leave it out to make a new one")
    return given


def _by_name(name: str, known: Mapping[Any, str]) -> str:
    same = [key for key, known_name in known.items() if fold(known_name) == fold(name)]
    return str(same[0]) if len(same) == 1 else ""


def _fields(read: Reader, raw: Mapping[str, Any]) -> tuple[Field, ...]:
    keys = {
        "name",
        "label",
        "kind",
        "required",
        "options",
        "currency",
        "min",
        "max",
        "max_length",
        "pattern",
        "sum",
        "weight",
    }
    fields = []
    for place, entry in enumerate(read.tables(raw, "fields")):
        at = ("fields", place)
        table = read.table(entry, at, keys)
        name = read.needed_text(table, "name", at)
        fields.append(
            Field(
                name,
                read.text(table, "label", at) or name.replace("_", " "),
                read.word(table, "kind", at, KINDS) or "text",  # type: ignore[arg-type]  # one of KINDS
                required=read.flag(table, "required", at),
                options=read.texts(table, "options", at),
                currency=read.text(table, "currency", at),
                min=read.number(table, "min", at),
                max=read.number(table, "max", at),
                max_length=read.whole(table, "max_length", at, least=1),
                pattern=read.text(table, "pattern", at),
                sum=read.flag(table, "sum", at),
                weight=read.flag(table, "weight", at),
            )
        )
    return tuple(fields)


def _rule(read: Reader, raw: Mapping[str, Any]) -> DuplicateRule:
    at = ("duplicates",)
    table = read.table(raw.get("duplicates", {}), at, {"fields", "mode", "scope", "on_duplicate"})
    return DuplicateRule(
        read.texts(table, "fields", at),
        read.word(table, "mode", at, ("exact", "fuzzy")) or "exact",  # type: ignore[arg-type]  # one of these
        read.word(table, "scope", at, ("board", "all")) or "board",  # type: ignore[arg-type]  # one of these
        read.word(table, "on_duplicate", at, ("warn", "skip", "update")) or "warn",  # type: ignore[arg-type]  # so
    )


def _check(read: Reader, board: Board) -> None:
    """Rules between parts; what only a server knows (what a change would drop) is left to it."""
    _once(read, "columns", "name", [column.name for column in board.columns])
    _once(read, "columns", "id", [column.id for column in board.columns if column.id])
    _once(read, "fields", "name", [field.name for field in board.fields])
    for place, column in enumerate(board.columns):
        if column.probability is not None and not 0 <= column.probability <= 100:
            read.wrong(("columns", place, "probability"), "must be between 0 and 100")
    for place, field in enumerate(board.fields):
        if field.kind in ("select", "multi_select") and not field.options:
            read.wrong(("fields", place, "options"), f"is needed: a {field.kind} must have choices")
        if field.min is not None and field.max is not None and field.min > field.max:
            read.wrong(("fields", place, "max"), "is less than min")
    _check_flags(read, board)
    names = {field.name for field in board.fields} | {"name"}
    for name in board.duplicates.fields:
        if name not in names:
            read.wrong(("duplicates", "fields"), f"names “{name}”, which is not a field of this board")


def _check_flags(read: Reader, board: Board) -> None:
    for flag in ("sum", "weight"):
        places = [place for place, field in enumerate(board.fields) if getattr(field, flag)]
        for place in places[1:]:
            read.wrong(("fields", place, flag), "is true for another field already; one field at most")
        for place in places[:1]:
            if board.fields[place].kind not in ("number", "currency"):
                read.wrong(("fields", place, flag), "needs a field of kind number or currency")


def _once(read: Reader, table: str, key: str, held: list[Any]) -> None:
    seen: set[str] = set()
    for place, value in enumerate(held):
        folded = fold(value)
        if folded in seen:
            read.wrong((table, place, key), f"“{value}” is there twice")
        seen.add(folded)


def _head_pairs(board: Board) -> dict[str, Any]:
    return {
        "name": board.name,
        "prefix": board.prefix or None,
        "description": board.description,
        "colour": board.colour,
        "allow_delete": board.allow_delete,
    }


def _column_pairs(column: Column) -> dict[str, Any]:
    statuses = [{"id": status.id, "name": status.name} if status.id else status.name for status in column.statuses]
    return {
        "id": column.id or None,
        "name": column.name,
        "colour": column.colour,
        "limit": column.limit,
        "probability": column.probability,
        "closed": column.closed,
        "statuses": statuses or None,
    }


def _field_pairs(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "required": field.required or None,
        "options": field.options or None,
        "currency": field.currency,
        "min": field.min,
        "max": field.max,
        "max_length": field.max_length,
        "pattern": field.pattern,
        "sum": field.sum or None,
        "weight": field.weight or None,
    }


def _pairs(pairs: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in pairs.items() if value is not None)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str():
            return _quoted(value)
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(held)}" for key, held in value.items()) + " }"
        case _:
            return _list(value)


def _list(values: Iterable[Any]) -> str:
    texts = [_value(value) for value in values]
    line = f"[{', '.join(texts)}]"
    return line if len(line) <= 96 else "[\n" + "".join(f"  {text},\n" for text in texts) + "]"


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c) or (c if c.isprintable() else _escaped(c)) for c in text) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"


__all__ = ["TEMPLATE", "dump", "line_of_key", "load"]
