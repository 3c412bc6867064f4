"""Which of a foreign board's numbers is its value: cards show it, and column heads sum it."""

from __future__ import annotations

import pytest

from tui.api.overrides import Overrides, overlaid
from tui.domain.model import Board, BoardId, Field


def value_of(overrides: Overrides, *fields: Field) -> str | None:
    field = overlaid(Board(BoardId("b"), "Sales", fields=fields), overrides).value_field
    return field.name if field else None


@pytest.mark.parametrize("name", ["value", "deal_value", "amount", "total-amount", "Deal Value", "price"])
def test_the_one_number_that_is_called_a_value(name: str) -> None:
    assert value_of({}, Field("phone", "phone", "phone"), Field("size", "size", "number"), Field(name, name, "number"))


@pytest.mark.parametrize(
    "fields",
    [
        [Field("evaluation", "evaluation", "number")],
        [Field("value", "value", "text")],
        [Field("value", "value", "number"), Field("budget", "budget", "number")],
    ],
)
def test_no_other_is_guessed(fields: list[Field]) -> None:
    assert value_of({}, *fields) is None


def test_what_the_profile_says_goes_first() -> None:
    fields = [Field("value", "value", "number"), Field("seats", "seats", "number")]
    assert value_of({"Sales": {"fields": {"seats": {"sum": True}}}}, *fields) == "seats"
    assert value_of({"Sales": {"fields": {"value": {"sum": False}}}}, *fields) is None
    assert value_of({"Sales": {"fields": {"value": {"currency": "USD"}}}}, *fields) == "value"
