"""Reads typed values out of parsed TOML and collects what is wrong, each with its key and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from tui.errors import Invalid

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z_]+)\s*=")
_MOST = 8
"""Mistakes told at once."""


class Reader:
    """Reads on after a mistake, so that all are told at once."""

    def __init__(self, text: str) -> None:
        self.problems: list[tuple[Path, str]] = []
        self._text = text

    def wrong(self, path: Path | str, what: str) -> None:
        """Note a mistake at a key."""
        self.problems.append(((path,) if isinstance(path, str) else path, what))

    def finish(self) -> None:
        """Raise Invalid with every mistake, if there is one."""
        if not self.problems:
            return
        said = [f"{self._place(path)}: {what}" for path, what in self.problems[:_MOST]]
        if len(self.problems) > _MOST:
            said.append(f"and {len(self.problems) - _MOST} more")
        fields = {dotted(path): what for path, what in self.problems}
        raise Invalid(". ".join(said) + ".", fields)

    def table(self, raw: object, at: Path, keys: set[str]) -> Mapping[str, Any]:
        """A table with no keys but these."""
        if not isinstance(raw, Mapping):
            self.wrong(at or ("the file",), "must be a table")
            return {}
        for key in raw:
            if key not in keys:
                self.wrong((*at, str(key)), f"is not a key here; there are {', '.join(sorted(keys))}")
        return raw

    def tables(self, raw: Mapping[str, Any], key: str, at: Path = ()) -> Sequence[Any]:
        """A list of tables."""
        found = raw.get(key, [])
        if isinstance(found, list):
            return found
        self.wrong((*at, key), f"must be a list of tables, written [[{key}]]")
        return []

    def text(self, raw: Mapping[str, Any], key: str, at: Path) -> str | None:
        """A text, or None."""
        return self._typed(raw, key, at, str, "a text in quotes")

    def needed_text(self, raw: Mapping[str, Any], key: str, at: Path) -> str:
        """A text that must be there."""
        found = self.text(raw, key, at)
        if found is not None and found.strip():
            return found
        if key not in raw or found is not None:
            self.wrong((*at, key), "is needed")
        return ""

    def flag(self, raw: Mapping[str, Any], key: str, at: Path, *, default: bool = False) -> bool:
        """True or false."""
        found = self._typed(raw, key, at, bool, "true or false")
        return default if found is None else found

    def whole(self, raw: Mapping[str, Any], key: str, at: Path, *, least: int) -> int | None:
        """A whole number, or None."""
        found = self._typed(raw, key, at, int, "a whole number")
        if found is not None and found < least:
            self.wrong((*at, key), f"must be at least {least}")
        return found

    def number(self, raw: Mapping[str, Any], key: str, at: Path) -> Decimal | None:
        """A number, exact, or None."""
        found = raw.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | Decimal) or not Decimal(found).is_finite():
            self.wrong((*at, key), "must be a number")
            return None
        return Decimal(found)

    def word(self, raw: Mapping[str, Any], key: str, at: Path, words: Sequence[str]) -> str | None:
        """One of some words, or None."""
        found = self.text(raw, key, at)
        if found is None or found in words:
            return found
        self.wrong((*at, key), f"must be one of {', '.join(words)}")
        return None

    def texts(self, raw: Mapping[str, Any], key: str, at: Path) -> tuple[str, ...]:
        """A list of texts."""
        found = raw.get(key, [])
        if isinstance(found, list) and all(isinstance(entry, str) for entry in found):
            return tuple(found)
        self.wrong((*at, key), "must be a list of texts")
        return ()

    def _typed(self, raw: Mapping[str, Any], key: str, at: Path, kind: type[T], what: str) -> T | None:
        found = raw.get(key)
        if isinstance(found, kind) and isinstance(found, bool) == (kind is bool):
            return found
        if found is not None:
            self.wrong((*at, key), f"must be {what}")
        return None

    def _place(self, path: Path) -> str:
        line = line_of_key(self._text, path)
        return f"{dotted(path)} (line {line})" if line else dotted(path)


def dotted(path: Path) -> str:
    """A key for people, counted from one: ``columns[2].limit``."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def line_of_key(text: str, path: Path) -> int | None:
    """The line, counted from one, of a key or of its table; None when it is not found."""
    table, place = (str(path[0]), path[1]) if len(path) > 1 else ("", 0)
    wanted = (
        str(next((part for part in path[2:] if isinstance(part, str)), "")) if isinstance(place, int) else str(place)
    )
    if not table:
        wanted = str(path[0]) if path else ""
    count, inside, head = -1, not table, None
    for number, line in enumerate(text.split("\n"), 1):
        found = _TABLE.match(line)
        if found:
            count += found[1] == table
            inside = bool(table) and found[1] == table and (not isinstance(place, int) or count == place)
            head = number if inside else head
        elif inside and (key := _KEY.match(line)) and key[1] == wanted:
            return number
    return head
