import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.domain.text import CARRIER, HIDDEN, MARKS, NEWLINE, fold, in_place, loose, visible

odd = st.sampled_from(
    "a b\n\r\t\0\x1b\x7f\x9b\u00a0\u3000\u0301\u0316\u0344\u0958\u093c\u0915\u302e\u0488\u034f\u0f73\u200d\u200b\u202e"
    "\u2066\ufe0f\u20e3\ufeff\u2028\u1100\u1161\u11a8\u2126\ud800\ue000❤👍\U0001f3fd\U0001f1e9\U0001f1ea\U000e0041\U0001d15e"
)
texts = st.text(st.one_of(odd, st.characters()), max_size=40)


@given(texts, st.booleans())
def test_visible_is_idempotent(text: str, lines: bool) -> None:
    once = visible(text, lines=lines)
    assert visible(once, lines=lines) == once


@given(texts)
def test_nothing_that_could_deceive_is_left(text: str) -> None:
    assert not {unicodedata.category(char) for char in visible(text)} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(texts)
def test_lines_keep_line_feeds_and_nothing_else(text: str) -> None:
    shown = visible(text, lines=True)
    assert shown.count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert all(visible(line) == line for line in shown.split("\n"))


@given(texts)
def test_width_is_the_sum_of_the_characters(text: str) -> None:
    # A terminal that knows sequences and one that does not then agree about every cell.
    shown = visible(text)
    assert cell_len(shown) == sum(cell_len(char) for char in shown)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]) | st.just(" ")))
def test_plain_text_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "text", ["Café Zürich – “Größe” €5…", "Договор", "日本語の契約", "계약서", "Σύμβαση", "חוזה", "naïve", "👍 ok"]
)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\x07b\x7fc", "a␇b␡c"),
        ("\x9b2J", f"{HIDDEN}2J"),
        ("one\ntwo\r\nthree\u2028four", f"one{NEWLINE}two{NEWLINE}three{NEWLINE}four"),
        ("a\tb", "a b"),
        ("invoice\u202egnp.exe", f"invoice{HIDDEN}gnp.exe"),
        ("ad\u200bmin", f"ad{HIDDEN}min"),
        ("x\ud800y", f"x{HIDDEN}y"),
        ("\U000e0041\U000e0042", HIDDEN * 2),
        ("\u0301x", f"{CARRIER}\u0301x"),
        ("e\u0301", "é"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("❤\ufe0f", "❤"),
        ("👍\U0001f3fd", "👍"),
        ("\U0001f1e9\U0001f1ea", "DE"),
        ("1\ufe0f\u20e3", "1"),
        ("a\u200db", f"a{HIDDEN}b"),
        ("a\u00a0b\u3000c", "a b  c"),
        ("a\u3164b", f"a{HIDDEN}b"),
    ],
)
def test_signs(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_flood_of_marks_is_cut() -> None:
    shown = visible("z" + "\u0316\u0323" * 2000 + "y")
    assert shown.startswith("z")
    assert shown.endswith("y")
    assert len(shown) == MARKS + 2


def test_tabs_indent_where_there_are_lines() -> None:
    assert visible("a\r\n\tb\rc", lines=True) == "a\n    b\nc"


@given(texts)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_fold_forgets_case(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [("ACME", "acme"), ("Straße", "STRASSE"), ("ﬁle", "FILE"), ("e\u0301", "É"), ("Ａ１", "a1"), ("ΣΑΣ", "σας")],
)
def test_fold_makes_alike(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_fold_keeps_a_mark_with_its_letter_across_pieces() -> None:
    for length in range(120, 140):
        assert fold("日" * length + "e\u0301") == "日" * length + "é"
    for length in range(250, 260):
        assert fold("日" * length + "α\u0301") == "日" * length + "ά"


@given(texts)
def test_an_editor_shows_as_many_characters_and_none_that_is_unsafe(text: str) -> None:
    shown = in_place(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_an_editor_shows_signs_where_the_text_hides_something() -> None:
    assert in_place("a\x1b[2J\u202eb\u200dc") == "a␛[2J␦b␦c"
    assert in_place("e" + "\u0301" * 9) == "e" + "\u0301" * 8 + "␦"


@pytest.mark.parametrize(
    ("text", "found"),
    [("Jürgen Groß", "jurgen gross"), ("Łódź", "lodz"), ("Ångström Æon", "angstrom aeon"), ("서울 東京", "서울 東京"),
     ("Ёлка", "елка"), ("e\u0301\u0302", "e"), ("ΑΘΉΝΑ", "αθηνα"), ("นำ", fold("นำ"))],
)  # fmt: skip
def test_accents_are_no_hindrance_to_finding(text: str, found: str) -> None:
    assert loose(text) == found


@given(st.text())
def test_loosening_is_done_once(text: str) -> None:
    assert loose(loose(text)) == loose(text)
