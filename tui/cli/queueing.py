"""``--queue``: a change put into an Outbox file, for the next wall or ``cardwall outbox send``."""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.output import note
from tui.errors import StorageError, Unavailable

if TYPE_CHECKING:
    from tui.cli.reach import Shell, Work
    from tui.domain.changes import Change


def put(shell: Shell, *changes: Change) -> None:
    """Keep changes on disk, synced, under the profile's stamp. Raises StorageError."""
    from tui.domain.model import Moment
    from tui.sync.journal import Contents, leave
    from tui.sync.outbox import Pending, PendingId

    now = Moment(int(time.time()))
    waiting = [
        Pending(PendingId(str(uuid.uuid4())), place, change, now) for place, change in enumerate(changes, start=1)
    ]
    contents = Contents(shell.profile.stamp, pendings={pending.id: pending for pending in waiting})
    leave(shell.folder, f"shell-{os.getpid()}-{waiting[0].id[-12:]}", contents)


def reached_or_remembered(options: argparse.Namespace, work: Work) -> int:
    """As `reached`; with ``--queue`` what the walls remember will do where the server does not answer."""
    from tui.cli.reach import reached

    try:
        return reached(options, work, writes=True)
    except Unavailable as problem:
        if not options.queue:
            raise
        note(f"{problem.message}; going by what this machine remembers")
        return asyncio.run(_offline(options, work, problem))


async def _offline(options: argparse.Namespace, work: Work, problem: Unavailable) -> int:
    from tui.cli.profile_flags import profile_of
    from tui.cli.reach import Shell
    from tui.cli.remembered import Remembered
    from tui.config import state_dir
    from tui.errors import NotFound
    from tui.sync.snapshot import SnapshotFile

    folder: Path = state_dir(os.environ)
    profile = profile_of(options)
    try:
        backend = Remembered(SnapshotFile.of(folder, profile.stamp))
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"what is remembered in {folder} cannot be read: {error}") from None
    try:
        async with asyncio.timeout(options.timeout) as deadline:
            return await work(Shell(profile, folder, backend, deadline))
    except NotFound as missing:
        raise type(problem)(f"{problem.message}; {missing.message}") from None
    finally:
        await backend.close()
