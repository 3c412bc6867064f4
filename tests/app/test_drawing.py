from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from textual.strip import Strip

from tests.app.walls import DAY, NOW, a_board, an_item
from tui.app import drawing, theme
from tui.app.drawing import Brush, Head, age, card, default_members, fit, member_text
from tui.app.drawing_glyphs import ASCII, UNICODE, Glyphs
from tui.domain.model import LABELS, STATUS, Field, Member, Moment
from tui.domain.record import Value
from tui.sync.state import Mark

BOARD = a_board()
VALUE, OWNER = Member("field.deal_value"), Member("field.owner")


def a_brush(width: int = 24, glyphs: Glyphs = UNICODE, members: tuple[Member, ...] | None = None) -> Brush:
    chosen = default_members(BOARD) if members is None else members
    return Brush(BOARD, chosen, theme.palette(ansi=False), glyphs, width)


def texts(strips: tuple[Strip, ...]) -> list[str]:
    return [strip.text for strip in strips]


def test_a_card_shows_key_name_fields_and_age() -> None:
    lines = texts(card(a_brush(30), an_item(42, name="Acme Corp"), Mark.NONE, "3d"))
    assert lines == [
        " DEAL-42 Acme Corp           │",
        " $42,000 · Kim             3d│",
    ]


def test_a_narrow_card_gives_its_first_line_to_the_name_and_keeps_key_and_age() -> None:
    item = an_item(38, name="Coral Logistics")
    for on in (True, False):
        assert texts(card(a_brush(20), item, Mark.CONFLICT, "5h", on=on, marked=True)) == [
            "┃▪ Coral Logisti… ▲│" if on else "▪Coral Logistics  ▲│",
            " DEAL-38 $38k    5h│",
            " Kim               │",
        ]
    assert card(a_brush(20), item, Mark.NONE, "5h")[1]._segments[0].style == a_brush().palette.key
    assert texts(card(a_brush(28), item, Mark.NONE, "5h"))[0].startswith(" DEAL-38 Coral")
    assert texts(card(a_brush(20, members=()), item, Mark.NONE, "5h"))[1:] == [" DEAL-38         5h│"]
    assert texts(card(a_brush(20, members=(OWNER,)), item, Mark.NONE, "5h"))[1:] == [" DEAL-38 Kim     5h│"]


@pytest.mark.parametrize(
    ("values", "key", "second", "third"),
    [
        ({}, "DEAL-38", " DEAL-38 $12.5k  5h│", " Mei Lin 2027-01-31│"),
        ({"owner": "Priya Nair"}, "DEAL-38", " DEAL-38 $12.5k  5h│", " Priya … 2027-01-31│"),
        ({"owner": None}, "DEAL-38", " DEAL-38 $12.5k  5h│", "         2027-01-31│"),
        ({"close": None}, "DEAL-38", " DEAL-38 $12.5k  5h│", " Mei Lin           │"),
        ({"deal_value": None}, "DEAL-38", " DEAL-38         5h│", " Mei Lin 2027-01-31│"),
        ({}, "TICKET-1380", " TICKET-1380     5h│", " $12.5k Mei… 2027-…│"),
        ({}, "DEAL-13802", " DEAL-13802 $13k 5h│", " Mei Lin 2027-01-31│"),
    ],
)
def test_on_a_narrow_card_every_field_has_its_place_and_is_cut_rather_than_left_out(
    values: dict[str, Value], key: str, second: str, third: str
) -> None:
    held = {"deal_value": 12_500, "owner": "Mei Lin", "close": date(2027, 1, 31), **values}
    board = replace(BOARD, fields=(*BOARD.fields, Field("close", "Expected close", "date")))
    brush = replace(a_brush(20, members=(VALUE, OWNER, Member("field.close"))), board=board)
    item = replace(an_item(38, "Lead", "", **held), key=key)
    assert texts(card(brush, item, Mark.NONE, "5h"))[1:] == [second, third]


def test_the_cursor_is_a_bar_and_a_style_of_the_first_line_only() -> None:
    plain_lines = card(a_brush(), an_item(1), Mark.NONE, "1d")
    lit = card(a_brush(), an_item(1), Mark.NONE, "1d", on=True)
    assert lit[0].text.startswith("┃Deal 1")
    assert lit[1].text == plain_lines[1].text
    assert [segment.style for segment in lit[1]] == [segment.style for segment in plain_lines[1]]


@pytest.mark.parametrize(
    ("mark", "sign", "twin"),
    [
        (Mark.CONFLICT, "▲", "!"),
        (Mark.FAILED, "✗", "x"),
        (Mark.SAVING, "⟳", "@"),
        (Mark.DRAFT, "✎", "%"),
        (Mark.CHANGED, "●", "*"),
    ],
)
@pytest.mark.parametrize("on", [True, False])
def test_each_state_has_a_sign_and_an_ascii_twin(mark: Mark, sign: str, twin: str, on: bool) -> None:
    assert card(a_brush(), an_item(1), mark, "1d", on=on)[0].text.endswith(f" {sign}│")
    assert card(a_brush(glyphs=ASCII), an_item(1), mark, "1d", on=on)[0].text.endswith(f" {twin}|")


def test_a_marked_card_is_told_from_an_unmarked_one_without_colour() -> None:
    for on in (True, False):
        marked = card(a_brush(), an_item(1), Mark.NONE, "1d", on=on, marked=True)[0].text
        assert "▪" in marked
    assert card(a_brush(), an_item(1), Mark.NONE, "1d", marked=True)[0].text[0] == "▪"


def test_ascii_draws_nothing_but_ascii() -> None:
    brush = a_brush(glyphs=ASCII)
    lines = texts(card(brush, an_item(1, name="A very long name that must be cut"), Mark.SAVING, "1d", on=True))
    lines.append(drawing.head(brush, Head("Lead", 3, 9, complete=True, limit=2, sum="$1", weighted="$2")).text)
    assert all(line.isascii() for line in lines)


def test_wide_and_combining_characters_keep_the_line_on_the_right_in_place() -> None:
    for name in ("日本語の名前がとても長い会社", "e\u0301" * 30, "한국어 이름", "ไทย", "mixed 日 a 本 b"):
        for strip in card(a_brush(21), an_item(7, name=name), Mark.NONE, "7d"):
            assert cell_len(strip.text) == 21
            assert strip.text.endswith("│")


@settings(max_examples=60)
@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.integers(0, 50),
    st.sampled_from(Mark),
    st.booleans(),
    st.booleans(),
)
def test_every_line_is_exactly_as_wide_as_the_pane(
    name: str, value: str, width: int, mark: Mark, on: bool, marked: bool
) -> None:
    item = an_item(5, name=name, notes=value)
    brush = a_brush(width, members=(Member("field.notes"), Member("field.deal_value"), LABELS))
    for strip in card(brush, item, mark, "5d", on=on, marked=marked):
        assert strip.cell_length == cell_len(strip.text) == width
        assert "\x1b" not in strip.text
        assert "\n" not in strip.text


@settings(max_examples=60)
@given(st.text(max_size=40), st.integers(0, 60), st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_every_head_is_exactly_as_wide_as_the_pane(name: str, width: int, a: int, b: int, complete: bool) -> None:
    head = Head(name, min(a, b), max(a, b), complete, 25, "$1.2M", "$600k", on=True, before=2, after=3)
    strip = drawing.head(a_brush(width), head)
    assert strip.cell_length == cell_len(strip.text) == width


def test_a_head_shows_name_count_and_sums() -> None:
    strip = drawing.head(a_brush(40), Head("Lead", 42, 42, complete=True, sum="$1.2M", weighted="$600k"))
    assert strip.text.rstrip("│ ") == " Lead 42 $1.2M ≈$600k"


def test_a_narrow_head_drops_the_weighted_sum_first_and_the_name_last() -> None:
    head = Head("Negotiation", 42, 42, complete=True, sum="$1.2M", weighted="$600k")
    assert "≈" not in drawing.head(a_brush(26), head).text
    assert "$1.2M" in drawing.head(a_brush(26), head).text
    narrow = drawing.head(a_brush(16), head).text
    assert "$" not in narrow
    assert "42" in narrow


def test_under_a_filter_a_narrow_head_keeps_its_sum_and_says_of_in_one_sign() -> None:
    shown = [
        drawing.head(a_brush(20), Head(name, some, total, complete=True, sum=money, weighted="$1k")).text
        for name, some, total, money in [
            ("Lead", 1, 11, "$131k"),
            ("Qualified", 3, 9, "$43k"),
            ("Negotiation", 12, 39, "$43k"),
        ]
    ]
    assert shown == [" Lead 1 of 11 $131k│", " Qualified 3/9 $43k│", " Negoti… 12/39 $43k│"]


def test_a_head_says_how_much_there_is_above_and_below_where_there_is_room() -> None:
    head = Head("Negotiation", 42, 42, complete=True, sum="$1.2M", above=3, below=12)
    assert drawing.head(a_brush(40), head).text.endswith(" ↑3 ↓12│")
    assert drawing.head(a_brush(21), head).text.endswith(" ↑↓│")
    assert drawing.head(a_brush(40, ASCII), head).text.endswith(" ^3 v12|")
    for width in range(1, 50):
        assert drawing.head(a_brush(width), head).cell_length == width


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (Head("A", 28, 28, complete=True), "28"),
        (Head("A", 4, 28, complete=True), "4 of 28"),
        (Head("A", 28, 28, complete=True, limit=25), "28 ≤25!"),
        (Head("A", 25, 25, complete=True, limit=25), "25 ≤25"),
        (Head("A", 4, 28, complete=True, limit=25), "4 of 28 ≤25!"),
        (Head("A", 12345, 12345, complete=True), "12,345"),
        (Head("A", 0, 0, complete=False, limit=3), "…"),
    ],
)
def test_counts(head: Head, said: str) -> None:
    assert drawing.count_text(head, UNICODE) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0h"), (3599, "0h"), (3600, "1h"), (DAY - 1, "23h"), (DAY, "1d"), (999 * DAY, "999d"), (1095 * DAY, "3y")],
)
def test_ages_are_in_hours_days_and_years(seconds: int, said: str) -> None:
    assert age(NOW, Moment(NOW - seconds)) == said


def test_an_unknown_age_and_one_from_the_future_are_no_news() -> None:
    assert age(NOW, Moment(0)) == ""
    assert age(NOW, Moment(NOW + 500)) == "0h"


def test_what_does_not_fit_is_cut_with_a_sign() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日 …"
    assert fit("abc", 5) == "abc  "
    assert fit("abc", 0) == ""


def test_members_are_shown_in_a_few_words() -> None:
    item = an_item(3, owner="Sam", notes="two\nlines")
    assert member_text(BOARD, item, Member("field.deal_value")) == "$3,000"
    assert member_text(BOARD, item, Member("field.notes")) == "two⏎lines"
    assert member_text(BOARD, item, STATUS) == "Open"
    assert member_text(BOARD, item, Member("field.gone")) == ""


def test_cards_show_the_value_and_the_first_choices_by_default() -> None:
    assert default_members(BOARD) == ("field.deal_value", "field.owner", "field.priority")
