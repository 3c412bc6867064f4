"""What waits for profiles beside the one that is looked at, told in a line each; no key is read for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config import Profile


def others_waiting(folder: Path, profile: Profile, known: Iterable[Profile]) -> list[str]:
    """A sentence for each way to something that waits and that the outbox of `profile` does not show."""
    counts = _counts(folder)
    told = []
    stale = sum(count for stamp, count in counts.items() if _is_of(stamp, profile) and stamp != profile.stamp)
    if stale:
        told.append(f"{_wait(stale, profile.name)} with another key: outbox take-over --profile {profile.name}")
    for other in sorted(known, key=lambda each: each.name):
        count = sum(n for stamp, n in counts.items() if _is_of(stamp, other) and not _is_of(stamp, profile))
        if count:
            told.append(f"{_wait(count, other.name)}: --profile {other.name}")
    return told


def left_waiting(folder: Path, profiles: Iterable[Profile]) -> list[str]:
    """A sentence for each of the profiles on which something waits that no running wall is going to send."""
    counts = _counts(folder, held=False)
    pairs = [(each.name, sum(n for stamp, n in counts.items() if _is_of(stamp, each))) for each in profiles]
    return [f"{_wait(count, name)}: cardwall outbox list --profile {name}" for name, count in pairs if count]


def _wait(count: int, name: str) -> str:
    return f"{count} change{'s wait' if count != 1 else ' waits'} on {name}"


def _counts(folder: Path, *, held: bool = True) -> dict[str, int]:
    """How many changes wait under each stamp, with or without those that a running wall holds."""
    from tui.sync.waiting import waiting

    counts: dict[str, int] = {}
    for stamp in _stamps(folder):
        files, _ = waiting(folder, stamp)
        counts[stamp] = sum(len(each.contents.pendings) for each in files if held or not each.held)
    return counts


def _stamps(folder: Path) -> set[str]:
    from tui.errors import StorageError
    from tui.sync.journal import SUFFIX, read

    stamps = set()
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            stamps.add(read(path).stamp)
        except StorageError:
            continue  # the list of its own profile says so
    return stamps


def _is_of(stamp: str, profile: Profile) -> bool:
    """Whether a stamp is of this profile and server, by whatever key: its last word stands for that."""
    return stamp.rpartition(" ")[0] == f"{profile.name} {profile.url or profile.database}"
