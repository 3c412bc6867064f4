"""The filter language: one small text that says which items are shown and in what order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct

from tui.domain.model import Board, Item, ItemId
from tui.domain.order import SortKey
from tui.domain.query_fields import Fields
from tui.domain.query_grammar import read, warm
from tui.domain.query_names import sort_keys
from tui.domain.query_syntax import Either, Every, Node, Not, QueryError, Test, Word
from tui.domain.query_tests import Judge, contrary, either, every, has_words
from tui.domain.text import fold, loose

__all__ = ["Marks", "Query", "QueryError", "parse", "warm"]

Marks = Callable[[ItemId], Collection[str]]
"""What the client knows of an item beside its members: ``conflict``, ``pending``, ``new``, ``failed``, ``draft``."""


class Query(Struct, frozen=True):
    """A filter that was understood."""

    text: str
    judge: Judge | None
    """Whether an item is shown: True, False, or None where the server did not return what is asked; None: no filter."""
    sort: tuple[SortKey, ...]
    words: tuple[str, ...]
    """The words and phrases it looks for, as `loose` makes them, to be marked where they are found."""
    marked: bool
    """Whether the answer depends on marks, so that an item must be judged again when they change."""
    note: str = ""
    """Why it finds less than was meant, as a sentence."""

    def matches(self, item: Item) -> bool:
        """Whether an item surely passes."""
        return self.judge is None or self.judge(item) is True

    def unknown(self, item: Item) -> bool:
        """Whether it cannot be said, because the server did not return a member."""
        return self.judge is not None and self.judge(item) is None


def parse(text: str, board: Board, *, now: datetime, me: str | None, marks: Marks | None = None) -> Query:
    """The query a person wrote for a board, at `now` in their time zone. Raises QueryError with the caret's place.

    `me` stands for the word ``me`` in values; without `marks` nothing is marked.
    """
    if not text.strip():
        return Query(text, None, (), (), marked=False)
    node, sorts = _without_sorts(read(text))
    fields = Fields(board, now, me, marks or _unmarked)
    maker = _Maker(fields)
    judge = None if node is None else maker.judge(node)
    sort = tuple(key for test in sorts for key in sort_keys(board, test.operands))
    return Query(text, judge, sort, tuple(maker.words), maker.marked, fields.note)


def _unmarked(_: ItemId) -> Collection[str]:
    return ()


def _without_sorts(node: Node) -> tuple[Node | None, list[Test]]:
    """The filter, and the sorts that stand in its outermost row."""
    parts = node.parts if isinstance(node, Every) else (node,)
    sorts = [part for part in parts if isinstance(part, Test) and _is_sort(part)]
    rest = [part for part in parts if part not in sorts]
    if not rest:
        return None, sorts
    return (rest[0] if len(rest) == 1 else Every(tuple(rest))), sorts


def _is_sort(test: Test) -> bool:
    if fold(test.name) != "sort":
        return False
    if test.op != ":":
        raise QueryError("Sorting is written sort:name or sort:-deal_value.", test.at)
    return True


class _Maker:
    """Turns a tree into one function."""

    def __init__(self, fields: Fields) -> None:
        self.words: list[str] = []
        self.marked = False
        self._fields = fields

    def judge(self, node: Node) -> Judge:
        match node:
            case Word():
                return self._words([self._fields.word(node)])
            case Test():
                if _is_sort(node):
                    raise QueryError("sort: stands alone, not in brackets, behind a minus or beside OR.", node.at)
                self.marked = self.marked or fold(node.name) == "is"
                return self._fields.judge(node)
            case Not():
                wanted = len(self.words)
                judge = contrary(self.judge(node.part))
                del self.words[wanted:]
                return judge
            case Every():
                words = [self._fields.word(part) for part in node.parts if isinstance(part, Word)]
                looked_for = [self._words(words)] if words else []
                judges = [self.judge(part) for part in node.parts if not isinstance(part, Word)]
                # Words are asked last and together, because they look at the whole item.
                return every((*judges, *looked_for))
            case Either():
                return either(tuple(self.judge(part) for part in node.parts))

    def _words(self, words: list[Word]) -> Judge:
        self.words += [loose(word.text) for word in words]
        return has_words(word.text for word in words)
