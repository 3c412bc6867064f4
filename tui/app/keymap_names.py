"""The names of keys: what users write, what the terminal reports, and what is shown."""

from __future__ import annotations

import string
import unicodedata

_WORDS = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    " ": "space",
}
_TERMINAL_NAMES = {
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
}
_PUNCTUATION = {
    unicodedata.name(sign).lower().replace(" ", "_").replace("-", "_"): sign for sign in string.punctuation
} | _TERMINAL_NAMES
_SPECIAL = {
    "escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
    "up", "down", "left", "right", *(f"f{n}" for n in range(1, 25)),
}  # fmt: skip
_SHOWN = {
    "escape": "Esc", "enter": "Enter", "tab": "Tab", "space": "Space", "backspace": "Backspace", "delete": "Delete",
    "insert": "Insert", "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
    "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip
ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})
"""For terminals that draw nothing but ASCII."""
_MODIFIERS = {"ctrl": "Ctrl", "shift": "Shift", "alt": "Alt", "super": "Super", "meta": "Meta"}

_LAYOUTS = {
    "йцукенгшщзхъфывапролджэячсмитьбю": "qwertyuiop[]asdfghjkl;'zxcvbnm,.",
    "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ": 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>',
    "іїєІЇЄ": "s]'S}\"",
    "ςερτυθιοπασδφγηξκλζχψωβνμ": "wertyuiopasdfghjklzxcvbnm",
    "ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ": "ERTYUIOPASDFGHJKLZXCVBNM",
}
_LATIN = {there: here for theirs, ours in _LAYOUTS.items() for there, here in zip(theirs, ours, strict=True)}
# The same physical keys give other signs: the slash of a Russian keyboard sends a full stop, but that is a
# Latin sign too and cannot be told from one, so it is left alone.


def canonical(name: str) -> str | None:
    """One name for each key: a printable character stands for itself; None for a key that does not exist."""
    if len(name) == 1:
        return "space" if name == " " else name if name.isprintable() else None
    *modifiers, key = name.lower().replace("-", "+").split("+") if not name.endswith("+") else [name]
    key = _PUNCTUATION.get(key, _WORDS.get(key, key))
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return None
    if len(key) > 1 and key not in _SPECIAL:
        return None
    if modifiers == ["shift"] and len(key) == 1:
        return key.upper()
    return "+".join([*modifiers, key])


def chord(text: str) -> tuple[str, ...] | None:
    """A chord from what a user wrote: keys apart by blanks, or letters together (``gg``); None when one is unknown."""
    names = text.split(" ") if text.strip() else [text]
    keys = [canonical(name) for name in names]
    if None in keys and len(names) == 1 and text.isascii() and text.isalpha() and len(text) == 2:
        keys = [canonical(letter) for letter in text]
    return None if None in keys else tuple(key for key in keys if key is not None)


def pressed(key: str, character: str | None) -> str:
    """The canonical name of a key as the terminal reports it."""
    if character is not None and len(character) == 1 and character.isprintable() and "+" not in key[:-1]:
        return "space" if character == " " else character
    return canonical(key) or key


def latin(key: str) -> str | None:
    """The key at the same place of a Latin keyboard, for a letter of a Cyrillic or Greek one."""
    return _LATIN.get(key)


def shown(keys: tuple[str, ...]) -> str:
    """A chord as people write it: ``gg``, ``Ctrl-d``, ``Esc``."""
    return "".join(_shown_key(key) for key in keys)


def _shown_key(key: str) -> str:
    if len(key) == 1:
        return key
    *modifiers, last = key.split("+")
    return "-".join(
        [*(_MODIFIERS[m] for m in modifiers), _SHOWN.get(last, last.upper() if last[1:].isdigit() else last)]
    )
