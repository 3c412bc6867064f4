"""The routes of single items."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tui.server.face import Face, expected_versions, item_tag, respond, shown_json
from tui.server.http import entity_tags, json_object, query_number, read_body
from tui.server.rules import duplicates, history, items
from tui.server.rules.history import MOST_ENTRIES
from tui.server.rules.idempotency import Answer
from tui.server.slate.lists import list_items
from tui.server.slate.present import entry_json, item_answer, match_json
from tui.server.unit import Unit


class ItemRoutes:
    """Handlers of ``/v1/ext/items``."""

    def __init__(self, face: Face) -> None:
        self._face = face

    async def list(self, request: Request) -> Response:
        """``GET /items``."""
        return await list_items(self._face, request)

    async def get(self, request: Request) -> Response:
        """``GET /items/{item_id}``, by id or key."""
        item_id = request.path_params["item_id"]
        seen = await self._face.read(request, lambda unit: items.find(unit, item_id))
        tag = item_tag(seen.item, seen.blueprint)
        if tag.strip('"') in (entity_tags(request, "if-none-match") or ()):
            return Response(None, 304, {"ETag": tag})
        return respond(item_answer(seen))

    async def create(self, request: Request) -> Response:
        """``POST /items``."""
        from tui.server.parsing import parse
        from tui.server.slate.bodies import CreateBody

        raw = await read_body(request)
        body = parse(CreateBody, json_object(request, raw))

        def action(unit: Unit) -> Answer:
            seen = items.create(unit, body.pipeline_id.lower(), body.draft())
            return item_answer(seen, 201 if seen.created else 200)

        return await self._face.write(request, action, raw)

    async def edit(self, request: Request) -> Response:
        """``PATCH /items/{item_id}``."""
        from tui.server.parsing import parse
        from tui.server.slate.bodies import EditBody

        raw = await read_body(request)
        body = parse(EditBody, json_object(request, raw))
        item_id = request.path_params["item_id"]
        expected = expected_versions(request, body.version)
        return await self._face.write(
            request, lambda unit: item_answer(items.change(unit, item_id, body.edit(), expected)), raw
        )

    async def delete(self, request: Request) -> Response:
        """``DELETE /items/{item_id}?version=``."""
        await read_body(request)
        item_id = request.path_params["item_id"]
        expected = expected_versions(request, query_number(request, "version", 1, 2**31 - 1))

        def action(unit: Unit) -> Answer:
            items.remove(unit, item_id, expected)
            return Answer(204)

        return await self._face.write(request, action)

    async def restore(self, request: Request) -> Response:
        """``POST /items/{item_id}/restore``."""
        await read_body(request)
        item_id = request.path_params["item_id"]
        return await self._face.write(request, lambda unit: item_answer(items.restore(unit, item_id)))

    async def history(self, request: Request) -> Response:
        """``GET /items/{item_id}/history``, newest first."""
        item_id = request.path_params["item_id"]
        limit = query_number(request, "limit", 1, MOST_ENTRIES) or MOST_ENTRIES

        def work(unit: Unit) -> list[history.Entry]:
            return history.entries(unit, items.find(unit, item_id).item.id, limit)

        return shown_json([entry_json(entry) for entry in await self._face.read(request, work)])

    async def check_duplicates(self, request: Request) -> Response:
        """``POST /items/check-duplicates``; creates nothing."""
        from tui.server.parsing import parse
        from tui.server.slate.bodies import CheckBody

        body = parse(CheckBody, json_object(request, await read_body(request)))
        exclude = body.exclude_item_id.lower() if body.exclude_item_id else None
        blueprint, found = await self._face.read(
            request, lambda unit: duplicates.resembling(unit, body.pipeline_id.lower(), body.draft(), exclude)
        )
        rule = blueprint.board.duplicates
        return shown_json(
            {"duplicates": [match_json(match, rule.mode) for match in found], "on_duplicate": rule.on_duplicate}
        )
