"""Styles as small numbers, and the shortest escape sequence from one to another."""

from __future__ import annotations

import re
from typing import Final

from rich.color import Color, ColorSystem
from rich.style import Style

_ON: Final = {
    "bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "reverse": "7", "conceal": "8",
    "strike": "9", "underline2": "21", "overline": "53",
}  # fmt: skip
_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "21": "24", "53": "55",
}  # fmt: skip
_SEEN_ON_BLANKS: Final = {"4", "7", "9", "21", "53"}
_SAFE_LINK: Final = re.compile(r"(?:https?://|mailto:)[!-~]{1,2000}")
_KEPT_STYLES: Final = 4096

Look = tuple[frozenset[str], str, str, str]
"""SGR codes of the attributes, of the foreground, of the background ("" is the default), and a link's address."""

DEFAULT: Final = 0
"""The number of the terminal's own style."""


class Pens:
    """The styles in use on one screen, numbered, for a terminal with the given colours."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._looks: list[Look] = []
        self._numbers: dict[Look, int] = {}
        self._styles: dict[int, tuple[Style, int]] = {}
        self._changes: dict[tuple[int, int], str] = {}
        self.blank: list[int] = []
        """Per number, the number of what a blank in that style looks like."""
        self.erasable: list[bool] = []
        """Per number, whether erasing draws such a blank: only its background shows."""
        self._add((frozenset(), "", "", ""))

    def __len__(self) -> int:
        return len(self._looks)

    def number(self, style: Style | None) -> int:
        """The number of a style; styles that look the same share one."""
        if style is None:
            return DEFAULT
        known = self._styles.get(id(style))
        if known is None:
            if len(self._styles) >= _KEPT_STYLES:
                self._styles.clear()
            # The style is kept beside its number, so that its id cannot come to mean another.
            known = self._styles[id(style)] = (style, self._add(self._look(style)))
        return known[1]

    def plain_background(self, number: int) -> bool:
        """Whether a blank in that style is the terminal's own background."""
        return self.blank[number] == DEFAULT

    def change(self, old: int, new: int) -> str:
        """The escape sequence that makes the terminal draw in style `new` when it draws in `old`."""
        known = self._changes.get((old, new))
        if known is None:
            known = self._changes[old, new] = self._change(self._looks[old], self._looks[new])
        return known

    def _change(self, old: Look, new: Look) -> str:
        attributes, foreground, background, link = new
        lost = old[0] - attributes
        turned_off = {_OFF[code] for code in lost}
        kept = {code for code in old[0] & attributes if _OFF[code] not in turned_off}
        parts = sorted(turned_off) + sorted(attributes - kept)
        if foreground != old[1]:
            parts.append(foreground or "39")
        if background != old[2]:
            parts.append(background or "49")
        step = ";".join(parts)
        anew = ";".join(["", *sorted(attributes), *filter(None, (foreground, background))])
        codes = f"\x1b[{min(step, anew, key=len)}m" if parts else ""
        return codes if link == old[3] else f"{codes}\x1b]8;;{link}\x1b\\"

    def _add(self, look: Look) -> int:
        known = self._numbers.get(look)
        if known is not None:
            return known
        number = self._numbers[look] = len(self._looks)
        self._looks.append(look)
        attributes, foreground, background, link = look
        seen = bool(attributes & _SEEN_ON_BLANKS or link)
        self.erasable.append(not seen)
        self.blank.append(number)
        if not seen and (attributes or foreground):
            self.blank[number] = self._add((frozenset(), "", background, ""))
        return number

    def _look(self, style: Style) -> Look:
        attributes = frozenset(code for name, code in _ON.items() if getattr(style, name))
        link = style.link if style.link and _SAFE_LINK.fullmatch(style.link) else ""
        return attributes, self._codes(style.color), self._codes(style.bgcolor, foreground=False), link

    def _codes(self, colour: Color | None, *, foreground: bool = True) -> str:
        if colour is None or colour.is_default:
            return ""
        return ";".join(colour.downgrade(self._colours).get_ansi_codes(foreground=foreground))
