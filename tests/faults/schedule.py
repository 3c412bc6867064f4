"""What befalls each request, drawn from a seed."""

from __future__ import annotations

import random
from typing import Literal, NamedTuple, get_args

Kind = Literal[
    "pass", "delay", "hang", "throttle", "reset_before", "reset_after", "truncate", "half_close",
    "429", "500_before", "500_after", "502_before", "502_after", "503", "html_before", "html_after",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
ARRIVES = frozenset(kind for kind in KINDS if not kind.endswith("before") and kind not in ("429", "503"))
"""Kinds under which the server gets the request."""


class Fault(NamedTuple):
    """What happens to one request."""

    kind: Kind
    amount: float = 0.0
    """Seconds, or the part of the answer that gets through."""


PASS = Fault("pass")


class Schedule:
    """A storm, until it is over."""

    def __init__(self, seed: object, *, share: float = 0.45) -> None:
        """`share` of the requests meet a fault."""
        self._chance = random.Random(f"faults {seed}")
        self._share = share
        self.over = share == 0

    def next(self) -> Fault:
        """What happens to the next request."""
        if self.over or self._chance.random() >= self._share:
            return PASS
        kind = self._chance.choice(KINDS[1:])
        match kind:
            case "delay":
                return Fault(kind, self._chance.uniform(0.05, 20))
            case "hang":
                return Fault(kind, 45)  # longer than a client waits for a read
            case "429":
                return Fault(kind, self._chance.randint(1, 30))
            case "throttle":
                return Fault(kind, self._chance.uniform(0.01, 2))
            case _:
                return Fault(kind, self._chance.random())
