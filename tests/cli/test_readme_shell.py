"""The README's example of the shell, command by command, on the sample boards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_boards import samples
from tests.cli.test_keys import run
from tests.readme import README, steps
from tui.cli.main import parser

__all__ = ["run", "samples"]

JQ = """\
import json, sys
flags, wanted, value = sys.argv[1:-1], sys.argv[-1], json.load(sys.stdin)
found = [each["name"] for each in value] if wanted == ".[].name" else [value[wanted[1:]]]
for each in found:
    print(each if "-r" in flags else json.dumps(each, separators=(",", ":")))
"""
"""As much of jq as the example needs: a machine that runs the tests may have none."""


@pytest.mark.usefixtures("run", "samples")
def test_every_command_answers_with_what_stands_under_it(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (tmp_path / "jq.py").write_text(JQ)
    for name, words in (("cardwall", "-m tui"), ("jq", str(tmp_path / "jq.py"))):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\necho @@@\n".join(command for command, _ in steps("shell"))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split("@@@\n")
    for (command, lines), answer in zip(steps("shell"), answers, strict=True):
        assert answer.splitlines() == lines, (command, answer)
    assert sum(len(lines) for _, lines in steps("shell")) >= 6


def test_the_exit_codes_and_commands_are_all_told(capsys: pytest.CaptureFixture[str]) -> None:
    section = README.partition("## From the shell")[2].partition("\n## ")[0]
    told = [int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)]
    assert told == [0, 1, 2, 3, 4, 5, 6, 7, 130]
    with pytest.raises(SystemExit):
        parser("items").parse_args(["items", "--help"])
    shown = re.findall(r"^    (\w+)", capsys.readouterr().out, re.MULTILINE)
    assert {"list", "search", "show", "history", "duplicates", "create", "update", "move", "delete"} <= set(shown)
