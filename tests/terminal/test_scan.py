"""The scanner finds what is planted, and nothing in an honest app."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.scan import scan
from tests.terminal.terminal import Terminal
from tests.terminal.vt import Reader, tokens

LEAKS = {
    "clipboard": ("\x1b]52;c;QQ==\x1b\\", "operating system command"),
    "title": ("\x1b]0;owned\x1b\\", "operating system command"),
    "script link": ("\x1b]8;;javascript:alert(1)\x1b\\", "operating system command"),
    "endless command": ("\x1b]52;c;QQ", "broken sequence"),
    "device control": ("\x1bP$qm\x1b\\", "DCS string"),
    "application": ("\x1b_Gi=1\x1b\\", "APC string"),
    "privacy": ("\x1b^x\x1b\\", "PM string"),
    "window report": ("\x1b[21t", "control sequence"),
    "position report": ("\x1b[6n", "control sequence"),
    "key remap": ("\x1b[?1h", "control sequence"),
    "margins": ("\x1b[3;4r", "control sequence"),
    "reset": ("\x1bc", "escape sequence"),
    "line drawing": ("\x1b(0", "escape sequence"),
    "C1 introducer": ("\x9b31m", "C1 control"),
    "shift out": ("\x0e", "control character"),
    "override": ("\u202e", "invisible or directing character"),
    "isolate": ("\u2066", "invisible or directing character"),
    "zero width space": ("\u200b", "invisible or directing character"),
    "joiner": ("\u200d", "invisible or directing character"),
    "soft hyphen": ("\u00ad", "invisible or directing character"),
    "tag": ("\U000e0041", "invisible or directing character"),
    "line separator": ("\u2028", "invisible or directing character"),
}


@pytest.mark.parametrize(("leak", "rule"), LEAKS.values(), ids=LEAKS)
def test_planted_in_output_it_is_found(leak: str, rule: str) -> None:
    output = f"\x1b[1mbefore {leak} after\x1b[m".encode()
    assert rule in {violation.rule for violation in scan(output)}


def test_bytes_that_are_no_text_are_found() -> None:
    assert [violation.rule for violation in scan(b"a\xffb\x9b31m")] == ["byte that is not UTF-8"] * 2


def test_what_an_app_needs_is_let_through() -> None:
    output = (
        "\x1b[?1049h\x1b[?25l\x1b[?2026h\x1b[2;3H\x1b[0;1;38;2;1;2;3mtext é 漢字 🙂 \u0301─\x1b[K\x1b[4X\x1b[m"
        "\x1b[?2026l\x1b]8;;https://example.com/?q=1\x1b\\link\x1b]8;;\x1b\\\x1b]22;pointer\x07\x1b[>25u\x1b[<u\r\n"
    )
    assert scan(output.encode()) == []


def test_a_test_may_allow_one_more() -> None:
    clipboard = b"\x1b]52;c;QQ==\x07"
    assert scan(clipboard)
    assert scan(clipboard, osc={"52": "c;[A-Za-z0-9+/=]*"}) == []
    assert scan(b"\x1b]52;c;?\x07", osc={"52": "c;[A-Za-z0-9+/=]*"})


@pytest.mark.parametrize("leak", ["clipboard", "C1 introducer", "override", "device control", "shift out"])
def test_a_careless_app_is_caught(leak: str) -> None:
    text, rule = LEAKS[leak]
    with Terminal([sys.executable, "-m", "tests.terminal.programs.leaky"], env={"LEAK": text}) as wall:
        wall.wait_for("READY")
        wall.wait_quiet()
        assert rule in {violation.rule for violation in scan(wall.raw)}


def test_an_honest_app_is_not_accused() -> None:
    with Terminal([sys.executable, "-m", "tests.terminal.programs.leaky"], env={"LEAK": "déjà 漢字"}) as wall:
        wall.wait_for("déjà")
        wall.press("q")
        assert wall.wait_exit() == 0
        assert scan(wall.raw) == []


@given(
    st.lists(st.sampled_from(["text", "漢", "\x1b[1;2H", "\x1b]8;;x\x1b\\", "\x1bP1\x1b\\", "\r\n", "\x1b(B"])),
    st.data(),
)
def test_cutting_the_stream_anywhere_reads_the_same(parts: list[str], data: st.DataObject) -> None:
    stream = "".join(parts).encode()
    cut = data.draw(st.integers(0, len(stream)))
    reader = Reader()
    read = [*reader.feed(stream[:cut]), *reader.feed(stream[cut:], final=True)]
    assert "".join(token.source for token in read) == stream.decode()
    assert [token.source for token in read if token.kind != "text"] == [
        token.source for token in tokens(stream) if token.kind != "text"
    ]
