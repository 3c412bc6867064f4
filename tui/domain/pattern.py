"""Patterns that a board asks of its texts, run only where they cannot take long.

Patterns come from servers. A pattern like ``(a+)+$`` takes the regular expression engine for ever on a
short text, so each is first read for the number of ways it could try, and left to the server when these are many.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

LONGEST = 200
"""Characters of a pattern that is run at all."""
_MOST_WAYS = 300_000
"""Ways to try for one text: a few milliseconds."""
_TOO_MANY = 10**9

_VERBOSE = re.compile(r"\(\?[a-zA-Z-]*x")
"""The flag under which comments could hide brackets from the count."""
_TOKEN = re.compile(
    r"(?P<cls>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<escape>\\.)|(?P<open>\((?:\?(?:[:=!>]|<[=!]|P<\w+>|[aiLmsu]+\)))?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<quantifier>[*+?]|\{\d*,?\d*\})(?P<mode>[?+])?|(?P<other>[^()])",
    re.DOTALL,
)


def breaks_pattern(text: str, pattern: str) -> bool:
    """Whether the whole of `text` surely does not match `pattern`.

    False as well when the pattern is faulty or could take long on a text of this length: the server has the last word.
    """
    compiled = _compiled(pattern)
    if compiled is None or ways(pattern, len(text) + 1) > _MOST_WAYS:
        return False
    return compiled.fullmatch(text) is None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if len(pattern) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def ways(pattern: str, length: int) -> int:
    """An upper bound of the ways `pattern` can be laid over `length` characters, at most 10^9.

    A choice of repeat counts multiplies; a repeated group that itself has a choice counts as too many.
    """
    if _VERBOSE.search(pattern):
        return _TOO_MANY
    stack: list[_Part] = [_Part()]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return _TOO_MANY
        at = token.end()
        kind = token.lastgroup
        if kind == "open":
            if not token["open"].endswith(")"):
                stack.append(_Part())
        elif kind == "close":
            if len(stack) < 2:
                return _TOO_MANY
            inner = stack.pop()
            stack[-1].add(inner.total())
        elif kind == "bar":
            stack[-1].branch()
        elif kind in ("quantifier", "mode"):
            stack[-1].repeat(*_bounds(token["quantifier"], length))
        else:
            stack[-1].add(1)
    return min(stack[-1].total(), _TOO_MANY) if len(stack) == 1 else _TOO_MANY


def _bounds(quantifier: str, length: int) -> tuple[int, int]:
    """Least and most repeats, within a text of `length` characters."""
    if quantifier in "*+?":
        return (1 if quantifier == "+" else 0), (1 if quantifier == "?" else length)
    low, comma, high = quantifier[1:-1].partition(",")
    least = min(int(low or 0), length)
    most = least if not comma else min(int(high), length) if high else length
    return least, max(most, least)


class _Part:
    """The ways of the alternatives of one group."""

    def __init__(self) -> None:
        self.done = 0
        self.ways = 1
        self.last = 1

    def add(self, ways: int) -> None:
        """Take in a piece that can be laid in `ways` ways."""
        self.ways = min(self.ways * self.last, _TOO_MANY)
        self.last = ways

    def repeat(self, least: int, most: int) -> None:
        """The last piece may come `least` to `most` times."""
        if most <= 1:
            self.last = self.last + 1 - least
        elif self.last == 1:
            self.last = most - least + 1
        else:
            self.last = min(self.last ** min(most, 40), _TOO_MANY)

    def branch(self) -> None:
        """An alternative ends."""
        self.done += self.ways * self.last
        self.ways, self.last = 1, 1

    def total(self) -> int:
        """The ways of all alternatives together."""
        return min(self.done + self.ways * self.last, _TOO_MANY)
