"""A list to choose from by typing: the ground of the palette, the help and the menus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.widgets.foreign_line import ForeignLine


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to choose, or a heading."""

    id: str
    """What is chosen; empty for a heading."""
    text: Content


class ListScreen(ModalScreen[str]):
    """Typing narrows the list, arrows go up and down, Enter chooses, Esc leaves with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "go(1)", show=False),
        Binding("up,ctrl+p", "go(-1)", show=False),
        Binding("pagedown", "go(8)", show=False),
        Binding("pageup", "go(-8)", show=False),
    ]
    DEFAULT_CSS = """
    ListScreen { align: center top; }
    ListScreen > Vertical { margin-top: 1; }
    ListScreen OptionList { border: none; height: auto; max-height: 100%; padding: 0; background: $surface; }
    ListScreen OptionList > .option-list--option-disabled { color: $accent; text-style: bold; }
    """

    def __init__(self, prompt: str) -> None:
        super().__init__()
        self._prompt = prompt

    def compose(self) -> ComposeResult:
        """What is typed, and what it leaves."""
        with Vertical(classes="panel"):
            field = ForeignLine(placeholder=self._prompt, compact=True, id="narrow")
            field.cursor_blink = False
            yield field
            choices = OptionList(id="choices", compact=True)
            choices.can_focus = False
            yield choices

    def on_mount(self) -> None:
        """Show the whole list."""
        self.show_rows()

    @abstractmethod
    def rows(self, text: str) -> Sequence[Row]:
        """What `text` leaves to choose from, best first."""

    def chosen(self, row_id: str) -> None:
        """A row was chosen: by default the screen closes with it."""
        self.dismiss(row_id)

    def show_rows(self, at: str | None = None) -> None:
        """Show what the typed text leaves, with the cursor on row `at` or the first."""
        choices = self.query_one("#choices", OptionList)
        rows = self.rows(self.query_one("#narrow", Input).value.strip())
        choices.clear_options()
        choices.add_options(Option(row.text, id=row.id or None, disabled=not row.id) for row in rows)
        places = [place for place, row in enumerate(rows) if row.id and (at is None or row.id == at)]
        choices.highlighted = places[0] if places else None

    def action_leave(self) -> None:
        """Close with nothing."""
        self.dismiss(None)

    def action_go(self, by: int) -> None:
        """Move the cursor by so many rows, headings left out."""
        choices = self.query_one("#choices", OptionList)
        usable = [place for place, option in enumerate(choices.options) if not option.disabled]
        if usable:
            now = usable.index(choices.highlighted) if choices.highlighted in usable else 0
            choices.highlighted = usable[max(0, min(len(usable) - 1, now + by))]

    @on(Input.Changed, "#narrow")
    def _narrowed(self) -> None:
        self.show_rows()

    @on(Input.Submitted, "#narrow")
    def _submitted(self) -> None:
        option = self.query_one("#choices", OptionList).highlighted_option
        if option is not None and option.id:
            self.chosen(option.id)

    @on(OptionList.OptionSelected, "#choices")
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            self.chosen(event.option_id)
