"""Boards, columns and items as cekat shows them, in its envelope."""

from __future__ import annotations

from starlette.responses import Response

from tui.domain.model import Column
from tui.server.blueprint import Blueprint
from tui.server.json_text import Raw, dumps
from tui.server.moments import shown
from tui.server.rules.boards import BoardRow
from tui.server.rules.contents import values_of
from tui.server.stored import Contact, Stored
from tui.server.value_text import text_of

Json = dict[str, object]


def envelope(data: object, **beside: object) -> str:
    """An answer that went well; `beside` stands next to the data."""
    return dumps({"success": True, "data": data, **beside})


def shown_data(text: str) -> Response:
    """An envelope as a 200."""
    return Response(text, 200, media_type="application/json")


def board_summary(row: BoardRow, blueprint: Blueprint, items: int) -> Json:
    """A board in the list of boards."""
    return {
        "id": row.id,
        "name": row.name,
        "description": blueprint.board.description,
        "columns_count": len(blueprint.columns),
        "items_count": items,
        **_times(row),
    }


def board_json(row: BoardRow, blueprint: Blueprint, counts: dict[str, int]) -> Json:
    """A board by itself; `counts` are its items by column."""
    settings = blueprint.settings
    return {
        "id": row.id,
        "name": row.name,
        "description": blueprint.board.description,
        "columns": [
            {"id": column.id, "name": column.name, "position": place, "items_count": counts.get(column.id, 0)}
            for place, column in enumerate(blueprint.board.columns)
        ],
        "settings": {
            "allow_delete": blueprint.board.allow_delete,
            "allow_reorder": settings.allow_reorder,
            "color": blueprint.board.colour,
        },
        **_times(row),
    }


def column_found(blueprint: Blueprint, column: Column, items: int) -> Json:
    """A column as asking for its name answers it."""
    return {
        "id": column.id,
        "board_id": blueprint.id,
        "name": column.name,
        "position": blueprint.board.columns.index(column),
        "color": column.colour,
        "items_count": items,
    }


def column_json(row: BoardRow, blueprint: Blueprint, column: Column, items: int) -> Json:
    """A column by itself; its times are its board's."""
    return {
        **column_found(blueprint, column, items),
        "settings": {
            "wip_limit": column.limit,
            "auto_archive_days": blueprint.settings.auto_archive.get(column.id),
        },
        **_times(row),
    }


def _times(row: BoardRow) -> Json:
    return {"created_at": shown(row.created_at), "updated_at": shown(row.updated_at)}


def item_found(item: Stored, blueprint: Blueprint) -> Json:
    """An item as a search answers it."""
    return {"id": item.id, "title": item.name, "values": values_json(item, blueprint), "version": item.version}


def item_updated(item: Stored, blueprint: Blueprint) -> Json:
    """An item as an update answers it."""
    return {
        "id": item.id,
        "column_id": item.column_id,
        "title": item.name,
        "values": values_json(item, blueprint),
        "updated_at": shown(item.updated_at),
        "version": item.version,
    }


def item_listed(item: Stored, blueprint: Blueprint, contact: Contact | None) -> Json:
    """An item in a list."""
    return {
        "id": item.id,
        "board_id": item.board_id,
        "column_id": item.column_id,
        "title": item.name,
        "position": item.position,
        "values": values_json(item, blueprint),
        "contact": None if contact is None else _person(contact),
        "labels": Raw(item.labels),
        "created_at": shown(item.created_at),
        "updated_at": shown(item.updated_at),
        "version": item.version,
    }


def item_json(item: Stored, blueprint: Blueprint, contact: Contact | None) -> Json:
    """An item by itself."""
    return {
        **item_listed(item, blueprint, contact),
        "contact": None if contact is None else {**_person(contact), "email": contact.email},
        "conversation_ids": [],
        # Who writes is known by name only.
        "created_by": None if item.created_by is None else {"id": item.created_by, "name": item.created_by},
    }


def _person(contact: Contact) -> Json:
    return {"id": contact.id, "name": contact.name, "phone": contact.phone}


def values_json(item: Stored, blueprint: Blueprint) -> dict[str, str]:
    """The values that are set, as text."""
    values = values_of(item.fields, blueprint)
    texts = {name: text_of(value) for name, value in values.items() if value is not None}
    return texts if item.source is None else {**texts, "source": item.source}
