"""A board as TOML: in the user's own editor, or in this one; nothing typed is lost to a mistake or a closed screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import TextArea

from tui.app.clean import show
from tui.app.external_editor import EDITOR, edit_text, has_editor
from tui.app.screens.confirm import ConfirmScreen
from tui.app.widgets.field_bar import FormBar
from tui.app.widgets.field_line import ForeignLines
from tui.domain.board_toml import dump, load
from tui.domain.model import Board
from tui.domain.text import visible
from tui.errors import CardwallError, Conflict, Invalid
from tui.sync.session import Session

if TYPE_CHECKING:
    from tui.app.app import WallApp

_PLACE = re.compile(r"line (\d+)(?:, column (\d+))?", re.IGNORECASE)


class BoardEditor(ModalScreen[Board]):
    """Closes with the board as the server holds it now, or with nothing. Its keys are commands of `board_editor`."""

    AUTO_FOCUS = ""
    ALLOW_SELECT: ClassVar[bool] = False
    place: ClassVar[str] = "board_editor"
    app: WallApp
    DEFAULT_CSS = """
    BoardEditor { background: $background; layout: vertical; }
    BoardEditor:ansi { background: ansi_default; }
    BoardEditor #board-head, BoardEditor #board-foot { background: $surface; }
    BoardEditor #board-note { color: $error; }
    BoardEditor TextArea { height: 1fr; }
    """
    kept: ClassVar[dict[str, str]] = {}
    """What was typed and not applied, by board, so that opening the editor again goes on with it."""

    def __init__(self, session: Session, board: Board, *, is_new: bool = False) -> None:
        super().__init__()
        self.session = session
        self.board = board
        self.is_new = is_new
        self._start = dump(board)
        self._key = _key(session, board)
        self._restored = self._key in self.kept
        self._text = self.kept.get(self._key, self._start)
        self._note = "What you typed before is still here." if self._restored else ""
        self._noted = self._text
        """The text that the note is about."""
        self._busy = False

    @classmethod
    def has_unfinished(cls, session: Session, board: Board) -> bool:
        """Whether something was typed about a board and not applied."""
        return _key(session, board) in cls.kept

    @property
    def text(self) -> str:
        """The TOML as it is now."""
        return self.query_one(TextArea).text

    def compose(self) -> ComposeResult:
        """Head, text, what is wrong, keys."""
        yield FormBar(id="board-head")
        area = ForeignLines(self._text, compact=True, show_line_numbers=True, tab_behavior="focus", soft_wrap=False)
        yield area
        yield FormBar(id="board-note")
        yield FormBar(id="board-foot")

    def on_mount(self) -> None:
        """Begin in the user's editor when there is one."""
        self.set_focus(self.query_one(TextArea))
        self.sync()
        if has_editor() and not self._restored:
            self.call_after_refresh(self.edit_outside)

    def sync(self) -> None:
        """Draw head, note and keys."""
        what = "New board" if self.is_new else f"Board {visible(self.board.name)}"
        self.query_one("#board-head", FormBar).say(Content.styled(f" {what}", "bold"))
        self.query_one("#board-note", FormBar).say(show(self._note) if self._note else Content(""))
        keys = [
            ("board_editor.apply", "apply"),
            ("board_editor.outside", "your editor"),
            ("board_editor.undo", "undo"),
            ("board_editor.close", "close"),
        ]
        shown = [(self.app.keymap.shown_keys(command_id, 1), word) for command_id, word in keys]
        # The text takes “?” for itself.
        shown += [(key, "keys") for key in self.app.keymap.shown_keys("app.help").split()[-1:]]
        self.query_one("#board-foot", FormBar).say(
            Content.assemble(*(part for key, word in shown for part in (" ", (key, "bold $accent"), f" {word} ")))
        )

    def edit_outside(self) -> None:
        """The text in the user's own editor, at the line of the last mistake; what comes back is applied."""
        if not self._busy:
            self.run_worker(self._edit_outside(), group=EDITOR, exclusive=True)

    async def _edit_outside(self) -> None:
        before = self.text
        line = self.query_one(TextArea).cursor_location[0] + 1
        try:
            after = await edit_text(self.app, before, ".toml", line=line)
        except CardwallError as error:
            self._say(error.message)
            return
        area = self.query_one(TextArea)
        area.load_text(after)
        self._say("")
        if after == before == self._start:  # nothing was changed, and nothing is made
            self.close()
        else:
            self.apply()

    def undo_typing(self) -> None:
        """Take back what was typed last in here."""
        self.query_one(TextArea).undo()

    def apply(self, *, force: bool = False) -> None:
        """Check the text, and write the board."""
        if self._busy:
            return
        self.kept[self._key] = self.text
        try:
            board = load(self.text, None if self.is_new else self.board)
        except Invalid as problem:
            self._say(problem.message)
            self._go_to_mistake(problem.message)
            return
        if not self.is_new and board == self.board:
            self.kept.pop(self._key, None)
            self.dismiss(None)
            return
        self._busy = True
        self._say("saving")
        self.run_worker(self._put(board, force=force), exit_on_error=True)

    def _go_to_mistake(self, sentence: str) -> None:
        area = self.query_one(TextArea)
        found = _PLACE.search(sentence)
        last = area.document.line_count
        line = min(int(found[1]), last) if found else last if sentence.startswith("At the end") else None
        if line is not None:
            end = len(area.document.get_line(line - 1))
            column = min(int(found[2]) - 1, end) if found and found[2] else end
            area.move_cursor((line - 1, column), center=True)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._note and not self._busy and self.text != self._noted:
            self._say("")

    def close(self) -> None:
        """Back to the wall; what was typed and not applied is kept for the next time."""
        if self.text == self._start:
            self.kept.pop(self._key, None)
        else:
            self.kept[self._key] = self.text
        self.dismiss(None)

    async def _put(self, board: Board, *, force: bool) -> None:
        try:
            saved = await self.session.put_board(board, force=force)
        except Conflict as problem:
            self._busy = False
            self._say(problem.message)
            if not force and self.is_current:
                question = f"{problem.message} Apply it anyway?"
                self.app.open_dialog(ConfirmScreen(question, yes="apply anyway"), self._forced)
        except CardwallError as problem:
            self._busy = False
            self._say(problem.message)
        else:
            self.kept.pop(self._key, None)
            if self.is_attached:
                self.dismiss(saved)

    def _forced(self, yes: bool | None) -> None:
        if yes:
            self.apply(force=True)

    def _say(self, sentence: str) -> None:
        self._note, self._noted = sentence, self.text
        if self.is_mounted:
            self.sync()


def _key(session: Session, board: Board) -> str:
    return f"{session.profile_name}\n{board.id}"
