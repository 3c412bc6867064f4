"""The dialogs are loaded when they are first opened: together they cost as much to import as the wall itself."""

from __future__ import annotations

import importlib

_MODULES = ("form", "item", "search", "move_picker", "boards", "confirm")


def load_dialogs() -> None:
    """Load what the common keys open, so that the first of them waits for nothing; for a thread."""
    for name in _MODULES:
        importlib.import_module(f"tui.app.screens.{name}")
