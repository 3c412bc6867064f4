"""What waits to be sent under a stamp, for whoever is no wall: looked at, sent once, or dropped."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from tui.api.backend import Backend
from tui.domain.changes import Create
from tui.domain.model import Moment
from tui.errors import NotFound, StorageError
from tui.sync.journal import SUFFIX, Contents, adoptable, leave, of_other_keys, open_own, read, retire
from tui.sync.outbox import Pending, PendingId
from tui.sync.sender import Sender
from tui.sync.store import Store
from tui.sync.verify import NOBODY_KNOWS


class Waiting(NamedTuple):
    """One Outbox file of a stamp."""

    path: Path
    held: bool
    """Whether a running wall has it, which sends it by itself."""
    contents: Contents


def waiting(folder: Path, stamp: str) -> tuple[list[Waiting], list[StorageError]]:
    """The Outbox files of a stamp, and those that cannot be read; nothing is changed."""
    found: list[Waiting] = []
    unread: list[StorageError] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            contents = read(path)
        except StorageError as problem:
            if path.exists():
                unread.append(problem)
            continue
        if contents.stamp == stamp:
            found.append(Waiting(path, _is_held(path), contents))
    return found, unread


@contextmanager
def adopted(
    folder: Path, stamp: str, *, name: str, clock: Callable[[], Moment], new_id: Callable[[], str]
) -> Iterator[tuple[Store, Callable[[], None], list[str]]]:
    """A Store of everything that waits and that no wall holds: (store, sync to disk, sentences to be said).

    What is still there at the end is left in a file of its own for whoever comes next. Raises StorageError.
    """
    own = open_own(folder, stamp, name)
    store = Store(clock=clock, new_id=new_id, journal=own)
    notes: list[str] = []
    try:
        for path, lock, contents in adoptable(folder, stamp, own.path):
            store.apply(contents.adopted())
            if store.journal_problem is not None:
                os.close(lock)
                raise store.journal_problem
            own.sync()
            aside = retire(path, lock, contents)
            if aside is not None:
                notes.append(
                    f"an outbox file could not be read whole; what could be is used, and it is kept as {aside}"
                )
        yield store, own.sync, notes
    finally:
        own.close(empty=not store.state.outbox and not store.state.drafts and store.journal_problem is None)


def take_over(folder: Path, stamp: str) -> Contents:
    """Put what was made under another key of this profile into the Outbox of the present one; returns it.

    The next wall or command that looks finds it there. A create that was on its way is not sent again by itself: the
    server may know it, but only by the other key. Raises StorageError.
    """
    taken = Contents(stamp)
    for path, lock, found in of_other_keys(folder, stamp):
        pendings = {pending_id: _unsure(pending) for pending_id, pending in found.pendings.items()}
        mine = Contents(stamp, pendings=pendings, drafts=found.drafts, aliases=found.aliases)
        try:
            leave(folder, f"{path.stem}-taken", mine)
        except StorageError:
            os.close(lock)
            raise
        retire(path, lock, found)
        taken.pendings |= pendings
        taken.drafts |= found.drafts
    return taken


def _unsure(pending: Pending) -> Pending:
    if pending.phase != "sealed" or not isinstance(pending.change, Create):
        return pending
    return replace(pending, phase="refused", request=None, problem=NOBODY_KNOWS)


async def send(store: Store, sync: Callable[[], None], backend: Backend, again: Collection[PendingId] = ()) -> None:
    """Send what may go; refused ones only when they are named in `again`.

    Raises Unavailable or NotAllowed when the server cannot be asked now; what was not sent stays.
    """
    for pending_id in again:
        if the(store, pending_id).phase == "refused":
            store.retry(pending_id)
    await Sender(store, sync=sync).send_all(backend)


def the(store: Store, pending_id: PendingId) -> Pending:
    """A Pending by its id. Raises NotFound."""
    found = store.state.outbox.get(pending_id)
    if found is None:
        raise NotFound(f"nothing of that id waits in a file that no wall holds: {pending_id!r}")
    return found


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(file)
