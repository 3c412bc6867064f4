"""The thin wire in a real pseudo-terminal, beside the same app without it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.terminal.scan import scan
from tests.terminal.terminal import Terminal

BOARD = [sys.executable, "-m", "tests.terminal.programs.board"]


@contextmanager
def board(*, thin: bool = True, env: dict[str, str | None] | None = None) -> Iterator[Terminal]:
    settings = {"CARDWALL_THIN_WIRE": "1" if thin else "0", **(env or {})}
    with Terminal(BOARD, columns=80, rows=20, env=settings) as wall:
        wall.wait_for("READY")
        wall.wait_idle()
        yield wall


@pytest.mark.parametrize("colours", [{}, {"COLORTERM": None}, {"COLORTERM": None, "TERM": "xterm"}, {"NO_COLOR": "1"}])
def test_the_screen_is_the_one_without_it_and_needs_a_third_of_the_bytes(colours: dict[str, str | None]) -> None:
    with board(env=colours) as thin, board(thin=False, env=colours) as plain:
        start = len(thin.raw), len(plain.raw)
        for keys in (["j"] * 3, ["d"], ["escape"], ["j"] * 18, ["n"], ["k"] * 5, ["s"]):
            for wall in (thin, plain):
                wall.press(*keys)
                wall.wait_idle()
            assert thin.screen.looks() == plain.screen.looks(), f"after {keys}\n{thin.text}\n---\n{plain.text}"
        assert len(thin.raw) * 3 < len(plain.raw)
        assert start[0] * 2 < start[1]
        assert scan(thin.raw) == []


def test_nothing_is_sent_when_nothing_changes() -> None:
    with board() as wall:
        mark = wall.mark()
        wall.press("r", "x", "r")
        wall.wait_idle()
        assert wall.raw_since(mark) == b""
        wall.press("j")
        wall.wait_for(lambda wall: wall.cursor == (0, 1))
        mark = wall.mark()
        wall.press("r", "x", "r")
        wall.wait_idle()
        assert wall.raw_since(mark) == b""


def test_resizing_draws_everything() -> None:
    with board() as thin, board(thin=False) as plain:
        for size in ((61, 15), (100, 30), (80, 20)):
            for wall in (thin, plain):
                wall.resize(*size)
                wall.wait_idle()
                wall.press("j")
                wall.wait_idle()
            assert thin.screen.looks() == plain.screen.looks()


def test_redraw_repairs_what_another_program_wrote() -> None:
    with board() as wall:
        before = wall.screen.looks()
        wall.screen.feed(b"\x1b[41m\x1b[3;5r\x1b[?6h\x1b(0\x0eBroadcast message\x1b[2J")
        assert wall.screen.looks() != before
        wall.press("l")
        wall.wait_idle()
        assert wall.screen.looks() == before


@pytest.mark.parametrize("key", ["z", "u"])
def test_coming_back_from_another_program_draws_everything(key: str) -> None:
    with board() as wall:
        before = wall.screen.looks()
        mark = wall.mark()
        wall.press(key)
        wall.wait_for(lambda wall: b"\x1b[?1049l" in wall.raw_since(mark))
        if key == "z":
            wall.wait_for(lambda _: psutil.Process(wall.pid).status() == psutil.STATUS_STOPPED)
            wall.kill(signal.SIGCONT)
        wall.wait_for("READY")
        wall.wait_idle()
        assert wall.screen.looks() == before


def test_the_cursor_is_shown_on_the_card_and_put_back_at_the_end() -> None:
    with board() as wall:
        assert wall.cursor is None
        wall.press("j", "j")
        wall.wait_for(lambda wall: wall.cursor == (0, 2))
        wall.press("d")
        wall.wait_for("Really?")
        wall.wait_for(lambda wall: wall.cursor is None)
        wall.press("escape")
        wall.wait_gone("Really?")
        wall.press("q")
        assert wall.wait_exit() == 0
        assert wall.screen.cursor_visible
        assert wall.modes <= {7, 25}


def test_inline_it_leaves_everything_to_textual() -> None:
    with Terminal([*BOARD, "inline"], columns=80, rows=20) as wall:
        wall.wait_for("READY")
        wall.press("j")
        wall.wait_for("0-01")
        wall.press("q")
        assert wall.wait_exit() == 0
        assert 1049 not in wall.modes
