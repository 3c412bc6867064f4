from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.board_start import MOST_LETTERS, STARTS, columns_in, name_in, start_board
from tui.domain.board_toml import dump, load


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)
def test_every_start_is_a_board_that_can_be_written_as_text(start) -> None:  # type: ignore[no-untyped-def]  # a Start
    board = start_board("Spring", start.columns)
    assert load(dump(board)) == board
    assert board.fields == start.fields
    assert board.columns[-1].closed is not None
    assert board.columns[0].closed is None


def test_columns_stand_between_commas() -> None:
    assert columns_in(" Ideas,  In   work ,Done,") == ("Ideas", "In work", "Done")
    board = start_board("Plan", columns_in("Ideas, In work, DONE, lost"))
    assert [column.closed for column in board.columns] == [None, None, "done", "lost"]
    assert [field.kind for field in board.fields] == ["date", "long_text"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "at least one column"), (" , ,", "at least one column"), ("a, B, A", "has “A” twice"), ("x" * 61, "longer")],
)
def test_what_is_wrong_with_columns_is_said(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        columns_in(text)


def test_what_is_wrong_with_a_name_is_said() -> None:
    with pytest.raises(ValueError, match="needs at least one letter"):
        name_in(" \t")
    assert name_in("x" * MOST_LETTERS)


@given(st.text())
def test_any_text_is_columns_or_a_sentence(text: str) -> None:
    try:
        columns = columns_in(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - any sentence will do
    else:
        board = start_board("Any", columns)
        assert [column.name for column in board.columns] == list(columns)
