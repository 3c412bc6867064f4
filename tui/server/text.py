"""Text from outside: what is refused, and how it is folded for comparing and searching."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SURROGATES = ("\ud800", "\udfff")
_SPACED = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
# Scripts written without spaces between words, and pictures.
_ALONE = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3040-\u30ff\u3400-\u9fff\U0001f000-\U0003ffff"
_WORD = re.compile(f"[{_ALONE}]|[^\\W_{_ALONE}]+")


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms united, case removed.

    Made by the program and stored, so that every database agrees: SQLite's own folding knows ASCII only.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_of(query: str) -> tuple[str, ...]:
    """The folded words of a search, in order, without repetition; signs alone are a word that nothing has."""
    return tuple(dict.fromkeys(words_in(query) or fold(query).split()[:1]))


def words_in(text: str) -> list[str]:
    """The folded words of a text, in order.

    A word is a run of letters and digits: an address or a number with separators is several. Each character of a
    script that puts no spaces between words is one by itself, and so is an emoji; other signs are in no word.
    """
    folded = fold(text)
    return folded.translate(_SPACED).split() if folded.isascii() else _WORD.findall(folded)


def fault_in(text: str) -> str | None:
    """Why `text` cannot be stored, or None: databases differ on NUL, and UTF-8 has no lone surrogates."""
    if text.isascii():
        return "must not contain NUL" if "\0" in text else None
    if "\0" in text:
        return "must not contain NUL"
    low, high = _SURROGATES
    if any(low <= character <= high for character in text):
        return "must not contain half of a surrogate pair"
    return None


def storable(reference: str) -> str:
    """`reference` as a statement can hold it; one with NUL, which PostgreSQL refuses to look for, names nothing."""
    return "" if "\0" in reference else reference


def faults_within(value: object) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) for every string anywhere in a JSON value that cannot be stored."""
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, str):
            fault = fault_in(part)
            if fault:
                yield path or "body", fault
        elif isinstance(part, dict):
            for name, member in part.items():
                if fault_in(name):
                    yield path or "body", "must not contain such a name"
                waiting.append((f"{path}.{name}" if path else name, member))
        elif isinstance(part, list):
            waiting.extend((f"{path}[{place}]", member) for place, member in enumerate(part))
