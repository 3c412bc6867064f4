"""The bench of a slow line: ratios are where they belong."""

from __future__ import annotations

import httpx

from tests.bench.latency import proxied, table
from tests.faults.place import listening_app


async def _hello(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]  # as ASGI has it
    await send({"type": "http.response.body", "body": b"hi"})  # type: ignore[operator]  # as ASGI has it


def test_the_table_has_a_row_a_key_and_ratios() -> None:
    lines = table("slate", 0.2, {"j": [10.0, 20.0], "L": [5.0]}, {"j": [10.0, 40.0], "L": [10.0]}).splitlines()
    assert "p50 with 200 ms" in lines[0]
    assert lines[2] == "| `j` | 10.0 | 20.0 | 10.0 | 40.0 | 1.00 | 2.00 |"
    assert lines[3] == "| `L` | 5.0 | 5.0 | 10.0 | 10.0 | 2.00 | 2.00 |"
    assert len({line.count("|") for line in lines}) == 1


async def test_answers_come_through_a_proxy_in_another_thread() -> None:
    async with listening_app(_hello) as port, httpx.AsyncClient() as client:
        with proxied(port, 0.01) as address:
            assert (await client.get(address)).text == "hi"
