"""Slate's paths."""

from __future__ import annotations

from starlette.routing import Route

from tui.server.callers import Identify
from tui.server.face import Face
from tui.server.http import Handler, Resource
from tui.server.service import Service
from tui.server.slate.board_routes import BoardRoutes
from tui.server.slate.item_routes import ItemRoutes
from tui.server.slate.problems import problem

PREFIX = "/v1/ext"


def slate_routes(service: Service, identify: Identify) -> list[Route]:
    """Every route of the face."""
    face = Face(service, identify)
    items, boards = ItemRoutes(face), BoardRoutes(face)

    def route(path: str, **handlers: Handler) -> Route:
        return Route(PREFIX + path, Resource(problem, face.allow, **handlers))

    return [
        route("/items", GET=items.list, POST=items.create),
        route("/items/check-duplicates", POST=items.check_duplicates),
        route("/items/{item_id}", GET=items.get, PATCH=items.edit, DELETE=items.delete),
        route("/items/{item_id}/history", GET=items.history),
        route("/items/{item_id}/restore", POST=items.restore),
        route("/pipelines", GET=boards.list, POST=boards.create),
        route("/pipelines/{pipeline_id}/stages", GET=boards.stages),
        route("/pipelines/{pipeline_id}/stages/{stage_id}/statuses", GET=boards.statuses),
        route("/pipelines/{pipeline_id}/blueprint", GET=boards.blueprint, PUT=boards.apply),
        route("/pipelines/{pipeline_id}/changes", GET=boards.changes),
        route("/webhooks/sample/items", GET=boards.sample),
        route("/capabilities", GET=boards.capabilities),
    ]
