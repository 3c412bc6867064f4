"""The cells, pens and grid of the thin wire against the plain way of drawing the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.terminal.emulator import Cell, Emulator
from tests.terminal.vt import tokens
from tui.app.wire import Wire, obstacle, status
from tui.app.wire_cells import cells
from tui.app.wire_grid import Grid
from tui.app.wire_pen import Pens
from tui.app.wire_pencil import Pencil

WIDTH, HEIGHT = 24, 5

_COLOURS = st.sampled_from([None, "default", "red", "color(123)", "#102030", "#ff8800", "#101010"])
_STYLES = st.builds(
    Style,
    color=_COLOURS,
    bgcolor=_COLOURS,
    bold=st.sampled_from([None, True, False]),
    italic=st.sampled_from([None, True]),
    underline=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
    strike=st.sampled_from([None, True]),
    link=st.sampled_from([None, None, None, "https://example.com/a", "https://x\x1b]52;c;QQ\x07"]),
)
_WORDS = st.text(st.sampled_from("aab    ─▌·é漢字한🙂\u0301"), max_size=20)
_SYSTEMS = st.sampled_from([ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR])


@st.composite
def _paints(draw: st.DrawFn) -> tuple[int, int, Strip]:
    """A row, a column and a strip that fits there, exactly as wide as it says."""
    x = draw(st.sampled_from([0, 0, 6, 7, 17, 23]))
    segments = [Segment(text, style) for text, style in draw(st.lists(st.tuples(_WORDS, _STYLES), max_size=4))]
    width = draw(st.integers(1, WIDTH - x))
    return draw(st.integers(0, HEIGHT - 1)), x, Strip(segments).adjust_cell_length(width, Style(bgcolor="blue"))


def coded(style: Style | None, system: ColorSystem) -> str:
    return f"\x1b[0;{Strip.render_ansi(style, system)}m" if style else "\x1b[m"


@given(
    frames=st.lists(st.lists(_paints(), max_size=4), max_size=6), system=_SYSTEMS, erases=st.booleans(), data=st.data()
)
def test_frames_leave_the_screen_that_plain_writing_leaves(
    frames: list[list[tuple[int, int, Strip]]], system: ColorSystem, erases: bool, data: st.DataObject
) -> None:
    pens = Pens(system)
    grid = Grid(WIDTH, HEIGHT, pens, erases=erases)
    thin, model = Emulator(WIDTH, HEIGHT), _Model(system)
    thin.feed(b"\x1b[?7l\x1b[44m" + b"left over from before " * 6)
    clear = True
    for paints in frames:
        for y, x, strip in paints:
            grid.paint(y, [(x, strip)], (x,))
            model.paint(y, x, strip)
        if data.draw(st.integers(0, 4)) == 0:
            grid.forget()
            thin.feed(b"\x1b[m\x1b[41mnoise")
        pencil = Pencil(pens, WIDTH)
        grid.draw(pencil, clear=clear and data.draw(st.booleans()))
        pencil.ink(0)
        thin.feed(b"\x1b[m" + pencil.text().encode())
        assert thin.looks() == model.looks()
        pencil = Pencil(pens, WIDTH)
        grid.draw(pencil)
        assert pencil.text() == ""


class _Model:
    """A screen of cells that are simply overwritten, drawn whole; half a wide character becomes a blank."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self.rows: list[list[tuple[str, Style | None]]] = [[(" ", None)] * WIDTH for _ in range(HEIGHT)]

    def paint(self, y: int, x: int, strip: Strip) -> None:
        row = self.rows[y]
        for text, style, _ in strip:
            for cell in cells(text):
                row[x] = (cell, style)
                x += 1
        for at in range(WIDTH):
            wide = row[at][0] != "" and cell_len(row[at][0]) == 2
            follows = at + 1 < WIDTH and row[at + 1][0] == ""
            if wide != follows:
                half = at if wide else at + 1
                row[half] = (" ", row[half][1])

    def looks(self) -> list[list[Cell]]:
        screen = Emulator(WIDTH, HEIGHT)
        screen.feed(b"\x1b[?7l")
        for y, row in enumerate(self.rows):
            for x, (cell, style) in enumerate(row):
                if cell:
                    screen.feed(f"\x1b[{y + 1};{x + 1}H{coded(style, self.system)}{cell}".encode())
        return screen.looks()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cn"]), max_size=12))
def test_cells_are_as_many_as_the_layout_counts(text: str) -> None:
    assert len(cells(text)) == cell_len(text)
    assert "".join(cells(text)).startswith(text[:1] if cell_len(text[:1]) else "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a漢b", ("a", "漢", "", "b")),
        ("e\u0301x", ("e\u0301", "x")),
        ("漢\u0301x", ("漢\u0301", "", "x")),
        ("👩\u200d👧!", ("👩\u200d👧", "", "!")),
        ("❤\ufe0f!", ("❤\ufe0f", "", "!")),
        ("\u0301a", ("a",)),
    ],
)
def test_characters_that_belong_together_share_a_cell(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(cells(text)) == expected


@given(st.text(max_size=20))
def test_no_cell_can_steer_the_terminal(text: str) -> None:
    assert not {category(char) for cell in cells(text) for char in cell} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {char for cell in cells(text) for char in cell if category(char) == "Cf"} - {"\u200d"}


@given(styles=st.lists(_STYLES, min_size=2, max_size=6), system=_SYSTEMS)
def test_any_change_of_pen_draws_as_the_style_alone(styles: list[Style], system: ColorSystem) -> None:
    pens = Pens(system)
    numbers = [0, *map(pens.number, styles)]
    stepwise, alone = Emulator(8, 1), Emulator(8, 1)
    for before, after in pairwise(numbers):
        stepwise.feed((pens.change(before, after) + "x").encode())
    for style in styles:
        alone.feed((coded(style, system) + "x").encode())
    assert stepwise.looks() == alone.looks()


@given(styles=st.lists(_STYLES, min_size=2, max_size=6))
def test_links_are_closed_and_only_harmless_ones_are_sent(styles: list[Style]) -> None:
    pens = Pens(ColorSystem.TRUECOLOR)
    numbers = [0, *map(pens.number, styles), 0]
    sent = "".join(pens.change(before, after) for before, after in pairwise(numbers))
    links = [token.body for token in tokens(sent.encode()) if token.kind == "osc"]
    assert set(links) <= {";", ";https://example.com/a"}
    assert links[-1:] in ([], [";"])


def _row(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


def _wire(*lines: str) -> Wire:
    wire = Wire(WIDTH, len(lines), ColorSystem.TRUECOLOR)
    paint(wire, *lines)
    wire.frame(None)
    return wire


def paint(wire: Wire, *lines: str) -> None:
    update = LayoutUpdate([[_row(line.ljust(WIDTH))] for line in lines], Region(0, 0, WIDTH, len(lines)))
    wire.paint(update)


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        ("counter 1", "counter 2", "\x1b[1;9H2"),
        ("abc", "abc", ""),
        ("a-c-e", "b-d-f", "\x1b[Hb-d-f"),
        ("a" + "-" * 12 + "b", "c" + "-" * 12 + "d", "\x1b[Hc\x1b[14Gd"),
        ("words of a line", "", "\x1b[H\x1b[K"),
        ("one " + "x" * 8 + " two", "one " + " " * 8 + " two", "\x1b[1;5H\x1b[8X"),
        ("漢字", "漢語", "\x1b[1;3H語"),
        ("漢", "a漢", "\x1b[Ha漢"),
        ("e\u0301tude", "etude", "\x1b[Hetude\x1b[K"),
    ],
)
def test_only_what_changed_is_sent(before: str, after: str, sent: str) -> None:
    wire = _wire(before)
    paint(wire, after)
    assert wire.frame(None) == sent


def test_the_cursor_goes_the_shortest_way() -> None:
    wire = _wire("a        b", "a        b", "a", "a")
    paint(wire, "x        b", "x        b", "a        ", "x")
    assert wire.frame(None) == "\x1b[Hx\r\nx\r\n\nx"


@pytest.mark.parametrize(
    ("sync", "begin", "end"), [(True, "\x1b[?2026h", "\x1b[?2026l"), (False, "\x1b[?25l", "\x1b[?25h")]
)
def test_a_big_frame_is_seen_only_when_it_is_whole(sync: bool, begin: str, end: str) -> None:
    wire = _wire(*["some words"] * 60)
    wire.frame((3, 3), sync=sync)
    paint(wire, *["other text"] * 60)
    frame = wire.frame((3, 3), sync=sync)
    assert frame.startswith(begin)
    assert frame.endswith(end)
    screen = Emulator(WIDTH, 60)
    screen.feed(frame.encode())
    assert screen.cursor == (3, 3)


class _Counted(Strip):
    """A strip that counts how often it is read."""

    reads = 0

    def __iter__(self) -> Iterator[Segment]:
        _Counted.reads += 1
        return super().__iter__()


def test_an_equal_strip_in_the_same_place_is_not_read_again() -> None:
    grid = Grid(WIDTH, 1, Pens(ColorSystem.TRUECOLOR))
    _Counted.reads = 0
    for edges, reads in (((0,), 1), ((0,), 1), ((0, 3), 2), ((0, 3), 2), ((0,), 3)):
        grid.paint(0, [(0, _Counted([Segment("x" * WIDTH)], WIDTH))], edges)
        assert _Counted.reads == reads


@pytest.mark.parametrize(
    ("environ", "version", "why"),
    [
        ({}, "8.2.8", ""),
        ({"CARDWALL_THIN_WIRE": "1"}, "8.2.4", ""),
        ({"CARDWALL_THIN_WIRE": "off"}, "8.2.8", "CARDWALL_THIN_WIRE says so"),
        ({}, "8.3.0", "Textual 8.3.0 is not a version it was tested with (8.2)"),
    ],
)
def test_the_wire_says_whether_it_works_here(environ: dict[str, str], version: str, why: str) -> None:
    assert obstacle(environ, version) == why
    assert status(environ, version).startswith("The thin wire is off because" if why else "The thin wire is on")
    assert why in status(environ, version)
