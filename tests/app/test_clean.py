from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.app.clean import Cleaner, delete_harmful, plain, show

HOSTILE = "[bold red]x[/] \x1b]52;c;aGk=\x07\x1b[2J\x9b31m\x0e\u202eevil\u2066 [@click=app.exit]a[/]"
BLACK = Color(0, 0, 0)


def harmless(text: str) -> bool:
    return not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u2028" for c in text)


def test_markup_stays_text_and_controls_become_visible() -> None:
    content = show(HOSTILE)
    assert harmless(content.plain)
    assert "[bold red]x[/]" in content.plain
    assert not content.spans


def test_a_style_covers_the_text_and_nothing_in_it_is_read() -> None:
    content = show("[/b] a", style="bold")
    assert content.plain == "[/b] a"
    assert [(span.start, span.end, span.style) for span in content.spans] == [(0, 6, "bold")]


@given(st.text(max_size=40))
def test_nothing_harmful_survives(text: str) -> None:
    assert harmless(plain(text))
    assert harmless(delete_harmful(text))


def test_the_filter_deletes_from_text_and_leaves_control_codes_alone() -> None:
    control = Segment("\x1b[2J", None, [(1,)])  # type: ignore[list-item]  # any code will do
    style = Style(bold=True)
    kept = Cleaner().apply([Segment("a\x1bb\x9b", style), control], BLACK)
    assert [(segment.text, segment.style) for segment in kept] == [("ab", style), ("\x1b[2J", None)]


def test_the_filter_gives_a_clean_line_back_as_it_is() -> None:
    line = [Segment("clean"), Segment("日本")]
    assert Cleaner().apply(line, BLACK) is line
