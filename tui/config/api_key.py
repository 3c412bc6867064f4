"""Where an API key comes from. A key itself is never written into `config.toml`."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from tui.errors import ConfigError

COMMAND_TIMEOUT = 30.0
"""Seconds; a password manager may ask for a passphrase."""
_LONGEST_COMPLAINT = 200
"""Characters of what a command says about itself that are passed on."""

_kept: dict[KeySource, str] = {}
"""The keys that this process has read."""
_screens: list[None] = []
"""One entry for each screen that is drawn on the terminal: nothing may ask there."""


@contextmanager
def without_prompts() -> Iterator[None]:
    """While this lasts, commands that give a key cannot use the terminal: a screen is drawn on it."""
    _screens.append(None)
    try:
        yield
    finally:
        _screens.pop()


class KeySource(Struct, frozen=True):
    """One of ``{env = "NAME"}``, ``{command = "pass show crm"}``, ``{keyring = "crm"}``, ``{file = "~/.crm-key"}``."""

    kind: Literal["env", "command", "keyring", "file"]
    text: str

    def read(self) -> str:
        """The key. May run a command and wait for it: not on a loop. Read once a process.

        Raises `ConfigError`; no message holds the key.
        """
        return _kept.get(self) or self.read_again()

    def read_again(self) -> str:
        """The key as its source has it now: it may have been exchanged. As `read` otherwise."""
        _kept[self] = key = _read(self)
        return key


class GivenKey(KeySource, frozen=True):
    """A key that was typed and is not yet where it will be kept: good for one look at its server."""

    key: str = ""

    def __repr__(self) -> str:
        return f"GivenKey({self.kind!r}, {self.text!r})"  # never the key

    def read(self) -> str:
        """The key."""
        return self.key.strip()

    def read_again(self) -> str:
        """The key: it has no source yet."""
        return self.read()


def _read(source: KeySource) -> str:
    reader = {"env": _from_env, "command": _from_command, "keyring": _from_keyring, "file": _from_file}[source.kind]
    key = reader(source.text).strip()
    if not key:
        raise ConfigError(f"api_key: the {source.kind} {source.text!r} gave nothing")
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"api_key: the {source.kind} {source.text!r} gave more than one line of plain characters")
    return key


def _from_env(name: str) -> str:
    if name not in os.environ:
        raise ConfigError(f"api_key: the environment has no {name}; set it, or name another source in the profile")
    return os.environ[name]


def _from_command(line: str) -> str:
    import subprocess  # slow to load, and seldom needed

    alone: dict[str, Any] = {}
    if _screens:
        # In a session of its own it has no terminal at all; gpg would be told of one by the variable.
        environ = {name: value for name, value in os.environ.items() if name != "GPG_TTY"}
        quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "start_new_session": True}
        alone = {**quiet, "env": environ}
    try:
        words = shlex.split(line) or [""]
        # No shell: nothing in the line is expanded. Without a screen the terminal is free for a passphrase prompt.
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=COMMAND_TIMEOUT, **alone)  # noqa: S603  # the user's own command
        return str(done.stdout, "utf-8")
    except subprocess.TimeoutExpired:
        reason = f"nothing within {COMMAND_TIMEOUT:g} s"
    except subprocess.CalledProcessError as error:
        complaint = (error.stderr or b"").decode(errors="replace").strip().rpartition("\n")[2][:_LONGEST_COMPLAINT]
        reason = f"ended with {error.returncode}" + (f": {complaint}" if complaint else "")
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reason = str(error)
    asks = "; while the wall is open it cannot ask on the terminal" if alone else ""
    raise ConfigError(f"api_key: the command {line!r} did not give a key ({reason}){asks}")


def _from_keyring(service: str) -> str:
    try:
        keyring: Any = import_module("keyring")  # an extra, and slow to load
        refused: type[Exception] = import_module("keyring.errors").KeyringError
    except ImportError:
        raise ConfigError("api_key: keyring is not installed; pip install 'cardwall[keyring]'") from None
    try:
        key = keyring.get_password("cardwall", service)
    except refused as error:
        raise ConfigError(f"api_key: the keyring cannot be used ({error})") from None
    if key is None:
        raise ConfigError(f"api_key: the keyring has no {service!r}; keyring set cardwall {service}")
    return str(key)


def _from_file(name: str) -> str:
    path = Path(name).expanduser()
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise ConfigError(f"api_key: {path} can be read by others; chmod 600 {shlex.quote(str(path))}")
        return path.read_text()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"api_key: {path} cannot be read ({reason})") from None
