"""Every failure the product can name, and the exit code the shell gives it.

    CardwallError                1
    ├── UsageError               2   bad flags or arguments; nothing was sent
    │   └── ConfigError          2   a setting that cannot be used; names file and key
    ├── NotFound                 3   no such board, column, item
    ├── NotAllowed               4
    │   ├── Unauthorised         4   401: the key is missing or wrong
    │   ├── Inactive             4   402: the subscription is inactive
    │   ├── ScopeMissing         4   403: the key may not do this
    │   └── Unsupported          4   the contract has no such call
    ├── Conflict                 5   409, 412: someone else was first
    ├── Unavailable              6
    │   ├── Offline              6   nothing reached the server
    │   ├── LostAnswer           6   it may have reached the server; only the same key may be sent again
    │   ├── RateLimited          6   429; `retry_after` seconds
    │   └── Garbled              6   an answer that is not the contract's
    ├── Invalid                  7   400, 413, 422, 428: names the fields
    └── StorageError             1   a file or database of ours that cannot be read or written

Messages are sentences for people: what happened, to which file or field, and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class CardwallError(Exception):
    """A failure with a sentence for the user and an exit code for the shell."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class UsageError(CardwallError):
    """A flag or argument that cannot be used; nothing was sent."""

    exit_code = 2
    code = "usage"


class ConfigError(UsageError):
    """A setting that cannot be used; the message names file and key."""

    code = "config"


class NotFound(CardwallError):
    """No such board, column, status or item."""

    exit_code = 3
    code = "not_found"


class NotAllowed(CardwallError):
    """The server understood and refused."""

    exit_code = 4
    code = "not_allowed"


class Unauthorised(NotAllowed):
    """401: the API key is missing or wrong."""

    code = "unauthorised"


class Inactive(NotAllowed):
    """402: the company's subscription is inactive."""

    code = "inactive"


class ScopeMissing(NotAllowed):
    """403: the API key lacks a scope."""

    code = "scope_missing"


class Unsupported(NotAllowed):
    """The contract has no such call; refused before anything was sent."""

    code = "unsupported"


class Conflict(CardwallError):
    """409 or 412: someone else was first."""

    exit_code = 5
    code = "conflict"


class Unavailable(CardwallError):
    """The server cannot be asked now; trying again later may work."""

    exit_code = 6
    code = "unavailable"


class Offline(Unavailable):
    """Nothing reached the server, so sending again is safe."""

    code = "offline"


class LostAnswer(Unavailable):
    """The request may have been carried out; only the same idempotency key may be sent again."""

    code = "unknown_outcome"


class RateLimited(Unavailable):
    """429: the key's budget is spent."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until the server takes requests again."""


class Garbled(Unavailable):
    """An answer that is not the contract's: truncated, HTML, wrong types."""

    code = "garbled"


class Invalid(CardwallError):
    """The server or a rule of ours refused values; `fields` says which and why."""

    exit_code = 7
    code = "invalid"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}
        """Field or member name to what is wrong with it."""


class StorageError(CardwallError):
    """A file or database of ours that cannot be read or written; the message names it and the remedy."""

    code = "storage"
