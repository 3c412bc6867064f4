"""The commands' own way to a database: its address from flags, environment and settings; rules run on it at once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.errors import NotFound

if TYPE_CHECKING:
    from tui.config import Profile
    from tui.server.database import Database
    from tui.server.service import Service

HELP = "the server's database: a file, or an address like postgresql://host/name (CARDWALL_DATABASE)"


def add_database_flag(parser: argparse.ArgumentParser) -> None:
    """Add ``--database``."""
    parser.add_argument("--database", metavar="URL", help=HELP)


def local_profile(options: argparse.Namespace) -> Profile:
    """The local profile, with ``--database`` or CARDWALL_DATABASE in it. Raises ConfigError."""
    from tui.config import Flags, load

    return load(os.environ, Flags(profile="local", database=options.database)).profile


@contextmanager
def opened(options: argparse.Namespace, *, make: bool = True) -> Iterator[Database]:
    """The database, open; made when it is not there, unless told otherwise. Raises StorageError, NotFound."""
    from tui.server.opening import open_database

    url = local_profile(options).database
    if not make:
        check_there(url)
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def rules(options: argparse.Namespace, *, make: bool = True) -> Iterator[Service]:
    """The server's rules on the database, run on this thread; servers may run on it meanwhile."""
    with opened(options, make=make) as database:
        from tui.server.service import Service

        service = Service(database)
        try:
            yield service
        finally:
            service.close()


def check_there(url: str) -> None:
    """Raises NotFound for a file that is not there: a command that only looks must not make it."""
    from pathlib import Path

    scheme, mark, rest = url.partition(":///")
    file = rest.partition("?")[0]
    if mark and scheme.startswith("sqlite") and file.startswith("/") and not Path(file).exists():
        raise NotFound(f"there is no database at {file}; name one with --database")
