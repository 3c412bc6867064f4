"""The routes of items."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tui.server.cekat.asking import listed, searched
from tui.server.cekat.board_routes import board_of
from tui.server.cekat.bodies import CreateItem, DeleteItems, SearchItems, UpdateItem
from tui.server.cekat.present import envelope, item_found, item_json, item_listed, item_updated, shown_data
from tui.server.face import Face, expected_versions, item_tag, respond
from tui.server.http import json_object, read_body
from tui.server.parsing import parse
from tui.server.rules import item_contacts, items
from tui.server.rules.contents import values_of
from tui.server.rules.idempotency import Answer
from tui.server.rules.items import Seen
from tui.server.rules.removal import remove_many
from tui.server.rules.search import search
from tui.server.unit import Unit


class ItemRoutes:
    """Handlers of ``/api/crm/boards/:boardId/items``."""

    def __init__(self, face: Face) -> None:
        self._face = face

    async def list(self, request: Request) -> Response:
        """``GET …/items``."""
        asked = listed(request, board_of(request))

        def work(unit: Unit) -> str:
            found = search(unit, asked)
            people = item_contacts.of_items(unit, found.items)
            shown = [item_listed(item, found.blueprint, people.get(item.contact_id)) for item in found.items]
            return envelope(shown, pagination={"total": found.total, "limit": asked.limit, "offset": asked.offset})

        return shown_data(await self._face.read(request, work))

    async def search(self, request: Request) -> Response:
        """``POST …/items/search``; changes nothing."""
        board_id = board_of(request)
        body = parse(SearchItems, json_object(request, await read_body(request)))

        def work(unit: Unit) -> str:
            asked = searched(body, unit.blueprint(board_id))
            found = search(unit, asked)
            shown = [item_found(item, found.blueprint) for item in found.items]
            return envelope(shown, total=found.total, limit=asked.limit, offset=asked.offset)

        return shown_data(await self._face.read(request, work))

    async def get(self, request: Request) -> Response:
        """``GET …/items/:id``."""
        board_id, item_id = board_of(request), request.path_params["item_id"]

        def work(unit: Unit) -> Answer:
            return _whole(unit, items.find(unit, item_id, board_id), 200)

        return respond(await self._face.read(request, work))

    async def create(self, request: Request) -> Response:
        """``POST …/items``."""
        board_id, raw = board_of(request), await read_body(request)
        body = parse(CreateItem, json_object(request, raw))

        def action(unit: Unit) -> Answer:
            seen = items.create(unit, board_id, body.draft(unit.lock(board_id)))
            return _whole(unit, seen, 201 if seen.created else 200)

        return await self._face.write(request, action, raw)

    async def update(self, request: Request) -> Response:
        """``PUT …/items/:itemId``."""
        board_id, item_id, raw = board_of(request), request.path_params["item_id"], await read_body(request)
        body = parse(UpdateItem, json_object(request, raw))
        expected = expected_versions(request, body.version)

        def action(unit: Unit) -> Answer:
            blueprint = unit.lock(board_id)
            item = items.find(unit, item_id, board_id).item
            edit = body.edit(blueprint, values_of(item.fields, blueprint))
            seen = items.change(unit, item.id, edit, expected)
            return _answer(seen, envelope(item_updated(seen.item, seen.blueprint)), 200)

        return await self._face.write(request, action, raw)

    async def delete(self, request: Request) -> Response:
        """``DELETE …/items``: all of the items named, or none."""
        board_id, raw = board_of(request), await read_body(request)
        ids = parse(DeleteItems, json_object(request, raw)).ids()

        def action(unit: Unit) -> Answer:
            remove_many(unit, board_id, ids)
            return Answer(200, envelope({"deleted": len(ids), "item_ids": ids}))

        return await self._face.write(request, action, raw)


def _whole(unit: Unit, seen: Seen, status: int) -> Answer:
    contact = item_contacts.of_items(unit, [seen.item]).get(seen.item.contact_id)
    return _answer(seen, envelope(item_json(seen.item, seen.blueprint, contact)), status)


def _answer(seen: Seen, body: str, status: int) -> Answer:
    return Answer(status, body, {"ETag": item_tag(seen.item, seen.blueprint)})
