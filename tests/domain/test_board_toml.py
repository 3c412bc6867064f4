from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.board_toml import TEMPLATE, dump, load
from tui.domain.model import Board, BoardId, Column, ColumnId, DuplicateRule, Field, Status, StatusId
from tui.domain.text import fold
from tui.errors import Invalid

SALES = Board(
    BoardId("b1"),
    'Sales "north"\n\x1b[2J',
    (
        Column(ColumnId("c1"), "Lead", "#112233", 25, Decimal("12.5"), None, (Status(StatusId("s1"), "Open"),)),
        Column(ColumnId("c2"), "Won", closed="won"),
    ),
    (
        Field("value", "Value", "currency", currency="USD", sum=True, min=Decimal(0), max=Decimal("1e6")),
        Field("owner", "Owner", "select", required=True, options=("Sam", "Kim\\")),
        Field("chance", "Chance", "number", weight=True),
        Field("code", "Code", max_length=8, pattern=r"^\d+$"),
    ),
    DuplicateRule(("code", "name"), "fuzzy", "all", "skip"),
    "DEAL",
    allow_delete=False,
    revision=4,
)

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda text: text.strip())


@st.composite
def boards(draw: st.DrawFn) -> Board:
    names = draw(st.lists(words, min_size=1, max_size=4, unique_by=fold))
    columns = tuple(
        Column(
            ColumnId(f"c{place}"),
            name,
            draw(st.none() | words),
            draw(st.none() | st.integers(0, 500)),
            draw(st.none() | st.decimals(0, 100, places=2)),
            draw(st.sampled_from([None, "won", "lost", "done"])),
            tuple(Status(StatusId(f"s{place}-{n}"), s) for n, s in enumerate(draw(st.lists(words, max_size=2)))),
        )
        for place, name in enumerate(names)
    )
    fields = tuple(
        Field(
            name,
            draw(words),
            draw(st.sampled_from(["text", "number", "date", "checkbox"])),
            required=draw(st.booleans()),
            max_length=draw(st.none() | st.integers(1, 99)),
        )
        for name in draw(st.lists(words, max_size=3, unique_by=fold))
    )
    return Board(
        BoardId("b"), draw(words).strip(), columns, fields, DuplicateRule(), draw(st.sampled_from(["", "DEAL"]))
    )


@given(boards())
def test_what_is_written_is_read_again(board: Board) -> None:
    assert load(dump(board), board) == board


def test_every_key_goes_there_and_back() -> None:
    board = replace(SALES, name=SALES.name.strip())
    assert load(dump(board), board) == board


def test_the_template_is_a_new_board() -> None:
    board = load(dump(TEMPLATE))
    assert board.id == ""
    assert [column.name for column in board.columns] == ["To do", "Doing", "Done"]
    assert all(column.id == "" for column in board.columns)


def test_a_rename_keeps_the_id_and_a_new_column_has_none() -> None:
    text = dump(SALES).replace('name = "Lead"', 'name = "Leads"') + '\n[[columns]]\nname = "Lost"\nclosed = "lost"\n'
    board = load(text, SALES)
    assert [(column.id, column.name) for column in board.columns] == [("c1", "Leads"), ("c2", "Won"), ("", "Lost")]


def test_an_entry_without_id_is_found_by_its_name() -> None:
    board = load('name = "x"\n[[columns]]\nname = "lead"\nstatuses = ["open", "New"]\n', SALES)
    assert board.columns[0].id == "c1"
    assert [status.id for status in board.columns[0].statuses] == ["s1", ""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x', "At the end: a quote is not closed."),
        ('name = "x"\nprefix = Deal', "Line 2, column 10: a value is missing or not one; a text stands in quotes"),
        ('name = "x\n', "Line 1, column 10: a quote is not closed."),
        ('name "x"', "“=” is missing after a name"),
        ('name = "x"\n[[columns]', "a head is not closed"),
        ('name = "x" prefix = "y"', "one name = value a line"),
        ('name = "x"\nname = "y"', "a name is there twice"),
        ("columns = [1,", "At the end: a"),
        ('prefix = "D"', "name: is needed"),
        ('name = "x"\nlimits = 3', "limits (line 2): is not a key here"),
        ('name = "x"\n\n[[columns]]\nname = "A"\nlimit = "ten"', "columns[1].limit (line 5): must be a whole number"),
        ('name = "x"\n[[columns]]\nname = "A"\nlimit = true', "columns[1].limit (line 4): must be a whole number"),
        (
            'name = "x"\n[[columns]]\nname = "A"\n[[columns]]\nname = "a"',
            "columns[2].name (line 5): “a” is there twice",
        ),
        ('name = "x"\n[[columns]]\nlimit = 3', "columns[1].name (line 2): is needed"),
        ('name = "x"\n[[columns]]\nname = "A"\nclosed = "yes"', "closed (line 4): must be one of won, lost, done"),
        ('name = "x"\n[[columns]]\nid = "zz"\nname = "A"', "columns[1].id (line 3): is not an id of this board"),
        ('name = "x"\n[[columns]]\nname = "A"\nprobability = 140', "must be between 0 and 100"),
        ('name = "x"\n[[fields]]\nname = "f"\nkind = "money"', "fields[1].kind (line 4): must be one of text"),
        ('name = "x"\n[[fields]]\nname = "f"\nkind = "select"', "must have choices"),
        ('name = "x"\n[[fields]]\nname = "f"\nmin = 3\nmax = 2', "fields[1].max (line 5): is less than min"),
        ('name = "x"\n[[fields]]\nname = "f"\nsum = true', "fields[1].sum (line 4): needs a field of kind number"),
        ('name = "x"\n[duplicates]\nfields = ["q"]', "duplicates.fields (line 3): names “q”"),
        ('name = "x"\ncolumns = 3', "columns (line 2): must be a list of tables"),
        ('name = "x"\nduplicates = 3', "must be a table"),
        ('name = "x"\n[[fields]]\nname = "f"\nmin = nan', "must be a number"),
        ("name = 3", "name (line 1): must be a text in quotes"),
        ("a = " + "[" * 3000, "This is n"),
    ],
)
def test_mistakes_name_key_and_line(text: str, said: str) -> None:
    with pytest.raises(Invalid) as raised:
        load(text, SALES)
    assert said in raised.value.message


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        load('name = "x"\n[[columns]]\nname = "A"\nlimit = "a"\n[[fields]]\nname = "f"\nkind = "b"')
    assert set(raised.value.fields) == {"columns[1].limit", "fields[1].kind"}


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(Invalid):
        load(text, SALES)


def test_a_new_board_begins_with_what_everyone_needs_and_its_examples_work_as_they_stand() -> None:
    text = dump(TEMPLATE)
    places = [text.index(f"\n{head}") for head in ("name =", "[[columns]]", "[[fields]]", "[duplicates]")]
    assert places == sorted(places)
    examples = re.findall(r"^#   (\[\[fields\]\]|\w+ = .+)$", text, re.MULTILINE)
    board = load(text + "\n".join(examples))
    assert [field.kind for field in board.fields[len(TEMPLATE.fields) :]] == ["currency", "select", "long_text"]
