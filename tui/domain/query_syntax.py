"""The filter language as a tree, and the mistakes in it."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from tui.errors import UsageError


class QueryError(UsageError):
    """A mistake in a filter; `column` is the place of the caret, from 0."""

    code = "query"

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Word(Struct, frozen=True):
    """A word or phrase that name, key or values contain."""

    text: str
    at: int | None = None
    """Where it stands, unless it is in quotes."""


class Operand(Struct, frozen=True):
    """One value of a test, and where it stands."""

    text: str
    at: int
    quoted: bool = False


class Test(Struct, frozen=True):
    """``name op a,b``: one of the operands holds."""

    name: str
    op: str
    operands: tuple[Operand, ...]
    at: int
    """Where the name begins."""


class Not(Struct, frozen=True):
    """The contrary of a part."""

    part: Node


class Every(Struct, frozen=True):
    """All parts hold."""

    parts: tuple[Node, ...]


class Either(Struct, frozen=True):
    """One of the parts holds."""

    parts: tuple[Node, ...]


Node: TypeAlias = Word | Test | Not | Every | Either
