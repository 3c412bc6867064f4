"""A text in the user's own editor: a private file, the whole terminal, and nothing lost when it fails."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui.errors import CardwallError

_TAKES_LINE = {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne"}
"""Editors that begin at line 12 when told ``+12`` before the file."""


def editor_command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The words that start the user's editor. Raises CardwallError when none is set or it cannot be read."""
    words = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        command = shlex.split(words)
    except ValueError as error:
        raise CardwallError(f"$EDITOR cannot be read ({error}): set it to a program, like EDITOR=nano.") from error
    if not command:
        raise CardwallError("No editor is set: set $EDITOR to a program, like EDITOR=nano, and start again.")
    return command


def has_editor(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an editor is set and can be found."""
    try:
        return shutil.which(editor_command(environ)[0]) is not None
    except CardwallError:
        return False


def edit_text(
    app: App[None], text: str, suffix: str, environ: Mapping[str, str] = os.environ, *, line: int | None = None
) -> str:
    """What the user made of `text` in their editor, which begins at `line` where it is known how to tell it.

    Raises CardwallError when the editor cannot be started, fails, or leaves something that is no text; what it wrote
    is then kept in a file that the sentence names.
    """
    command = editor_command(environ)
    if line is not None and line > 1 and Path(command[0]).name in _TAKES_LINE:
        command = [*command, f"+{line}"]
    handle, name = tempfile.mkstemp(prefix="cardwall-", suffix=suffix)  # readable by this user alone
    path = Path(name)
    before = text.encode("utf-8", "surrogatepass")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(before)
        with app.suspend():
            code = run(command, path)
        after = path.read_bytes()
    except SuspendNotSupported as error:
        _remove(path)
        raise CardwallError("An editor cannot be started from here.") from error
    except OSError as error:
        _remove(path)
        raise CardwallError(f"{command[0]} cannot be started: {error.strerror or error}.") from error
    wrong = f"{command[0]} ended with code {code}" if code else "" if _is_text(after) else "it left no UTF-8 text"
    if wrong and after != before:
        raise CardwallError(f"Nothing was changed, since {wrong}; what it wrote is in {path}.")
    _remove(path)
    if wrong:
        raise CardwallError(f"Nothing was changed, since {wrong}.")
    edited = after.decode("utf-8", "surrogatepass")
    return edited[:-1] if edited.endswith("\n") and not text.endswith("\n") else edited


def run(command: list[str], path: Path) -> int:
    """Run an editor on a file until it ends; returns its exit code."""
    return subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603 - the user's own editor


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
