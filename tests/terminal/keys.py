"""What a terminal sends for a key, as xterm or the Linux console does without any keyboard protocol."""

from __future__ import annotations

_NAMED = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "space": " ", "backspace": "\x7f",
    "insert": "\x1b[2~", "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "ctrl+underscore": "\x1f",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
}  # fmt: skip
_ARROWS = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_LINUX = {
    "f1": "\x1b[[A", "f2": "\x1b[[B", "f3": "\x1b[[C", "f4": "\x1b[[D", "f5": "\x1b[[E",
    "home": "\x1b[1~", "end": "\x1b[4~", "shift+tab": "\x1b\t",
}  # fmt: skip
"""Where the Linux console differs, as its terminfo entry says."""
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def key_bytes(name: str, *, application_cursor: bool = False, term: str = "xterm") -> bytes:
    """The bytes of a key named as Textual names keys: `j`, `enter`, `ctrl+s`, `alt+x`, `shift+up`.

    Raises KeyError for a name no terminal has a sequence for.
    """
    if term == "linux" and name in _LINUX:
        return _LINUX[name].encode()
    if name in _NAMED:
        return _NAMED[name].encode()
    if name in _ARROWS:
        return f"\x1b{'O' if application_cursor else '['}{_ARROWS[name]}".encode()
    if len(name) == 1:
        return name.encode()
    *modifiers, key = name.split("+") if not name.endswith("+") else [*name[:-2].split("+"), "+"]
    if key in _ARROWS:
        return f"\x1b[1;{1 + sum(_MODIFIERS[each] for each in modifiers)}{_ARROWS[key]}".encode()
    if modifiers == ["alt"]:
        return b"\x1b" + key_bytes(key)
    if modifiers == ["ctrl"] and len(key) == 1 and "@" <= key.upper() <= "_":
        return bytes([ord(key.upper()) & 0x1F])
    raise KeyError(name)
