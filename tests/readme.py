"""The examples of the README, so that tests run what it says."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def steps(name: str) -> list[tuple[str, list[str]]]:
    """Each command of the example between ``<!-- NAME: … -->`` and its end, with the lines under it that it answers."""
    block = re.search(rf"<!-- {name}:[^\n]*\n```sh\n(.*?)```\n<!-- end of {name} -->", README, re.DOTALL)
    assert block is not None
    found: list[tuple[str, list[str]]] = []
    for line in block[1].splitlines():
        if line.startswith("#> "):
            found[-1][1].append(line[3:])
        else:
            found.append((line, []))
    return found
