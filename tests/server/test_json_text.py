"""JSON as the server writes and stores it."""

from __future__ import annotations

import json
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.server.json_text import Raw, dumps, loads, loads_stored
from tui.server.values import FRACTION_DIGITS, Unfit, exact

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=FRACTION_DIGITS)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.none() | st.booleans() | TEXTS | NUMBERS | st.integers() | st.lists(TEXTS)


def _stored(value: object) -> object:
    """A number as it is stored."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    try:
        return exact(value)
    except Unfit:
        return None


@given(st.dictionaries(TEXTS, VALUES.map(_stored)))
def test_what_is_stored_comes_back(values: dict[str, object]) -> None:
    text = dumps(values)
    assert loads_stored(text) == loads(text.encode()) == values
    assert all(type(value) is type(values[name]) for name, value in loads_stored(text).items())


@given(TEXTS)
def test_texts_are_written_as_they_are(text: str) -> None:
    assert dumps(text) == json.dumps(text, ensure_ascii=False)


@pytest.mark.parametrize("digits", ["0.5", "-0.000001", "0.1", "123456789012345.654321", "1.05"])
def test_fractions_are_exact_and_shown_without_an_exponent(digits: str) -> None:
    assert dumps(exact(Decimal(digits))) == digits
    assert loads_stored(digits) == Decimal(digits)


def test_raw_text_goes_in_as_it_is() -> None:
    value = {"a": [Raw('{"b":1.50}')], "c": MappingProxyType({"d": (1, 2)})}
    assert dumps(value) == '{"a":[{"b":1.50}],"c":{"d":[1,2]}}'


def test_what_json_has_no_word_for() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        dumps({"a": object()})
