"""Writers beside each other: no write is lost, no version is given twice."""

from __future__ import annotations

import asyncio
import threading

from tests.server.asgi import Caller
from tests.server.conftest import Board
from tui.server.app import create_app
from tui.server.opening import open_database


async def test_of_writers_of_one_version_one_wins(board: Board) -> None:
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    replies = await asyncio.gather(*(board.call("PATCH", path, {"name": f"n{n}", "version": 1}) for n in range(10)))
    assert sorted(reply.status for reply in replies) == [200, *[409] * 9]
    (winner,) = (reply.json()["name"] for reply in replies if reply.status == 200)
    assert await board.names() == [winner]


async def test_processes_of_their_own_on_one_file(board: Board, url: str) -> None:
    """Each thread has its own pool and app on the same file, as several servers have."""
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    rounds, servers = 15, 4
    statuses: list[int] = []

    async def work(call: Caller, name: str) -> None:
        for number in range(rounds):
            while True:
                version = (await call("GET", path)).json()["version"]
                reply = await call("PATCH", path, {"name": f"{name}{number}", "version": version})
                statuses.append(reply.status)
                if reply.status == 200:
                    break
            body = {"name": f"{name}{number}", "pipeline_id": board.id, "stage_id": board.stages["Lead"]}
            statuses.append((await call("POST", "/v1/ext/items", body)).status)

    def serve(name: str) -> None:
        database = open_database(url)
        asyncio.run(work(Caller(create_app(database, readers=2)), name))
        database.close()

    threads = [threading.Thread(target=serve, args=(f"t{n}-",)) for n in range(servers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert set(statuses) <= {200, 201, 409}
    items = await board.items()
    assert len(items) == 1 + rounds * servers
    assert len({each["short_id"] for each in items}) == len(items)
    assert len({each["position"] for each in items}) == len(items)
    final = (await board.call("GET", path)).json()
    assert final["version"] == 1 + rounds * servers
    history = (await board.call("GET", f"{path}/history")).json()
    assert [entry["version"] for entry in history] == list(range(final["version"], 0, -1))
    feed = await board.changes("1")
    assert int(feed["cursor"]) == 2 + 2 * rounds * servers
