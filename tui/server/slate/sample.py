"""A made-up item that shows a board's real field names and types."""

from __future__ import annotations

from decimal import Decimal

from tui.domain.model import Field
from tui.server.blueprint import Blueprint
from tui.server.json_text import Raw, dumps
from tui.server.slate.present import item_json
from tui.server.stored import Stored

_AT = 1_767_261_600_000  # 2026-01-01T10:00:00Z
_ID = "00000000-0000-7000-8000-000000000000"
_VALUES: dict[str, object] = {
    "text": "Text",
    "long_text": "Longer text",
    "date": "2026-01-31",
    "email": "someone@example.com",
    "phone": "+1 555 0100",
    "url": "https://example.com",
    "checkbox": True,
}


def sample_item(blueprint: Blueprint) -> Raw:
    """An item in the board's first column; it exists nowhere."""
    board = blueprint.board
    column = board.columns[0]
    item = Stored(
        id=_ID,
        board_id=board.id,
        prefix=board.prefix,
        number=1,
        name="Sample item",
        column_id=column.id,
        status_id=column.statuses[0].id if column.statuses else None,
        position=65_536,
        contact_id=None,
        source="website",
        fields=dumps({field.name: _value(field) for field in board.fields}),
        fields_revision=blueprint.fields_revision,
        labels="[]",
        version=1,
        revision=1,
        created_at=_AT,
        created_by=None,
        updated_at=_AT,
        updated_by=None,
        deleted_at=None,
        serial=0,
    )
    return item_json(item, blueprint)


def _value(field: Field) -> object:
    if field.options:
        return [field.options[0]] if field.kind == "multi_select" else field.options[0]
    if field.kind in {"number", "currency"}:
        return field.min if field.min is not None else field.max if field.max is not None else Decimal(100)
    return _VALUES.get(field.kind)
