from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.api.json_list import PAGE, ListDecoder
from tui.api.json_text import dumps, loads

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | DECIMALS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=100)
def test_values_survive_the_wire(value: Any) -> None:
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15000", 15000),
        ("15000.0", 15000),
        ("1.5e3", 1500),
        ("0.1", Decimal("0.1")),
        ("0.1000", Decimal("0.1")),
        ("-0.0", 0),
        ("123456789012345.123456", Decimal("123456789012345.123456")),
        ("1e999999999", "1e999999999"),
        ("1e-999999999", "1e-999999999"),
        ("1e99999999999999999999999", "1e99999999999999999999999"),
        ("0." + "1" * 100, "0." + "1" * 100),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\\ud800b"', "a\ufffdb"),
        ('{"\\udc00": ["\\ud800"]}', {"\ufffd": ["\ufffd"]}),
        ("\ufeff[]".encode(), []),
    ],
)
def test_numbers_are_exact_and_text_can_be_written(text: str | bytes, value: object) -> None:
    found = loads(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        "NaN",
        "[Infinity]",
        "9" * 5000,
        "[" * 100_000,
        b'"\xff"',
        "[] []",
    ],
)
def test_wrong_json_is_one_kind_of_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


def test_a_number_that_json_has_no_word_for_is_not_written() -> None:
    for wrong in (Decimal("NaN"), Decimal("Infinity"), float("nan")):
        with pytest.raises(ValueError, match=r"."):
            dumps(wrong)


def decode(raw: bytes, sizes: list[int], member: str | None = None) -> tuple[list[list[Any]], dict[str, Any]]:
    decoder = ListDecoder(member)
    batches: list[list[Any]] = []
    at = 0
    for size in sizes:
        batches += decoder.feed(raw[at : at + size])
        at += size
    batches += decoder.feed(raw[at:])
    batches += decoder.finish()
    return batches, decoder.rest


@given(st.lists(VALUES, max_size=12), st.lists(st.integers(1, 40), max_size=30), st.booleans())
@settings(max_examples=150)
def test_a_list_is_the_same_however_it_is_cut(values: list[Any], sizes: list[int], spaced: bool) -> None:
    text = dumps(values)
    if spaced:
        text = "  [ " + " , ".join(map(dumps, values)) + "\n]\r\n"
    batches, _ = decode(text.encode(), sizes)
    assert [element for batch in batches for element in batch] == values


@given(st.lists(VALUES, max_size=8), st.dictionaries(TEXTS, VALUES, max_size=4), st.lists(st.integers(1, 30)))
@settings(max_examples=150)
def test_a_member_is_a_list_and_the_rest_is_kept(values: list[Any], rest: dict[str, Any], sizes: list[int]) -> None:
    rest.pop("data", None)
    names = list(rest)
    body = {name: rest[name] for name in names[:2]} | {"data": values} | {name: rest[name] for name in names[2:]}
    batches, found = decode(dumps(body).encode(), sizes, "data")
    assert [element for batch in batches for element in batch] == values
    assert found == rest


def test_batches_are_pages_and_only_the_last_is_smaller() -> None:
    values = [{"id": number} for number in range(2 * PAGE + 7)]
    batches, _ = decode(dumps(values).encode(), [100] * 50)
    assert [len(batch) for batch in batches] == [PAGE, PAGE, 7]


@pytest.mark.parametrize(
    ("raw", "member"),
    [
        (b"", None),
        (b"[", None),
        (b"[1", None),
        (b"[1,]", None),
        (b"[1 2]", None),
        (b"[{}}", None),
        (b"[1] x", None),
        (b"{}", None),
        (b"<html>", None),
        (b'[{"a":1}', None),
        (b'["\xff"]', None),
        (b"[]", "data"),
        (b"{}", "data"),
        (b'{"data":1}', "data"),
        (b'{"data":[1}', "data"),
        (b'{"data":[1]', "data"),
        (b'{"data":[1],}', "data"),
        (b'{"data" [1]}', "data"),
        (b'{"total":1e', "data"),
        (b"[1e99", None),
    ],
)
def test_a_list_that_is_none_is_refused(raw: bytes, member: str | None) -> None:
    for sizes in ([], [1] * len(raw)):
        with pytest.raises(ValueError, match=r"."):
            decode(raw, sizes, member)


def test_an_element_without_end_is_refused_before_it_fills_memory() -> None:
    decoder = ListDecoder()
    fed = (batch for _ in range(100) for batch in decoder.feed(b'["' + b"x" * 60_000))
    with pytest.raises(ValueError, match="1 MB"):
        list(fed)
