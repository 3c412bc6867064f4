"""The questions of ``cardwall profiles add``, one after another; a key is typed without being seen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.cli.output import say
from tui.config.steps import Step, checked
from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.config import Settings


def ask(step: Step, suggestion: str, settings: Settings) -> str:
    """Ask until the answer can be used; an empty one takes the suggestion."""
    for choice in step.choices:
        if choice in step.notes:
            say(f"    {choice:<8}  {step.notes[choice]}")
    shown = f" ({', '.join(step.choices)})" if step.choices and not step.notes else ""
    hint = f" [{suggestion}]" if suggestion else ""
    while True:
        text = _line(f"{step.question}{shown}{hint}: ", secret=step.secret)
        try:
            return checked(step, text.strip() or suggestion, settings)
        except ValueError as error:
            say(f"    it {error}" if not step.secret else f"    the key {error}")


def asked_yes(question: str) -> bool:
    """Whether the answer is yes; anything else is no."""
    return _line(f"{question} (y/N): ", secret=False).strip().lower() in ("y", "yes")


def _line(prompt: str, *, secret: bool) -> str:
    try:
        if secret:
            from getpass import getpass

            return getpass(prompt, stream=sys.stderr)
        return input(prompt)
    except EOFError:
        raise UsageError("the questions were not all answered; nothing was written") from None
