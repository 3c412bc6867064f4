"""cardwall: the keyboard-driven kanban wall for the terminal."""

__version__ = "0.1.0"
