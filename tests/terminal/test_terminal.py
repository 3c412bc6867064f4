"""The pseudo-terminal driver itself, with programs that are everywhere."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.terminal.answers import Answers
from tests.terminal.emulator import Emulator
from tests.terminal.keys import key_bytes
from tests.terminal.terminal import Terminal

ECHO = [sys.executable, "-I", "-S", "-c"]


def test_it_types_reads_and_sees_the_end() -> None:
    with Terminal([*ECHO, "print('name?'); print('hello', input()); raise SystemExit(3)"]) as wall:
        wall.wait_for("name?")
        mark = wall.mark()
        wall.type("Zoë\n")
        wall.wait_for("hello Zoë")
        assert b"name?" not in wall.raw_since(mark)
        assert wall.wait_exit() == 3
        assert wall.find("hello") == (0, 2)


def test_a_wait_that_fails_shows_the_screen() -> None:
    with Terminal([*ECHO, "print('something else')"]) as wall:
        with pytest.raises(TimeoutError, match="something else"):
            wall.wait_for("the answer", timeout=5)
        with pytest.raises(ValueError, match="something else"):
            wall.find("the answer")


def test_it_is_the_programs_terminal() -> None:
    code = """
import os, signal
signal.signal(signal.SIGWINCH, lambda *_: os.write(1, str(os.get_terminal_size()).encode()))
os.write(1, b"up")
input()
"""
    with Terminal([*ECHO, code], columns=50, rows=10) as wall:
        wall.wait_for("up")
        wall.resize(77, 22)
        wall.wait_for("columns=77, lines=22")
        wall.type("\x03")
        assert wall.wait_exit() == -signal.SIGINT


def test_closing_it_hangs_up() -> None:
    wall = Terminal([*ECHO, "print('up'); input()"])
    wall.wait_for("up")
    wall.close()
    assert wall.exit_status == -signal.SIGHUP


def test_it_answers_what_programs_ask() -> None:
    ask = r"""
import os, sys, tty
tty.setraw(0)
os.write(1, b'\x1b[c\x1b[6n\x1b[?2026$p\x1b[?2048$p\x1b[>q\x1b]11;?\x07')
got = b''
while not got.endswith(b'000\x1b\\'):
    got += os.read(0, 99)
os.write(1, repr(got).encode())
"""
    with Terminal([*ECHO, ask], columns=200, answers=Answers(synchronized=True)) as wall:
        assert wall.wait_exit() == 0
        for answer in ("?62;22c", "1;1R", "?2026;2$y", "?2048;0$y", "pty-wall", "]11;rgb:0000"):
            assert answer in wall.text


def test_styles_and_modes_can_be_read() -> None:
    code = r"print('\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2;3H\x1b[1;38;2;1;2;3;44mX'); input()"
    with Terminal([*ECHO, code]) as wall:
        wall.wait_for("X")
        cell = wall.cell(2, 1)
        assert (cell.char, cell.fg, cell.bg, cell.bold) == ("X", "010203", "blue", True)
        assert wall.cursor is None
        assert {1049, 2004} <= wall.modes


def test_leaving_the_alternate_screen_brings_the_old_one_back() -> None:
    code = r"print('before'); print('\x1b[?1049hinside'); input(); print('\x1b[?1049lafter'); input()"
    with Terminal([*ECHO, code]) as wall:
        wall.wait_for("inside")
        assert "before" not in wall.text
        wall.press("enter")
        wall.wait_for("after")
        assert "before" in wall.text
        assert "inside" not in wall.text


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("j", b"j"),
        ("ctrl+s", b"\x13"),
        ("ctrl+@", b"\x00"),
        ("alt+x", b"\x1bx"),
        ("shift+tab", b"\x1b[Z"),
        ("ctrl+right", b"\x1b[1;5C"),
        ("+", b"+"),
        ("up", b"\x1b[A"),
        ("é", "é".encode()),
    ],
)
def test_keys_are_what_a_terminal_sends(name: str, sent: bytes) -> None:
    assert key_bytes(name) == sent


def test_the_linux_console_sends_some_keys_otherwise() -> None:
    assert [key_bytes(name, term="linux") for name in ("f1", "home", "shift+tab", "f6")] == [
        b"\x1b[[A",
        b"\x1b[1~",
        b"\x1b\t",
        b"\x1b[17~",
    ]


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(KeyError, match="ctrl\\+enter"):
        key_bytes("ctrl+enter")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("東京\x1b[1Gx", "x 京"),
        ("東京\x1b[2Gx", " x京"),
        ("東京\x1b[2G間", " 間"),
        ("東京\x1b[3G\x1b[1Kx", "  x"),
        ("東\u0301x", "東\u0301x"),
        ("x京\x1b[3G\x1b[1X", "x"),
    ],
)
def test_half_a_wide_character_is_never_left_over(written: str, shown: str) -> None:
    screen = Emulator(8, 1)
    screen.feed(written.encode())
    assert screen.text.rstrip() == shown.rstrip()
    assert len(screen.lines) == 1
