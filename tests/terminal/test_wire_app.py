"""The thin wire under a Textual app: the screen is what Textual itself would have drawn."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rich.console import COLOR_SYSTEMS, Console
from textual._compositor import LayoutUpdate
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Static

from tests.terminal.emulator import Emulator
from tests.terminal.programs.board import Board
from tests.terminal.scan import scan
from tui.app import wire


class Capture(HeadlessDriver):
    """A driver that writes to a list, and that the app takes for a terminal."""

    written: list[str]

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.__dict__.setdefault("written", []).append(data)


def captured(driver: Driver | None) -> list[str]:
    assert isinstance(driver, Capture)
    return driver.written


def board(colours: str = "truecolor") -> Board:
    app = Board(driver_class=Capture)
    app.console = Console(color_system=colours, force_terminal=True, _environ={})  # type: ignore[arg-type]  # a name of one
    return app


def whole_screen(app: Board) -> str:
    """All of the screen, written row by row without any comparison."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    colours = COLOR_SYSTEMS[app.console.color_system or "truecolor"]
    out = ["\x1b[?7l"]
    for y, line in enumerate(update.strips):
        out.append(f"\x1b[{y + 1}H")
        # Not Strip.render: styles remember the codes of the first colour system they were rendered with.
        out += [
            f"\x1b[0;{Strip.render_ansi(style, colours) if style else ''}m{text}"
            for strip in line
            for text, style, _ in strip
        ]
    return "".join(out)


class Watched:
    """A running board beside the terminal its output goes to."""

    def __init__(self, app: Board, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot
        self.terminal = Emulator(app.size.width, app.size.height)

    async def shows_what_textual_draws(self) -> None:
        await self.pilot.pause()
        self.terminal.feed(self.sent().encode())
        whole = Emulator(self.terminal.columns, self.terminal.rows)
        whole.feed(whole_screen(self.app).encode())
        assert self.terminal.looks() == whole.looks()

    def sent(self) -> str:
        written = captured(self.app._driver)
        text = "".join(written)
        written.clear()
        return text

    async def sent_at_last(self) -> str:
        while not (sent := self.sent()):
            await self.pilot.pause(0.01)
        return sent

    async def resize(self, width: int, height: int) -> None:
        self.terminal.resize(width, height)
        driver = self.app._driver
        assert isinstance(driver, Capture)
        driver._size = (width, height)
        self.app.post_message(Resize(Size(width, height), Size(width, height)))
        while self.app.screen.size != (width, height):
            await self.pilot.pause()


_STEPS = st.lists(
    st.sampled_from(["j", "j", "j", "k", "d", "escape", "n", "s", "l", "r", "x", "wide", "narrow"]), max_size=14
)


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(steps=_STEPS, colours=st.sampled_from(["truecolor", "256", "standard"]))
async def test_any_sequence_leaves_the_screen_that_textual_draws(steps: list[str], colours: str) -> None:
    app = board(colours)
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        for step in steps:
            if step in {"wide", "narrow"}:
                await watched.resize(*((77, 18) if step == "wide" else (41, 11)))
            else:
                await pilot.press(step)
            await watched.shows_what_textual_draws()


async def test_a_repaint_that_changes_nothing_sends_nothing() -> None:
    app = board()
    app._sync_available = True
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        await pilot.press("x", "r")
        await pilot.pause()
        assert watched.sent() == ""


async def test_big_frames_are_bracketed_once_and_small_ones_are_not() -> None:
    app = board()
    app._sync_available = True
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await pilot.pause()
        watched.sent()
        app.redraw()
        frame = watched.sent()
        assert frame.startswith("\x1b[?2026h")
        assert frame.endswith("\x1b[?2026l")
        assert frame.count("\x1b[?2026") == 2
        await pilot.press("s")
        await pilot.pause()
        assert "2026" not in watched.sent()


async def test_the_terminals_cursor_is_where_the_app_wants_it() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        assert not watched.terminal.cursor_visible
        await pilot.press("j", "j")
        await watched.shows_what_textual_draws()
        assert (watched.terminal.cursor_visible, watched.terminal.cursor) == (True, (0, 2))
        app.cursor_at(7, 5)  # no repaint follows
        app.cursor_at(7, 6)
        sent = await watched.sent_at_last()
        watched.terminal.feed(sent.encode())
        assert watched.terminal.cursor == (7, 6)
        assert len(sent) <= 8
        app.cursor_at()
        assert await watched.sent_at_last() == "\x1b[?25l"


async def test_what_an_app_leaks_stops_at_the_wire() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        app.query_one("#status", Static).update("a\x1b]52;c;QQ==\x1b\\b\x9b31mc\u202ed")
        await pilot.pause()
        sent = watched.sent().encode()
    assert scan(sent) == []
    watched.terminal.feed(sent)
    assert watched.terminal.lines[-1].startswith("a]52;c;QQ==\\b31mcd")


async def test_redraw_sends_everything_again() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        watched.terminal = Emulator(60, 14)
        watched.terminal.feed(b"\x1b[?1049h\x1b[44mnoise\x1b[5;7r\x1b[?6h")
        await pilot.press("l")
        await watched.shows_what_textual_draws()


async def test_a_resize_there_and_back_draws_everything_again() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        watched.terminal = Emulator(60, 14)
        for width in (70, 60):
            app.post_message(Resize(Size(width, 14), Size(width, 14)))
        await watched.shows_what_textual_draws()


async def test_a_report_of_the_present_size_sends_nothing() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        app.post_message(Resize(Size(60, 14), Size(60, 14), pixel_size=Size(600, 280)))
        await pilot.pause()
        assert watched.sent() == ""


async def test_an_app_may_leave_the_wire_unused() -> None:
    app = board()
    app.thin_wire = False
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await pilot.pause()
        watched.sent()
        await pilot.press("r")
        await pilot.pause()
        assert len(watched.sent()) > 1000
        assert app.wire_status().startswith("The thin wire is off because a setting says so")


async def test_a_wire_that_has_seen_too_many_styles_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MANY_PENS", 12)
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await watched.shows_what_textual_draws()
        first = app._wire
        status = app.query_one("#status", Static)
        for shade in range(12):
            status.styles.background = f"rgb({shade},0,0)"
            await pilot.pause()
        await watched.shows_what_textual_draws()
        assert app._wire is not first


async def test_an_input_parks_the_hidden_cursor_where_input_methods_look() -> None:
    app = board()
    async with app.run_test(headless=False, size=(60, 14)) as pilot:
        watched = Watched(app, pilot)
        await pilot.press("d", "x")
        await watched.shows_what_textual_draws()
        assert not watched.terminal.cursor_visible
        assert watched.terminal.cursor == app.cursor_position != (0, 0)
