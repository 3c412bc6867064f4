"""The keys of a form's editors, which belong to the editors and are no commands."""

from __future__ import annotations

EDITING = (
    ("Tab ↓ Enter", "the next field; typing replaces a selected line, ← → keep it"),
    ("Shift-Tab ↑", "the previous field"),
    ("Enter", "in notes: a new line; Tab leaves them"),
    ("Space Enter", "opens a choice; letters narrow it"),
    ("Space", "ticks a box, or one of several choices"),
    ("Ctrl-u Ctrl-k", "deletes to the start, or the end, of the line"),
    ("Ctrl-w", "deletes the word before the cursor"),
    ("Home End", "to the start, or the end, of the line"),
)
"""Keys, and what each does to text and choices."""
