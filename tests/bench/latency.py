"""Keys on a slow line: ``python -m tests.bench.latency [--rounds N] [--delay MS]``. Prints a Markdown table.

The shipped command in a real pseudo-terminal, on a served team's server, through a proxy that holds each answer back;
beside it the same through the same proxy without a delay. A time is from the press to the output that first changed
the screen below its head, where the link is told; before each press the wall is at rest. Compare the ratios: a key that
waited for the network would show a multiple of the delay.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.measure import percentile
from tests.faults.proxy import Proxy
from tests.faults.schedule import PASS, Fault
from tests.server.program.served import served
from tests.terminal.terminal import Terminal
from tests.terminal.walls import wall
from tui.server.opening import open_database
from tui.server.rules import keys
from tui.server.service import Service

Times = dict[str, list[float]]
PROFILE = '[profiles.team]\ncontract = "{contract}"\nurl = "{url}"\napi_key = {{ env = "TEAM_KEY" }}\n'
QUICK = (("j", "k"), ("l", "h"), ("m", "escape"), ("enter", "escape"), ("C", "escape"), ("x", "x"), ("?", "escape"))
"""Keys that write nothing, and what takes each back."""
REST = 0.2
"""Seconds of silence before a press."""
NEVER = 10.0


def press(terminal: Terminal, key: str, times: Times, label: str = "") -> None:
    """Press a key at rest, and note how long the screen takes to show it."""
    terminal.wait_idle(REST)
    before = terminal.lines[1:]
    pressed, end = time.perf_counter_ns(), time.monotonic() + NEVER
    terminal.press(key)
    drawn = terminal.mark()
    while terminal.lines[1:] == before:
        if time.monotonic() > end:
            raise TimeoutError(f"{key} shows nothing:\n{terminal.text}")
        drawn = terminal.mark()
        terminal.read(0.5)
    times[label or key].append((terminal.chunks[drawn][0] - pressed) / 1e6)


def one_round(terminal: Terminal, times: Times) -> None:
    """Every key once, and everything back where it was."""
    unnoted: Times = defaultdict(list)
    for key, back in QUICK:
        press(terminal, key, times)
        press(terminal, back, unnoted)
    press(terminal, "d", times)  # no command: what is said of it must be as quick
    press(terminal, "space", times)
    press(terminal, "/", times)
    press(terminal, "a", times, "/ a")
    press(terminal, "c", times, "/ c")
    terminal.press("escape")
    press(terminal, "L", times)
    press(terminal, "u", times)
    press(terminal, "U", times)
    press(terminal, "u", unnoted)
    press(terminal, "e", times)
    press(terminal, "z", times, "e z")
    press(terminal, "ctrl+s", times, "e ^S")
    press(terminal, "u", unnoted)
    settled(terminal)


def settled(terminal: Terminal) -> None:
    """Wait until nothing waits to be sent."""
    terminal.wait_for(lambda terminal: "synced" in terminal.text and "pending" not in terminal.text, 60)


@contextmanager
def proxied(port: int, delay: float) -> Iterator[str]:
    """The address of a proxy in a thread, which holds each answer back for `delay` seconds."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()
    told: list[str] = []

    async def run() -> None:
        proxy = Proxy(port, lambda: Fault("delay", delay) if delay else PASS)
        async with proxy.listening("wall") as address:
            told.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    try:
        yield told[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def waiting_wall(folder: Path, delay: float, contract: str) -> Iterator[Terminal]:
    """A wall in a home of its own, synced with a server of its own."""
    url = f"sqlite:///{folder}/{delay}.db"
    config = folder / f"home-{delay}" / ".config" / "cardwall"
    config.mkdir(parents=True)
    unset = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "CARDWALL_PROFILE")
    with served("--database", url, "--samples", "--rate-limit", "0") as server:
        env = {"HOME": str(folder / f"home-{delay}"), "TEAM_KEY": new_key(url), **dict.fromkeys(unset)}
        with proxied(int(server.address.rsplit(":", 1)[1]), delay) as address:
            (config / "config.toml").write_text(PROFILE.format(contract=contract, url=address))
            with wall("open", "--profile", "team", "--board", "Sales", env=env) as terminal:
                settled(terminal)
                yield terminal


def measure(contract: str, delay: float, rounds: int) -> tuple[Times, Times]:
    """Times without and with the delay; the two walls take turns, each on a server of its own."""
    both: tuple[Times, Times] = (defaultdict(list), defaultdict(list))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        walls = [stack.enter_context(waiting_wall(Path(name), seconds, contract)) for seconds in (0.0, delay)]
        for terminal in walls:
            one_round(terminal, defaultdict(list))  # what is loaded with the first use is in no time
        for _ in range(rounds):
            for terminal, times in zip(walls, both, strict=True):
                one_round(terminal, times)
    return both


def new_key(url: str) -> str:
    """A key to a server's database."""
    database = open_database(url)
    service = Service(database)
    key = service.write_now(lambda unit: keys.create(unit, "sam", keys.SCOPES)[1])
    service.close()
    database.close()
    return key


def table(contract: str, delay: float, without: Times, slow: Times) -> str:
    """A Markdown table."""
    ms = round(delay * 1000)
    head = f"| {contract}: key | p50 ms | p95 ms | p50 with {ms} ms | p95 with {ms} ms | p50 × | p95 × |"
    rows = [head, "|---" * 7 + "|"]
    for key, fast in without.items():
        p50, p95 = percentile(fast, 0.5), percentile(fast, 0.95)
        slow50, slow95 = percentile(slow[key], 0.5), percentile(slow[key], 0.95)
        figures = f"{p50:.1f} | {p95:.1f} | {slow50:.1f} | {slow95:.1f} | {slow50 / p50:.2f} | {slow95 / p95:.2f}"
        rows.append(f"| `{key}` | {figures} |")
    return "\n".join(rows)


def main() -> None:
    """Print a table for each contract."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.latency", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--delay", type=float, default=200.0, metavar="MS")
    parser.add_argument("--contracts", nargs="+", default=["slate", "cekat"], choices=["slate", "cekat"])
    options = parser.parse_args()
    os.environ.pop("CARDWALL_DATABASE", None)
    for contract in options.contracts:
        times = measure(contract, options.delay / 1000, options.rounds)
        sys.stdout.write(table(contract, options.delay / 1000, *times) + "\n\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
