import sys
from pathlib import Path

import pytest

from tui.config import KeySource, Profile, api_key
from tui.config.api_key import GivenKey, without_prompts
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
        (KeySource("command", ""), "did not give a key"),
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


ALONE = """
import os, sys
try:
    os.open("/dev/tty", os.O_RDWR)
    terminal = "a terminal"
except OSError:
    terminal = "no terminal"
print("passphrase?", file=sys.stderr)
print(repr(sys.stdin.read()), os.getsid(0) == os.getpid(), terminal, os.environ.get("GPG_TTY"))
"""


def test_while_a_screen_is_drawn_a_command_has_no_terminal_to_ask_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "ask.py"
    program.write_text(ALONE)
    monkeypatch.setenv("GPG_TTY", "/dev/pts/0")
    with without_prompts():
        said = KeySource("command", f"{sys.executable} {program}").read()
    assert said == "'' True no terminal None"
    assert capfd.readouterr().err == ""


def test_without_a_screen_a_command_may_ask(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "ask.py"
    program.write_text("import os, sys; print('passphrase?', file=sys.stderr); print(os.getsid(0) == os.getpid())")
    with without_prompts():
        pass
    assert KeySource("command", f"{sys.executable} {program}").read() == "False"
    assert capfd.readouterr().err == "passphrase?\n"


def test_a_command_that_fails_behind_a_screen_is_told_in_one_sentence_that_names_the_profile() -> None:
    fails = "import sys; print('gpg: starting', 'gpg: no secret key', sep=chr(10), file=sys.stderr); sys.exit(2)"
    profile = Profile("acme", "slate", api_key=KeySource("command", f'{sys.executable} -c "{fails}"'))
    with without_prompts(), pytest.raises(ConfigError) as caught:
        profile.read_key()
    assert caught.value.message.startswith("profile acme: api_key: the command ")
    assert "(ended with 2: gpg: no secret key); while the wall is open it cannot ask" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_command_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_key, "COMMAND_TIMEOUT", 0.05)
    with pytest.raises(ConfigError, match=r"nothing within 0\.05 s"):
        KeySource("command", f"{sys.executable} -c 'import time; time.sleep(100)'").read()


def test_a_key_is_read_once_and_again_only_when_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("sk-old")
    path.chmod(0o600)
    profile = Profile("acme", "slate", url="https://a.example", api_key=KeySource("file", str(path)))
    assert profile.read_key() == "sk-old"
    stamp = profile.stamp
    path.write_text("sk-new")
    assert (profile.read_key(), profile.stamp) == ("sk-old", stamp)
    assert profile.read_key(again=True) == profile.read_key() == "sk-new"
    assert profile.stamp != stamp
    assert Profile("local").read_key(again=True) == ""


def test_a_key_that_was_typed_is_not_read_again() -> None:
    assert GivenKey("file", "/no/such/file", key=" sk-3 ").read_again() == "sk-3"
