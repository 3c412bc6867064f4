"""Pictures repeat to the byte, and say what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from tests import pictures


class Sign(App[None]):
    """A line of text."""

    def __init__(self, text: str, colour: str = "green") -> None:
        super().__init__()
        self.text, self.colour = text, colour

    def compose(self) -> ComposeResult:
        sign = Static(self.text, markup=False)
        sign.styles.background = self.colour
        yield sign


async def taken(text: str, colour: str = "green") -> str:
    app = Sign(text, colour)
    async with app.run_test(size=(30, 4)):
        return pictures.picture_of(app)


async def test_the_same_screen_gives_the_same_bytes() -> None:
    first, second = await taken("a <b> ▲ ● ⟳ 漢"), await taken("a <b> ▲ ● ⟳ 漢")
    assert first == second
    assert pictures.png(first) == pictures.png(second)
    assert pictures.png(first).startswith(b"\x89PNG")
    assert "http" not in first.replace("http://www.w3.org/2000/svg", "").replace("https://www.textualize.io", "")


async def test_the_letters_are_drawn() -> None:
    assert pictures.png(await taken("some words")) != pictures.png(await taken(""))


async def test_a_picture_is_written_when_asked_and_compared_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    monkeypatch.setattr(pictures, "_WRITING", False)
    app = Sign("hello")
    async with app.run_test(size=(30, 4)):
        with pytest.raises(AssertionError, match=r"no screenshots/sign\.svg yet"):
            pictures.save_picture(app, "sign")
        monkeypatch.setattr(pictures, "_WRITING", True)
        pictures.save_picture(app, "sign")
        monkeypatch.setattr(pictures, "_WRITING", False)
        pictures.save_picture(app, "sign")
        assert (tmp_path / "sign.png").read_bytes() == pictures.png((tmp_path / "sign.svg").read_text())


@pytest.mark.parametrize(
    ("text", "colour", "sentence"),
    [
        ("jello", "green", "row 1 was 'hello' and is 'jello'"),
        ("hello", "red", "the text is the same, its style or the window's size is not"),
    ],
)
async def test_another_screen_fails_with_what_differs(
    text: str, colour: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    monkeypatch.setattr(pictures, "_WRITING", False)
    (tmp_path / "sign.svg").write_text(await taken("hello"))
    app = Sign(text, colour)
    async with app.run_test(size=(30, 4)):
        with pytest.raises(AssertionError, match=sentence):
            pictures.save_picture(app, "sign")


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_FONT_FOLDERS", ())
    pictures.fonts.cache_clear()
    with pytest.raises(pictures.NoFont, match="fonts-dejavu-core"):
        pictures.fonts()
    pictures.fonts.cache_clear()
