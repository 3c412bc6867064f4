"""Items and blueprints as slate shows them; an item's fields go from the table to the answer unparsed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tui.server.blueprint import Blueprint
from tui.server.face import item_tag
from tui.server.json_text import Raw, dumps, text
from tui.server.moments import shown
from tui.server.refusals import Match
from tui.server.rules.contents import values_of
from tui.server.rules.history import Entry
from tui.server.rules.idempotency import Answer
from tui.server.rules.items import Seen
from tui.server.slate.words import in_item
from tui.server.stored import Stored


class Frame:
    """A board's items as JSON: what is the same for all items of a place is written once."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self._statuses: dict[str | None, str] = {status.id: status.name for _, status in blueprint.statuses()}
        self._places: dict[tuple[str, str | None], tuple[str, str]] = {}

    def item(self, item: Stored) -> str:
        """One item."""
        fields = item.fields
        if item.fields_revision != self._blueprint.fields_revision:
            fields = dumps(values_of(fields, self._blueprint))
        place = (item.column_id, item.status_id)
        names, ids = self._places.get(place) or self._place(*place)
        return (
            f'{{"item_id":"{item.id}","short_id":"{item.prefix}-{item.number}","name":{text(item.name)},{names}'
            f'"contact_id":{_optional(item.contact_id)},"source":{_often(item.source)},'
            f"{fields[1:-1]}{',' if len(fields) > 2 else ''}"
            f'"created_at":"{shown(item.created_at)}","updated_at":"{shown(item.updated_at)}",'
            f'"version":{item.version},{ids}"labels":{item.labels},"position":{item.position},'
            f'"updated_by":{_often(item.updated_by)}}}'
        )

    def _place(self, column_id: str, status_id: str | None) -> tuple[str, str]:
        """The members of an item that say where it is: by names, and by ids."""
        board, column = self._blueprint.board, self._blueprint.columns.get(column_id)
        names = {"pipeline": board.name, "stage": column and column.name, "status": self._statuses.get(status_id)}
        ids = {"pipeline_id": board.id, "stage_id": column_id, "status_id": status_id}
        both = self._places[column_id, status_id] = f"{dumps(names)[1:-1]},", f"{dumps(ids)[1:-1]},"
        return both


def _optional(value: str | None) -> str:
    return "null" if value is None else text(value)


_often = lru_cache(maxsize=1024)(_optional)  # sources and people: few, each on many items


def item_json(item: Stored, blueprint: Blueprint) -> Raw:
    """One item by itself."""
    return Raw(Frame(blueprint).item(item))


def item_answer(seen: Seen, status: int = 200) -> Answer:
    """An item as a write answers it."""
    return Answer(status, item_json(seen.item, seen.blueprint), {"ETag": item_tag(seen.item, seen.blueprint)})


def items_json(items: Iterable[Stored], blueprints: dict[str, Blueprint]) -> bytes:
    """Many items, in order, with commas between them."""
    frames = {board_id: Frame(blueprint) for board_id, blueprint in blueprints.items()}
    # Each by itself: one character that takes several bytes makes the whole text slow to encode.
    return b",".join([frames[item.board_id].item(item).encode() for item in items])


def change_json(item: Stored, frame: Frame) -> Raw:
    """An entry of the feed."""
    if item.deleted_at is not None:
        return Raw(f'{{"item_id":"{item.id}","deleted":true}}')
    return Raw(frame.item(item))


def match_json(match: Match, mode: str) -> dict[str, object]:
    """A duplicate."""
    return {
        "item": item_json(match.item, match.blueprint),
        "matched_fields": match.fields,
        "match_mode": mode,
        "score": match.score,
    }


def entry_json(entry: Entry) -> dict[str, object]:
    """An entry of an item's history."""
    changes = {in_item(member): change for member, change in entry.changes.items()}
    return {"version": entry.version, "at": shown(entry.at), "by": entry.by, "changes": changes}


def blueprint_json(blueprint: Blueprint) -> dict[str, object]:
    """The whole blueprint."""
    board, settings = blueprint.board, blueprint.settings
    return {
        "id": board.id,
        "name": board.name,
        "revision": blueprint.revision,
        "short_id_prefix": board.prefix,
        "description": board.description,
        "color": board.colour,
        "allow_delete": board.allow_delete,
        "allow_reorder": settings.allow_reorder,
        "extra_fields": settings.extra_fields,
        "stages": stages_json(blueprint, statuses=True),
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "kind": field.kind,
                "required": field.required,
                "options": field.options,
                "currency": field.currency,
                "min": field.min,
                "max": field.max,
                "max_length": field.max_length,
                "pattern": field.pattern,
                "sum": field.sum,
                "weight": field.weight,
            }
            for field in board.fields
        ],
        "duplicates": {
            "fields": board.duplicates.fields,
            "mode": board.duplicates.mode,
            "scope": board.duplicates.scope,
            "on_duplicate": board.duplicates.on_duplicate,
        },
    }


def stages_json(blueprint: Blueprint, *, statuses: bool) -> list[dict[str, object]]:
    """The columns, in board order."""
    return [
        {
            "id": column.id,
            "name": column.name,
            "color": column.colour,
            "wip_limit": column.limit,
            "probability": column.probability,
            "closed": column.closed,
            **({"statuses": [{"id": each.id, "name": each.name} for each in column.statuses]} if statuses else {}),
        }
        for column in blueprint.board.columns
    ]
