"""The screen as it should be and as the terminal has it, cell by cell; a frame is the difference."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from textual.strip import Strip

from tui.app.wire_cells import cells, disputed, plain
from tui.app.wire_pen import DEFAULT, Pens
from tui.app.wire_pencil import Pencil

_UNKNOWN: Final = "\x00"
_INNER: Final = re.compile(" {12,}")
_AT_END: Final = re.compile(" {12,}| {6,}$")
"""Blanks that are shorter to erase than to write: with more to come behind them, and with nothing."""
_FEW: Final = 3
"""Blanks at the end of a row that are as short to write."""
_NEAR: Final = 6
"""Unchanged cells between two changed ones that may be cheaper to write again than to step over."""


class Row:
    """One row: what it should show, what the terminal shows, and the strips that were laid on it last."""

    __slots__ = ("edges", "first", "last", "odd", "pens", "shown_pens", "shown_text", "strips", "text")

    def __init__(self, width: int) -> None:
        self.text = [" "] * width
        self.pens = [DEFAULT] * width
        self.shown_text = [_UNKNOWN] * width
        self.shown_pens = [DEFAULT] * width
        self.edges: tuple[int, ...] = ()
        self.strips: dict[int, Strip] = {}
        self.first, self.last = 0, width
        """Where it may differ from what the terminal shows: from one column up to before another."""
        self.odd = False
        """Whether it has ever had cells that are not one character each."""

    def touch(self, first: int, last: int) -> None:
        """Note that columns from `first` up to before `last` may have changed."""
        if self.first < self.last:
            self.first, self.last = min(self.first, first), max(self.last, last)
        else:
            self.first, self.last = first, last

    def settle(self) -> None:
        """Note that the terminal shows all of it now."""
        self.shown_text[:] = self.text
        self.shown_pens[:] = self.pens
        self.first = self.last = 0

    def unknown(self) -> None:
        """Note that nobody knows what the terminal shows here."""
        width = len(self.text)
        self.shown_text = [_UNKNOWN] * width
        self.first, self.last = 0, width


class Grid:
    """A screen of `width` by `height` cells.

    `erases` says whether the terminal erases in the background colour (most do, GNU screen does not).
    """

    def __init__(self, width: int, height: int, pens: Pens, *, erases: bool = True) -> None:
        self.width, self.height = width, height
        self._pens, self._erases = pens, erases
        self._rows = [Row(width) for _ in range(height)]

    def paint(self, y: int, strips: Iterable[tuple[int, Strip]], edges: tuple[int, ...]) -> None:
        """Lay strips on row y, each at its column; `edges` are the columns where any strip of that row may begin.

        A strip that already lies at its place costs next to nothing.
        """
        if not 0 <= y < self.height:
            return
        row = self._rows[y]
        if row.edges != edges:
            row.edges = edges
            row.strips.clear()
        lying = row.strips
        for x, strip in strips:
            old = lying.get(x)
            if old is not strip and old != strip:
                lying[x] = strip
                end = self._lay(row, x, strip) + 1
                row.touch(x - 1 if x else 0, end if end < self.width else self.width)

    def forget(self) -> None:
        """Take nothing for granted about what the terminal shows; the next frame sends every cell."""
        for row in self._rows:
            row.unknown()

    def draw(self, pencil: Pencil, *, clear: bool = False) -> None:
        """Write what has changed since the last frame; `clear` begins with a blank screen."""
        if clear:
            self._clear(pencil)
            self._draw_rules(pencil)
        for y, row in enumerate(self._rows):
            if row.first < row.last:
                self._draw_row(pencil, y, row)
                row.settle()

    def _lay(self, row: Row, x: int, strip: Strip) -> int:
        """Put a strip's cells in place; the column behind it."""
        text, pens, width, number = row.text, row.pens, self.width, self._pens.number
        if 0 < x < width and text[x] == "":
            text[x - 1] = " "
        for words, style, control in strip:
            if control:
                continue
            part = words if words.isascii() and words.isprintable() else cells(words)
            if x >= width:
                break
            if type(part) is tuple:
                row.odd = True
            end = min(x + len(part), width)
            text[x:end] = part[: end - x]
            pens[x:end] = [number(style)] * (end - x)
            x += len(part)
        if x < width:
            if text[x] == "":
                text[x] = " "
        elif text[-1] and cells(text[-1])[1:]:
            text[-1] = " "
        return x

    def _clear(self, pencil: Pencil) -> None:
        """Blank the terminal's screen in the commonest background, so that only the rest must be written."""
        blanks = Counter(self._pens.blank[pen] for pen in chain.from_iterable(row.pens for row in self._rows))
        pen = next((pen for pen, _ in blanks.most_common() if self._erasable(pen)), DEFAULT)
        pencil.ink(pen)
        pencil.clear()
        for row in self._rows:
            row.unknown()
            row.shown_text = [" "] * self.width
            row.shown_pens = [pen] * self.width

    def _draw_rules(self, pencil: Pencil) -> None:
        """Write the single cells of the commonest style first: rules between columns are most of a screen's styles.

        In the order of the rows each of them would need its own style, and what follows it another.
        """
        lone = [[x for x in range(self.width) if _stands_alone(row, x)] for row in self._rows]
        pens = Counter(row.pens[x] for row, columns in zip(self._rows, lone, strict=True) for x in columns)
        commonest = pens.most_common(1)
        if not commonest or commonest[0][1] < self.height:
            return
        pen = commonest[0][0]
        pencil.ink(pen)
        for y, (row, columns) in enumerate(zip(self._rows, lone, strict=True)):
            for x in columns:
                if row.pens[x] == pen:
                    pencil.go(x, y)
                    pencil.write(row.text[x], 1, sure=True)
                    row.shown_text[x], row.shown_pens[x] = row.text[x], pen

    def _erasable(self, pen: int) -> bool:
        return self._pens.erasable[pen] and (self._erases or self._pens.plain_background(pen))

    def _draw_row(self, pencil: Pencil, y: int, row: Row) -> None:
        changed = self._changed(row)
        if not changed:
            return
        rest = len(changed) - self._blank_tail(row, changed)
        for start, end in _runs(changed[:rest]):
            self._approach(pencil, row, start, y)
            self._draw_run(pencil, row, start, end, y)
        if rest < len(changed):
            pencil.go(changed[rest], y)
            if not self._fits(pencil.pen, row, changed[rest]):
                pencil.ink(self._pens.blank[row.pens[-1]])
            pencil.erase_to_end()

    def _changed(self, row: Row) -> list[int]:
        """The columns to write, in order: never half a wide character, all that follows a disputed one."""
        first, last, blank = row.first, row.last, self._pens.blank
        text, shown_text = row.text[first:last], row.shown_text[first:last]
        pens, shown_pens = row.pens[first:last], row.shown_pens[first:last]
        if text == shown_text and pens == shown_pens:
            return []
        columns = range(first, last)
        if text == shown_text:
            found = [
                x
                for x, pen, shown in zip(columns, pens, shown_pens, strict=True)
                if pen != shown and (blank[pen] != blank[shown] or row.text[x] != " ")
            ]
        elif pens == shown_pens:
            found = [x for x, new, old in zip(columns, text, shown_text, strict=True) if new != old]
        else:
            found = [
                x
                for x, new, old, pen, shown in zip(columns, text, shown_text, pens, shown_pens, strict=True)
                if new != old or (pen != shown and (new != " " or blank[pen] != blank[shown]))
            ]
        return self._with_neighbours(row, found) if row.odd else found

    def _with_neighbours(self, row: Row, columns: list[int]) -> list[int]:
        """The columns with the other halves of wide characters, and with all that a disputed width may have moved."""
        for x in columns:
            if disputed(row.text[x]) or disputed(row.shown_text[x]):
                columns = [*(each for each in columns if each < x), *range(x, self.width)]
                break
        return sorted({*columns, *_whole(row.text, columns)})

    def _blank_tail(self, row: Row, changed: list[int]) -> int:
        """How many of the changed columns lie in equal blanks up to the row's end that one sequence may erase."""
        text, pens = row.text, row.pens
        behind = self.width - changed[-1]
        if text[-behind:].count(" ") != behind or not self._erasable(pens[-1]):
            return 0
        blank, tail = self._pens.blank, self.width - behind
        look = blank[pens[-1]]
        if any(blank[pen] != look for pen in set(pens[tail:])):
            return 0
        while tail > 0 and text[tail - 1] == " " and blank[pens[tail - 1]] == look:
            tail -= 1
        many = len(changed) - bisect_left(changed, tail)
        return many if many > _FEW else 0

    def _approach(self, pencil: Pencil, row: Row, x: int, y: int) -> None:
        """Bring the cursor to column x of row y, through a short gap by writing the gap again."""
        if pencil.y == y and pencil.x is not None and 0 < x - pencil.x <= _NEAR:
            gap = "".join(row.text[pencil.x : x])
            if plain(gap) and len(gap) == x - pencil.x and len(gap) <= len(pencil.way(x, y)):
                for column in range(pencil.x, x):
                    if not self._fits(pencil.pen, row, column):
                        break
                else:
                    pencil.write(gap, len(gap), sure=True)
        pencil.go(x, y)

    def _fits(self, pen: int, row: Row, x: int) -> bool:
        """Whether a cell looks right when it is written in style `pen`."""
        if row.pens[x] == pen or row.text[x] == "":
            return True
        return row.text[x] == " " and self._pens.blank[pen] == self._pens.blank[row.pens[x]]

    def _draw_run(self, pencil: Pencil, row: Row, x: int, end: int, y: int) -> None:
        text, pens, blank = row.text, row.pens, self._pens.blank
        while x < end:
            if not self._fits(pencil.pen, row, x):
                pencil.ink(self._pen_for(row, x, end))
            pen, stop = pencil.pen, x + 1
            look = blank[pen]
            if pens[x:end].count(pen) == end - x:
                stop = end
            while stop < end and (
                pens[stop] == pen or text[stop] == "" or (text[stop] == " " and blank[pens[stop]] == look)
            ):
                stop += 1
            self._draw_text(pencil, text[x:stop], x, y, _INNER if stop < end else _AT_END)
            x = stop

    def _pen_for(self, row: Row, x: int, end: int) -> int:
        """The style to go on with: blanks are drawn in that of the text behind them where that looks the same."""
        text, pens, blank = row.text, row.pens, self._pens.blank
        if text[x] != " ":
            return pens[x]
        look = blank[pens[x]]
        behind = next((column for column in range(x + 1, end) if text[column] != " "), x)
        return pens[behind] if blank[pens[behind]] == look and behind > x else look

    def _draw_text(self, pencil: Pencil, part: list[str], x: int, y: int, blanks: re.Pattern[str]) -> None:
        """Draw cells of one style from column x on; blanks that match are erased, which is shorter."""
        text = "".join(part)
        sure = len(text) == len(part) and (text.isascii() or "" not in part)
        at = 0
        if self._erasable(pencil.pen) and "      " in text:
            for gap in blanks.finditer(text if sure else "".join([cell[:1] or "x" for cell in part])):
                start, end = gap.span()
                if start > at:
                    pencil.go(x + at, y)
                    pencil.write("".join(part[at:start]), start - at, sure=sure)
                pencil.go(x + start, y)
                pencil.erase(end - start)
                at = end
        if at < len(part):
            pencil.go(x + at, y)
            pencil.write("".join(part[at:]) if at else text, len(part) - at, sure=sure)


def _stands_alone(row: Row, x: int) -> bool:
    """Whether a cell is one character that no text of its style touches."""
    text, pens, pen = row.text, row.pens, row.pens[x]
    if len(text[x]) != 1 or text[x] == " " or disputed(text[x]) or (x and pens[x - 1] == pen and text[x - 1] != " "):
        return False
    return x + 1 == len(text) or (text[x + 1] != "" and (pens[x + 1] != pen or text[x + 1] == " "))


def _runs(columns: list[int]) -> Iterator[tuple[int, int]]:
    """The columns as ranges, each up to before its second number."""
    if not columns:
        return
    if columns[-1] - columns[0] < len(columns):
        yield columns[0], columns[-1] + 1
        return
    start = previous = columns[0]
    for x in columns[1:]:
        if x != previous + 1:
            yield start, previous + 1
            start = x
        previous = x
    yield start, previous + 1


def _whole(text: list[str], columns: Iterable[int]) -> Iterable[int]:
    """The columns that complete the wide characters which some columns touch."""
    for x in columns:
        if text[x] == "":
            yield x - 1
        elif x + 1 < len(text) and text[x + 1] == "":
            yield x + 1
