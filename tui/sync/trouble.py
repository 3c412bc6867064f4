"""Why one half of the engine does not get on; sending and pulling may fail for different reasons."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tui.domain.model import Moment


class Trouble(Struct, frozen=True):
    """What stands in the way."""

    reach: Literal["none", "missing", "offline", "paused", "refused"]
    """`missing`: the server answers, but has no such board."""
    message: str = ""
    seconds: float | None = None
    """Until the next try; None for "until something happens"."""
    resumes_at: Moment | None = None
    held: bool = False
    """Whether a pause is our own doing, because the budget is used up."""


NONE = Trouble("none")

_ORDER = ("none", "missing", "offline", "paused", "refused")


def worst(one: Trouble, other: Trouble) -> Trouble:
    """The trouble that a user must hear of first."""
    return max(one, other, key=lambda trouble: _ORDER.index(trouble.reach))
