"""Attempts with back-off and jitter: the only user of the retry library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import stamina
from stamina.instrumentation import set_on_retry_hooks

if TYPE_CHECKING:
    from stamina import Attempt

set_on_retry_hooks(())  # the default hook prints to stdout where structlog is installed


def attempts(on: Callable[[Exception], bool]) -> AsyncIterator[Attempt]:
    """At most three, within about three seconds; an error that `on` does not know ends them."""
    return stamina.retry_context(on=on, attempts=3, timeout=3.0, wait_initial=0.1, wait_max=1.0, wait_jitter=0.1)
