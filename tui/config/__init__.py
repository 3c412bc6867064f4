"""Settings and profiles: defaults < file < environment < flags, each value with its origin."""

from tui.config.api_key import KeySource
from tui.config.loading import known, load
from tui.config.places import config_dir, data_dir, state_dir
from tui.config.settings import Flags, Profile, RateLimit, Settings

__all__ = [
    "Flags",
    "KeySource",
    "Profile",
    "RateLimit",
    "Settings",
    "config_dir",
    "data_dir",
    "known",
    "load",
    "state_dir",
]
