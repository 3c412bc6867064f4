import sys
from pathlib import Path

import pytest

from tui.config import KeySource
from tui.errors import ConfigError


def test_a_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_A", " sk-1 \n")
    assert KeySource("env", "KEY_A").read() == "sk-1"


def test_a_key_comes_from_a_command_without_a_shell(tmp_path: Path) -> None:
    program = tmp_path / "give key.py"
    program.write_text("import sys; print(sys.argv[1])")
    assert KeySource("command", f"{sys.executable} '{program}' '$HOME;x'").read() == "$HOME;x"


def test_a_key_comes_from_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("sk-2\n")
    path.chmod(0o600)
    assert KeySource("file", str(path)).read() == "sk-2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("sk-secret")
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        KeySource("file", str(path)).read()
    assert "sk-secret" not in caught.value.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (KeySource("env", "NO_SUCH_VARIABLE"), "NO_SUCH_VARIABLE"),
        (KeySource("command", "/no/such/program"), "/no/such/program"),
        (KeySource("command", f"{sys.executable} -c 'raise SystemExit(3)'"), "ended with 3"),
        (KeySource("command", "'unbalanced"), "unbalanced"),
        (KeySource("command", f"{sys.executable} -c pass"), "gave nothing"),
        (KeySource("command", f"{sys.executable} -c 'print(1);print(2)'"), "more than one line"),
        (KeySource("file", "/no/such/file"), "/no/such/file"),
        (KeySource("keyring", "crm"), "keyring"),
    ],
)
def test_a_source_that_gives_no_key_is_named(source: KeySource, words: str) -> None:
    with pytest.raises(ConfigError, match="api_key") as caught:
        source.read()
    assert words in caught.value.message
