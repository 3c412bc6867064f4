"""Where files live, by the XDG rules, on every system we support."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Environ = Mapping[str, str]


def config_dir(environ: Environ) -> Path:
    """The user's settings: ``config.toml``, ``profiles.d/``, ``views.toml``."""
    return _place(environ, "XDG_CONFIG_HOME", ".config")


def data_dir(environ: Environ) -> Path:
    """What cannot be made again: the local database."""
    return _place(environ, "XDG_DATA_HOME", ".local/share")


def state_dir(environ: Environ) -> Path:
    """What belongs to this machine: outboxes, drafts, snapshots, logs."""
    return _place(environ, "XDG_STATE_HOME", ".local/state")


def home(environ: Environ) -> Path:
    """The user's home folder, as `environ` has it."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def expanded(text: str, environ: Environ) -> Path:
    """A path with a leading ``~`` replaced by the home folder."""
    if text == "~" or text.startswith("~/"):
        return home(environ) / text[2:]
    return Path(text)


def _place(environ: Environ, variable: str, below_home: str) -> Path:
    chosen = environ.get(variable, "")
    # The XDG rules say that a relative path is to be ignored.
    base = Path(chosen) if chosen.startswith("/") else home(environ) / below_home
    return base / "cardwall"
