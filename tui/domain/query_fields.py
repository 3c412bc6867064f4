"""From one test of a filter to the question it asks, by the kind of the member it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal

from tui.domain import values
from tui.domain.model import Board, Field, Item, ItemId
from tui.domain.money import parse_number
from tui.domain.query_names import LISTED, find_field, member_of, need_field
from tui.domain.query_numbers import with_thousands
from tui.domain.query_syntax import Operand, QueryError, Test, Word
from tui.domain.query_tests import (
    Judge,
    any_member,
    any_number,
    any_text,
    contrary,
    either,
    is_filled,
    known,
    number_of,
)
from tui.domain.query_times import day_of, for_long, on_day
from tui.domain.record import Value
from tui.domain.text import fold, loose
from tui.errors import Invalid

MARKS = ("conflict", "pending", "new", "failed", "draft")


class Fields:
    """The names that mean something on one board, at one time, to one person."""

    def __init__(self, board: Board, now: datetime, me: str | None, marks: Callable[[ItemId], Collection[str]]) -> None:
        self.note = ""
        """Why a question finds less than was meant."""
        self._board = board
        self._now = now
        self._me = me
        self._marks = marks
        self._words: dict[str, Callable[[Test], Judge]] = {
            "column": self._column,
            "status": self._status,
            "label": self._label,
            "is": self._is,
            "has": self._has,
            "no": lambda test: contrary(self._has(test)),
            "created": lambda test: on_day(_created, _one(test), test.operands, self._now),
            "updated": lambda test: on_day(_updated, _one(test), test.operands, self._now),
            "age": lambda test: for_long(_created, _one(test), test.operands, self._now),
            "stale": lambda test: for_long(_updated, ">=" if test.op == ":" else _one(test), test.operands, self._now),
            "key": self._key,
            "name": self._text(lambda item: item.name),
            "source": self._text(lambda item: item.source),
            "contact": self._text(_contact),
        }

    def judge(self, test: Test) -> Judge:
        """The question a test asks. Raises QueryError."""
        empty = next((operand for operand in test.operands if not operand.text.strip()), None)
        if empty is not None:
            raise QueryError(f"To find those without one, write no:{test.name}", empty.at)
        word = self._words.get(fold(test.name))
        if word is not None:
            return word(test)
        if fold(test.name) == "labels" and find_field(self._board, test.name) is None:
            return self._label(test)
        return self._field(need_field(self._board, test.name, test.at), test)

    def word(self, word: Word) -> Word:
        """A word as it is looked for. Raises QueryError for one that is a comparison without its field."""
        if word.at is None or not re.match(r"[<>]=?[\w$€£.]", word.text):
            return word
        field = self._board.value_field or next((f for f in self._board.fields if f.kind in ("number", "date")), None)
        name = field.name if field else "age"
        raise QueryError(f"Write what {word.text[:40]} is of before it, like {name}{word.text[:40]}.", word.at)

    def _field(self, field: Field, test: Test) -> Judge:
        match field.kind:
            case "number" | "currency":
                whole = with_thousands(test)
                bounds = [self._number(operand, field) for operand in whole.operands]
                return known(field, any_number(_one(whole), bounds, number_of))
            case "date":
                days = [day_of(operand, self._now).toordinal() for operand in test.operands]
                return known(field, any_number(_one(test), days, _ordinal))
            case "checkbox":
                _only_equal(test)
                wanted = {self._value(operand, field) for operand in test.operands}
                return known(field, lambda value: value in wanted and isinstance(value, bool))
            case "select" | "multi_select" if field.options:
                return self._choice(field, test)
        _only_equal(test)
        return known(field, any_text(test.op, map(self._meant, test.operands)))

    def _choice(self, field: Field, test: Test) -> Judge:
        """Choices by name; a select's may be compared, in the board's order."""
        if test.op not in (":", "="):
            if field.kind != "select":
                _only_equal(test)
            place = self._value(test.operands[0], field)
            bounds = [field.options.index(place)] if isinstance(place, str) else []
            places = {option: at for at, option in enumerate(field.options)}
            return known(
                field,
                any_number(_one(test), bounds, lambda value: places.get(value) if isinstance(value, str) else None),
            )
        names: list[str] = []
        for operand in test.operands:
            meant = self._meant(operand)
            if meant is not operand and loose(meant.text) not in map(loose, field.options):
                listed = ", ".join(field.options[:LISTED])
                self.note = f"you are “{meant.text[:40]}”, and that is no {field.label}; there are: {listed}"
                names.append(meant.text)
            elif test.op == "=":
                names.append(self._literal(meant, field))
            else:
                names += self._named(meant, ":", field.options, field.label)
        return known(field, any_member(names))

    def _literal(self, operand: Operand, field: Field) -> str:
        """A choice as it is written: the board may no longer offer it. Raises QueryError for a part of one it does."""
        wanted = loose(operand.text)
        longer = [name for name in field.options if f" {wanted}" in f" {loose(name)}"]
        if longer and not operand.quoted and wanted not in map(loose, field.options):
            raise QueryError(
                f"No {field.label} is “{operand.text[:40]}”; there are: {', '.join(longer[:LISTED])}. "
                f"{field.name}:{operand.text[:40]} finds them.",
                operand.at,
            )
        return operand.text

    def _column(self, test: Test) -> Judge:
        _only_equal(test)
        names = [column.name for column in self._board.columns]
        wanted = {name for operand in test.operands for name in self._named(operand, test.op, names, "column")}
        ids = {column.id for column in self._board.columns if column.name in wanted}
        return lambda item: item.column_id in ids

    def _status(self, test: Test) -> Judge:
        _only_equal(test)
        statuses = [status for column in self._board.columns for status in column.statuses]
        names = list(dict.fromkeys(status.name for status in statuses))
        wanted = {name for operand in test.operands for name in self._named(operand, test.op, names, "status")}
        ids = {status.id for status in statuses if status.name in wanted}
        return lambda item: item.status_id in ids

    def _label(self, test: Test) -> Judge:
        _only_equal(test)
        wanted = any_member(operand.text for operand in test.operands)
        return lambda item: wanted(item.labels)

    def _key(self, test: Test) -> Judge:
        """A key whole, or its number alone."""
        _only_equal(test)
        wanted = {fold(operand.text) for operand in test.operands}
        return lambda item: (key := fold(item.key)) in wanted or key.rpartition("-")[2] in wanted

    def _text(self, read: Callable[[Item], Value]) -> Callable[[Test], Judge]:
        def made(test: Test) -> Judge:
            _only_equal(test)
            holds = any_text(test.op, map(self._meant, test.operands))
            return lambda item: holds(read(item))

        return made

    def _is(self, test: Test) -> Judge:
        _only_equal(test)
        for operand in test.operands:
            if fold(operand.text) not in MARKS:
                raise QueryError(f"is: takes {', '.join(MARKS[:-1])} or {MARKS[-1]}.", operand.at)
        wanted = frozenset(fold(operand.text) for operand in test.operands)
        return lambda item: not wanted.isdisjoint(self._marks(item.id))

    def _has(self, test: Test) -> Judge:
        _only_equal(test)
        return either(tuple(self._filled(operand) for operand in test.operands))

    def _filled(self, operand: Operand) -> Judge:
        member = member_of(self._board, operand)
        if isinstance(member, Field):
            return known(member, is_filled)
        read = _BUILT_IN[member]
        return lambda item: bool(read(item))

    def _named(self, operand: Operand, op: str, names: Collection[str], what: str) -> list[str]:
        """The names an operand means: the one it is, else for ``:`` those it begins a word of, else those it is in."""
        wanted = loose(self._meant(operand).text)
        found = [name for name in names if loose(name) == wanted]
        if not found and op == ":":
            found = [name for name in names if f" {wanted}" in f" {loose(name)}"]
            found = found or [name for name in names if wanted in loose(name)]
        if not found:
            known_names = ", ".join(list(names)[:LISTED])
            raise QueryError(f"No {what} is “{operand.text[:40]}”; there are: {known_names}.", operand.at)
        return found

    def _meant(self, operand: Operand) -> Operand:
        """An operand, with the reader's name for a bare ``me``."""
        if self._me and not operand.quoted and fold(operand.text) == "me":
            return Operand(self._me, operand.at, quoted=True)
        return operand

    def _number(self, operand: Operand, field: Field) -> int | Decimal:
        try:
            return parse_number(operand.text.removesuffix("%"), field.currency)
        except Invalid as invalid:
            raise QueryError(invalid.message, operand.at) from None

    def _value(self, operand: Operand, field: Field) -> Value:
        try:
            return values.parse(operand.text, field, today=self._now.date())
        except Invalid as invalid:
            raise QueryError(invalid.fields.get(field.name, invalid.message), operand.at) from None


def _one(test: Test) -> str:
    """The operator of a test that compares; a list makes no sense with one."""
    if test.op not in (":", "=") and len(test.operands) > 1:
        raise QueryError(
            f"{test.op} takes one value; write thousands without a comma, like 15000 or 15k.", test.operands[1].at
        )
    return test.op


def _only_equal(test: Test) -> None:
    if test.op not in (":", "="):
        raise QueryError(f"{test.name} has no order; write {test.name}:… or {test.name}=…", test.at)


def _ordinal(value: Value) -> int | None:
    return value.toordinal() if isinstance(value, date) else None


def _contact(item: Item) -> Value:
    return None if item.contact is None else (item.contact.id, *item.contact.details)


def _created(item: Item) -> int:
    return item.created_at


def _updated(item: Item) -> int:
    return item.updated_at


_BUILT_IN: dict[str, Callable[[Item], object]] = {
    "labels": lambda item: item.labels,
    "status": lambda item: item.status_id,
    "source": lambda item: item.source,
    "contact": lambda item: item.contact_id,
}
