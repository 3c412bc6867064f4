"""Cekat's paths."""

from __future__ import annotations

from starlette.routing import Route

from tui.server.callers import Identify
from tui.server.cekat.board_routes import BoardRoutes
from tui.server.cekat.item_routes import ItemRoutes
from tui.server.cekat.problems import problem
from tui.server.face import Face
from tui.server.http import Handler, Resource
from tui.server.service import Service

PREFIX = "/api/crm"


def cekat_routes(service: Service, identify: Identify) -> list[Route]:
    """Every route of the face."""
    face = Face(service, identify)
    items, boards = ItemRoutes(face), BoardRoutes(face)

    def route(path: str, **handlers: Handler) -> Route:
        return Route(f"{PREFIX}/boards{path}", Resource(problem, face.allow, **handlers))

    return [
        route("", GET=boards.list),
        route("/{board_id}", GET=boards.get),
        route("/{board_id}/columns/by-name", POST=boards.column_by_name),
        route("/{board_id}/columns/{column_id}", GET=boards.column),
        route("/{board_id}/items", GET=items.list, POST=items.create, DELETE=items.delete),
        route("/{board_id}/items/search", POST=items.search),
        route("/{board_id}/items/{item_id}", GET=items.get, PUT=items.update),
    ]
