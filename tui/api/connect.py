"""From a profile to a Backend: what is built depends on the contract alone."""

from __future__ import annotations

from collections.abc import Mapping

from tui.api.backend import Backend
from tui.api.client import Client, Gate
from tui.api.inprocess import AsgiLink
from tui.config import Profile
from tui.errors import ConfigError


def connect(profile: Profile, *, link: AsgiLink | None = None, gate: Gate | None = None) -> Backend:
    """A Backend for `profile`, not opened yet. A local profile needs the embedded server's `link`.

    Over the network it loads the HTTP library and reads the API key, which may run a command: not on a loop.
    Raises `ConfigError`.
    """
    if profile.contract == "local":
        if link is None:
            raise ConfigError(f"profile {profile.name}: a local profile needs the embedded server")
        from tui.api.embedded import Embedded
        from tui.api.slate import SlateBackend

        return SlateBackend(Embedded(link))
    http = _http(profile, gate)
    if profile.contract == "cekat":
        from tui.api.cekat import CekatBackend

        return CekatBackend(http, profile.boards)
    from tui.api.slate import SlateBackend

    return SlateBackend(http, profile.boards)


def auth_headers(profile: Profile, key: str) -> dict[str, str]:
    """How a contract is told the key; none without one. cekat's own pages do not agree, so the profile says."""
    if not key:
        return {}
    if profile.contract != "cekat":
        return {"x-api-key": key}
    told = {"authorization": f"Bearer {key}", "api_key": key}
    wanted = {"bearer": ("authorization",), "api_key": ("api_key",), "both": tuple(told)}[profile.auth]
    return {name: told[name] for name in wanted}


def _http(profile: Profile, gate: Gate | None) -> Client:
    from tui.api.http import Http  # slow to load, and the embedded server needs none of it

    key = profile.read_key()

    def again() -> tuple[Mapping[str, str], str]:
        renewed = profile.read_key(again=True)
        return auth_headers(profile, renewed), renewed

    try:
        return Http(
            profile.url,
            headers=auth_headers(profile, key),
            secrets=[key],
            allow_plain=profile.allow_plain_http,
            gate=gate,
            renew=again if profile.api_key else None,
        )
    except ConfigError as error:
        raise ConfigError(f"profile {profile.name}: {error.message}") from None
