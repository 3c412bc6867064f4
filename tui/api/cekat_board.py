"""cekat's boards and columns: JSON to domain."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tui.api.members import Raw, flag, mapping, objects, text, text_or_none, whole_or_none
from tui.domain.model import Board, BoardId, BoardName, Column, ColumnId
from tui.errors import Unsupported


def decode_names(raws: Iterable[object]) -> tuple[BoardName, ...]:
    """The list of boards. Raises `Garbled`."""
    rows = [mapping(raw, "a board") for raw in raws]
    return tuple(BoardName(BoardId(text(row, "id")), text(row, "name")) for row in rows)


def decode_board(raw: object) -> Board:
    """A board with its columns in order; colours and limits come with each column. Raises `Garbled`."""
    raw = mapping(raw, "a board")
    if "columns" not in raw and "crm_groups" in raw:
        raise Unsupported(
            "this server speaks another dialect of cekat, with groups for columns; only the documented one is spoken"
        )
    settings = mapping(raw.get("settings") or {}, "settings")
    columns: dict[ColumnId, tuple[int, Column]] = {}
    for place, entry in enumerate(objects(raw, "columns")):
        position = whole_or_none(entry, "position")
        column = Column(ColumnId(text(entry, "id")), text(entry, "name"))
        columns.setdefault(column.id, (place if position is None else position, column))
    return Board(
        id=BoardId(text(raw, "id")),
        name=text(raw, "name"),
        columns=tuple(column for _, column in sorted(columns.values(), key=lambda entry: entry[0])),
        allow_delete=flag(settings, "allow_delete", default=True),
    )


def with_details(column: Column, raw: object) -> Column:
    """`column` with what only its own page tells. Raises `Garbled`."""
    raw = mapping(raw, "a column")
    settings: Raw = mapping(raw.get("settings") or {}, "settings")
    return replace(column, colour=text_or_none(raw, "color"), limit=whole_or_none(settings, "wip_limit"))
