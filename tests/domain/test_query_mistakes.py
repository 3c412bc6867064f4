from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.samples import BOARD, an_item
from tui.domain.query import Query, QueryError, parse
from tui.domain.query_grammar import LONGEST


def query(text: str) -> Query:
    return parse(text, BOARD, now=datetime(2026, 3, 11, tzinfo=UTC), me="Sam Lee")


@pytest.mark.parametrize(
    ("text", "caret", "hint"),
    [
        ("acme deal_vale>10k", "     ^", "Did you mean deal_value?"),
        ("http://example.com", "^", "put them in quotes"),
        ("valeu>50k", "^", "Did you mean deal_value?"),
        ("ownr:me", "^", "Did you mean owner? "),
        ("contct:x", "^", "Did you mean contact?"),
        (">50k", "^", "like deal_value>50k"),
        ("acme -(<=50k OR x)", "       ^", "like deal_value<=50k"),
        ("owner=sam", "      ^", "No Owner is “sam”; there are: Sam Lee. owner:sam finds them."),
        ("deal_value>lots", "           ^", "“lots” is not a number"),
        ("deal_value>15,20", "              ^", "like 15000 or 15k"),
        ("close<2027-01-01", "^", "Did you mean expected_close?"),
        ("foo_bar:1", "^", "there are contact_name"),
        ("deal_value>12.500", "           ^", "two ways: write 12500"),
        ("deal_value>€15", "           ^", "in USD"),
        ("expected_close<3/4", "               ^", "write YYYY-03-04"),
        ("acme owner:bob", "           ^", "there are: Sam Lee, Ann Other"),
        ("column:Nowhere", "       ^", "there are: Lead, In progress, Won"),
        ("column=progress", "       ^", "No column is “progress”"),
        ("status:x", "       ^", "there are: Open, Waiting, Stuck, Done"),
        ("label>hot", "^", "label has no order"),
        ("notes<a", "^", "notes has no order"),
        ("regions>low", "^", "regions has no order"),
        ("signed:perhaps", "       ^", "neither yes nor no"),
        ("age>soon", "    ^", "write it like 7d"),
        ("stale:2026-01-01", "      ^", "is not an age"),
        ("created>never", "        ^", "is not a date"),
        ("created:9999-12-31", "        ^", "outside the calendar"),
        ("is:odd", "   ^", "is: takes conflict"),
        ("has:nothing", "    ^", "no field “nothing”"),
        ('owner:""', "      ^", "write no:owner"),
        ("sort:nothing", "     ^", "no field “nothing”"),
        ("sort>name", "^", "written sort:name"),
        ("a OR sort:name", "     ^", "stands alone"),
        ("-sort:name", " ^", "stands alone"),
        ("owner:", "      ^", "A value is missing after owner:"),
        ("owner:sam,", "          ^", "after the comma"),
        ("owner:(a)", "      ^", "A value is missing"),
        ('say "hello', "    ^", "quote is not closed"),
        ("(acme", "^", "bracket is not closed"),
        ("((a) b", "^", "bracket is not closed"),
        ("acme)", "    ^", "closes none"),
        ("a ()", "   ^", "nothing between"),
        ("acme OR", "       ^", "after OR"),
        ("(a OR) b", "     ^", "after OR"),
        ("-(" * 41 + "a" + ")" * 41, " " * 81 + "^", "40 deep"),
        ("x" * (LONGEST + 1), " " * LONGEST + "^", "at most 1,000 characters"),
    ],
)
def test_the_caret_is_under_the_spot(text: str, caret: str, hint: str) -> None:
    with pytest.raises(QueryError) as mistake:
        query(text)
    assert hint in mistake.value.message
    assert " " * mistake.value.column + "^" == caret


@pytest.mark.parametrize(
    "text",
    [
        ">",
        "<-",
        "<>",
        '">50k"',
        "14:30",
        "-",
        "a - b",
        "C++",
        "a,b",
        "OR",
        ":",
        "...",
        "-5",
        "100%",
        "*",
        "a/b",
        "key",
    ],
)
def test_ordinary_words_are_no_mistake(text: str) -> None:
    assert query(text).judge is not None


PIECES = [
    "(", ")", "OR", "AND", "-", ":", ">", "=", ",", " ", '"', '"a b"', "acme", "owner", "deal_value", "10k", "sort",
    "is", "me", "age", "7d", "label", "created", "key", "field.", "-x", "owner:", "has:email", "sort:name",
]  # fmt: skip


@given(st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("(" * 500 + ")" * 500)
@example("-(a " * 200 + ")" * 200)
@example('"' * 1000)
@example("\ud800:\udfff")
@example("owner:\0")
@example("deal_value>" + "9" * 500)
@example("stale:99999y")
@example("created>0001-01-01")
@example("created:+9999y")
@example("sort:" + ",".join(["name"] * 150))
def test_no_text_crashes_it(text: str) -> None:
    try:
        found = query(text)
    except QueryError as mistake:
        assert 0 <= mistake.column <= len(text), mistake.message  # noqa: PT017 - either outcome is right
        return
    assert found.matches(an_item(1)) in (True, False)
