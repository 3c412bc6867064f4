"""A terminal's screen: pyte, with the alternate screen it lacks and without what it would print as text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import pyte
from wcwidth import wcwidth

from tests.terminal.vt import Reader, Token

_CSI = {
    "A": "cursor_up", "B": "cursor_down", "C": "cursor_forward", "D": "cursor_back", "E": "cursor_down1",
    "F": "cursor_up1", "G": "cursor_to_column", "H": "cursor_position", "J": "erase_in_display",
    "K": "erase_in_line", "L": "insert_lines", "M": "delete_lines", "P": "delete_characters",
    "@": "insert_characters", "X": "erase_characters", "d": "cursor_to_line", "m": "select_graphic_rendition",
    "r": "set_margins",
}  # fmt: skip
_C0 = {
    "\r": "carriage_return",
    "\n": "linefeed",
    "\b": "backspace",
    "\t": "tab",
    "\x0e": "shift_out",
    "\x0f": "shift_in",
}
_SCREEN_MODES = {6, 7}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it looks: the second half of a wide character is the empty string."""

    char: str
    fg: str
    bg: str
    bold: bool
    italics: bool
    underscore: bool
    reverse: bool
    strikethrough: bool

    def look(self) -> Cell:
        """The same cell without what nobody can see: the colour and weight of a blank."""
        if self.char != " " or self.underscore or self.reverse or self.strikethrough:
            return self
        return Cell(" ", "default", self.bg, False, False, False, False, False)


class Emulator:
    """Draws output on a screen and keeps the modes the program has set."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.modes: set[int] = set()
        """Private modes that are on, such as 1049 (alternate screen), 2004 (bracketed paste), 1000 (mouse)."""
        self.cursor_visible = True
        self._reader = Reader()
        self._main = self._screen = _Screen(columns, rows)

    def feed(self, data: bytes) -> list[Token]:
        """Draw the output; the tokens it was made of."""
        read = list(self._reader.feed(data))
        for token in read:
            self._take(token)
        return read

    def resize(self, columns: int, rows: int) -> None:
        """The window got another size; what fits stays."""
        self.columns, self.rows = columns, rows
        for screen in {self._main, self._screen}:
            screen.resize(rows, columns)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        return min(self._screen.cursor.x, self.columns - 1), self._screen.cursor.y

    @property
    def lines(self) -> list[str]:
        """The text of every row, full width."""
        return [self._screen.row(y) for y in range(self.rows)]

    @property
    def text(self) -> str:
        """The screen's text, one line a row, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.lines)

    def cell(self, x: int, y: int) -> Cell:
        """The cell at column x, row y."""
        char = self._screen.buffer[y][x]
        return Cell(
            char.data, char.fg, char.bg, char.bold, char.italics, char.underscore, char.reverse, char.strikethrough
        )

    def looks(self) -> list[list[Cell]]:
        """Every cell, rows of columns, without invisible differences."""
        return [[self.cell(x, y).look() for x in range(self.columns)] for y in range(self.rows)]

    def _take(self, token: Token) -> None:
        screen = self._screen
        if token.kind == "text":
            screen.draw("".join(char for char in token.body if _drawable(char)))
        elif token.kind == "c0" and token.body in _C0:
            getattr(screen, _C0[token.body])()
        elif token.kind == "csi" and token.name in {"?h", "?l"}:
            for mode in token.numbers:
                self._set(mode, on=token.name == "?h")
        elif token.kind == "csi" and token.name in _CSI:
            getattr(screen, _CSI[token.name])(*(token.numbers if token.body else ()))

    def _set(self, mode: int, *, on: bool) -> None:
        (self.modes.add if on else self.modes.discard)(mode)
        if mode == 25:
            self.cursor_visible = on
        elif mode == 1049:
            self._screen = _Screen(self.columns, self.rows) if on else self._main
        elif mode in _SCREEN_MODES:
            (self._screen.set_mode if on else self._screen.reset_mode)(mode, private=True)


class _Screen(pyte.Screen):
    def draw(self, data: str) -> None:
        """Draw as terminals do: what is written over one half of a wide character blanks its other half."""
        for char in data:
            if wcwidth(char) > 0:
                super().draw(char)
                self._split(self.cursor.y, self.cursor.x - wcwidth(char))
                self._split(self.cursor.y, self.cursor.x)
            else:
                self._combine(char)

    def erase_characters(self, count: int | None = None) -> None:
        """Blank cells from the cursor on."""
        super().erase_characters(count)
        self._mend_line()

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """Blank a part of the cursor's line."""
        super().erase_in_line(how, private)
        self._mend_line()

    def _mend_line(self) -> None:
        for x in range(self.columns + 1):
            self._split(self.cursor.y, x)

    def row(self, y: int) -> str:
        """The text of a row."""
        return "".join(self.buffer[y][x].data for x in range(self.columns))

    def _combine(self, mark: str) -> None:
        """Add a mark to the character before the cursor, which may be a wide one."""
        line, x = self.buffer[self.cursor.y], self.cursor.x - 1
        while x > 0 and not line[x].data:
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(data=line[x].data + mark)

    def _split(self, y: int, x: int) -> None:
        """Blank both halves of a wide character that no longer stands whole at the edge before column x."""
        line = self.buffer[y]
        wide = x > 0 and _is_wide(line[x - 1])
        stub = x < self.columns and not line[x].data
        if wide and not stub:
            line[x - 1] = line[x - 1]._replace(data=" ")
        if stub and not wide:
            line[x] = line[x]._replace(data=" ")

    def erase_in_display(self, how: int = 0, *args: object, **options: object) -> None:
        """Erase cells that were never written, too: they take the background colour like the others."""
        for y in range(self.lines):
            for x in range(self.columns):
                self.buffer[y].setdefault(x, self.default_char)
        super().erase_in_display(how, *args, **options)


def _is_wide(cell: pyte.screens.Char) -> bool:
    return wcwidth((cell.data or " ")[0]) == 2


def _drawable(char: str) -> bool:
    """Whether pyte draws it; at a zero-width character that does not combine it drops the rest of the text."""
    return wcwidth(char) > 0 or bool(unicodedata.combining(char))
