"""The README's tour of a server, command by command, against a server as the README starts it."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.readme import README, steps
from tests.server.program.served import served
from tui.cli import main
from tui.config import load

TOLD = "http://127.0.0.1:8700"


def test_every_command_answers_with_what_stands_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDWALL_DATABASE", f"sqlite:///{tmp_path}/team.db")
    with served("--samples") as server:
        assert main(["keys", "create", "--name", "sam"]) == 0
        key = capsys.readouterr().out.strip()
        script = "\necho @@@\n".join(command.replace(TOLD, server.address) for command, _ in steps("tour"))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "KEY": key},
        )
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split("@@@\n")
    assert len(answers) == len(steps("tour"))
    for (command, parts), answer in zip(steps("tour"), answers, strict=True):
        for part in parts:
            assert part in answer, (command, answer)
    assert sum(len(parts) for _, parts in steps("tour")) >= 20


def test_its_profile_is_one(tmp_path: Path) -> None:
    block = re.search(r"```toml\n(# config.toml\n\[profiles\.team\].*?)```", README, re.DOTALL)
    assert block is not None
    assert tomllib.loads(block[1])["profiles"]["team"]["url"] == TOLD
    (tmp_path / "config.toml").write_text(block[1])
    settings = load({"CARDWALL_CONFIG": str(tmp_path / "config.toml"), "CARDWALL_PROFILE": "team", "HOME": "/"})
    assert (settings.profile.contract, settings.warnings) == ("slate", ())
