"""Text from outside: folded for search, and made visible before it meets a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

MARKS = 8
"""Combining marks that one character may carry; the rest of a flood is left out."""
HIDDEN = "␦"
"""Stands for a character that draws nothing, turns text round or is nobody's."""
NEWLINE = "⏎"
"""Stands for a line end where there is one line only."""
CARRIER = "◌"
"""Carries a combining mark that has no character of its own to sit on."""

_SIMPLE = " -~¡-¬®-ʯΑ-ΡΣ-ώЀ-҂Ҋ-ԯא-תء-غف-ي‐-‧€ぁ-ゖァ-ヺ一-鿼가-힣"
"""Characters of common scripts that are visible, keep to themselves and are composed already."""
_FOREIGN = re.compile(r"[ -~]?[^\0-\x7f]+")
_PIECE = 256
"""Characters composed at once: the cost of composing grows with the square of a run of marks."""

_JOINER = "\u200d"
_DROPPED = frozenset("\ufe0e\ufe0f\u20e3")
"""Emoji presentation: terminals differ about the width it makes, so the plain character stands alone."""
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG_A = 0x1F1E6
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u17b4\u17b5\u3164\uffa0") | frozenset(
    map(chr, [*range(0x1160, 0x1200), *range(0xD7B0, 0xD800)])
)
"""Letters and marks that draw nothing, and the Hangul parts that only draw inside a syllable."""
_SUBSTITUTED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def fold(text: str) -> str:
    """The form in which texts are searched and compared: compatibility characters composed, without case."""
    if text.isascii():
        return text.lower()
    return _FOREIGN.sub(lambda match: "".join(map(_folded, _pieces(match[0]))), text.lower())


def loose(text: str) -> str:
    """The form in which a person's search finds texts: folded, and Latin, Greek and Cyrillic without their accents."""
    folded = fold(text)
    return folded if folded.isascii() else folded.translate(_BASES)


class _Bases(dict[int, str]):
    """Each character without its accents, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        kept = "".join(part for part in parts if not "\u0300" <= part <= "\u036f")
        self[code] = unicodedata.normalize("NFC", kept)
        return self[code]


_BASES = _Bases({ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("ı"): "i", ord("æ"): "ae", ord("œ"): "oe"})


def visible(text: str, *, lines: bool = False) -> str:
    """`text` with everything that could deceive a terminal or a reader replaced by visible signs.

    No control, bidirectional, zero-width, tag, private or unassigned character and no lone surrogate is left;
    emoji sequences come apart into emoji of known width. One line, unless `lines` keeps line feeds. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text
    odd = _odd()
    if odd.search(text) is None:
        return text
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        return "\n".join(visible(line) for line in text.split("\n"))
    cleaned = odd.sub(_clean_match, text.replace("\r\n", NEWLINE).replace("\n", NEWLINE))
    return CARRIER + cleaned if cleaned and _is_mark(cleaned[0]) else cleaned


def in_place(text: str) -> str:
    """`text` as an editor shows it: as many characters, each that is not safe replaced by the sign that stands for it.

    What is edited stays what it was; a cursor counted in characters points at the same place in both.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = []
    run = 0
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        sign = HIDDEN if run > MARKS or char in _DROPPED else _sign(char)
        shown.append(" " if char == "\u3000" else sign)
    return "".join(shown)


@cache
def _odd() -> re.Pattern[str]:
    """What is not simple, with the character before it; compiled late, since it takes milliseconds."""
    return re.compile(f"[{_SIMPLE}]?[^{_SIMPLE}]+")


def _clean_match(match: re.Match[str]) -> str:
    composed = "".join(unicodedata.normalize("NFC", piece) for piece in _pieces("".join(_capped(match[0]))))
    # Composed again, since what was dropped may have stood between a character and its mark.
    return unicodedata.normalize("NFC", "".join(_capped("".join(_signs(composed)))))


def _signs(text: str) -> Iterator[str]:
    """Each character, or the sign that stands for it."""
    kept = ""
    for at, char in enumerate(text):
        if char in _DROPPED:
            continue
        is_symbol = bool(kept) and unicodedata.category(kept) == "So"
        if is_symbol and (char in _TONES or (char == _JOINER and _is_symbol_at(text, at + 1))):
            continue
        kept = _sign(char)
        yield kept


def _sign(char: str) -> str:
    code = ord(char)
    if char in _INVISIBLE or char in _TONES:
        return HIDDEN
    if _FLAG_A <= code < _FLAG_A + 26:
        return chr(ord("A") + code - _FLAG_A)
    category = unicodedata.category(char)
    if category == "Zs":
        return "  " if char == "\u3000" else " "
    if category in ("Zl", "Zp") or char == "\x85":
        return NEWLINE
    if category in _SUBSTITUTED:
        return " " if char == "\t" else chr(0x2400 + code) if code < 32 else "␡" if code == 127 else HIDDEN
    return char


def _is_symbol_at(text: str, at: int) -> bool:
    return at < len(text) and unicodedata.category(text[at]) == "So"


def _is_mark(char: str) -> bool:
    return char > "\u02ff" and (unicodedata.combining(char) != 0 or unicodedata.category(char) in ("Mn", "Me"))


def _capped(text: str) -> Iterator[str]:
    """The characters of `text`, of a run of marks only the first."""
    run = 0
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        if run <= MARKS:
            yield char


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces of bounded length, cut before a character that is no mark where there is one near."""
    start = 0
    while start < len(text):
        stop = start + _PIECE
        while stop < min(len(text), start + _PIECE + MARKS) and unicodedata.combining(text[stop]):
            stop += 1
        yield text[start:stop]
        start = stop


def _folded(piece: str) -> str:
    composed = unicodedata.normalize("NFKC", piece).casefold()
    return unicodedata.normalize("NFKC", composed)
