"""Slate's paths."""

from __future__ import annotations

from starlette.routing import Route

from tui.server.callers import Identify
from tui.server.http import Handler, Resource
from tui.server.service import Service
from tui.server.slate.board_routes import BoardRoutes
from tui.server.slate.face import Face
from tui.server.slate.item_routes import ItemRoutes
from tui.server.slate.problems import problem

PREFIX = "/v1/ext"


def slate_routes(service: Service, identify: Identify) -> list[Route]:
    """Every route of the face."""
    face = Face(service, identify)
    items, boards = ItemRoutes(face), BoardRoutes(face)
    return [
        _route("/items", GET=items.list, POST=items.create),
        _route("/items/check-duplicates", POST=items.check_duplicates),
        _route("/items/{item_id}", GET=items.get, PATCH=items.edit, DELETE=items.delete),
        _route("/items/{item_id}/history", GET=items.history),
        _route("/items/{item_id}/restore", POST=items.restore),
        _route("/pipelines", GET=boards.list, POST=boards.create),
        _route("/pipelines/{pipeline_id}/stages", GET=boards.stages),
        _route("/pipelines/{pipeline_id}/stages/{stage_id}/statuses", GET=boards.statuses),
        _route("/pipelines/{pipeline_id}/blueprint", GET=boards.blueprint, PUT=boards.apply),
        _route("/pipelines/{pipeline_id}/changes", GET=boards.changes),
        _route("/webhooks/sample/items", GET=boards.sample),
        _route("/capabilities", GET=boards.capabilities),
    ]


def _route(path: str, **handlers: Handler) -> Route:
    return Route(PREFIX + path, Resource(problem, **handlers))
