"""Text as the terminal's cells: one string a cell, an empty one for the second half of a wide character."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from unicodedata import category

from rich.cells import cell_len, get_character_cell_size

JOINER: Final = "\u200d"
WIDENER: Final = "\ufe0f"
_JOINS: Final = cell_len(f"👩{JOINER}👧") == 2
"""Whether this Rich measures joined emoji as one; older ones add them up."""
_NOT_TEXT: Final = {"Cc", "Cs", "Zl", "Zp"}


def plain(text: str) -> bool:
    """Whether every character is one cell and one byte, so that the string is its own list of cells."""
    return text.isascii() and text.isprintable()


@lru_cache(2048)
def cells(text: str) -> str | tuple[str, ...]:
    """Split text into cells exactly as wide as the layout measured it; what steers a terminal is left out.

    Where every character is one cell the result is a string. Control characters never get past this point, whoever
    let them come this far.
    """
    found: list[str] = []
    joined = False
    for char in text:
        if joined:  # measured as part of the character before the joiner
            if found and not steers(char):
                found[_head(found)] += char
            joined = False
            continue
        width = get_character_cell_size(char)
        if steers(char):
            found.extend(" " * width)
        elif width:
            found.append(char)
            found.extend([""] * (width - 1))
        elif found:
            _attach(found, char)
        joined = _JOINS and char == JOINER
    return "".join(found) if all(len(cell) == 1 for cell in found) else tuple(found)


def steers(char: str) -> bool:
    """Whether a character is a command to the terminal or to the direction of text, not something to see."""
    kind = category(char)
    return kind in _NOT_TEXT or (kind == "Cf" and char != JOINER)


def disputed(cell: str) -> bool:
    """Whether terminals disagree about how many cells this takes."""
    return len(cell) > 1


def _head(found: list[str]) -> int:
    return len(found) - 2 if found[-1] == "" and len(found) > 1 else len(found) - 1


def _attach(found: list[str], char: str) -> None:
    """Put a character without width onto the one before it; a variation selector may widen that."""
    head = _head(found)
    widens = _JOINS and char == WIDENER and found[head] != "" and cell_len(found[head][0] + WIDENER) == 2
    found[head] += char
    if widens and head == len(found) - 1:
        found.append("")
