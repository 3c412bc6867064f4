"""The gate of a network profile: every request takes a slot of its key's budget, or hears when there will be one."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tui.api.backend import BudgetSpent
from tui.api.budget import Ledger, Told, answer, give_back, learn, left, take
from tui.api.budget_file import FileKeeper, Keeper, MemoryKeeper, Step
from tui.api.problems import Answer, retry_after
from tui.api.rank import Rank, rank_now
from tui.config import Profile, RateLimit
from tui.errors import RateLimited

DOCUMENTED = RateLimit(60, 60)
"""What both contracts document, until the profile or the server says otherwise."""
PATIENCE = {Rank.WRITE: 2.0, Rank.ASK: 2.0, Rank.LOAD: 90.0, Rank.REFRESH: 0.0}
"""Seconds that a request waits in place for its turn; longer than that and its sender is told when to come back."""


class BudgetGate:
    """One key's budget as one process sees it; see `tui.api.client.Gate`."""

    def __init__(
        self,
        limits: tuple[RateLimit, ...],
        keeper: Keeper,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Without `limits` what is documented holds, until a server says more."""
        self._stated = limits
        self._keeper = keeper
        self._clock = clock
        self._sleep = sleep
        self._unlimited = False
        self._ledger = keeper.change(lambda ledger: ledger)
        self._notes: set[asyncio.Future[None]] = set()
        self.looks = 0
        """Requests so far that only looked for news."""

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """The limits in force; none where a server says on its answers that it has none."""
        return self._in_force(self._ledger)

    def _in_force(self, ledger: Ledger) -> tuple[RateLimit, ...]:
        if self._unlimited:
            return self._stated
        stated = {limit.count for limit in self._stated}
        told = tuple(limit for limit in ledger.limits if limit.count not in stated)
        if self._stated or any(limit.seconds == DOCUMENTED.seconds for limit in told):
            return (*self._stated, *told)
        return (DOCUMENTED, *told)

    def left(self) -> tuple[int, int] | None:
        """(requests left, limit), as far as this process has heard; None without a limit."""
        return left(self._ledger, self.limits, self._clock())

    async def enter(self, *, writing: bool) -> None:
        """Take a slot. Raises `RateLimited` while the server wants a pause, `BudgetSpent` when no slot is free soon."""
        rank = Rank.WRITE if writing else rank_now()
        while wait := await self._wait(rank):
            if wait > PATIENCE[rank]:
                if self._ledger.resumes_at > self._clock():
                    raise RateLimited("the server has asked for a pause", wait)
                raise BudgetSpent(f"the key's request budget is used up; free again in {_words(wait)}", wait)
            await self._sleep(wait)
        self.looks += rank >= Rank.LOAD

    def answered(self, answer: Answer) -> None:
        """The slot comes back a window from now; what the headers say holds from now on."""
        told = told_by(answer, self._clock())
        if answer.ours and not told.refused:  # what stands between us and the server knows nothing of its limits
            self._unlimited = told.limit is None
        self._note(told)

    def failed(self, *, sent: bool) -> None:
        """No answer will come."""
        if sent:
            self._note(Told())
        else:
            self._change(give_back)

    async def settled(self) -> None:
        """Wait until everything is written down."""
        while self._notes:
            await asyncio.gather(*self._notes)

    async def _wait(self, rank: Rank) -> float:
        if not self.limits and self._ledger.resumes_at <= self._clock():
            return 0.0  # a server without limits costs nothing
        return await asyncio.to_thread(self._take, rank)

    def _take(self, rank: Rank) -> float:
        """In a thread."""
        wait = 0.0

        def step(ledger: Ledger) -> Ledger:
            nonlocal wait
            ledger, wait = take(ledger, self._in_force(ledger), self._clock(), rank)
            return ledger

        self._ledger = self._keeper.change(step)
        return wait

    def _note(self, told: Told) -> None:
        """Write an answer down beside the loop; a server without limits has nothing worth writing."""
        if self.limits or told.limit is not None or told.refused:
            now = self._clock()

            def step(ledger: Ledger) -> Ledger:
                ledger = learn(ledger, told)
                return answer(ledger, self._in_force(ledger), now, told)

            self._change(step)

    def _change(self, step: Step) -> None:
        def change() -> None:
            self._ledger = self._keeper.change(step)

        note = asyncio.get_running_loop().run_in_executor(None, change)
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)


def told_by(answer: Answer, now: float) -> Told:
    """What status and headers say of the budget."""
    reset = _whole(answer, "x-ratelimit-reset")
    refused = answer.status == 429
    says_when = "retry-after" in answer.headers or "x-ratelimit-reset" in answer.headers
    return Told(
        limit=_whole(answer, "x-ratelimit-limit") or None,
        remaining=_whole(answer, "x-ratelimit-remaining"),
        reset=reset - now if reset is not None and reset > 1e9 else reset,  # some count seconds, some tell the hour
        refused=refused,
        pause=retry_after(answer.headers) if refused and says_when else None,
    )


def gate_of(profile: Profile, folder: Path | None) -> BudgetGate:
    """The gate of a network profile, shared through `folder` with every process that uses its key.

    Reads the key, which may run a command: not on a loop. Raises `ConfigError`.
    """
    key = profile.read_key() or profile.url
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    keeper = MemoryKeeper() if folder is None else FileKeeper(folder / f"budget-{name}.json")
    return BudgetGate(profile.rate_limit, keeper)


def _whole(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _words(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole < 7200:
        return f"{whole} s" if whole < 100 else f"{math.ceil(whole / 60)} min"
    return f"{math.ceil(whole / 3600)} h"
