"""What one test of a filter asks of an item: True, False, or None where the server did not say."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

from tui.domain.model import Field, Item
from tui.domain.query_syntax import Operand
from tui.domain.record import Value
from tui.domain.text import loose

Judge: TypeAlias = Callable[[Item], bool | None]
Getter: TypeAlias = Callable[[Item], Value]

_COMPARE: dict[str, Callable[[int | Decimal, int | Decimal], bool]] = {
    ":": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def haystack(item: Item) -> str:
    """Everything a word is looked for in, loosely: name, key, labels, source, contact and values, a line each."""
    texts = [item.name, item.key]
    texts += item.labels
    if item.source:
        texts.append(item.source)
    if item.contact:
        texts += item.contact.details
    for cell in item.fields.cells:
        if isinstance(cell, str):
            texts.append(cell)
        elif isinstance(cell, tuple):
            texts += cell
        elif cell is not None and not isinstance(cell, bool):
            texts.append(str(cell))
    return loose("\n".join(texts))


def has_words(texts: Iterable[str]) -> Judge:
    """Whether an item's name, key or values contain every one of some words."""
    words = tuple(map(loose, texts))
    if len(words) == 1:
        word = words[0]
        return lambda item: word in haystack(item)

    def judged(item: Item) -> bool:
        text = haystack(item)
        return all(word in text for word in words)

    return judged


def known(field: Field, judge: Callable[[Value], bool]) -> Judge:
    """A test of a field's value, undecided where the server did not return the field."""
    name = field.name

    def judged(item: Item) -> bool | None:
        fields = item.fields
        return judge(fields[name]) if name in fields else None

    return judged


def any_number(
    op: str, bounds: Iterable[int | Decimal], number: Callable[[Value], int | Decimal | None]
) -> Callable[[Value], bool]:
    """Whether a value's number stands in relation `op` to one of `bounds`."""
    compare = _COMPARE[op]
    limits = tuple(bounds)

    def judged(value: Value) -> bool:
        found = number(value)
        return found is not None and any(compare(found, limit) for limit in limits)

    return judged


def number_of(value: Value) -> int | Decimal | None:
    """A value that can be compared as a number."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def any_text(op: str, operands: Iterable[Operand]) -> Callable[[Value], bool]:
    """Whether a text (or one of several) contains (``:``) or is (``=``) one of the operands, loosely."""
    wanted = tuple(loose(operand.text) for operand in operands)
    whole = op == "="

    def holds(text: str) -> bool:
        folded = loose(text)
        return folded in wanted if whole else any(word in folded for word in wanted)

    def judged(value: Value) -> bool:
        if isinstance(value, tuple):
            return any(map(holds, value))
        return value is not None and holds(str(value))

    return judged


def any_member(names: Iterable[str]) -> Callable[[Value], bool]:
    """Whether a choice, or one of a set's members, is one of `names`, whatever the case and accents."""
    wanted = frozenset(loose(name) for name in names)

    def judged(value: Value) -> bool:
        if isinstance(value, tuple):
            return any(loose(member) in wanted for member in value)
        return isinstance(value, str) and loose(value) in wanted

    return judged


def is_filled(value: Value) -> bool:
    """Whether a value is not the empty one."""
    return value is not None and value not in ("", ())


def contrary(judge: Judge) -> Judge:
    """What is not so; the undecided stays undecided."""

    def judged(item: Item) -> bool | None:
        found = judge(item)
        return None if found is None else not found

    return judged


def every(judges: tuple[Judge, ...]) -> Judge:
    """All hold; undecided when none fails and one is."""

    def judged(item: Item) -> bool | None:
        verdict: bool | None = True
        for judge in judges:
            found = judge(item)
            if found is False:
                return False
            if found is None:
                verdict = None
        return verdict

    return judged


def either(judges: tuple[Judge, ...]) -> Judge:
    """One holds; undecided when none does and one is."""

    def judged(item: Item) -> bool | None:
        verdict: bool | None = False
        for judge in judges:
            found = judge(item)
            if found:
                return True
            if found is None:
                verdict = None
        return verdict

    return judged
