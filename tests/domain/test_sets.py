import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain import sets
from tui.errors import Invalid


@given(st.lists(st.text(min_size=1) | st.text(' ,"a', min_size=1), unique=True))
def test_joined_members_split_again(members: list[str]) -> None:
    assert sets.split(sets.join(members)) == tuple(members)


@given(st.text(' ,"ab', max_size=12) | st.text())
def test_any_line_splits_or_is_refused(text: str) -> None:
    try:
        members = sets.split(text)
    except Invalid:
        assert '"' in text
    else:
        assert len(set(members)) == len(members)
        assert all(members)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", ()),
        (" , ,", ()),
        ("hot", ("hot",)),
        ("hot, emea ,hot", ("hot", "emea")),
        ('"north, south", x', ("north, south", "x")),
        ('"say ""hi"""', ('say "hi"',)),
        ('5" pipe', ('5" pipe',)),
    ],
)
def test_split(text: str, members: tuple[str, ...]) -> None:
    assert sets.split(text) == members


@pytest.mark.parametrize("text", ['"open', 'a, "open, b', '"a"b'])
def test_a_quote_must_be_closed(text: str) -> None:
    with pytest.raises(Invalid, match="quote"):
        sets.split(text)
