"""Runs the server program from an open socket to an orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from tui.config import RateLimit
from tui.server.database import Database
from tui.server.lifespan import running
from tui.server.program.app import program_app
from tui.server.program.gate import Gate
from tui.server.program.listening import Listener
from tui.server.service import Service

PATIENCE = 10
"""Seconds that requests under way get to finish after a signal; a second signal ends them at once."""
log = logging.getLogger(__name__)


def serve(database: Database, listener: Listener, limits: Sequence[RateLimit], *, keys: bool = True) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP. Without `keys` everyone who can connect may do everything.

    What was acknowledged is on disk; what is under way at the signal is finished, within `PATIENCE`.
    Raises StorageError.
    """
    asyncio.run(_serve(database, listener, limits, keys=keys))


async def _serve(database: Database, listener: Listener, limits: Sequence[RateLimit], *, keys: bool) -> None:
    gate = Gate(Service(database, readers=1), limits) if keys else None
    app = program_app(database, gate)
    config = uvicorn.Config(
        app,
        lifespan="off",  # run below, so that what start-up raises arrives here
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nobody is believed about who they are
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # it warns of every stranger, and of extras we do not use
    logging.getLogger("uvicorn.error").addFilter(_is_failure)
    server = _Server(config, listener)
    try:
        async with running(app):
            with _stopped_by_signals(server):
                await server.serve(sockets=[listener.socket])
    finally:
        if gate is not None:
            await gate.close()
    log.info("stopped")


def _is_failure(record: logging.LogRecord) -> bool:
    """Not what was cut off at the end: that has a line of its own, and a traceback would tell nothing more."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listener: Listener) -> None:
        super().__init__(config)
        self._listener = listener

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the loop: the library would raise them again after an orderly end."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        address = self._listener.address
        log.info("listening on %s", address, extra={"fields": {"address": address}})

    def stop(self) -> None:
        """End in order; at once when asked again."""
        self.force_exit = self.should_exit
        self.should_exit = True


@contextmanager
def _stopped_by_signals(server: _Server) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    # One that is ignored stays so: that is how nohup and shells' background jobs ask for it.
    chosen = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in chosen:
        loop.add_signal_handler(number, server.stop)
    try:
        yield
    finally:
        for number in chosen:
            loop.remove_signal_handler(number)
