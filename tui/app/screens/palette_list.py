"""A list to choose from by typing: the ground of the palette, the help and the menus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import ClassVar, Final

from msgspec import Struct
from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.drawing import fit
from tui.app.widgets.bar import Bar
from tui.app.widgets.foreign_line import ForeignLine

WIDTHS: Final = (36, 132)
"""Least and most cells of a list's frame, as in the style sheet."""
AROUND: Final = 7
"""Cells of a frame that are not its list's: border, blanks, the cursor's sign and the scroll bar."""
UNDER_CURSOR: Final = "option-list--option-highlighted"
_REVERSED: Final = Style(reverse=True)


class Row(Struct, frozen=True):
    """One thing to choose, or a heading."""

    id: str
    """What is chosen; empty for a heading."""
    text: Content


NOTHING: Final = (Row("", Content.styled("nothing found", "not bold dim")),)


def column(text: str, width: int, more: str) -> str:
    """One column of a row: exactly `width` cells and two blanks."""
    return f"{fit(text, width, more)}  "


class Choices(OptionList):
    """The rows; the one under the cursor is reversed and has a sign before it: brightness alone says nothing."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """A style of the list. Textual leaves `reverse` out of what a style sheet says."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return style + _REVERSED if UNDER_CURSOR in component_classes else style

    def _get_left_gutter_width(self) -> int:
        return 2

    def render_line(self, y: int) -> Strip:
        """A line of an option behind its gutter; the sign stands before an option's first line in view alone."""
        strip = super().render_line(y)
        option = _option_of(strip)
        begins = y == 0 or _option_of(super().render_line(y - 1)) != option
        on = begins and option is not None and option == self.highlighted
        style = next((segment.style for segment in strip if segment.style), None)
        return Strip([Segment("> " if on else "  ", style), *strip])


def _option_of(strip: Strip) -> int | None:
    """The place of the option that a line is of: Textual notes it in the line's style, for clicks."""
    style = next((segment.style for segment in strip if segment.style), None)
    return None if style is None else style.meta.get("option")


def _nearest(before: list[str], at: str, left: Collection[str]) -> str | None:
    """`at` if it is left, else the next of the rows from before that is, else the last one ahead of it."""
    place = before.index(at) if at in before else 0
    return next((row for row in (at, *before[place:], *reversed(before[:place])) if row in left), None)


class ListScreen(ModalScreen[str]):
    """Typing narrows the list, arrows go up and down, Enter chooses, Esc leaves with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "go(1)", show=False),
        Binding("up,ctrl+p", "go(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end_of_list(-1)", show=False, priority=True),
        Binding("end", "end_of_list(1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    ListScreen { align: center top; }
    ListScreen > Vertical { margin-top: 1; }
    ListScreen OptionList { border: none; height: auto; padding: 0; background: $surface; }
    ListScreen OptionList > .option-list--option-disabled { color: $accent; text-style: bold; }
    ListScreen OptionList > .option-list--option-highlighted { background: $surface; text-style: bold; }
    """

    def __init__(self, prompt: str, takes: str = "chooses") -> None:
        super().__init__()
        self._prompt = prompt
        self._takes = takes
        """What Enter does, as a verb."""

    def compose(self) -> ComposeResult:
        """What is typed, and what it leaves."""
        with Vertical(classes="panel"):
            field = ForeignLine(placeholder=self._prompt, compact=True, id="narrow")
            field.cursor_blink = False
            yield field
            choices = Choices(id="choices", compact=True)
            choices.can_focus = False
            yield choices
            yield Bar(id="list-keys")

    def on_mount(self) -> None:
        """Show the whole list."""
        self.note("")
        self._give_room()
        self.show_rows()

    def on_resize(self) -> None:
        """Rows are laid out for the width there is."""
        self._give_room()
        self.show_rows(at=self._at())

    @property
    def room(self) -> int:
        """Cells of a line of the list."""
        return max(WIDTHS[0], min(WIDTHS[1], self.app.size.width * 9 // 10)) - AROUND

    @property
    def nothing(self) -> Sequence[Row]:
        """What stands in an empty list."""
        return NOTHING

    @property
    def hint(self) -> str:
        """The keys of the list, as the line below it tells them."""
        return f"Enter {self._takes}   Esc closes"

    def note(self, sentence: str) -> None:
        """Say something below the list, before its keys."""
        said = f"{sentence}   {self.hint}" if sentence else self.hint
        self.query_one("#list-keys", Bar).say(Content.styled(said, "bold $warning" if sentence else "dim"))

    def _give_room(self) -> None:
        """The list may be as tall as leaves its first and last line on the screen."""
        self.query_one("#choices", OptionList).styles.max_height = max(1, (self.app.size.height - 1) * 9 // 10 - 4)

    def _at(self) -> str | None:
        option = self.query_one("#choices", OptionList).highlighted_option
        return option.id if option is not None else None

    @abstractmethod
    def rows(self, text: str) -> Sequence[Row]:
        """What `text` leaves to choose from, best first."""

    def chosen(self, row_id: str) -> None:
        """A row was chosen: by default the screen closes with it."""
        self.dismiss(row_id)

    def show_rows(self, at: str | None = None) -> None:
        """Show what the typed text leaves, with the cursor on row `at`, its neighbour if it has gone, or the first."""
        choices = self.query_one("#choices", OptionList)
        text = self.query_one("#narrow", Input).value.strip()
        rows = self.rows(text)
        if at is not None:
            at = _nearest([option.id for option in choices.options if option.id], at, {row.id for row in rows})
        choices.clear_options()
        choices.add_options(Option(row.text, id=row.id or None, disabled=not row.id) for row in rows or self.nothing)
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
            self.note("")
            if choices.highlighted == usable[0]:
                choices.scroll_home(animate=False)  # a heading above it can be seen too

    def action_page(self, by: int) -> None:
        """Move the cursor by what is in view."""
        self.action_go(by * max(1, self.query_one("#choices", OptionList).size.height - 1))

    def action_end_of_list(self, by: int) -> None:
        """Go to the first or last row; while a text is typed, to its first or last letter."""
        field = self.query_one("#narrow", Input)
        if not field.value:
            self.action_go(by * 100_000)
        elif by < 0:
            field.action_home()
        else:
            field.action_end()

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
