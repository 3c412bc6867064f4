"""The routes of boards: their columns, blueprints and changes, and what the server can do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tui.server.blueprint import Blueprint
from tui.server.face import Face, shown_json
from tui.server.http import json_object, query_number, query_text, read_body
from tui.server.moments import shown
from tui.server.refusals import Fault, Misshapen, Missing
from tui.server.rules import boards, feed
from tui.server.rules.idempotency import Answer
from tui.server.slate.present import Frame, blueprint_json, change_json, stages_json
from tui.server.slate.sample import sample_item
from tui.server.unit import Unit

EXTENSIONS = (
    "blueprint", "changes", "delete", "duplicates", "history", "idempotency", "labels", "paging", "pipelines",
    "position", "rename", "restore", "search", "short_id", "sort", "updated_after",
)  # fmt: skip
"""What this server does beyond the documented contract."""


class BoardRoutes:
    """Handlers of ``/v1/ext/pipelines`` and what has no place of its own."""

    def __init__(self, face: Face) -> None:
        self._face = face

    async def list(self, request: Request) -> Response:
        """``GET /pipelines``."""
        rows = await self._face.read(request, boards.rows)
        return shown_json([{"id": row.id, "name": row.name, "created_at": shown(row.created_at)} for row in rows])

    async def create(self, request: Request) -> Response:
        """``POST /pipelines``: a new board from a whole blueprint."""
        from tui.server.parsing import parse
        from tui.server.slate.bodies import BlueprintBody

        raw = await read_body(request)
        body = parse(BlueprintBody, json_object(request, raw))
        if body.id:
            raise Misshapen([Fault("id", "must be left out for a new board")])
        return await self._face.write(request, lambda unit: _blueprint(boards.create(unit, body.plan()), 201), raw)

    async def stages(self, request: Request) -> Response:
        """``GET /pipelines/{id}/stages``."""
        return shown_json(stages_json(await self._read(request), statuses=False))

    async def statuses(self, request: Request) -> Response:
        """``GET /pipelines/{id}/stages/{sid}/statuses``."""
        column = (await self._read(request)).columns.get(request.path_params["stage_id"].lower())
        if column is None:
            raise Missing("column")
        return shown_json([{"id": status.id, "name": status.name} for status in column.statuses])

    async def blueprint(self, request: Request) -> Response:
        """``GET /pipelines/{id}/blueprint``."""
        return shown_json(blueprint_json(await self._read(request)))

    async def apply(self, request: Request) -> Response:
        """``PUT /pipelines/{id}/blueprint``."""
        from tui.server.parsing import parse
        from tui.server.slate.bodies import BlueprintBody

        raw = await read_body(request)
        body = parse(BlueprintBody, json_object(request, raw))
        board_id = _board_id(request)
        if body.id and body.id.lower() != board_id:
            raise Misshapen([Fault("id", "is not the board of this path")])
        if body.revision is None:
            raise Misshapen([Fault("revision", "is required: the one that the blueprint was read with")])
        return await self._face.write(
            request, lambda unit: _blueprint(boards.apply(unit, board_id, body.plan(), force=body.force)), raw
        )

    async def changes(self, request: Request) -> Response:
        """``GET /pipelines/{id}/changes?after=CURSOR``."""
        board_id, after = _board_id(request), _cursor(request, "after")
        found = await self._face.read(request, lambda unit: feed.changes(unit, board_id, after))
        frame = Frame(found.blueprint) if found.blueprint is not None else None
        return shown_json(
            {
                "changes": [change_json(item, frame) for item in found.items] if frame else [],
                "cursor": str(found.cursor),
                "more": found.more,
                "blueprint": found.blueprint_revision,
            }
        )

    async def sample(self, request: Request) -> Response:
        """``GET /webhooks/sample/items``: made up, with a board's real field names and types."""
        board_id = query_text(request, "pipeline_id")

        def work(unit: Unit) -> Blueprint:
            if board_id is not None:
                return unit.blueprint(board_id.lower())
            known = unit.blueprints()
            if not known:
                raise Missing("board")
            return known[0]

        return shown_json(sample_item(await self._face.read(request, work)))

    async def capabilities(self, request: Request) -> Response:
        """``GET /capabilities``."""
        await self._face.allow(request)
        return shown_json({"name": "cardwall", "extensions": EXTENSIONS})

    async def _read(self, request: Request) -> Blueprint:
        board_id = _board_id(request)
        return await self._face.read(request, lambda unit: unit.blueprint(board_id))


def _board_id(request: Request) -> str:
    board_id: str = request.path_params["pipeline_id"]
    return board_id.lower()


def _blueprint(blueprint: Blueprint, status: int = 200) -> Answer:
    from_blueprint = shown_json(blueprint_json(blueprint))
    return Answer(status, bytes(from_blueprint.body).decode())


def _cursor(request: Request, name: str) -> int | None:
    if query_text(request, name) is None:
        return None
    try:
        return query_number(request, name, 0, 2**62)
    except Misshapen:
        raise Misshapen([Fault(name, "is not a cursor of this feed")]) from None
