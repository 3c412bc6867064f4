"""A board is made by answering two questions; everything else can be changed as text, before or later."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Input

from tui.app.clean import plain, show
from tui.app.drawing import hanging
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.board_start import STARTS, columns_in, name_in, start_board
from tui.domain.model import Board
from tui.domain.text import fold
from tui.errors import CardwallError
from tui.sync.session import Session

MAKE, AS_TEXT = "make", "text"
_TYPED = "typed"


class NewBoardScreen(ListScreen):
    """Closes with `MAKE` once the server has made `board`, with `AS_TEXT` to go on with it as text, or with nothing."""

    def __init__(self, session: Session) -> None:
        super().__init__("type here", takes="goes on")
        self.board: Board | None = None
        """What was made, or is to be."""
        self._session = session
        self._called = ""
        self._columns: tuple[str, ...] = ()
        self._busy = False

    @property
    def hint(self) -> str:
        """Where Esc leads from here."""
        return f"Enter {self._takes}   Esc {'goes a step back' if self._called else 'closes'}"

    def rows(self, text: str) -> Sequence[Row]:
        """What was answered, the question, and what can be answered."""
        if not self._called:
            return [self._question("What is the board called?"), *self._understood(text)]
        if not self._columns:
            question = "Which columns, from the left? Type names with commas between them, or take one of these."
            starts = [s for s in STARTS if fold(text) in fold(f"{s.name} {s.columns}")] if "," not in text else []
            rows = [Row(s.name, self._said(f"{', '.join(s.columns)}", f"as for {s.name}")) for s in starts]
            return [self._answered(), self._question(question), *(rows or self._understood(text))]
        endings = ((MAKE, "Make it and open it"), (AS_TEXT, "Change fields, limits and the rest first, as text"))
        return [self._answered(), *(Row(row_id, show(words)) for row_id, words in endings)]

    def chosen(self, row_id: str) -> None:
        """Take an answer and go on, or end."""
        if self._busy:
            return
        text = self.query_one("#narrow", Input).value
        try:
            if not self._called:
                self._called = name_in(text)
            elif not self._columns:
                start = next((start for start in STARTS if start.name == row_id), None)
                self._columns = start.columns if start else columns_in(text)
            else:
                self._end(row_id)
                return
        except ValueError as error:
            self.note(f"It {error}.")
            return
        self._ask()

    def action_leave(self) -> None:
        """A step back; from the first one, out."""
        if self._busy:
            return
        if not self._called:
            self.dismiss(None)
        elif self._columns:
            self._columns = ()
            self._ask()
        else:
            back, self._called = self._called, ""
            self._ask(back)

    def _ask(self, text: str = "") -> None:
        field = self.query_one("#narrow", Input)
        field.value = text
        field.cursor_position = len(text)
        field.placeholder = "choose below" if self._columns else "type here"
        self.note("")
        self.show_rows()

    def _end(self, row_id: str) -> None:
        self.board = start_board(self._called, self._columns)
        if row_id == AS_TEXT:
            self.dismiss(AS_TEXT)
            return
        self._busy = True
        self.note("Saving.")
        self.run_worker(self._make(self.board), exit_on_error=True)

    async def _make(self, board: Board) -> None:
        try:
            self.board = await self._session.put_board(board, force=False)
        except CardwallError as problem:
            self._busy = False
            if self.is_mounted:
                self.note(plain(problem.message))
        else:
            if self.is_attached:
                self.dismiss(MAKE)

    # -- rows

    def _answered(self) -> Row:
        told = "  ".join(
            part for part in (f"name {self._called}", f"columns {', '.join(self._columns)}") if part[-1] != " "
        )
        return Row("", self._wrapped(told, "not bold $text-muted"))

    def _question(self, sentence: str) -> Row:
        return Row("", self._wrapped(sentence, "bold $accent"))

    def _understood(self, text: str) -> Sequence[Row]:
        if not text:
            return []
        try:
            said = ", ".join(columns_in(text)) if self._called else name_in(text)
        except ValueError as error:
            return [Row(_TYPED, self._wrapped(f"it {error}", "$warning"))]
        return [Row(_TYPED, self._wrapped(said, "$text-muted"))]

    def _said(self, words: str, note: str) -> Content:
        return Content.assemble(show(words), "  ", (note, "$text-muted"))

    def _wrapped(self, text: str, style: str) -> Content:
        """Lines that fit, so that the list knows how tall it is."""
        return Content.styled(hanging(plain(text), self.room, 0), style)
