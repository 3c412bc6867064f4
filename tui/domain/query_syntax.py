"""The filter language as a tree, and the mistakes in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from tui.errors import UsageError


class QueryError(UsageError):
    """A mistake in a filter; `column` is the place of the caret, from 0."""

    code = "query"

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase that name, key or values contain."""

    text: str
    at: int | None = field(default=None, compare=False)
    """Where it stands, unless it is in quotes."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One value of a test, and where it stands."""

    text: str
    at: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """``name op a,b``: one of the operands holds."""

    name: str
    op: str
    operands: tuple[Operand, ...]
    at: int
    """Where the name begins."""


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a part."""

    part: Node


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts holds."""

    parts: tuple[Node, ...]


Node: TypeAlias = Word | Test | Not | Every | Either
