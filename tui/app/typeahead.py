"""Typed-ahead is never lost: keys wait, in order, while a screen opens or an earlier key is still being dealt with.

A slow link delivers a whole word in one read. Without this, ``cAcme`` would open a form with ``c`` and press
``A``, ``c``, ``m``, ``e`` on the wall behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from textual import events
from textual.dom import DOMNode
from textual.message_pump import MessagePump

PATIENCE: Final = 2.0
"""Seconds after which a key no longer waits for a screen that never became ready."""

Typed = events.Key | events.Paste


class TypeAhead:
    """A gate for keys and pastes: shut for as long as anybody holds it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: deque[Typed] = deque()
        self._holders: set[Hashable] = set()
        self._since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether nobody holds the gate."""
        return not self._holders

    def hold(self, holder: Hashable) -> None:
        """Keep what is typed from now on until `holder` lets go."""
        if not self._holders:
            self._since = self._clock()
        self._holders.add(holder)

    def let_go(self, holder: Hashable) -> None:
        """`holder` is done."""
        self._holders.discard(holder)

    def keep(self, event: Typed) -> bool:
        """Keep `event` if it is not its turn; True when it was kept.

        A holder that never lets go must not cost the user the keyboard, so after `PATIENCE` the gate opens.
        """
        if self._holders and self._clock() - self._since > PATIENCE:
            self._holders.clear()
        if self._holders or self._kept:
            self._kept.append(event)
            return True
        return False

    def waiting(self) -> bool:
        """Whether something kept may be handled now."""
        return self.is_open and bool(self._kept)

    def due(self) -> Iterator[Typed]:
        """What was kept, in order, for as long as the gate is open."""
        while self.is_open and self._kept:
            yield self._kept.popleft()


def when_settled(target: DOMNode, rounds: int, then: Callable[[], None]) -> None:
    """Call `then` when `target` and everything above it have dealt with what was just sent to `target`.

    Each pump in turn is asked, by a callback at the end of its queue, and asked again while more stands behind it.
    One round sees a key bubble up to the app; what a binding there sends back into the widget needs a second one.
    """
    pumps: Sequence[MessagePump] = list(target.ancestors_with_self) * rounds

    def ask(place: int) -> None:
        while place < len(pumps):
            if pumps[place].call_later(answer, place):
                return
            place += 1
        then()

    def answer(place: int) -> None:
        # The app's queue is where the user's next keys arrive, so it is never waited for to be empty.
        is_app = pumps[place] is pumps[-1]
        ask(place if pumps[place].message_queue_size and not is_app else place + 1)

    ask(0)
