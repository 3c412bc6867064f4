"""Reads that need not be made twice: those under way are shared, and an answer with a tag is only asked about."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from tui.api.problems import Answer

MOST_KEPT = 32
LARGEST_KEPT = 256 * 1024
"""Bytes of a body that is kept with its tag."""


class Shared:
    """Reads under way: a second one of the same words waits for the first one's answer."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Answer]] = {}
        self._waiting: dict[Hashable, int] = {}

    async def once(self, words: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to `words`; the request ends early only when nobody waits for it any more."""
        task = self._tasks.get(words)
        if task is None:
            task = self._tasks[words] = asyncio.ensure_future(_task(read))
            task.add_done_callback(lambda done: self._forget(words, done))
        self._waiting[words] = self._waiting.get(words, 0) + 1
        try:
            return await asyncio.shield(task)
        finally:
            if self._tasks.get(words) is task:
                self._waiting[words] -= 1
                if not self._waiting[words]:
                    task.cancel()
                    self._forget(words, task)

    def _forget(self, words: Hashable, task: asyncio.Task[Answer]) -> None:
        if self._tasks.get(words) is task:
            del self._tasks[words], self._waiting[words]


async def _task(read: Callable[[], Awaitable[Answer]]) -> Answer:
    return await read()


class Kept:
    """The last answers that carried a tag, by what was asked."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def ask(self, words: Hashable) -> dict[str, str]:
        """The header that asks for an answer only if it is another one."""
        kept = self._answers.get(words)
        return {"if-none-match": kept.tag} if kept is not None and kept.tag is not None else {}

    def answer(self, words: Hashable, answer: Answer) -> Answer:
        """What the answer means: one of 304 is the kept one."""
        if answer.status == 304 and words in self._answers:
            self._answers.move_to_end(words)
            return self._answers[words]
        self._answers.pop(words, None)
        if answer.status == 200 and answer.tag is not None and len(answer.body) <= LARGEST_KEPT:
            self._answers[words] = answer
            if len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
        return answer
