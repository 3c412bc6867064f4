"""The drafts there are, newest first, to go on with one."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.app.conflict_text import ago
from tui.app.drawing import fit
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.model import NAME
from tui.domain.text import fold, visible
from tui.sync.events import Draft
from tui.sync.store import Store

_ROOM = 20
"""Cells that the age of a draft and its marks take."""


class DraftsScreen(ListScreen):
    """Closes with the id of a draft's item."""

    def __init__(self, store: Store) -> None:
        super().__init__("go on with a draft: type its key or name", takes="opens its form")
        self._store = store

    def rows(self, text: str) -> Sequence[Row]:
        """Drafts whose key or name holds every typed word."""
        words = fold(text).split()
        found = sorted(self._store.state.drafts.items(), key=lambda pair: pair[1].at, reverse=True)
        named = [(item_id, _name(draft), draft) for item_id, draft in found]
        return [Row(item_id, self._line(name, draft)) for item_id, name, draft in named if _holds(name, words)]

    def _line(self, name: str, draft: Draft) -> Content:
        age = ago(self._store.clock(), draft.at)
        room = max(8, self.room - _ROOM)
        return Content.assemble(" ", fit(name, room), "  ", (age, "$text-muted"))


def _name(draft: Draft) -> str:
    """What a draft is about, by what was typed."""
    name = visible(draft.texts.get(NAME, draft.base.name)) or "without a name"
    return f"new item: {name}" if draft.base.is_local else f"{visible(draft.base.key)}  {name}"


def _holds(name: str, words: Sequence[str]) -> bool:
    return all(word in fold(name) for word in words)
