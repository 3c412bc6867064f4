"""Pictures of the app for people to look at: the SVG is compared, the PNG is drawn from it.

A test calls `save_picture(app, "wall")`. With CARDWALL_WRITE_PICTURES=1 that writes `screenshots/wall.svg` and
`screenshots/wall.png`; otherwise it compares the app's SVG with the committed one and fails when they differ.
The PNG needs DejaVu Sans Mono (`apt-get install fonts-dejavu-core`); comparing needs no font.
"""

from __future__ import annotations

import html
import os
import re
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import resvg_py
from rich.cells import cell_len
from textual.app import App

FOLDER = Path(__file__).parent.parent / "screenshots"
WRITE = "CARDWALL_WRITE_PICTURES"

_FAMILY = "DejaVu Sans Mono"
_FONTS = (
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSansMono-Oblique.ttf",
    "DejaVuSans.ttf",
    "DroidSansFallbackFull.ttf",
)
"""The last two, where they are installed, have symbols and the scripts of East Asia."""
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/opt/homebrew/share/fonts")
_CELL = 12.2
"""The width of a cell in Rich's SVG: 0.61 of a font size of 20."""
_TEXT = re.compile(r'<text class="[^"]*-r[0-9]+" x="(?P<x>[0-9.]+)" y="(?P<y>[0-9.]+)"[^>]*>(?P<text>[^<]*)')


class NoFont(Exception):
    """The font that pictures are drawn with is not installed; the message says how to get it."""


_WRITING = os.environ.get(WRITE) == "1"
"""Read when the tests are loaded: every test has an environment of its own, without the user's settings."""


def save_picture(app: App[Any], name: str) -> None:
    """Write a picture of the screen as it is now, or compare it with the committed one.

    Raises AssertionError with what differs and what to do.
    """
    svg = picture_of(app)
    path = FOLDER / f"{name}.svg"
    if _WRITING:
        path.write_text(svg, encoding="utf-8")
        path.with_suffix(".png").write_bytes(png(svg))
        return
    remedy = f"If the app is right, run this test with {WRITE}=1, look at {path.stem}.png and commit both files."
    if not path.exists():
        raise AssertionError(f"There is no screenshots/{path.name} yet. {remedy}")
    committed = path.read_text(encoding="utf-8")
    if committed != svg:
        raise AssertionError(f"screenshots/{path.name} shows another screen: {difference(committed, svg)}. {remedy}")


def picture_of(app: App[Any]) -> str:
    """The screen as SVG: the same screen gives the same text, and nothing in it points to the network."""
    return normal(app.export_screenshot())


def normal(svg: str) -> str:
    """A Textual screenshot without its random ids and its fonts from elsewhere."""
    svg = re.sub(r"terminal-[0-9]+", "wall", svg)
    svg = re.sub(r"\s*@font-face \{.*?\n\s*\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: (Fira Code, monospace|arial);", f"font-family: {_FAMILY}, monospace;", svg)
    svg = _TEXT.sub(_with_true_length, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def png(svg: str) -> bytes:
    """A normal SVG as PNG, at its own size; the same SVG gives the same bytes wherever the same font is installed.

    Raises NoFont.
    """
    return resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=list(fonts()), monospace_family=_FAMILY, font_family=_FAMILY
    )


@cache
def fonts() -> tuple[str, ...]:
    """The font files pictures are drawn with; NoFont when the first of them is nowhere."""
    home = os.path.expanduser("~")  # noqa: PTH111  # may be the test's own home, which has no fonts
    folders = [Path(folder) for folder in (*_FONT_FOLDERS, f"{home}/.fonts", f"{home}/.local/share/fonts")]
    found = [next((str(path) for folder in folders for path in sorted(folder.rglob(name))), "") for name in _FONTS]
    if not found[0]:
        raise NoFont(f"{_FONTS[0]} is not installed; on Debian: apt-get install fonts-dejavu-core")
    return tuple(filter(None, found))


def rows(svg: str) -> list[str]:
    """The text of a picture, row by row, without blank ends."""
    by_place: dict[float, str] = {}
    for match in _TEXT.finditer(svg):
        place, column = float(match["y"]), round(float(match["x"]) / _CELL)
        line = by_place.get(place, "")
        by_place[place] = line + " " * (column - cell_len(line)) + _shown(match["text"])
    return [by_place[place].rstrip() for place in sorted(by_place)]


def _shown(text: str) -> str:
    return html.unescape(text).replace("\xa0", " ")


def _with_true_length(match: re.Match[str]) -> str:
    """Rich counts characters, so that it squeezes wide ones into half their cells."""
    cells = cell_len(_shown(match["text"]))
    return re.sub(r'textLength="[0-9.]+"', f'textLength="{cells * _CELL:g}"', match[0])


def difference(before: str, after: str) -> str:
    """The first difference between two pictures, in words."""
    for number, (old, new) in enumerate(zip_longest(rows(before), rows(after), fillvalue=""), 1):
        if old != new:
            return f"row {number} was {old!r} and is {new!r}"
    return "the text is the same, its style or the window's size is not"
