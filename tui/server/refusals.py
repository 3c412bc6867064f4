"""What the rules refuse, in the words every layer shares; a face gives each its status and shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from tui.errors import Conflict, Invalid, NotAllowed, NotFound, ScopeMissing, Unavailable
from tui.server.blueprint import Blueprint
from tui.server.storage import Busy
from tui.server.stored import Contact, Stored


class Fault(Struct, frozen=True):
    """One member that breaks a rule: ``name``, ``column``, ``field.email``, ``columns[2].limit``."""

    member: str
    message: str


class Missing(NotFound):
    """No such item, board, column or status."""

    def __init__(self, what: Literal["item", "board", "column", "status"], *, deleted: bool = False) -> None:
        super().__init__(f"There is no such {what}." if not deleted else f"This {what} was deleted.")
        self.what = what
        self.deleted = deleted
        """Whether it can still be restored."""


class MissingItems(Missing):
    """Some of many items are not there; nothing was done to the others."""

    def __init__(self, ids: Iterable[str]) -> None:
        super().__init__("item")
        self.ids = tuple(ids)


class Rejected(Invalid):
    """Values that break rules of the board, all of them named."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        words = "; ".join(f"{fault.member} {fault.message}" for fault in self.faults[:5])
        super().__init__(words, {fault.member: fault.message for fault in self.faults})


class Misshapen(Rejected):
    """Members or parameters of the wrong shape, named in the request's own words."""


class Telling(Conflict):
    """A conflict whose answer shows what is there."""

    told = True
    """False for a caller who may write but not read."""


class Stale(Telling):
    """The item is no longer at the version the write was made for."""

    def __init__(self, expected: int, current: Stored, blueprint: Blueprint, contact: Contact | None = None) -> None:
        super().__init__(f"{current.key} is at version {current.version}, not {expected}.")
        self.expected = expected
        self.current = current
        self.blueprint = blueprint
        self.contact = contact
        """Whom the current item belongs to."""


class PreconditionFailed(Exception):
    """A stale If-Match: the same conflict, told as a precondition."""

    def __init__(self, stale: Stale) -> None:
        super().__init__(stale.message)
        self.stale = stale


class StaleBlueprint(Telling):
    """The blueprint is no longer at the revision the write was made for."""

    def __init__(self, expected: int, current: Blueprint) -> None:
        super().__init__(f"The blueprint is at revision {current.revision}, not {expected}.")
        self.expected = expected
        self.current = current


class Drop(Struct, frozen=True):
    """A part of a blueprint that would go, and how many items would lose something with it."""

    id: str
    """A column's or status's id, a field's name."""
    name: str
    items: int


class WouldDrop(Conflict):
    """The new blueprint would drop data; nothing was changed."""

    def __init__(self, columns: list[Drop], statuses: list[Drop], fields: list[Drop]) -> None:
        names = ", ".join(f"{drop.name} ({drop.items} items)" for drop in [*columns, *statuses, *fields][:10])
        super().__init__(f"This blueprint would drop data of items: {names}.")
        self.columns = columns
        self.statuses = statuses
        self.fields = fields


class Match(Struct, frozen=True):
    """An item that resembles a draft."""

    item: Stored
    blueprint: Blueprint
    fields: tuple[str, ...]
    score: float
    """1.0 for an exact match."""


class Duplicated(Telling):
    """The board's rule skips a create that duplicates items."""

    def __init__(self, matches: tuple[Match, ...], blueprint: Blueprint) -> None:
        super().__init__(f"This duplicates {', '.join(match.item.key for match in matches[:5])}.")
        self.matches = matches
        self.blueprint = blueprint


class FeedExpired(Conflict):
    """The changes after this cursor are no longer known; list again."""

    def __init__(self) -> None:
        super().__init__("The changes after this cursor are no longer kept; list the items again.")


class DeleteRefused(NotAllowed):
    """The board does not allow its items to be deleted."""

    def __init__(self) -> None:
        super().__init__("Items of this board cannot be deleted.")


class KeyMismatch(Invalid):
    """The idempotency key was used with another body."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another request.")


class Malformed(Invalid):
    """The request cannot be read."""


class TooLarge(Invalid):
    """The body is longer than the limit."""


class WrongMediaType(Invalid):
    """The body is not JSON by its own account."""


class RouteMissing(NotFound):
    """The path leads nowhere."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this path.")


class WrongMethod(NotAllowed):
    """The path does not take this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(allowed)
        super().__init__(f"This path takes {self.allowed}.")


class LacksScope(ScopeMissing):
    """The caller's key does not have the scope that the route needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a key with the scope {scope}.")
        self.scope = scope


class Stopping(Busy):
    """The server ends and has no more patience with this request."""

    code = "server_stopping"

    def __init__(self) -> None:
        super().__init__("The server is stopping; whether this request was carried out is not known.")


class RateLimited(Unavailable):
    """The caller's budget is spent."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until the next request is taken."""
