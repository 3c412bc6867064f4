"""What may go into a request line and a header: base URLs, path segments, header values."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from tui import __version__
from tui.errors import ConfigError, NotFound


def checked_base(text: str, *, allow_plain: bool) -> str:
    """A base URL without a trailing slash. Raises `ConfigError`; plain http is for loopback hosts unless allowed."""
    shape = f"url: {text!r} should look like https://crm.example.com"
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        raise ConfigError(shape) from None
    sound = text.isascii() and text.isprintable() and " " not in text
    if not sound or url.scheme not in ("http", "https") or not host or "@" in url.netloc or url.query or url.fragment:
        raise ConfigError(shape)
    if url.scheme == "http" and not allow_plain and not is_loopback(host):
        raise ConfigError(
            f"url: plain http to {host} would show the API key to the network; "
            "use https, or set allow_plain_http = true in the profile"
        )
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers every request carries. Raises `ConfigError` for a value that no header can hold."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            raise ConfigError(f"the value for {name} has characters that no header can hold; is the API key whole?")
    return {"accept": "application/json", "user-agent": f"cardwall/{__version__}", **headers}


def segment(text: str) -> str:
    """An id as one segment of a path, whatever it holds. `NotFound` for one that would climb out of it."""
    if text in ("", ".", ".."):
        raise NotFound(f"{text!r} is not an id")
    return quote(text, safe="", errors="replace")
