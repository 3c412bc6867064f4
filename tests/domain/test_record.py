import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.samples import strange_values
from tui.domain.record import EMPTY, Record

names = st.sampled_from("abcd")
mappings = st.dictionaries(names, st.none() | st.integers() | st.text(max_size=3))


@given(mappings)
def test_a_record_is_the_mapping_it_was_made_of(values: dict[str, str | int | None]) -> None:
    record = Record(values)
    assert dict(record) == values
    assert record == values
    assert len(record) == len(values)
    assert list(record) == list(values)
    assert record.cells == tuple(values.values())
    assert all(name in record and record[name] == value for name, value in values.items())


@given(mappings, names, strange_values)
def test_put_changes_one_value_of_a_new_record(values: dict[str, str | int | None], name: str, value: str) -> None:
    record = Record(values)
    changed = record.put(name, value)
    assert dict(record) == values
    assert list(changed) == list(values if name in values else [*values, name])
    assert changed[name] is value
    assert {other: changed[other] for other in values if other != name} == {
        o: v for o, v in values.items() if o != name
    }


@given(mappings)
def test_equality_ignores_the_order_of_names(values: dict[str, str | int | None]) -> None:
    backwards = Record(dict(reversed(values.items())))
    assert backwards == Record(values)
    assert hash(backwards) == hash(Record(values))
    assert Record({**values, "other": 1}) != Record(values)


def test_records_of_one_board_share_their_names() -> None:
    first, second = Record({"a": 1, "b": 2}), Record({"a": 3, "b": 4})
    assert first._names is second._names
    assert first.put("a", 5)._names is first._names
    assert first.put("c", 5)._names is second.put("c", 6)._names


def test_an_unknown_name() -> None:
    assert "a" not in EMPTY
    assert EMPTY.get("a") is None
    with pytest.raises(KeyError):
        EMPTY["a"]
    assert (EMPTY == 1) is False
