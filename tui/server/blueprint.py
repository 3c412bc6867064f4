"""A board's blueprint: the domain's Board, what only a server knows of it, and both as stored JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct, field

from tui.domain.model import Board, BoardId, Column, ColumnId, DuplicateRule, Field, Status, StatusId
from tui.server.json_text import dumps, loads_stored
from tui.server.text import fold
from tui.server.values import Cleaner, cleaner


class Settings(Struct, frozen=True):
    """What a server keeps of a board beside the domain's Board."""

    allow_reorder: bool = True
    extra_fields: Literal["reject", "store"] = "reject"
    """What a write with a field the board does not have comes to."""
    auto_archive: Mapping[ColumnId, int] = field(default_factory=dict)
    """Days, by column; stored and shown, nothing is archived by itself."""


class Blueprint:
    """A board at one revision of its blueprint, with what the rules look up. Never changed once made."""

    def __init__(self, board: Board, settings: Settings, *, revision: int, fields_revision: int) -> None:
        self.board = board
        self.settings = settings
        self.revision = revision
        self.fields_revision = fields_revision
        self.columns: dict[str, Column] = {column.id: column for column in board.columns}
        self.status_ids = {column.id: frozenset(each.id for each in column.statuses) for column in board.columns}
        self.fields: dict[str, Field] = {each.name: each for each in board.fields}
        self.cleaners: dict[str, Cleaner] = {each.name: cleaner(each) for each in board.fields}
        self.unset: dict[str, None] = dict.fromkeys(self.fields)
        self.required = tuple(each.name for each in board.fields if each.required)

    @property
    def id(self) -> str:
        """The board's id."""
        return self.board.id

    def column_named(self, name: str) -> Column | None:
        """The column of that name, case ignored."""
        wanted = fold(name.strip())
        return next((column for column in self.board.columns if fold(column.name) == wanted), None)

    def statuses(self) -> Iterator[tuple[Column, Status]]:
        """Every status with its column."""
        return ((column, status) for column in self.board.columns for status in column.statuses)


def to_text(board: Board, settings: Settings) -> str:
    """What of a blueprint is stored as JSON: everything but id, name, prefix and revisions."""
    return dumps(
        {
            "columns": [_column_out(column, settings) for column in board.columns],
            "fields": [_field_out(each) for each in board.fields],
            "duplicates": {
                "fields": board.duplicates.fields,
                "mode": board.duplicates.mode,
                "scope": board.duplicates.scope,
                "on_duplicate": board.duplicates.on_duplicate,
            },
            "allow_delete": board.allow_delete,
            "allow_reorder": settings.allow_reorder,
            "extra_fields": settings.extra_fields,
            "colour": board.colour,
            "description": board.description,
        }
    )


def from_text(text: str, *, board_id: str, name: str, prefix: str, revision: int, fields_revision: int) -> Blueprint:
    """The blueprint that `to_text` stored."""
    stored = loads_stored(text)
    duplicates = stored["duplicates"]
    board = Board(
        id=BoardId(board_id),
        name=name,
        columns=tuple(_column_in(column) for column in stored["columns"]),
        fields=tuple(_field_in(each) for each in stored["fields"]),
        duplicates=DuplicateRule(**{**duplicates, "fields": tuple(duplicates["fields"])}),
        prefix=prefix,
        allow_delete=stored["allow_delete"],
        revision=revision,
        colour=stored["colour"],
        description=stored["description"],
    )
    settings = Settings(
        allow_reorder=stored["allow_reorder"],
        extra_fields=stored["extra_fields"],
        auto_archive={
            ColumnId(column["id"]): column["auto_archive_days"]
            for column in stored["columns"]
            if column["auto_archive_days"] is not None
        },
    )
    return Blueprint(board, settings, revision=revision, fields_revision=fields_revision)


def _column_out(column: Column, settings: Settings) -> dict[str, object]:
    return {
        "id": column.id,
        "name": column.name,
        "colour": column.colour,
        "limit": column.limit,
        "probability": column.probability,
        "closed": column.closed,
        "auto_archive_days": settings.auto_archive.get(column.id),
        "statuses": [{"id": status.id, "name": status.name} for status in column.statuses],
    }


def _column_in(stored: dict[str, Any]) -> Column:
    return Column(
        id=ColumnId(stored["id"]),
        name=stored["name"],
        colour=stored["colour"],
        limit=stored["limit"],
        probability=_decimal(stored["probability"]),
        closed=stored["closed"],
        statuses=tuple(Status(StatusId(status["id"]), status["name"]) for status in stored["statuses"]),
    )


def _field_out(each: Field) -> dict[str, object]:
    return {name: getattr(each, name) for name in _FIELD_MEMBERS}


def _field_in(stored: dict[str, Any]) -> Field:
    return Field(
        **{
            **stored,
            "options": tuple(stored["options"]),
            "min": _decimal(stored["min"]),
            "max": _decimal(stored["max"]),
        }
    )


_FIELD_MEMBERS = (
    "name", "label", "kind", "required", "options", "currency", "min", "max", "max_length", "pattern", "sum", "weight",
)  # fmt: skip


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
