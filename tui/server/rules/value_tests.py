"""Conditions on the values of items, as text says them.

Numbers and times compare as such when both sides are; else text is equal to the letter, and ordered and searched
with case ignored. An unset value equals "", and is neither more nor less than anything. Of a multi-select `contains`
and `in` ask for one of its choices, `eq` for all of them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias, get_args

from tui.server.moments import parse_moment
from tui.server.text import fold
from tui.server.value_text import choices_in, number_in, text_of
from tui.server.values import Value

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
Test: TypeAlias = Callable[[Value], bool]


def value_test(name: Operator, operands: Sequence[str]) -> Test:
    """Whether a value passes. `operands` is one text for every operator but `in`."""
    match name:
        case "eq":
            return _equals(operands[0])
        case "ne":
            equals = _equals(operands[0])
            return lambda value: not equals(value)
        case "in":
            return _among(operands)
        case "contains":
            return _contains(operands[0])
        case _:
            return _ordered(_ORDERS[name], operands[0])


def within(start: int | None, end: int | None) -> Test:
    """Whether a value is a date or time from `start` up to but not including `end`, in milliseconds."""

    def test(value: Value) -> bool:
        moment = _moment(value) if isinstance(value, str) else None
        if moment is None:
            return False
        return (start is None or moment >= start) and (end is None or moment < end)

    return test


_ORDERS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_Measure: TypeAlias = tuple[str, Decimal | int]
"""What is measured, number or time, and how much."""


def _measure(value: Value) -> _Measure | None:
    if isinstance(value, str):
        number = number_in(value)
        if number is not None:
            return "number", number
        moment = _moment(value)
        return None if moment is None else ("time", moment)
    if value is None or isinstance(value, bool | tuple):
        return None
    return "number", Decimal(value)


def _moment(text: str) -> int | None:
    if text[4:5] != "-":
        return None
    try:
        return parse_moment(text)
    except ValueError:
        return None


def _equals(operand: str) -> Test:
    same = _among([operand])
    chosen = {choice for choice in choices_in(operand) if isinstance(choice, str)}
    return lambda value: chosen == set(value) if isinstance(value, tuple) else same(value)


def _among(operands: Sequence[str]) -> Test:
    texts = frozenset(operands)
    measures = frozenset(measure for measure in map(_measure, operands) if measure is not None)

    def test(value: Value) -> bool:
        if isinstance(value, tuple):
            return not texts.isdisjoint(value)
        return text_of(value) in texts or (bool(measures) and _measure(value) in measures)

    return test


def _contains(operand: str) -> Test:
    wanted = fold(operand)

    def test(value: Value) -> bool:
        if isinstance(value, tuple):
            return any(fold(choice) == wanted for choice in value)
        return wanted in fold(text_of(value))

    return test


def _ordered(compare: Callable[[Any, Any], bool], operand: str) -> Test:
    limit, folded = _measure(operand), fold(operand)

    def test(value: Value) -> bool:
        if value is None or isinstance(value, tuple):
            return False
        measure = _measure(value)
        if limit is not None and measure is not None and limit[0] == measure[0]:
            return compare(measure[1], limit[1])
        return compare(fold(text_of(value)), folded)

    return test
