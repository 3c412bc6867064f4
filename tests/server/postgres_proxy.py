"""Stands between a program and its PostgreSQL, and cuts the connection around a COMMIT when it is told to."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"
_COMMIT = b"COMMIT\0"
Cut: TypeAlias = Literal["before", "after"]
"""Before: the COMMIT never arrives. After: it is carried out, and its answer never arrives."""


class Proxy:
    """Passes bytes on in both directions."""

    def __init__(self, listener: socket.socket, behind: str) -> None:
        self.cuts = 0
        """How many connections it has cut."""
        self._cut: Cut | None = None
        self._listener, self._behind = listener, behind
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut_next(self, cut: Cut) -> None:
        """Cut the next connection that commits."""
        self._cut = cut

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed: the end
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._behind)
            pair = _Pair(self, client, server)
            with self._lock:
                self._open += [client, server]
                self._threads += [threading.Thread(target=pair.ask), threading.Thread(target=pair.answer)]
                for thread in self._threads[-2:]:
                    thread.start()

    def take(self) -> Cut | None:
        """What to do with a COMMIT that has just come."""
        with self._lock:
            cut, self._cut = self._cut, None
            self.cuts += cut is not None
            return cut

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for each in self._open:
            _end(each)
        for thread in self._threads:
            thread.join()
        for each in self._open:
            each.close()


class _Pair:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._muted = False

    def ask(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(65536):
                cut = self._proxy.take() if _COMMIT in data else None
                if cut == "before":
                    break
                self._muted = cut == "after"
                self._server.sendall(data)
        self._end_both()

    def answer(self) -> None:
        with suppress(OSError):
            while (data := self._server.recv(65536)) and not self._muted:
                self._client.sendall(data)
        self._end_both()

    def _end_both(self) -> None:
        _end(self._client)
        _end(self._server)


def _end(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server of a URL with ``host=FOLDER``, and the URL that leads through it."""
    behind = parse_qs(urlsplit(url).query)["host"][0]
    folder = Path(tempfile.mkdtemp(prefix="cardwall-proxy-"))  # short: a socket's path has its limit
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / SOCKET))
    listener.listen()
    proxy = Proxy(listener, str(Path(behind) / SOCKET))
    try:
        yield proxy, url.replace(behind, str(folder))
    finally:
        proxy.close()
        shutil.rmtree(folder)
