"""A foreign slate server's board, put together from the documented routes alone."""

from __future__ import annotations

from dataclasses import replace

from tui.api.address import segment
from tui.api.client import Client
from tui.api.members import mapping
from tui.api.slate_board import decode_column, decode_names, decode_status, guess_fields
from tui.domain.model import Board, BoardId, Column
from tui.errors import NotFound


async def board_of_parts(http: Client, root: str, board_id: BoardId) -> Board:
    """Name, stages and statuses as listed; fields as the sample item shows them. 3 + S requests for S stages."""
    async with http.stream(f"{root}/pipelines") as listing:
        names = decode_names(await listing.all())
    name = next((board.name for board in names if board.id == board_id), None)
    if name is None:
        raise NotFound(f"there is no board {board_id!r}")
    stages = f"{root}/pipelines/{segment(board_id)}/stages"
    async with http.stream(stages) as listing:
        columns = [decode_column(mapping(raw, "a stage")) for raw in await listing.all()]
    sample = await http.send("GET", f"{root}/webhooks/sample/items", accept={404})
    return Board(
        id=board_id,
        name=name,
        columns=tuple([await _with_statuses(http, stages, column) for column in columns]),
        fields=guess_fields(sample.json()) if sample.status == 200 else (),
        allow_delete=False,
    )


async def _with_statuses(http: Client, stages: str, column: Column) -> Column:
    async with http.stream(f"{stages}/{segment(column.id)}/statuses") as listing:
        return replace(column, statuses=tuple(decode_status(raw) for raw in await listing.all()))
