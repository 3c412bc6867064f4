"""Sets of words in one line: ``hot, "north, south"``, for labels and multi-selects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.errors import Invalid

_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)')


def split(text: str) -> tuple[str, ...]:
    """The members of a comma-separated line, in order and once each; quotes keep a comma inside a member.

    Raises Invalid when a quote is not closed.
    """
    found: dict[str, None] = {}
    at, comma = 0, ","
    while comma:
        part = _PART.match(text, at)
        if part is None or (part[1] is None and part[2].lstrip().startswith('"')):
            raise Invalid('A quote is not closed; write it like hot, "north, south".')
        member = part[1].replace('""', '"') if part[1] is not None else part[2].strip()
        if member:
            found[member] = None
        at, comma = part.end(), part[3]
    return tuple(found)


def join(members: Iterable[str]) -> str:
    """One line that splits into `members` again."""
    return ", ".join(f'"{_doubled(member)}"' if _needs_quotes(member) else member for member in members)


def _needs_quotes(member: str) -> bool:
    return "," in member or '"' in member or member != member.strip()


def _doubled(member: str) -> str:
    return member.replace('"', '""')
