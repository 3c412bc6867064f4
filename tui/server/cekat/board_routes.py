"""The routes of boards and their columns."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tui.domain.model import Column
from tui.server.cekat.asking import window
from tui.server.cekat.bodies import ColumnName
from tui.server.cekat.present import board_json, board_summary, column_found, column_json, envelope, shown_data
from tui.server.face import Face
from tui.server.http import json_object, read_body
from tui.server.parsing import parse
from tui.server.refusals import Missing
from tui.server.rules import boards, counting
from tui.server.unit import Unit


class BoardRoutes:
    """Handlers of ``/api/crm/boards`` and its columns."""

    def __init__(self, face: Face) -> None:
        self._face = face

    async def list(self, request: Request) -> Response:
        """``GET /boards``."""
        limit, offset = window(request)

        def work(unit: Unit) -> str:
            rows = boards.rows(unit)
            counts = counting.by_board(unit)
            shown = [
                board_summary(row, unit.blueprint(row.id), counts.get(row.id, 0))
                for row in rows[offset : offset + limit]
            ]
            return envelope(shown, pagination={"total": len(rows), "limit": limit, "offset": offset})

        return shown_data(await self._face.read(request, work))

    async def get(self, request: Request) -> Response:
        """``GET /boards/:id``."""
        board_id = board_of(request)

        def work(unit: Unit) -> str:
            blueprint = unit.blueprint(board_id)
            counts = counting.by_column(unit, list(blueprint.columns))
            return envelope(board_json(boards.row(unit, board_id), blueprint, counts))

        return shown_data(await self._face.read(request, work))

    async def column(self, request: Request) -> Response:
        """``GET …/columns/:columnId``."""
        board_id, column_id = board_of(request), request.path_params["column_id"].lower()

        def work(unit: Unit) -> str:
            blueprint = unit.blueprint(board_id)
            column = _existing(blueprint.columns.get(column_id))
            return envelope(column_json(boards.row(unit, board_id), blueprint, column, _count(unit, column)))

        return shown_data(await self._face.read(request, work))

    async def column_by_name(self, request: Request) -> Response:
        """``POST …/columns/by-name``; changes nothing."""
        board_id = board_of(request)
        body = parse(ColumnName, json_object(request, await read_body(request)))

        def work(unit: Unit) -> str:
            blueprint = unit.blueprint(board_id)
            column = _existing(blueprint.column_named(body.name))
            return envelope(column_found(blueprint, column, _count(unit, column)))

        return shown_data(await self._face.read(request, work))


def board_of(request: Request) -> str:
    """The board's id in the path."""
    board_id: str = request.path_params["board_id"]
    return board_id.lower()


def _existing(column: Column | None) -> Column:
    if column is None:
        raise Missing("column")
    return column


def _count(unit: Unit, column: Column) -> int:
    return counting.by_column(unit, [column.id]).get(column.id, 0)
