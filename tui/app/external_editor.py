"""A text in the user's own editor: a private file, the whole terminal, and nothing lost when it fails.

The wall goes on meanwhile: what waits is sent and what others do is heard; only the screen belongs to the editor.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from textual.app import SuspendNotSupported

from tui.app.wire import ThinWire
from tui.errors import CardwallError

EDITOR = "editor"
"""The group of workers that wait for an editor."""
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


async def edit_text(
    app: ThinWire[Any], text: str, suffix: str, environ: Mapping[str, str] = os.environ, *, line: int | None = None
) -> str:
    """What the user made of `text` in their editor, which begins at `line` where it is known how to tell it.

    Raises CardwallError when the editor cannot be started, fails, or leaves something that is no text; what it wrote
    is then kept in a file that the sentence names.
    """
    command = editor_command(environ)
    if line is not None and line > 1 and Path(command[0]).name in _TAKES_LINE:
        command = [*command, f"+{line}"]
    before = text.encode("utf-8", "surrogatepass")
    path = _written(before, suffix)
    try:
        with app.lent():
            code = await run(command, path)
    except asyncio.CancelledError:
        _remove(path, unless_other_than=before)
        raise
    except SuspendNotSupported as error:
        _remove(path)
        raise CardwallError("An editor cannot be started from here.") from error
    except OSError as error:
        _remove(path)
        raise CardwallError(f"{command[0]} cannot be started: {error.strerror or error}.") from error
    edited = _what_it_left(path, before, command[0], code)
    return edited[:-1] if edited.endswith("\n") and not text.endswith("\n") else edited


def _written(text: bytes, suffix: str) -> Path:
    """A new file that only this user can read."""
    try:
        handle, name = tempfile.mkstemp(prefix="cardwall-", suffix=suffix)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
    except OSError as error:
        raise CardwallError(f"No file for the editor can be written: {error.strerror or error}.") from error
    return Path(name)


def _what_it_left(path: Path, before: bytes, editor: str, code: int) -> str:
    """The text an editor left in its file, which goes. Raises CardwallError, and keeps a file that was written to."""
    try:
        after = path.read_bytes()
    except OSError as error:
        raise CardwallError(f"Nothing was changed: {path} cannot be read: {error.strerror or error}.") from error
    wrong = f"{editor} ended with code {code}" if code else "" if _is_text(after) else "it left no UTF-8 text"
    if wrong and after != before:
        raise CardwallError(f"Nothing was changed, since {wrong}; what it wrote is in {path}.")
    _remove(path)
    if wrong:
        raise CardwallError(f"Nothing was changed, since {wrong}.")
    return after.decode("utf-8", "surrogatepass")


async def run(command: list[str], path: Path) -> int:
    """Run an editor on a file until it ends; returns its exit code. It is ended when nobody waits for it any more."""
    with _interrupts_are_the_editors():
        editor = await asyncio.create_subprocess_exec(*command, str(path))
        try:
            return await editor.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                editor.terminate()
            await editor.wait()
            raise


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """The terminal sends Ctrl-C to every program of the window; ignoring it would be inherited, a handler is not."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _remove(path: Path, *, unless_other_than: bytes | None = None) -> None:
    with suppress(OSError):
        if unless_other_than is None or path.read_bytes() == unless_other_than:
            path.unlink()
