"""What waits: every change that the server has not taken yet, those that need a person first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from tui.app.change_text import change_text, key_of, name_of, needs_you
from tui.app.clean import plain, show
from tui.app.conflict_text import ago
from tui.app.drawing import hanging
from tui.app.screens.deed_lines import INDENT, deed_lines
from tui.app.screens.form_words import signs_of
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.text import fold
from tui.sync.outbox import Pending, PendingId
from tui.sync.session import Session
from tui.sync.store import Notice

if TYPE_CHECKING:
    from tui.app.app import WallApp

MOST = 200
"""Changes that are listed; a bulk command makes thousands."""
WORDS = {"conflict": "conflict", "refused": "refused", "sealed": "sending", "queued": "queued"}
"""What each phase is called here."""
STYLES = {"conflict": "bold $error", "refused": "bold $error", "sealed": "$warning", "queued": "$text-muted"}
_REASON = 240
"""Characters of a server's words that are shown."""


class OutboxScreen(ListScreen):
    """Closes with `jump` or `settle`, a blank and the id of a Pending. Its keys are commands of the place `outbox`."""

    place: ClassVar[str] = "outbox"
    app: WallApp

    def __init__(self, session: Session) -> None:
        super().__init__("what waits: type to narrow", takes="jumps to the card")
        self.session = session
        self._stop = session.store.subscribe(self._heard)
        self._due = False

    @property
    def hint(self) -> str:
        """What can be done here."""
        keys = [("outbox.retry", "again"), ("outbox.drop", "drop"), ("outbox.settle", "settle")]
        shown = [(self.app.keymap.shown_keys(command_id, 1), word) for command_id, word in keys]
        return "  ".join(["Enter jump", *(f"{key} {word}" for key, word in shown if key), "Esc"])

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop()

    @property
    def chosen_pending(self) -> Pending | None:
        """The change under the cursor, while it waits."""
        row = self._at()
        return None if row is None else self.session.store.state.outbox.get(PendingId(row))

    def rows(self, text: str) -> Sequence[Row]:
        """Two groups: what needs a person, and what goes by itself; each in the order it was meant."""
        state, wanted = self.session.store.state, fold(text)
        waiting = sorted(state.outbox.values(), key=lambda pending: pending.seq)
        if wanted:
            waiting = [p for p in waiting if wanted in fold(f"{self._named(p)} {self._said(p)} {p.problem or ''}")]
        groups = [
            ("Needs you", [pending for pending in waiting if needs_you(pending)]),
            ("Goes by itself", [pending for pending in waiting if not needs_you(pending)]),
        ]
        rows: list[Row] = [] if state.outbox else [Row("", show("Nothing waits any more."))]
        for heading, pendings in groups:
            if pendings:
                few = f", of which the first {MOST}" if len(pendings) > MOST else ""
                rows += [Row("", show(f"{heading}: {len(pendings):,}{few}")), *self._rows(pendings[:MOST])]
        return rows

    def chosen(self, row_id: str) -> None:
        """Enter: to the card."""
        self.dismiss(f"jump {row_id}")

    def settle(self) -> None:
        """To the form, where a conflict or refusal is settled."""
        pending = self.chosen_pending
        if pending is not None:
            self.dismiss(f"settle {pending.id}")

    def _rows(self, pendings: Iterable[Pending]) -> Iterable[Row]:
        more, now = signs_of(self.app).more, self.session.store.clock()
        for pending in pendings:
            before = [(f"{WORDS[pending.phase]:<8}  ", STYLES[pending.phase])]
            key, age = key_of(self.session.store.state, pending.change), ago(now, pending.made_at)
            deed = deed_lines(before, key, self._named(pending), self._said(pending), age, self.room, more)
            why = self._why(pending)
            below = Content(f"\n{' ' * INDENT}{hanging(why, self.room, INDENT)}") if why else Content("")
            yield Row(pending.id, Content.assemble(deed, below))

    def _named(self, pending: Pending) -> str:
        return name_of(self.session.store.state, pending.change)

    def _said(self, pending: Pending) -> str:
        return change_text(self.session.store.state, pending.change, signs_of(self.app))

    def _why(self, pending: Pending) -> str:
        if pending.phase == "refused":
            return plain((pending.problem or "the server refused it")[:_REASON])
        if pending.phase != "conflict" or pending.conflict is None:
            return ""
        theirs = pending.conflict.theirs
        if theirs is None:
            return "it was deleted on the server meanwhile"
        return f"{plain(theirs.updated_by or 'someone')} changed it meanwhile"

    def _heard(self, notice: Notice) -> None:
        if notice.state.outbox is not notice.before.outbox and self.is_mounted and not self._due:
            self._due = True
            self.call_later(self._follow)

    def _follow(self) -> None:
        self._due = False
        if self.is_mounted:
            self.show_rows(self._at())
