"""The durable Outbox: one append-only, checksummed log a process, held under a file lock.

A line is eight hex digits of CRC-32, a space, and a JSON record:

    {"format": 2, "stamp": "…"}          first line: whose Outbox this is
    {"put": PENDING} {"drop": PENDING-ID}
    {"draft": DRAFT} {"undraft": ITEM-ID}
    {"alias": [LOCAL-ID, ITEM-ID]}

A last line cut short by a crash was never shown as saved and is ignored; a damaged line before the end means the
file is kept aside, said, and what could be read is used. Files are written before the frame that shows a change
and synced before its request is sent.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from immutables import Map
from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.model import ItemId
from tui.errors import StorageError
from tui.sync.events import Adopted, Draft
from tui.sync.outbox import Pending, PendingId
from tui.sync.persist import (
    FORMAT,
    Json,
    draft_from_json,
    draft_to_json,
    dumps,
    pending_from_json,
    pending_to_json,
)
from tui.sync.turn import Outcome

SUFFIX = ".outbox"
_KEPT_ALIASES = 10_000


class Contents(Struct):
    """What a log says, after all its lines."""

    stamp: str = ""
    format: int = FORMAT
    pendings: dict[PendingId, Pending] = field(default_factory=dict)
    drafts: dict[ItemId, Draft] = field(default_factory=dict)
    aliases: dict[ItemId, ItemId] = field(default_factory=dict)
    damaged: int | None = None
    """Number of the first line that cannot be read, when it is not a last line cut short."""

    def adopted(self) -> Adopted:
        """The contents as an event for the Store."""
        return Adopted(tuple(self.pendings.values()), tuple(self.drafts.values()), Map(self.aliases))

    def parted(self) -> tuple[Contents, Contents]:
        """What must not wait for its user: all but the drafts of other items; and those drafts alone."""
        busy = {self.aliases.get(pending.item_id, pending.item_id) for pending in self.pendings.values()}
        held = {item_id: draft for item_id, draft in self.drafts.items() if self.aliases.get(item_id, item_id) in busy}
        rest = {item_id: draft for item_id, draft in self.drafts.items() if item_id not in held}
        return replace(self, drafts=held), Contents(self.stamp, self.format, drafts=rest, aliases=self.aliases)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go on with."""
        return not self.pendings and not self.drafts

    @property
    def is_nobodys(self) -> bool:
        """Whether the line that says whose log this is cannot be read: nothing of it may be sent."""
        return not self.stamp and self.damaged is not None

    @property
    def is_newer(self) -> bool:
        """Whether a later cardwall wrote it, in a format that this one does not know."""
        return self.format > FORMAT

    def take(self, record: Json) -> None:
        """Carry one record out. Raises KeyError, TypeError or ValueError for one that is not ours."""
        match record:
            case {"put": data}:
                pending = pending_from_json(data)
                self.pendings[pending.id] = pending
            case {"drop": pending_id}:
                self.pendings.pop(PendingId(pending_id), None)
            case {"draft": data}:
                draft = draft_from_json(data)
                self.drafts[draft.item_id] = draft
            case {"undraft": item_id}:
                self.drafts.pop(ItemId(item_id), None)
            case {"alias": [local, item_id]}:
                self.aliases[ItemId(local)] = ItemId(item_id)
            case {"format": int(format_), "stamp": str(stamp)}:
                self.stamp, self.format = stamp, format_
            case _:
                raise ValueError(record)


class OutboxFile:
    """One process's log, locked for as long as it lives."""

    def __init__(self, path: Path, stamp: str) -> None:
        self.path = path
        self._file = _open_locked(path)
        self._folder_synced = False
        try:
            self._append([{"format": FORMAT, "stamp": stamp}])
        except StorageError:
            self.close(empty=True)
            raise

    def record(self, outcome: Outcome) -> None:
        """Write what an event changed; raises StorageError and writes nothing when the disk refuses."""
        state = outcome.state
        lines: list[Json] = [{"alias": [local, state.aliases[local]]} for local in outcome.aliased]
        for pending_id in outcome.pendings:
            pending = state.outbox.get(pending_id)
            lines.append({"drop": pending_id} if pending is None else {"put": pending_to_json(pending)})
        for item_id in outcome.drafts:
            draft = state.drafts.get(item_id)
            lines.append({"undraft": item_id} if draft is None else {"draft": draft_to_json(draft)})
        self._append(lines)

    def keep(self, contents: Contents) -> None:
        """Write another log's contents into this one, synced: afterwards the other may go."""
        self._append(_records(contents))
        self.sync()

    def sync(self) -> None:
        """Wait until everything written is on the disk; for a thread."""
        try:
            os.fsync(self._file)
            if not self._folder_synced:
                _sync_folder(self.path.parent)
                self._folder_synced = True
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self, *, empty: bool) -> None:
        """Let go of the file; one with nothing in it is removed."""
        if empty:
            with suppress(OSError):
                self.path.unlink()
        os.close(self._file)

    def _append(self, records: Iterable[Json]) -> None:
        data = b"".join(_line(record) for record in records)
        end = os.lseek(self._file, 0, os.SEEK_END)
        try:
            written = os.write(self._file, data) if data else 0
        except OSError as error:
            raise _unwritable(self.path, error) from error
        if written != len(data):
            with suppress(OSError):
                os.ftruncate(self._file, end)  # half a record must not stand before a whole one
            raise _unwritable(self.path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def read(path: Path) -> Contents:
    """What a log says; see `Contents.damaged`. Raises StorageError when it cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read the outbox {path}: {error.strerror}") from error
    contents = Contents()
    if data and not _is_headed(data):
        return Contents(damaged=1)
    lines = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            contents.take(_parse(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            if number < len(lines) or contents.damaged is not None:
                contents.damaged = contents.damaged or number
    return contents


def adoptable(folder: Path, stamp: str, own: Path) -> Iterator[tuple[Path, int, Contents]]:
    """Logs of the same stamp that no process holds, each locked: (path, lock, contents); close the lock when done."""
    for path, lock, contents in _unheld(folder, own):
        if contents.is_newer:
            os.close(lock)  # it is for the cardwall that wrote it
        elif contents.stamp == stamp or contents.is_nobodys:
            yield path, lock, contents
        else:
            if os.fstat(lock).st_size == 0:
                path.unlink(missing_ok=True)  # its process died before the first line
            os.close(lock)


def of_other_keys(folder: Path, stamp: str) -> Iterator[tuple[Path, int, Contents]]:
    """Logs of the same profile and server that were written under another key, as `adoptable` gives them.

    A stamp's last word stands for the key.
    """
    for path, lock, contents in _unheld(folder):
        same = contents.stamp != stamp and contents.stamp.rpartition(" ")[0] == stamp.rpartition(" ")[0]
        if same and not contents.is_newer and not contents.is_empty:
            yield path, lock, contents
        else:
            os.close(lock)


def _unheld(folder: Path, own: Path | None = None) -> Iterator[tuple[Path, int, Contents]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path == own:
            continue
        lock = _try_lock(path)
        if lock is None:
            continue
        try:
            contents = read(path)
        except StorageError:
            os.close(lock)  # it stays where it is, for a time when it can be read
            continue
        yield path, lock, contents


def leave(folder: Path, name: str, contents: Contents) -> None:
    """Keep contents in a log that no process holds, for the next wall that starts. Raises StorageError."""
    file = open_own(folder, contents.stamp, name)
    try:
        file.keep(contents)
    finally:
        file.close(empty=False)


def retire(path: Path, lock: int, contents: Contents) -> Path | None:
    """After its contents were kept: remove a log; a damaged one is set aside and its new path returned."""
    try:
        if contents.damaged is None:
            path.unlink()
            return None
        aside = _free_name(path.with_suffix(".damaged"))
        path.rename(aside)
        return aside
    finally:
        os.close(lock)


def open_own(folder: Path, stamp: str, name: str) -> OutboxFile:
    """This process's log in `folder`; raises StorageError when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return OutboxFile(folder / f"{name}{SUFFIX}", stamp)


def _records(contents: Contents) -> Iterator[Json]:
    for local, item_id in list(contents.aliases.items())[-_KEPT_ALIASES:]:
        yield {"alias": [local, item_id]}
    for pending in contents.pendings.values():
        yield {"put": pending_to_json(pending)}
    for draft in contents.drafts.values():
        yield {"draft": draft_to_json(draft)}


def _line(record: Json) -> bytes:
    data = dumps(record).encode("utf-8", "surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _parse(line: bytes) -> Json:
    if len(line) < 10 or int(line[:8], 16) != zlib.crc32(line[9:]):
        raise ValueError(line[:20])
    return json.loads(line[9:].decode("utf-8", "surrogatepass"))


def _is_headed(data: bytes) -> bool:
    try:
        return "stamp" in _parse(data.split(b"\n", 1)[0])
    except (ValueError, TypeError):
        return False


def _open_locked(path: Path) -> int:
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)  # another wall that looks for files to adopt holds it for a moment only
            if path.exists() and path.stat().st_ino == os.fstat(file).st_ino:
                return file
        except OSError as error:
            raise _unwritable(path, error) from error
        os.close(file)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name as durable as its contents."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _try_lock(path: Path) -> int | None:
    """Hold a log that no living process holds; None when one does, or it has just gone."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(file).st_ino:
            return file
    except OSError:
        pass
    os.close(file)
    return None


def _free_name(path: Path) -> Path:
    number = 0
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _unwritable(path: Path, error: OSError) -> StorageError:
    remedy = {
        errno.ENOSPC: "free some space on that disk",
        errno.EDQUOT: "free some of your quota",
        errno.EACCES: "make the folder writable for you",
        errno.EROFS: "it is on a read-only file system; set XDG_STATE_HOME to a writable folder",
    }.get(error.errno or 0, "check the disk")
    return StorageError(f"cannot write the outbox {path}: {error.strerror}; {remedy}")
