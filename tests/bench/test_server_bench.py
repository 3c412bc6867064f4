"""The server's bench runs against the server as it is, and its table tells ratios."""

from __future__ import annotations

import pytest

from tests.bench.server import SEARCHES, main, table


def test_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--items", "60", "--rounds", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("60 items, seeded in ")
    assert len(lines) == 4 + 5 + len(SEARCHES) + 2
    assert len({line.count("|") for line in lines[2:]}) == 1


def test_ratios() -> None:
    rows = table({"hello": [2.0, 2.0], "page": [6.0, 6.0]}, {"page": [1.5]}).splitlines()
    assert rows[-1] == "| page | 6.00 | 6.00 | 167 | 3.0 | 4.0 |"
