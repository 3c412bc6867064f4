"""What the wall says to a key that means nothing there, with the command that was most likely meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.app.keymap import Keymap
from tui.app.keymap_names import ARROWS, canonical, shown

_DELETES = (("item.delete", "deletes"),)
_NEW = (("item.create_form", "makes a new card"),)
_NEAREST: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "d": _DELETES,
    "D": _DELETES,
    "X": _DELETES,
    "backspace": _DELETES,
    "i": (("item.edit", "edits"), *_NEW),
    "a": _NEW,
    "o": _NEW,
    "I": (("item.edit", "edits"),),
    "O": _NEW,
    "v": (("mark.toggle", "marks"), ("mark.column", "marks the column")),
    "space": (("item.open", "opens"), ("mark.toggle", "marks")),
    "f": (("filter.edit", "filters"),),
    "Q": (("app.quit", "quits"),),
    "f2": (("item.edit", "edits"),),
    "f5": (("view.refresh", "asks for news"),),
    "tab": (("cursor.right", "goes to the next column"),),
}
"""What other programs have these keys for, as commands of ours."""


def stray(key: str, keymap: Keymap) -> str:
    """A sentence for a key without a command; empty for one that nobody presses to mean something."""
    if canonical(key) is None:
        return ""  # a modifier alone, or a key that the terminal made up
    near = [(keymap.shown_keys(command_id, 1), does) for command_id, does in _NEAREST.get(key, ())]
    if key == "y" and keymap.shown_keys("item.open", 1):
        near = [(f"{keymap.shown_keys('item.open', 1)} {keymap.shown_keys('item_view.copy', 1)}", "copies the key")]
    near.append((keymap.shown_keys("app.help", 1), "shows the keys"))
    hints = ", ".join(f"{keys} {does}" for keys, does in near if keys)
    name = shown((key,)).translate(ARROWS) if keymap.ascii_only else shown((key,))
    return f"{name} does nothing here" + (f"; {hints}." if hints else ".")
