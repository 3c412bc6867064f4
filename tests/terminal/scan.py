"""Finds what an app must never send to a terminal: anything that text from outside could have smuggled in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.terminal.vt import Token, tokens

ALLOWED_OSC: Mapping[str, str] = {
    "8": r"(id=[0-9.-]+)?;(https?://[!-~]+|mailto:[!-~]+)?",  # hyperlinks
    "22": r"[a-z-]{0,24}",  # the mouse pointer's shape
}
"""OSC number to the whole payload it may have. The clipboard (52) and the title (0, 2) are not in it."""

ALLOWED_MODES = frozenset({6, 7, 25, 1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2048})
ALLOWED_C0 = frozenset("\r\n\b\x0f")
ALLOWED_ESC = frozenset({"(B"})
_ALLOWED_CSI = frozenset("ABCDEFGHJKXdm") | {"$p", ">u", "<u", "=u", "?u"}
_ONLY_WITH = {"r": {""}, "l": {"4"}}  # the whole screen scrolls; insert mode off: parts of a redraw
_INVISIBLE = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0\u2028\u2029") | frozenset(
    map(chr, [*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0)])
)  # U+FE0F is left out: it makes a heart red, and changes nothing else


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in the output that must not be there."""

    rule: str
    what: str
    """The offending characters, escaped."""
    near: str
    """Some output around it, escaped."""
    at: int
    """Characters of output before it."""

    def __str__(self) -> str:
        return f"{self.rule}: {self.what} at {self.at}, in {self.near}"


def scan(
    data: bytes,
    *,
    osc: Mapping[str, str] = ALLOWED_OSC,
    c0: Collection[str] = ALLOWED_C0,
    modes: Collection[int] = ALLOWED_MODES,
) -> list[Violation]:
    """Everything in the output that is not plain text or an expected control sequence."""
    found = []
    text = data.decode("utf-8", "replace")
    for token in tokens(data):
        for rule, what in _judge(token, osc, c0, modes):
            near = text[max(0, token.at - 24) : token.at + len(token.source) + 24]
            found.append(Violation(rule, ascii(what), ascii(near), token.at))
    return found


def _judge(token: Token, osc: Mapping[str, str], c0: Collection[str], modes: Collection[int]) -> list[tuple[str, str]]:
    match token.kind:
        case "text":
            return [(rule, char) for char in token.body if (rule := _hidden(char))]
        case "c0":
            return [] if token.body in c0 else [("control character", token.body)]
        case "esc":
            return [] if token.name in ALLOWED_ESC else [("escape sequence", token.source)]
        case "osc":
            allowed = osc.get(token.name)
            fine = allowed is not None and re.fullmatch(allowed, token.body) is not None
            return [] if fine else [("operating system command", token.source)]
        case "csi":
            return [] if _expected(token, modes) else [("control sequence", token.source)]
        case "c1":
            return [("C1 control", token.body)]
        case "broken":
            return [("broken sequence", token.source)]
    return [(f"{token.kind.upper()} string", token.source)]


def _expected(token: Token, modes: Collection[int]) -> bool:
    if token.name in {"?h", "?l", "?$p"}:
        return all(number in modes for number in token.numbers)
    if token.name in _ONLY_WITH:
        return token.body in _ONLY_WITH[token.name]
    return token.name in _ALLOWED_CSI


def _hidden(char: str) -> str:
    """The rule a character of text breaks, or nothing."""
    if char.isascii():
        return ""
    if "\udc80" <= char <= "\udcff":
        return "byte that is not UTF-8"
    if char in _INVISIBLE or unicodedata.category(char) in {"Cf", "Cs", "Cn"}:
        return "invisible or directing character"
    return ""
