"""The sizes we promised ourselves, and that the project stands alone."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
FOREIGN = re.compile(r"\.\./shared|/work/|/root/|/tmp/bash_jobs")


def python_files() -> list[Path]:
    return sorted(path for folder in ("tui", "tests") for path in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_hold_one_idea() -> None:
    sizes = {str(p.relative_to(ROOT)): p.read_text("utf-8").count("\n") for p in python_files()}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "manager", "common", "misc"}
    assert [path for path in python_files() if path.stem in drawers] == []


def tracked_files() -> list[Path]:
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        pytest.skip("not a git checkout: an unpacked source archive has no list of files")
    return [ROOT / name for name in run.stdout.splitlines()]


def test_nothing_names_a_path_of_one_machine() -> None:
    texts = [path for path in tracked_files() if path.suffix not in {".png"} and path != Path(__file__)]
    named = [
        str(path.relative_to(ROOT))
        for path in texts
        if path.is_file() and FOREIGN.search(path.read_text("utf-8", "replace"))
    ]
    assert named == []
