import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "tui.config",
        "tui.api",
        "tui.api.backend",
        "tui.api.connect",
        "tui.api.inprocess",
        "tui.api.slate_wire",
        "tui.api.cekat",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(module: str) -> None:
    heavy = ("httpx", "stamina", "pydantic", "sqlalchemy", "starlette", "textual", "ssl", "subprocess")
    program = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    allowed = "['ssl', 'subprocess']"  # asyncio's own
    assert done.stdout.strip() in ("[]", allowed)
    if module == "tui.config":
        assert done.stdout.strip() == "[]"


def test_the_embedded_server_is_reached_without_the_http_library() -> None:
    program = """
import sys, tui.api.slate, tui.api.embedded, tui.api.slate_foreign
print([name for name in ("httpx", "stamina", "tenacity", "http.client") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_http_library_logs_and_retries_in_silence() -> None:
    program = """
import asyncio, logging
logging.basicConfig(level=logging.DEBUG)
import httpx, tui.api.http as http
async def main():
    def broken(request): raise httpx.ReadError("reset")
    try:
        await http.Http("https://x.example/", transport=httpx.MockTransport(broken)).send("GET", "/secret-path")
    except http.Offline:
        pass
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "secret-path" not in done.stderr
