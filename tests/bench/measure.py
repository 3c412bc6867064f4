"""One fresh process in a pseudo-terminal: its start, its answers to keys, its rest."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from tests.terminal.emulator import Emulator
from tests.terminal.process import cpu_ms, memory_mib
from tests.terminal.terminal import Terminal

_NS = 1_000_000


@dataclass(frozen=True)
class Program:
    """A program to measure and the keys it is measured with."""

    label: str
    command: tuple[str, ...]
    ready: str
    key: str = "j"
    back: str = "k"
    answered: str = ""
    """A regular expression for the screen after the first key; without one, the screen at rest is waited for."""
    env: Mapping[str, str | None] = field(default_factory=dict)
    work: Callable[[Terminal], AbstractContextManager[None]] | None = None
    """Brings the program, once started, into the state it is measured in."""


@dataclass(frozen=True)
class Plan:
    """How long and how often things are measured."""

    columns: int = 120
    rows: int = 40
    moves: int = 40
    """Single presses, five one way and five back, so that nothing scrolls."""
    scrolls: int = 60
    """Presses of the same key at 30 a second."""
    idle: float = 10.0
    settle: float = 0.06
    """Seconds of silence that end the answer to a key."""
    timeout: float = 120.0


Figures = dict[str, float]


class NeverReady(Exception):
    """The program did not show its ready text; the message has its screen."""


def measure(program: Program, plan: Plan) -> Figures:
    """The figures of one run; times in ms, sizes in bytes and MiB.

    Raises NeverReady.
    """
    with Terminal(program.command, columns=plan.columns, rows=plan.rows, env=program.env) as wall:
        figures = _start(wall, program, plan)
        with program.work(wall) if program.work else nullcontext():
            figures |= _moves(wall, program, plan)
            figures |= _scrolls(wall, program, plan)
            figures |= _rest(wall, plan)
        if wall.exit_status is not None:
            raise NeverReady(f"{program.label} ended ({wall.exit_status}):{_screen(wall)}")
        return figures


def _start(wall: Terminal, program: Program, plan: Plan) -> Figures:
    ready = None
    end = time.monotonic() + plan.timeout
    while ready is None:
        # The text is looked for in silences only, and its time is that of the output that brought it.
        wall.wait_quiet(0.05, 1.0)
        ready = wall.shown_at(program.ready)
        if ready is None and (time.monotonic() > end or wall.exit_status is not None):
            why = "in time" if wall.exit_status is None else f"before its end ({wall.exit_status})"
            raise NeverReady(f"{program.label} did not show {program.ready!r} {why}:{_screen(wall)}")
    wall.wait_idle(0.4, plan.timeout)
    memory = memory_mib(wall.pid)
    return {
        "ready ms": (ready - wall.started) / _NS,
        "start CPU ms": cpu_ms(wall.pid),
        "start bytes": len(wall.raw),
        "start RSS MiB": memory[0],
    }


def first_key(program: Program, plan: Plan) -> Figures:
    """In a process of its own: from its start to the answer to a key that was pressed at the first frame."""
    with Terminal(program.command, columns=plan.columns, rows=plan.rows, env=program.env) as wall:
        # Bytes, not the screen: drawing it would take longer than the program takes to start.
        wall.wait_for(lambda wall: program.ready.encode() in wall.raw, plan.timeout)
        pressed = len(wall.chunks)
        wall.press(program.key)
        wall.wait_idle(0.4, plan.timeout)
        answered = _answered(wall, pressed, program.answered)
        return {"first key ms": (answered - wall.started) / _NS}


def _answered(wall: Terminal, pressed: int, pattern: str) -> int:
    """When the output came, after the first `pressed` chunks, that made the screen match, or made it what it is now."""
    final = wall.screen.looks()
    replayed = Emulator(wall.screen.columns, wall.screen.rows)
    for number, (at, data) in enumerate(wall.chunks):
        replayed.feed(data)
        if number >= pressed:
            done = re.search(pattern, replayed.text) is not None if pattern else replayed.looks() == final
            if done:
                return at
    return wall.chunks[-1][0]


def _moves(wall: Terminal, program: Program, plan: Plan) -> Figures:
    times: list[float] = []
    sizes: list[float] = []
    before = cpu_ms(wall.pid)
    for number in range(plan.moves):
        mark, pressed = wall.mark(), time.perf_counter_ns()
        wall.press(program.key if number // 5 % 2 == 0 else program.back)
        wall.wait_quiet(max(plan.settle, 0.4) if not wall.read(2.0) else plan.settle)
        if wall.mark() > mark:
            times.append((wall.chunks[-1][0] - pressed) / _NS)
        sizes.append(len(wall.raw_since(mark)))
    spent = cpu_ms(wall.pid) - before
    return {
        "key p50 ms": percentile(times, 0.5),
        "key p95 ms": percentile(times, 0.95),
        "bytes/key": percentile(sizes, 0.5),
        "bytes/key p95": percentile(sizes, 0.95),
        "CPU ms/key": spent / plan.moves,
        "silent keys": sum(size == 0 for size in sizes),
    }


def _scrolls(wall: Terminal, program: Program, plan: Plan) -> Figures:
    mark, before = wall.mark(), cpu_ms(wall.pid)
    began = time.monotonic()
    for number in range(plan.scrolls):
        due = began + number / 30
        while (left := due - time.monotonic()) > 0:
            wall.read(left)
        wall.press(program.key)
    last = time.perf_counter_ns()
    wall.wait_idle(0.4, plan.timeout)
    size = len(wall.raw_since(mark))
    lag = (wall.chunks[-1][0] - last) / _NS if wall.mark() > mark else 0.0
    return {
        "bytes/scroll": size / max(1, plan.scrolls),
        "CPU ms/scroll": (cpu_ms(wall.pid) - before) / max(1, plan.scrolls),
        "lag ms": max(0.0, lag),
    }


def _rest(wall: Terminal, plan: Plan) -> Figures:
    mark, before = wall.mark(), cpu_ms(wall.pid)
    end = time.monotonic() + plan.idle
    while (left := end - time.monotonic()) > 0 and wall.exit_status is None:
        wall.read(left)
    rss, pss = memory_mib(wall.pid)
    return {
        "idle bytes": len(wall.raw_since(mark)),
        "idle CPU ms/s": (cpu_ms(wall.pid) - before) / plan.idle if plan.idle else 0.0,
        "RSS MiB": rss,
        "PSS MiB": pss,
    }


def _screen(wall: Terminal) -> str:
    return "".join(f"\n  {line}" for line in wall.text.splitlines() if line)


def percentile(values: list[float], part: float) -> float:
    """The value below which that part of the values lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))] if ordered else 0.0
