"""The shell: one parser, one file a command group, and the only place that builds real objects."""

from tui.cli.main import main

__all__ = ["main"]
