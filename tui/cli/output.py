"""What commands print: tables for people, JSON for programs; nothing that could deceive a terminal."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from tui.domain.text import visible
from tui.errors import CardwallError, Conflict, Invalid

_FOREIGN = re.compile(r"[^ -~]")


class Told(Conflict):
    """A conflict, with all that a program may want to know of it."""

    def __init__(self, message: str, told: Mapping[str, object], code: str = "conflict") -> None:
        super().__init__(message)
        self.told = {"error": code, "message": message, **told}
        """The members of its JSON form."""


def say(text: str) -> None:
    """A line on standard output."""
    print(visible(text))  # noqa: T201 - this is the shell


def note(text: str) -> None:
    """A sentence beside the output, on standard error."""
    print(f"cardwall: {visible(text)}", file=sys.stderr)  # noqa: T201 - this is the shell


def say_json(value: object) -> None:
    """One object or array on standard output, on one line."""
    print(_FOREIGN.sub(_escaped, _json(value)))  # noqa: T201 - this is the shell


def say_done(options: argparse.Namespace, sentence: str, value: object) -> None:
    """How a write ends: one JSON value, or a sentence."""
    if options.json:
        say_json(value)
    else:
        say(sentence)


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns, each as wide as its widest cell."""
    shown = [list(head), *([visible(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in shown) for place in range(len(head))]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())  # noqa: T201


def failure(error: CardwallError) -> Mapping[str, object]:
    """A failure as JSON."""
    if isinstance(error, Told):
        return error.told
    members: dict[str, object] = {"error": error.code, "message": error.message}
    if isinstance(error, Invalid) and error.fields:
        members["fields"] = error.fields
    return members


def moment(milliseconds: int | None) -> str | None:
    """A stored moment as text: ``2026-11-02T09:30:00Z``."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: object) -> str:
    """JSON text; numbers are exact, never through a float."""
    match value:
        case Decimal():
            text = format(value, "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
        case Mapping():
            return (
                "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_json(value[name])}" for name in value) + "}"
            )
        case list() | tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]
