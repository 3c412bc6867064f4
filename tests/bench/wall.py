"""Measures the wall beside a bare Textual app, in one run, and prints a Markdown table.

    python -m tests.bench.wall --items 100 10000 100000
    python -m tests.bench.wall --quick --ready READY -- python -m tests.terminal.programs.board
    python -m tests.bench.wall --prepare "cardwall import big.csv --board Sales" --again "cardwall open --board Sales"

Method. Every figure is the median over fresh processes, and the programs take turns: bare, imports, wall, bare, …
so that a slow minute of the machine hits all of them. Each process runs in a pseudo-terminal that answers like an
xterm with synchronized updates; its output is read and time-stamped at once and drawn only in silences, so that the
emulator's work is in no figure. Sources are compiled first, as installing leaves them. The × columns are ratios to
the bare app of the same run: compare those and the bytes, not the milliseconds, which move by a third between runs on a
shared machine.

* ready: start of the process → the output that put the ready text on the screen.
* first key: start → the output that answered a key pressed at the first frame: when the screen matched `--answered`
  (by default, the first card of the first column is no longer the lit one), or when it was as at rest.
* start bytes, start CPU: until the program is silent and idle.
* key: press → last byte before 60 ms of silence; five moves one way and five back.
* scroll: the same key held at 30 a second; lag is from the last press to the last byte.
* CPU: the kernel's clock of the process and all its children. Idle: per second, with nobody typing.

`--prepare` and `--again` measure a second start: the first runs once in a home folder of its own, then the second is
started once unmeasured, and then measured in the same home. With 10,000 items of its own:

    --prepare "sh -c 'exec python -m tui.server.seed --items 10000 --database sqlite:///$HOME/wall.db'"
    --again "sh -c 'exec python -m tui open --database sqlite:///$HOME/wall.db'"
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.at_work import at_work
from tests.bench.measure import Figures, NeverReady, Plan, Program, first_key, measure
from tests.terminal.terminal import Terminal

WALL = "{python} -m tui demo --items {items}"
_RATIOS = ("ready ms", "first key ms", "start CPU ms", "key p50 ms", "CPU ms/key", "RSS MiB")
_COLUMNS = (
    "ready ms", "first key ms", "start CPU ms", "start bytes", "key p50 ms", "key p95 ms", "bytes/key", "CPU ms/key",
    "bytes/scroll", "CPU ms/scroll", "lag ms", "RSS MiB", "PSS MiB", "idle bytes", "idle CPU ms/s",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    for package in ("tui", "tests"):
        # An installed program is compiled; one that runs from its sources may be forbidden to keep what it compiles.
        compileall.compile_dir(package, quiet=2)
    try:
        _compare(options, _plan(options))
    except NeverReady as error:
        sys.exit(str(error))


def _compare(options: argparse.Namespace, plan: Plan) -> None:
    with tempfile.TemporaryDirectory(prefix="cardwall-bench-") as folder:
        programs = [*_floors(), *_walls(options, Path(folder))]
        runs: dict[str, list[Figures]] = {program.label: [] for program in programs}
        for turn in range(options.rounds):
            for program in programs:
                _note(f"{turn + 1}/{options.rounds} {program.label}")
                with _home(program, Path(folder)) as placed:
                    runs[program.label].append(measure(placed, plan) | first_key(placed, plan))
    medians = {label: {name: median(run[name] for run in each) for name in each[0]} for label, each in runs.items()}
    print(table(medians, options.rounds, plan))  # noqa: T201
    if options.json:
        Path(options.json).write_text(json.dumps({"medians": medians, "runs": runs}, indent=1), encoding="utf-8")


def table(medians: dict[str, Figures], rounds: int, plan: Plan) -> str:
    """The figures as Markdown, ratios to the first program in brackets."""
    bare = next(iter(medians.values()))
    lines = [
        f"{plan.columns}x{plan.rows}, medians of {rounds}; × is the ratio to the first row",
        "",
        "| " + " | ".join(("what", *_COLUMNS)) + " |",
        "|" + "---|" * (len(_COLUMNS) + 1),
    ]
    for label, figures in medians.items():
        cells = [_cell(name, figures[name], bare[name]) for name in _COLUMNS]
        lines.append("| " + " | ".join((label, *cells)) + " |")
    return "\n".join(lines)


def _cell(name: str, value: float, bare: float) -> str:
    shown = f"{value:,.0f}" if value >= 100 or "bytes" in name else f"{value:.1f}"
    return f"{shown} ({value / bare:.2f}×)" if name in _RATIOS and bare else shown


def _floors() -> list[Program]:
    return [
        Program("bare Textual", (sys.executable, "-m", "tests.bench.bare"), ready="READY", answered="READY 1"),
        Program("with its imports", (sys.executable, "-m", "tests.bench.imports"), ready="READY", answered="READY 1"),
    ]


def _walls(options: argparse.Namespace, folder: Path) -> Iterator[Program]:
    command = shlex.join(options.command) if options.command else WALL
    env = {name: value or None for name, _, value in (each.partition("=") for each in options.env)}
    for items in options.items if "{items}" in command else options.items[:1]:
        words = shlex.split(command.replace("{items}", str(items)).replace("{python}", sys.executable))
        label = f"demo of {items:,}" if command == WALL else shlex.join(words)[-48:]
        program = Program(label, tuple(words), options.ready, options.key, options.back, options.answered, env)
        yield program
        if options.at_work:
            home = folder / f"work-{items}"
            home.mkdir()
            yield replace(
                program,
                label=f"{label}, at work",
                env=env | {"TMPDIR": str(home)},
                work=partial(at_work, folder=home),
            )
    if options.again:
        words = shlex.split(options.again)
        home = folder / "again"
        home.mkdir()
        again = Program(
            "second start",
            tuple(words),
            options.ready,
            options.key,
            options.back,
            options.answered,
            env | _places(home),
        )
        _prepare(again, options.prepare)
        yield again


def _prepare(program: Program, command: str) -> None:
    """Run a command in the program's home, then the program once, so that it leaves what it keeps."""
    env = {**os.environ, **{name: value for name, value in program.env.items() if value is not None}}
    if command:
        subprocess.run(shlex.split(command), env=env, check=True, stdout=subprocess.DEVNULL)
    with Terminal(program.command, env=program.env) as wall:
        wall.wait_for(program.ready, 300)
        wall.wait_idle(0.5, 300)


@contextmanager
def _home(program: Program, folder: Path) -> Iterator[Program]:
    """The program with a fresh home, unless it has one of its own."""
    if "HOME" in program.env:
        yield program
        return
    with tempfile.TemporaryDirectory(dir=folder) as home:
        yield replace(program, env={**program.env, **_places(Path(home))})


def _places(home: Path) -> dict[str, str | None]:
    unset = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "CARDWALL_PROFILE")
    return {"HOME": str(home), **dict.fromkeys(unset), "CARDWALL_CONFIG": None, "CARDWALL_DATABASE": None}


def _plan(options: argparse.Namespace) -> Plan:
    columns, _, rows = options.size.partition("x")
    plan = Plan(columns=int(columns), rows=int(rows), idle=options.idle)
    return replace(plan, moves=10, scrolls=20, idle=min(options.idle, 2.0)) if options.quick else plan


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wall", description=(__doc__ or "").split("\n\n")[0])
    add = parser.add_argument
    add("--at-work", action="store_true", help="also with a filter, a sort and five waiting changes")
    add("--items", type=int, nargs="+", default=[100, 10_000, 100_000], help="sizes of the board, for {items}")
    add("--rounds", type=int, default=5, help="fresh processes of each program")
    add("--quick", action="store_true", help="fewer keys and a short rest")
    add("--size", default="120x40", help="columns x rows")
    add("--ready", default="DEAL-", help="text that marks the wall's first useful frame")
    add("--key", default="j", help="key that moves on")
    add("--back", default="k", help="key that moves back")
    add("--answered", default=r"\A(?:.*\n){2} \S", metavar="REGEX", help="the screen after the first key")
    add("--idle", type=float, default=10.0, help="seconds of rest")
    add("--env", action="append", default=[], metavar="K=V", help="for the wall; K= removes")
    add("--prepare", default="", metavar="COMMAND", help="once, in the home of --again")
    add("--again", default="", metavar="COMMAND", help="a wall on a normal profile, started a second time")
    add("--json", default="", metavar="FILE", help="also write every figure there")
    add("command", nargs="*", help=f"after --; {{items}} is the board's size (default: {WALL})")
    return parser


if __name__ == "__main__":
    main()
