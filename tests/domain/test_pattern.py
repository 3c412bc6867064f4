import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.pattern import LONGEST, breaks_pattern, ways


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[A-Z]{2,4}-\d+", "AB-12", "ab-12"),
        (r"(\d{3}-)+\d{4}", "123-456-7890", "123-456"),
        (r"^[^@]+@[^@]+\.[a-z]{2,}$", "a@b.cd", "a@b"),
        (r"(?i)yes|no", "YES", "maybe"),
        (r"a{2}", "aa", "aaa"),
        (r"[][]+", "[]", "x"),
        (r"\(\)", "()", "("),
    ],
)
def test_matches_the_whole_text(pattern: str, good: str, bad: str) -> None:
    assert not breaks_pattern(good, pattern)
    assert breaks_pattern(bad, pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$", r"(a|a)*b", r"(a|b|ab)*c", r"(x+x+)+y", r"((a*)*)*b", r"(a?){60}a{60}b", r"([a-z]+)*\d",
        r"(?:a+){2,}b",
        r"(?x: ( a+ # ) \n )+ b", r"a*a*a*a*a*a*b", r"(?=(a+)+b)a", r"(a{1,40}){1,40}b",
    ],
)  # fmt: skip
def test_a_pattern_that_could_take_for_ever_is_left_to_the_server(pattern: str) -> None:
    # Were it run, this test would meet its time-out.
    assert not breaks_pattern("a" * 60 + "!", pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "a{2,1}", "(?P<n>a)(?P<n>b)", "(?P=x)", "x" * (LONGEST + 1), ")("])
def test_a_faulty_pattern_breaks_nothing(pattern: str) -> None:
    assert not breaks_pattern("anything", pattern)


@given(st.text("ab()[]{}|*+?\\^$.,0123x:=!<>-#P\n", max_size=14), st.text("ab01-", max_size=20))
def test_any_pattern_ends(pattern: str, text: str) -> None:
    if breaks_pattern(text, pattern):
        assert re.compile(pattern).fullmatch(text) is None
    assert ways(pattern, 10) <= ways(pattern, 1000)
