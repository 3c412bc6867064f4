"""The JSON of the contracts, as recorded beside the tests."""

from pathlib import Path
from typing import Any

from tui.api.json_text import loads

HERE = Path(__file__).parent


def recorded(name: str) -> Any:
    """A recorded answer, decoded as the client decodes it."""
    return loads((HERE / name).read_bytes())
