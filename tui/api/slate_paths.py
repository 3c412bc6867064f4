"""slate's routes."""

from __future__ import annotations

from tui.api.address import segment
from tui.domain.model import BoardId, ItemId

ROOT = "/v1/ext"


def item_path(item_id: ItemId) -> str:
    """One item's."""
    return f"{ROOT}/items/{segment(item_id)}"


def blueprint_path(board_id: BoardId) -> str:
    """A board's columns, fields and rules."""
    return f"{ROOT}/pipelines/{segment(board_id)}/blueprint"


def changes_path(board_id: BoardId) -> str:
    """A board's feed."""
    return f"{ROOT}/pipelines/{segment(board_id)}/changes"
