"""The floor with cardwall's libraries: the bare app, which imports them in a thread after its first frame.

What the wall needs above this is its own: `python -m tests.bench.imports httpx pydantic` imports only those.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Thread

from tests.bench.bare import Bare

LIBRARIES = (
    "httpx", "pydantic", "immutables", "sortedcontainers", "lark", "platformdirs", "tomllib", "sqlite3",
    "sqlalchemy.dialects.sqlite", "starlette.applications", "starlette.routing",
)  # fmt: skip
"""What a wall on its embedded server has loaded once it is at rest."""


class Imports(Bare):
    """The bare app with libraries that it does not use."""

    def on_mount(self) -> None:
        self.call_after_refresh(Thread(target=_load, daemon=True).start)


def _load() -> None:
    for name in sys.argv[1:] or LIBRARIES:
        import_module(name)


if __name__ == "__main__":
    sys.exit(Imports().run())
