"""The keys of a form's editors, which belong to the editors and are no commands."""

from __future__ import annotations

EDITING = (
    ("Tab ↓ Enter", "the next field; a line is selected, so that typing replaces it and an arrow keeps it"),
    ("Shift-Tab ↑", "the previous field"),
    ("Enter", "in a text of several lines: a new line; Tab leaves it"),
    ("Space Enter", "in a choice: opens it; letters go to the first choice that begins with them"),
    ("Space", "ticks a box, or one of several choices"),
    ("Ctrl-u Ctrl-k", "deletes to the start, or to the end, of the line"),
    ("Ctrl-w", "deletes the word before the cursor"),
    ("Home End", "to the start, or the end, of the line"),
)
"""Keys, and what each does to text and choices."""
