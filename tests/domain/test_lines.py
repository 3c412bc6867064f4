import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.lines import hunks, keep_both, line_counts, merge_lines

lines = st.lists(st.sampled_from("abcde") | st.just(""), max_size=12)
texts = lines.map("\n".join)


@given(texts, texts)
def test_one_side_alone_wins(base: str, mine: str) -> None:
    assert merge_lines(base, mine, base) == mine
    assert merge_lines(base, base, mine) == mine
    assert merge_lines(base, mine, mine) == mine


@given(texts, texts, texts)
def test_sides_are_equal_in_rights(base: str, mine: str, theirs: str) -> None:
    assert merge_lines(base, mine, theirs) == merge_lines(base, theirs, mine)


@given(lines, lines)
def test_hunks_turn_one_text_into_the_other(base: list[str], other: list[str]) -> None:
    built, at = [], 0
    for hunk in hunks(base, other):
        assert hunk.start >= at
        built += [*base[at : hunk.start], *hunk.lines]
        at = hunk.stop
    assert [*built, *base[at:]] == other


@given(texts, texts)
def test_counts_account_for_the_length(base: str, other: str) -> None:
    added, removed = line_counts(base, other)
    length = [len(text.split("\n")) if text else 0 for text in (base, other)]
    assert length[1] - length[0] == added - removed
    assert 0 <= removed <= length[0]
    assert (added, removed) == (0, 0) if base == other else (added, removed) != (0, 0)


@st.composite
def disjoint_edits(draw: st.DrawFn) -> tuple[list[str], dict[int, str], dict[int, str]]:
    """A text of distinct lines, and per side the lines it changes, with an untouched line between any two."""
    base = [f"line {number}" for number in range(draw(st.integers(3, 20)))]
    places = draw(st.sets(st.integers(0, len(base) // 2).map(lambda half: min(half * 2, len(base) - 1)), min_size=1))
    sides = {place: draw(st.booleans()) for place in places}
    mine = {place: f"mine {place}" for place, is_mine in sides.items() if is_mine}
    theirs = {place: f"theirs {place}" for place, is_mine in sides.items() if not is_mine}
    return base, mine, theirs


@given(disjoint_edits())
def test_no_disjoint_line_is_lost(case: tuple[list[str], dict[int, str], dict[int, str]]) -> None:
    base, mine, theirs = case
    one, other, both = (
        [edits.get(at, line) for at, line in enumerate(base)] for edits in (mine, theirs, mine | theirs)
    )
    assert merge_lines("\n".join(base), "\n".join(one), "\n".join(other)) == "\n".join(both)


@st.composite
def edited(draw: st.DrawFn, base: list[str], side: str) -> list[str]:
    """`base` with lines taken out and lines of this side's own put in."""
    kept = [line for line in base if draw(st.booleans())]
    for number in range(draw(st.integers(0, 4))):
        kept.insert(draw(st.integers(0, len(kept))), f"{side} {number}")
    return kept


@given(st.data(), st.integers(0, 10))
def test_every_line_meets_the_fate_that_its_editor_meant(data: st.DataObject, size: int) -> None:
    base = [f"line {number}" for number in range(size)]
    mine, theirs = data.draw(edited(base, "mine")), data.draw(edited(base, "theirs"))
    merged = merge_lines("\n".join(base), "\n".join(mine), "\n".join(theirs))
    if merged is None:
        return
    meant = {line for line in {*mine, *theirs} if line not in base or (line in mine and line in theirs)}
    assert sorted(merged.split("\n") if merged else []) == sorted(meant)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a\nb\nc", "a\nB\nc", "a\nX\nc", None),
        ("a\nb\nc", "a\nB\nc", "a\nc", None),
        ("a", "a\nmine", "a\ntheirs", None),
        ("a", "a\nsame", "a\nsame", "a\nsame"),
        ("a\nb", "x\na\nb", "a\nb\ny", "x\na\nb\ny"),
        ("a\nb", "A\nb", "a\nB", "A\nB"),
        ("a\nb\nc", "a\nnew\nb\nc", "a\nb", "a\nnew\nb"),
        ("a", "a\nb", "", "b"),
        ("", "mine", "theirs", None),
        ("a\r\nb", "a\r\nb\nc", "x\r\nb", "x\r\nb\nc"),
    ],
)
def test_cases(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge_lines(base, mine, theirs) == merged


def test_counts_of_an_empty_text() -> None:
    assert line_counts("", "a\nb") == (2, 0)
    assert line_counts("a\nb", "") == (0, 2)
    assert line_counts("", "") == (0, 0)


@pytest.mark.parametrize("line", ["", "a", "a\nb"])
def test_long_repetitive_texts_merge(line: str) -> None:
    # Without bounds these would compare every line with every line: four thousand million pairs.
    base = "\n".join([line] * 30_000)
    middle = len(base) // 2
    assert merge_lines(base, "mine\n" + base, base + "\ntheirs") == f"mine\n{base}\ntheirs"
    scattered = merge_lines(base, base[: middle // 2] + "x" + base[middle:], base[:middle] + "y" + base[middle + 9 :])
    assert scattered is None


@given(texts, texts, texts)
def test_keeping_both_is_a_merge_where_there_is_one(base: str, mine: str, theirs: str) -> None:
    merged = merge_lines(base, mine, theirs)
    both = keep_both(base, mine, theirs)
    assert both == merged if merged is not None else {*mine.split("\n"), *theirs.split("\n")} >= {*both.split("\n")}


@given(st.data(), st.integers(0, 10))
def test_keeping_both_keeps_every_new_line(data: st.DataObject, size: int) -> None:
    base = [f"line {number}" for number in range(size)]
    mine, theirs = data.draw(edited(base, "mine")), data.draw(edited(base, "theirs"))
    both = keep_both("\n".join(base), "\n".join(mine), "\n".join(theirs)).split("\n")
    assert [line for line in both if line.startswith("mine")] == [line for line in mine if line.startswith("mine")]
    assert [line for line in both if line.startswith("theirs")] == [
        line for line in theirs if line.startswith("theirs")
    ]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("x", "x\nmine", "x\ntheirs", "x\ntheirs\nmine"),
        ("a\nb\nc", "a\nB\nc", "a\nX\nC", "a\nX\nC\nB\nc"),
        ("", "mine", "theirs", "theirs\nmine"),
    ],
)
def test_keep_both(base: str, mine: str, theirs: str, both: str) -> None:
    assert keep_both(base, mine, theirs) == both
