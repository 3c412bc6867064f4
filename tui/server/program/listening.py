"""The socket a server listens on: a port, or a file in a folder that only its owner can enter."""

from __future__ import annotations

import errno
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from msgspec import Struct

from tui.errors import Unavailable, UsageError


class Listener(Struct, frozen=True):
    """A bound socket."""

    socket: socket.socket
    address: str
    """How a client is told it: ``http://127.0.0.1:8700``, ``unix:/run/user/1000/cardwall/sock``."""
    private: bool
    """Whether only this machine (its own user, by a file) can reach it."""


@contextmanager
def on_port(host: str, port: int) -> Iterator[Listener]:
    """Bound to a port of a host's address; 0 is any free port. Raises `UsageError`, Unavailable."""
    family, address = _resolved(host, port)
    # With the protocol named: asyncio turns Nagle off only then, and every answer would wait 40 ms for an ACK.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
            bound.listen()  # two may bind one port, but only one may listen
        except OSError as error:
            raise _unbound(error, host, port) from None
        name, port = bound.getsockname()[:2]
        yield Listener(bound, web_address(name, port), ip_address(name.partition("%")[0]).is_loopback)


def web_address(name: str, port: int) -> str:
    """Where a browser or client finds a port of an address."""
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host!r} is no address of this machine") from None
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return family, address


def _unbound(error: OSError, host: str, port: int) -> UsageError | Unavailable:
    if error.errno == errno.EADDRINUSE:
        return Unavailable(f"port {port} of {host} is taken; end the program that has it, or choose another --port")
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} needs more rights than you have; choose a --port above 1023")
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"--host {host!r} is no address of this machine")
    return UsageError(f"{host} cannot be listened on: {error.strerror}")


@contextmanager
def on_file(path: Path) -> Iterator[Listener]:
    """Bound to a socket file, which is gone at the end. Raises `UsageError`, Unavailable."""
    path = path.absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
            raise UsageError(f"others can enter {path.parent}; put the socket into a folder of your own (chmod 700)")
        _clear(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bound:
            bound.bind(str(path))
            bound.listen()
            made = path.stat().st_ino
            try:
                yield Listener(bound, f"unix:{path}", private=True)
            finally:
                with suppress(OSError):
                    if path.stat().st_ino == made:  # another server may have put its own there since
                        path.unlink()
    except OSError as error:
        raise UsageError(f"{path} cannot be a socket: {error.strerror or error}") from None


def _clear(path: Path) -> None:
    """Remove the socket of a server that is no more."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise UsageError(f"{path} is not a socket; choose another --uds")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise Unavailable(f"another server listens on {path}; end it, or choose another --uds")
