"""slate's blueprints: a whole board, there and back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar, get_args

from msgspec import to_builtins

from tui.api.members import (
    Raw,
    flag,
    mapping,
    number_or_none,
    objects,
    text,
    text_or_none,
    texts,
    whole_or_none,
)
from tui.domain.model import (
    Board,
    BoardId,
    BoardName,
    Closed,
    Column,
    ColumnId,
    DuplicateRule,
    Field,
    Kind,
    Status,
    StatusId,
)

_C = TypeVar("_C", bound=str)


def decode_board(raw: object) -> Board:
    """A board from its blueprint. Raises `Garbled`."""
    raw = mapping(raw, "a blueprint")
    return Board(
        id=BoardId(text(raw, "id")),
        name=text(raw, "name"),
        columns=tuple(decode_column(stage) for stage in objects(raw, "stages")),
        fields=tuple(_field(entry) for entry in objects(raw, "fields")),
        duplicates=_rule(mapping(raw.get("duplicates") or {}, "duplicates")),
        prefix=text_or_none(raw, "short_id_prefix") or "",
        allow_delete=flag(raw, "allow_delete", default=True),
        revision=whole_or_none(raw, "revision"),
        colour=text_or_none(raw, "color"),
        description=text_or_none(raw, "description"),
    )


def encode_board(board: Board, *, force: bool = False) -> dict[str, Any]:
    """The body that writes a board; new columns, statuses and boards have empty ids, which are left out."""
    stages = [
        _without_empty_id(
            {
                "id": column.id,
                "name": column.name,
                "color": column.colour,
                "wip_limit": column.limit,
                "probability": column.probability,
                "closed": column.closed,
                "statuses": [_without_empty_id({"id": s.id, "name": s.name}) for s in column.statuses],
            }
        )
        for column in board.columns
    ]
    body = {
        "id": board.id,
        "name": board.name,
        "revision": board.revision,
        "short_id_prefix": board.prefix,
        "allow_delete": board.allow_delete,
        "description": board.description,
        "color": board.colour,
        "stages": stages,
        "fields": [to_builtins(field, builtin_types=(Decimal,)) for field in board.fields],
        "duplicates": to_builtins(board.duplicates, builtin_types=(Decimal,)),
    }
    if board.revision is None:
        del body["revision"]
    if force:
        body["force"] = True
    return _without_empty_id(body)


def decode_names(raws: Sequence[object]) -> tuple[BoardName, ...]:
    """The list of boards. Raises `Garbled`."""
    rows = [mapping(raw, "a pipeline") for raw in raws]
    return tuple(BoardName(BoardId(text(row, "id")), text(row, "name")) for row in rows)


def decode_column(raw: Raw) -> Column:
    """A column, with statuses where they are given."""
    return Column(
        id=ColumnId(text(raw, "id")),
        name=text(raw, "name"),
        colour=text_or_none(raw, "color"),
        limit=whole_or_none(raw, "wip_limit"),
        probability=number_or_none(raw, "probability"),
        closed=_one_of(raw.get("closed"), get_args(Closed)),
        statuses=tuple(map(decode_status, objects(raw, "statuses"))) if "statuses" in raw else (),
    )


def decode_status(raw: object) -> Status:
    """A status of a column."""
    raw = mapping(raw, "a status")
    return Status(StatusId(text(raw, "id")), text(raw, "name"))


def _field(raw: Raw) -> Field:
    name = text(raw, "name")
    return Field(
        name=name,
        label=text_or_none(raw, "label") or name,
        kind=_one_of(raw.get("kind"), get_args(Kind)) or "text",
        required=flag(raw, "required"),
        options=texts(raw, "options"),
        currency=text_or_none(raw, "currency"),
        min=number_or_none(raw, "min"),
        max=number_or_none(raw, "max"),
        max_length=whole_or_none(raw, "max_length"),
        pattern=text_or_none(raw, "pattern"),
        sum=flag(raw, "sum"),
        weight=flag(raw, "weight"),
    )


def _rule(raw: Raw) -> DuplicateRule:
    default = DuplicateRule()
    return DuplicateRule(
        fields=texts(raw, "fields"),
        mode=_one_of(raw.get("mode"), ("exact", "fuzzy")) or default.mode,
        scope=_one_of(raw.get("scope"), ("board", "all")) or default.scope,
        on_duplicate=_one_of(raw.get("on_duplicate"), ("warn", "skip", "update")) or default.on_duplicate,
    )


def _one_of(value: object, known: tuple[_C, ...]) -> _C | None:
    """The choice a text names; None for one that a newer server may know and we do not."""
    return next((choice for choice in known if choice == value), None)


def _without_empty_id(body: dict[str, Any]) -> dict[str, Any]:
    return body if body["id"] else {name: value for name, value in body.items() if name != "id"}
