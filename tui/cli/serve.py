"""``cardwall serve``: the items API for a team, until a signal ends it."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tui.cli.database import add_database_flag, opened
from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.config import RateLimit
    from tui.server.database import Database
    from tui.server.program.listening import Listener

LIMIT = "60/min"


def add_to(commands: Subparsers) -> None:
    """Add the command and its flags."""
    serve = commands.add_parser("serve", help="serve the items API to a team", allow_abbrev=False)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8700, help="the port; 0 takes any that is free (8700)")
    serve.add_argument("--uds", metavar="PATH", help="listen on a socket file instead, in a folder of your own")
    add_database_flag(serve)
    serve.add_argument(
        "--rate-limit",
        type=_limits,
        action="append",
        metavar="N/UNIT",
        help=f"requests a key may make, like 600/min or 1000/day; may be given again; 0 is no limit ({LIMIT})",
    )
    serve.add_argument("--no-auth", action="store_true", help="ask for no keys; only on this machine's own addresses")
    serve.add_argument("--samples", action="store_true", help="put two sample boards into a database without boards")
    serve.add_argument("--log-json", action="store_true", help="write the log as one JSON object a line")
    serve.set_defaults(run=run)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _limits(text: str) -> tuple[RateLimit, ...]:
    if text == "0":
        return ()
    from tui.config.checks import rate_limit

    try:
        return rate_limit(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit like 60/min or 1000/day") from None


def run(options: argparse.Namespace, _ending: Ending) -> int:
    """Serve until SIGINT or SIGTERM."""
    from importlib.util import find_spec

    if find_spec("uvicorn") is None:
        raise UsageError("serving needs uvicorn, which is not installed: pip install 'cardwall[server]'")
    limits = _chosen_limits(options)
    with _listener(options) as listener:
        if options.no_auth and not listener.private:
            raise UsageError(f"--no-auth would let in everyone who reaches {listener.address}; use keys, or --uds")
        with opened(options) as database:
            _serve(options, database, listener, limits)
    return 0


def _chosen_limits(options: argparse.Namespace) -> tuple[RateLimit, ...]:
    if options.no_auth and options.rate_limit:
        raise UsageError("--rate-limit counts by key, and --no-auth has none")
    given: list[tuple[RateLimit, ...]] = options.rate_limit or [_limits(LIMIT)]
    if len(given) > 1 and () in given:
        raise UsageError("--rate-limit 0 is no limit; leave the others out")
    return tuple(limit for each in given for limit in each)


def _listener(options: argparse.Namespace) -> AbstractContextManager[Listener]:
    from pathlib import Path

    from tui.server.program.listening import on_file, on_port

    return on_file(Path(options.uds).expanduser()) if options.uds else on_port(options.host, options.port)


def _serve(options: argparse.Namespace, database: Database, listener: Listener, limits: tuple[RateLimit, ...]) -> None:
    import logging

    from tui.server.program.first_steps import add_samples, first_steps
    from tui.server.program.logs import start_logging
    from tui.server.program.run import serve
    from tui.server.service import Service

    start_logging(as_json=options.log_json)
    log = logging.getLogger(__name__)
    service = Service(database)
    if options.samples and not add_samples(database, service):
        log.info("there are boards already, so no samples were made")
    for step in first_steps(service, keys=not options.no_auth):
        log.info(step)
    service.close()
    log.info("the database is %s", database.place)
    serve(database, listener, limits, keys=not options.no_auth)
