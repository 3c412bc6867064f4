"""Where in a TOML file a setting stands, for the message of a mistake; the parser does not say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_TABLE = re.compile(r"\s*\[\[?(.+?)\]\]?\s*(?:#.*)?")


def line_of(path: Path, setting: str) -> int | None:
    """The line of a dotted setting, or of the table around it; None when it cannot be told."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    best, found, table = 0, 0, ""
    for number, line in enumerate(lines, 1):
        header = _TABLE.fullmatch(line)
        name = _dotted(header[1]) if header else _dotted(line.partition("=")[0]) if "=" in line else ""
        if not name:
            continue
        table = name if header else table
        whole = name if header or not table else f"{table}.{name}"
        if len(whole) > best and (setting == whole or setting.startswith(f"{whole}.")):
            best, found = len(whole), number
    return found or None


def _dotted(key: str) -> str:
    """A key as the rest of the program writes it: its parts without quotes, joined by dots."""
    import tomllib  # only for a mistake

    try:
        value: Any = tomllib.loads(f"{key} = 0")
    except ValueError:
        return ""
    parts = []
    while isinstance(value, dict):
        ((name, value),) = value.items()
        parts.append(name)
    return ".".join(parts)
