"""What a terminal answers when a program asks it something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.terminal.vt import Reader, Token


@dataclass
class Answers:
    """The answers of a plain xterm; turn the extras on or off.

    Not answered: the kitty keyboard query and XTGETTCAP, as in a plain xterm.
    """

    synchronized: bool = True
    """Mode 2026 is known."""
    resize_reports: bool = False
    """Mode 2048 is known."""
    foreground: str = "ffff/ffff/ffff"
    background: str = "0000/0000/0000"
    name: str = "pty-wall(1)"
    _reader: Reader = field(default_factory=Reader)

    def to(self, output: bytes, cursor: Callable[[], tuple[int, int]]) -> Iterator[bytes]:
        """The answers to the questions in some output, in order; `cursor` is asked for column and row."""
        for token in self._reader.feed(output):
            if token.kind == "csi":
                yield from self._to_csi(token, cursor)
            elif token.kind == "osc" and token.body == "?" and token.name in {"10", "11"}:
                colour = self.foreground if token.name == "10" else self.background
                yield f"\x1b]{token.name};rgb:{colour}\x1b\\".encode()

    def _to_csi(self, token: Token, cursor: Callable[[], tuple[int, int]]) -> Iterator[bytes]:
        match token.name, token.body:
            case "c", "" | "0":
                yield b"\x1b[?62;22c"
            case ">c", "" | "0":
                yield b"\x1b[>1;10;0c"
            case "n", "5":
                yield b"\x1b[0n"
            case "n", "6":
                x, y = cursor()
                yield f"\x1b[{y + 1};{x + 1}R".encode()
            case ">q", "" | "0":
                yield f"\x1bP>|{self.name}\x1b\\".encode()
            case "?$p", mode:
                known = (mode == "2026" and self.synchronized) or (mode == "2048" and self.resize_reports)
                yield f"\x1b[?{mode};{2 if known else 0}$y".encode()
