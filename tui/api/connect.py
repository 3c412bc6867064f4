"""From a profile to a Backend: what is built depends on the contract alone."""

from __future__ import annotations

from tui.api.backend import Backend
from tui.api.client import Gate
from tui.api.inprocess import AsgiLink
from tui.config import Profile
from tui.errors import ConfigError, Unsupported


def connect(profile: Profile, *, link: AsgiLink | None = None, gate: Gate | None = None) -> Backend:
    """A Backend for `profile`, not opened yet. A local profile needs the embedded server's `link`.

    Over the network it loads the HTTP library and reads the API key, which may run a command: not on a loop.
    Raises `ConfigError`.
    """
    if profile.contract == "cekat":
        raise Unsupported(f"profile {profile.name}: the cekat contract cannot be spoken yet")
    from tui.api.slate import SlateBackend

    if profile.contract == "local":
        if link is None:
            raise ConfigError(f"profile {profile.name}: a local profile needs the embedded server")
        from tui.api.embedded import Embedded

        return SlateBackend(Embedded(link))
    from tui.api.http import Http  # slow to load, and the embedded server needs none of it

    key = profile.api_key.read() if profile.api_key else ""
    headers = {"x-api-key": key} if key else {}
    try:
        http = Http(profile.url, headers=headers, secrets=[key], allow_plain=profile.allow_plain_http, gate=gate)
        return SlateBackend(http)
    except ConfigError as error:
        raise ConfigError(f"profile {profile.name}: {error.message}") from None
