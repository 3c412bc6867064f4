"""One member in a form: its mark, its name, its editor or its picker, and what is said beside it."""

from __future__ import annotations

from typing import TypeAlias

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.app.conflict_model import Contest
from tui.app.conflict_text import SIGNS, Signs
from tui.app.drawing import fit
from tui.app.form_model import Form, Row
from tui.app.widgets.conflict_picker import ConflictPicker
from tui.app.widgets.field_choice import FieldCheck, FieldChoice
from tui.app.widgets.field_line import FieldLine, FieldLines
from tui.domain.model import Member
from tui.domain.text import visible

Editor: TypeAlias = FieldLine | FieldLines | FieldChoice
_ROOM = 24
"""Cells an editor keeps for itself before a note goes to a line of its own."""
_NOTE_LINES = 3
_TONES = {"": "$text-muted", "problem": "bold $error", "news": "$warning", "hint": "$text-muted"}


class FieldRow(Widget):
    """Draws name and note itself, so that a row is two widgets and not five."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FieldRow { height: auto; layout: vertical; }
    FieldRow FieldLine, FieldRow FieldLines { background: $surface; padding: 0; }
    FieldRow.-locked FieldLine, FieldRow.-locked FieldChoice { color: $text-muted; }
    """

    class Typed(Message):
        """A text was typed or chosen: `collect` has it. By now the editor may hold more than it did then."""

        def __init__(self, member: Member, *, pasted: bool = False) -> None:
            super().__init__()
            self.member = member
            self.pasted = pasted
            """Whether it came in one piece, which nobody can type again from memory."""

    class Left(Message):
        """The cursor left the editor."""

        def __init__(self, member: Member) -> None:
            super().__init__()
            self.member = member

    def __init__(self, row: Row, form: Form, label_width: int, signs: Signs = SIGNS) -> None:
        super().__init__()
        self.row = row
        self.editor = _editor(row, form, signs)
        self.editor.disabled = bool(row.locked)
        self.set_class(bool(row.locked), "-locked")
        self.picker: ConflictPicker | None = None
        self.is_typing = False
        """Whether a clash is being settled by typing."""
        self._known = self.editor.text
        self._label_width = label_width
        self._signs = signs
        self._mark = "  "
        self._note = ""
        self._tone = ""
        self._narrow = False
        self._beneath = False

    @property
    def member(self) -> Member:
        """What it edits."""
        return self.row.member

    @property
    def target(self) -> Widget:
        """What takes the cursor now."""
        return self.picker if self.picker is not None and not self.is_typing else self.editor

    def compose(self) -> ComposeResult:
        """The editor."""
        yield self.editor

    def on_mount(self) -> None:
        """Leave room for the name."""
        self._arrange()

    def on_resize(self) -> None:
        """A note may fit beside the editor now, or no longer."""
        self._arrange()

    def collect(self) -> str | None:
        """What was typed since it was last asked or shown; None when nothing was."""
        if self.editor.text == self._known:
            return None
        self._known = self.editor.text
        return self._known

    def show_text(self, form: Form) -> None:
        """Bring the editor up to the form."""
        text = form.text(self.member)
        if isinstance(self.editor, FieldChoice):
            self.editor.show_text(text, None if isinstance(self.editor, FieldCheck) else form.options(self.member))
        elif text != self.editor.text:
            self.editor.show_text(text)
        self._known = self.editor.text

    def say(self, mark: str, note: str, tone: str = "", *, narrow: bool = False) -> None:
        """Show a mark before the name and a note beside the editor."""
        if (mark, note, tone, narrow) == (self._mark, self._note, self._tone, self._narrow):
            return
        again = (note, narrow) != (self._note, self._narrow)
        self._mark, self._note, self._tone, self._narrow = mark, visible(note), tone, narrow
        if again:
            self._arrange()
        self.refresh(layout=again)

    def contend(self, contest: Contest | None, *, stacked: bool) -> None:
        """Show the picker of a clash in place of the editor, or the editor again."""
        if contest is None or contest.clash(self.member) is None:
            if self.picker is not None:
                had_focus = self.picker.has_focus
                self.picker.remove()
                self.picker = None
                self.editor.display = True
                if had_focus:
                    self.editor.focus()
            self.is_typing = False
            return
        if self.picker is None:
            self.picker = ConflictPicker(self.member, self._signs)
            self.mount(self.picker)
            self._arrange()
        self.picker.show(contest, stacked=stacked)
        if self.editor.display != self.is_typing:
            self.editor.display = self.is_typing
            self._arrange()
        self.picker.can_focus = not self.is_typing  # while a value is typed it only shows what there is

    def render(self) -> VisualType:
        """Mark and name at the left of the first line; the note at its right or on the last line."""
        width, height = self.size.width, max(1, self.size.height)
        name = fit(visible(self.row.label), max(0, width - 4 if self._narrow else self._label_width), self._signs.more)
        mark_style = "bold $warning" if self._mark.strip() else ""
        first = Content.assemble((self._mark, mark_style), " ", (name, "$text-muted"))
        if not self._note:
            return first
        note = Content.styled(self._note, _TONES.get(self._tone, ""))
        if not self._beneath:
            gap = width - first.cell_length - cell_len(self._note) - 1
            return Content.assemble(first, " " * max(0, gap), note)
        lines = self._note_lines(width)
        blank = [Content("")] * max(0, height - 1 - len(lines))
        told = [Content.assemble(" " * self._indent, (line, _TONES.get(self._tone, ""))) for line in lines]
        return Content("\n").join([first, *blank, *told])

    def _note_lines(self, width: int) -> list[str]:
        """The note in lines that fit beneath the editor."""
        room = max(8, width - self._indent)
        lines = [line.plain for line in Content(self._note).wrap(room)]
        return (
            lines
            if len(lines) <= _NOTE_LINES
            else [*lines[: _NOTE_LINES - 1], fit(" ".join(lines[_NOTE_LINES - 1 :]), room, self._signs.more)]
        )

    @property
    def _indent(self) -> int:
        return 3 if self._narrow else self._label_width + 5

    def _arrange(self) -> None:
        """Give the editor the room that name and note leave."""
        width = self.size.width or self.screen.size.width
        one_line = not isinstance(self.editor, FieldLines) or self.picker is not None
        room = width - self._indent - cell_len(self._note) - 3
        self._beneath = bool(self._note) and (self._narrow or not one_line or room < _ROOM)
        right = cell_len(self._note) + 3 if self._note and not self._beneath else 1
        below = len(self._note_lines(width)) if self._beneath else 0
        top = 1 if self._narrow else 0
        both = self.is_typing and self.picker is not None
        margins: list[tuple[Widget, tuple[int, int, int, int]]] = [
            (self.editor, (top, right, 0 if both else below, self._indent))
        ]
        if self.picker is not None:
            margins.append((self.picker, (0 if both else top, right, below, self._indent)))
        for child, margin in margins:
            if child.styles.margin != margin:
                child.styles.margin = margin

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(FieldChoice.Changed)
    def _typed(self, event: Input.Changed | TextArea.Changed | FieldChoice.Changed) -> None:
        event.stop()
        if isinstance(self.editor, FieldLines):
            self.editor.fit()
        pasted, self.editor.pasted = self.editor.pasted, False
        self.post_message(self.Typed(self.member, pasted=pasted))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """The cursor left."""
        if event.widget is self.editor:
            self.post_message(self.Left(self.member))

    def on_click(self) -> None:
        """A click on the name goes to its editor."""
        self.target.focus()


def _editor(row: Row, form: Form, signs: Signs) -> Editor:
    text = form.text(row.member)
    match row.editor:
        case "lines":
            return FieldLines(text)
        case "choice":
            return FieldChoice(text, form.options(row.member), signs=signs)
        case "choices":
            return FieldChoice(text, form.options(row.member), several=True, signs=signs)
        case "check":
            return FieldCheck(text, signs)
        case _:
            return FieldLine(text)
