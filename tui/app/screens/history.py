"""What was done in this session, newest first; what was undone is marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.app.change_text import change_text, key_of, name_of
from tui.app.conflict_text import ago
from tui.app.screens.deed_lines import deed_lines
from tui.app.screens.form_words import signs_of
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.text import fold
from tui.sync.history import History, Step
from tui.sync.outbox import PendingId
from tui.sync.session import Session

if TYPE_CHECKING:
    from tui.app.app import WallApp

UNDONE = "undone"


def steps_of(history: History) -> tuple[tuple[Step, bool], ...]:
    """Every step that is known, newest first, with whether it is undone: what was undone last was done first."""
    return (*((step, True) for step in history.undone), *((step, False) for step in reversed(history.done)))


class HistoryScreen(ListScreen):
    """Closes with the place of a step in `steps`, as a text."""

    app: WallApp

    def __init__(self, session: Session) -> None:
        super().__init__("what you did: type to narrow", takes="jumps to the card")
        self._session = session
        self.steps = steps_of(session.store.state.history)

    def rows(self, text: str) -> Sequence[Row]:
        """A line a step; a bulk command's says how many more there were."""
        wanted = fold(text)
        return [
            Row(str(place), self._line(step, undone=undone))
            for place, (step, undone) in enumerate(self.steps)
            if wanted in fold(f"{UNDONE if undone else ''} {self._key(step)} {self._named(step)} {self._said(step)}")
        ]

    def _line(self, step: Step, *, undone: bool) -> Content:
        before = [(f"{UNDONE if undone else '':<6}  ", "$warning")]
        age, more = ago(self._session.store.clock(), step.at), signs_of(self.app).more
        style = "dim" if undone else ""
        return deed_lines(before, self._key(step), self._named(step), self._said(step), age, self.room, more, style)

    def _key(self, step: Step) -> str:
        return key_of(self._session.store.state, step.changes[_first(step)])

    def _named(self, step: Step) -> str:
        name, others = name_of(self._session.store.state, step.changes[_first(step)]), len(step.changes) - 1
        return f"{name} and {others:,} more" if others else name

    def _said(self, step: Step) -> str:
        return change_text(self._session.store.state, step.changes[_first(step)], signs_of(self.app))


def _first(step: Step) -> PendingId:
    return next(pending_id for pending_id in step.order if pending_id in step)
