"""The screen as it should be and as the terminal has it, cell by cell; a frame is the difference."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from textual.strip import Strip

from tui.app.wire_cells import cells, disputed, plain
from tui.app.wire_pen import DEFAULT, Pens
from tui.app.wire_pencil import Pencil

_UNKNOWN: Final = "\x00"
_INNER: Final = re.compile(" {12,}")
_AT_END: Final = re.compile(" {12,}| {6,}$")
_AT_EDGE: Final = re.compile(" {12,}| {4,}$")
"""Blanks that are shorter to erase than to write: with more to come behind them, at the end of what has changed, at
the end of the row."""
_FEW: Final = 4
_NEAR: Final = 6
"""Unchanged cells between two changed ones that may be cheaper to write again than to step over."""


class Row:
    """One row: what it should show, what the terminal shows, and the strips that were laid on it last."""

    __slots__ = ("edges", "pens", "shown_pens", "shown_text", "strips", "text")

    def __init__(self, width: int) -> None:
        self.text = [" "] * width
        self.pens = [DEFAULT] * width
        self.shown_text = [_UNKNOWN] * width
        self.shown_pens = [DEFAULT] * width
        self.edges: tuple[int, ...] = ()
        self.strips: dict[int, Strip] = {}


class Grid:
    """A screen of `width` by `height` cells.

    `erases` says whether the terminal erases in the background colour (most do, GNU screen does not).
    """

    def __init__(self, width: int, height: int, pens: Pens, *, erases: bool = True) -> None:
        self.width, self.height = width, height
        self._pens, self._erases = pens, erases
        self._rows = [Row(width) for _ in range(height)]
        self._touched: set[int] = set()

    def paint(self, y: int, strips: Sequence[tuple[int, Strip]], edges: tuple[int, ...]) -> None:
        """Lay strips on row y, each at its column; `edges` are the columns where any strip of that row may begin.

        A strip object that already lies at its place costs nothing.
        """
        if not 0 <= y < self.height:
            return
        row = self._rows[y]
        if row.edges != edges:
            row.edges = edges
            row.strips.clear()
        lying = row.strips
        for x, strip in strips:
            if lying.get(x) is not strip:
                lying[x] = strip
                self._lay(row, x, strip)
                self._touched.add(y)

    def forget(self) -> None:
        """Take nothing for granted about what the terminal shows; the next frame sends every cell."""
        for row in self._rows:
            row.shown_text = [_UNKNOWN] * self.width
        self._touched.update(range(self.height))

    def draw(self, pencil: Pencil, *, clear: bool = False) -> None:
        """Write what has changed since the last frame; `clear` begins with a blank screen."""
        if clear:
            self._clear(pencil)
        for y in sorted(self._touched):
            row = self._rows[y]
            self._draw_row(pencil, y, row)
            row.shown_text[:] = row.text
            row.shown_pens[:] = row.pens
        self._touched.clear()

    def _lay(self, row: Row, x: int, strip: Strip) -> None:
        text, pens, width, number = row.text, row.pens, self.width, self._pens.number
        if 0 < x < width and text[x] == "":
            text[x - 1] = " "
        for words, style, control in strip:
            if control:
                continue
            part: Sequence[str] = words if plain(words) else cells(words)
            end = min(x + len(part), width)
            if end <= x:
                break
            text[x:end] = part[: end - x]
            pens[x:end] = [number(style)] * (end - x)
            x += len(part)
        if x < width:
            if text[x] == "":
                text[x] = " "
        elif text[-1] and cells(text[-1])[1:]:
            text[-1] = " "

    def _clear(self, pencil: Pencil) -> None:
        """Blank the terminal's screen in the commonest background, so that only the rest must be written."""
        blanks = Counter(self._pens.blank[pen] for pen in chain.from_iterable(row.pens for row in self._rows))
        pen = next((pen for pen, _ in blanks.most_common() if self._erasable(pen)), DEFAULT)
        pencil.ink(pen)
        pencil.clear()
        for row in self._rows:
            row.shown_text = [" "] * self.width
            row.shown_pens = [pen] * self.width

    def _erasable(self, pen: int) -> bool:
        return self._pens.erasable[pen] and (self._erases or self._pens.plain_background(pen))

    def _draw_row(self, pencil: Pencil, y: int, row: Row) -> None:
        changed = self._changed(row)
        at = 0
        while at < len(changed):
            start = changed[at]
            while at + 1 < len(changed) and changed[at + 1] == changed[at] + 1:
                at += 1
            self._approach(pencil, row, start, y)
            end = changed[at] + 1
            at += 1
            self._draw_run(pencil, row, start, end if at < len(changed) else self._to_edge(row, start, end), y)

    def _changed(self, row: Row) -> list[int]:
        """The columns to write, in order: never half a wide character, all that follows a disputed one."""
        if row.text == row.shown_text and row.pens == row.shown_pens:
            return []
        blank = self._pens.blank
        found = [
            x
            for x, (new, old, pen, shown) in enumerate(
                zip(row.text, row.shown_text, row.pens, row.shown_pens, strict=True)
            )
            if new != old or (pen != shown and (new != " " or blank[pen] != blank[shown]))
        ]
        for x in found:
            if disputed(row.text[x]) or disputed(row.shown_text[x]):
                found = sorted({*found, *range(x, self.width)})
                break
        if found and "" in row.text:
            found = sorted({*found, *_whole(row.text, found)})
        return found

    def _to_edge(self, row: Row, start: int, end: int) -> int:
        """Where the last run of a row ends: at the edge when only equal blanks follow, as one sequence erases them."""
        pen = row.pens[end - 1]
        rest = range(max(start, end - _FEW), self.width)
        if len(rest) > _FEW and self._erasable(pen) and all(row.text[x] == " " for x in rest):
            blank = self._pens.blank
            if all(blank[row.pens[x]] == blank[pen] for x in rest):
                return self.width
        return end

    def _approach(self, pencil: Pencil, row: Row, x: int, y: int) -> None:
        """Bring the cursor to column x of row y, through a short gap by writing the gap again."""
        if pencil.y == y and pencil.x is not None and 0 < x - pencil.x <= _NEAR:
            gap = "".join(row.text[pencil.x : x])
            fits = all(self._fits(pencil.pen, row, column) for column in range(pencil.x, x))
            if fits and plain(gap) and len(gap) <= len(pencil.way(x, y)):
                pencil.write(gap, len(gap), sure=True)
        pencil.go(x, y)

    def _fits(self, pen: int, row: Row, x: int) -> bool:
        """Whether a cell looks right when it is written in style `pen`."""
        if row.pens[x] == pen or row.text[x] == "":
            return True
        return row.text[x] == " " and self._pens.blank[pen] == self._pens.blank[row.pens[x]]

    def _draw_run(self, pencil: Pencil, row: Row, x: int, end: int, y: int) -> None:
        while x < end:
            if not self._fits(pencil.pen, row, x):
                pencil.ink(row.pens[x])
            stop = x + 1
            while stop < end and self._fits(pencil.pen, row, stop):
                stop += 1
            blanks = _INNER if stop < end else _AT_EDGE if stop == self.width else _AT_END
            self._draw_text(pencil, row.text[x:stop], x, y, blanks)
            x = stop

    def _draw_text(self, pencil: Pencil, part: list[str], x: int, y: int, blanks: re.Pattern[str]) -> None:
        """Draw cells of one style from column x on; blanks that match are erased, which is shorter."""
        at = 0
        if self._erasable(pencil.pen):
            for gap in blanks.finditer("".join([cell[:1] or "x" for cell in part])):
                start, end = gap.span()
                _put(pencil, part[at:start], x + at, y)
                pencil.go(x + start, y)
                pencil.erase(end - start, to_end=x + end == self.width)
                at = end
        _put(pencil, part[at:], x + at, y)


def _put(pencil: Pencil, part: list[str], x: int, y: int) -> None:
    if part:
        text = "".join(part)
        pencil.go(x, y)
        pencil.write(text, len(part), sure=text.isascii() or all(len(cell) == 1 for cell in part))


def _whole(text: list[str], columns: Iterable[int]) -> Iterable[int]:
    """The columns that complete the wide characters which some columns touch."""
    for x in columns:
        if text[x] == "":
            yield x - 1
        elif x + 1 < len(text) and text[x + 1] == "":
            yield x + 1
