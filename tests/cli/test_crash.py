"""The border of the shell: a defect of ours becomes a sentence and a report that holds no values."""

from __future__ import annotations

import argparse
import re
import stat
import tempfile
from pathlib import Path

import pytest

from tui.cli import main, wall
from tui.errors import Conflict, Invalid, NotAllowed, NotFound, Offline, StorageError, UsageError


def fail_with(error: BaseException, patch: pytest.MonkeyPatch) -> None:
    def run(options: argparse.Namespace, ending: object) -> int:
        secret = "sk-very-secret"
        assert secret
        raise error

    patch.setattr(wall, "run", run)


def test_a_defect_is_one_sentence_and_a_private_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fail_with(RuntimeError("half \x1b[2J done"), monkeypatch)
    assert main([]) == 1
    said = capsys.readouterr()
    name = re.search(r"The details are in (\S+)\n", said.err)
    assert name
    assert said.err.startswith("cardwall: something in cardwall failed (RuntimeError); what you saved is kept")
    assert ("Traceback" in said.err, said.out) == (False, "")
    report = Path(name[1])
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "RuntimeError: half" in text
    assert "in run" in text
    assert "locals" not in text


def test_without_room_for_a_report_the_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    fail_with(RuntimeError("x"), monkeypatch)
    assert main([]) == 1
    assert capsys.readouterr().err == (
        "cardwall: something in cardwall failed (RuntimeError); what you saved is kept, "
        "and no report could be written\n"
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageError("a"), 1), (UsageError("a"), 2), (NotFound("a"), 3), (NotAllowed("a"), 4), (Conflict("a"), 5),
        (Offline("a"), 6), (Invalid("a"), 7), (KeyboardInterrupt(), 130),
    ],
)  # fmt: skip
def test_each_failure_has_its_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(error, monkeypatch)
    assert main([]) == code
    assert capsys.readouterr().err == ("" if code == 130 else "cardwall: a\n")
