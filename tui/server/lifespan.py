"""An app's start-up and shutdown, by the ASGI lifespan protocol, for whoever runs one without a server program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message

TASK_NAME = "cardwall-lifespan"
"""How the names of the tasks start that are not handlers."""


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Start the app, and shut it down at the end. Raises what its start-up or shutdown raised."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()

    async def run() -> None:
        await app({"type": "lifespan"}, inbox.get, outbox.put)

    task = asyncio.create_task(run(), name=TASK_NAME)
    await inbox.put({"type": "lifespan.startup"})
    await _reply(task, outbox)
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await _reply(task, outbox)
        await task


async def _reply(task: asyncio.Task[None], outbox: asyncio.Queue[Message]) -> None:
    answer = asyncio.create_task(outbox.get(), name=f"{TASK_NAME}-reply")
    await asyncio.wait({task, answer}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        await task
        raise RuntimeError("the app ended its lifespan early")
    if answer.result()["type"].endswith(".failed"):
        await task
