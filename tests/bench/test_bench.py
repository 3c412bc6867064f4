"""The bench counts right: bytes are exact, rows and ratios are where they belong."""

from __future__ import annotations

import sys

import pytest

from tests.bench.measure import NeverReady, Plan, Program, first_key, measure, percentile
from tests.bench.wall import table

ECHO = """
import os, sys, tty
tty.setraw(0)
os.write(1, b'\\x1b[?25l READY')
while True:
    key = os.read(0, 1)
    os.write(1, b'\\x1b[2;1H' + key if key != b's' else b'')
"""
PLAN = Plan(columns=40, rows=5, moves=4, scrolls=3, idle=0.2, timeout=20)


def program(key: str = "j", ready: str = "READY") -> Program:
    return Program("echo", (sys.executable, "-I", "-S", "-c", ECHO), ready=ready, key=key, back=key)


def test_bytes_are_exact() -> None:
    figures = measure(program(), PLAN)
    assert figures["start bytes"] == 12
    assert (figures["bytes/key"], figures["bytes/key p95"], figures["bytes/scroll"]) == (7, 7, 7)
    assert (figures["silent keys"], figures["idle bytes"]) == (0, 0)
    assert figures["RSS MiB"] > 1
    assert figures["start CPU ms"] > 0
    assert 0 < figures["ready ms"] <= first_key(program(), PLAN)["first key ms"] * 100


def test_keys_without_an_answer_are_counted() -> None:
    figures = measure(program(key="s"), Plan(columns=40, rows=5, moves=1, scrolls=1, idle=0.1))
    assert (figures["silent keys"], figures["bytes/key"], figures["key p50 ms"]) == (1, 0, 0)


def test_a_program_that_never_gets_ready_shows_its_screen() -> None:
    with pytest.raises(NeverReady, match="READY"):
        measure(program(ready="something else"), Plan(columns=40, rows=5, timeout=0.5))


def test_the_table_has_ratios_to_its_first_row() -> None:
    figures = measure(program(), PLAN) | {"first key ms": 2.0, "start bytes": 12345.0}
    lines = table({"bare": figures, "wall": figures | {"first key ms": 3.0}}, 1, PLAN).splitlines()
    assert lines[0].startswith("40x5, medians of 1")
    assert "| 3.0 (1.50×) |" in lines[-1]
    assert "| 12,345 |" in lines[-1]
    assert len({line.count("|") for line in lines[2:]}) == 1


@pytest.mark.parametrize(("values", "part", "expected"), [([], 0.5, 0), ([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 1.0, 4)])
def test_percentiles(values: list[float], part: float, expected: float) -> None:
    assert percentile(values, part) == expected
