"""Writes one frame: knows where the terminal's cursor is and what it draws with, and takes the shortest way."""

from __future__ import annotations

from typing import Final

from tui.app.wire_pen import DEFAULT, Pens

LINE_NOISE: Final = "\x1b[m\x0f\x1b(B\x1b[4l\x1b[?6l\x1b[?7l\x1b[r"
"""Undoes what stray output may have left: style, character set, insert and origin mode, wrapping, margins."""


class Pencil:
    """The escape sequences of a frame, as they grow.

    The cursor's place is unknown at first (another program may have written in between), the style is the default.
    """

    def __init__(self, pens: Pens, width: int) -> None:
        self._pens, self._width = pens, width
        self._out: list[str] = []
        self.pen = DEFAULT
        self.x: int | None = None
        self.y: int | None = None

    def text(self) -> str:
        """The whole frame so far."""
        return "".join(self._out)

    def raw(self, sequence: str) -> None:
        """Add a sequence that moves the cursor to nobody knows where."""
        self._out.append(sequence)
        self.x = self.y = None

    def control(self, sequence: str) -> None:
        """Add a sequence that leaves cursor and style alone."""
        self._out.append(sequence)

    def ink(self, pen: int) -> None:
        """Draw in this style from now on."""
        if pen != self.pen:
            self._out.append(self._pens.change(self.pen, pen))
            self.pen = pen

    def write(self, text: str, cells: int, *, sure: bool) -> None:
        """Write text of so many cells; when terminals may disagree about that, the column is unknown afterwards."""
        self._out.append(text)
        if self.x is not None:
            self.x += cells
            # In the last column the cursor stays on the cell it has written, as wrapping is off.
            if not sure or self.x >= self._width:
                self.x = None

    def erase(self, cells: int) -> None:
        """Blank some cells from the cursor on in the present background; the cursor stays."""
        self._out.append(f"\x1b[{cells}X")

    def erase_to_end(self) -> None:
        """Blank the rest of the row in the present background; the cursor stays."""
        self._out.append("\x1b[K")

    def clear(self) -> None:
        """Blank the whole screen in the present background; the cursor stays."""
        self._out.append("\x1b[2J")

    def way(self, x: int, y: int) -> str:
        """The shortest sequence that brings the cursor to column x, row y."""
        if self.y is None:
            return _absolute(x, y)
        ways = [_absolute(x, y)]
        if self.y == y:
            ways.append("\r" if x == 0 else f"\x1b[{x + 1}G")
            if self.x is not None:
                ways.append(_sideways(x - self.x))
        else:
            down = y - self.y
            if self.x == x:
                ways.append(_step(abs(down), "B" if down > 0 else "A"))
            elif x == 0 and down > 0:
                ways.append("\r" + "\n" * down)
        return min(ways, key=len)

    def go(self, x: int, y: int) -> None:
        """Bring the cursor to column x, row y."""
        if (self.x, self.y) != (x, y):
            self._out.append(self.way(x, y))
            self.x, self.y = x, y


def _absolute(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1 if y else ''}H"


def _sideways(columns: int) -> str:
    back = "\b" * -columns
    return _step(columns, "C") if columns > 0 else min(back, _step(-columns, "D"), key=len)


def _step(count: int, final: str) -> str:
    return f"\x1b[{count if count > 1 else ''}{final}" if count else ""
