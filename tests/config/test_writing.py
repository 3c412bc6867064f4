"""What the program writes into the config folder, and that the user's own file is left alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui.config import Settings, config_dir, known, load
from tui.config.writing import key_file, remove_profile, write_default, write_key, write_profile
from tui.errors import ConfigError, NotFound

ACME = {"contract": "slate", "url": "https://acme.example", "api_key": {"env": "ACME_KEY"}, "colour": "red"}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USER": "sam"}


def read(home: dict[str, str]) -> Settings:
    return known(home)


def test_a_written_profile_is_read_again_and_for_its_owner_only(home: dict[str, str]) -> None:
    path = write_profile(read(home), "acme", ACME)
    profile = load(home).named("acme")
    assert (profile.contract, profile.url, profile.colour) == ("slate", "https://acme.example", "red")
    assert read(home).files == {"acme": path}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["acme.toml"]  # nothing half-written is left


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "x" * 41, "a.b", "é"])
def test_a_name_that_is_no_file_name_is_refused(home: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError):
        write_profile(read(home), name, ACME)
    assert not config_dir(home).exists()


@pytest.mark.parametrize("table", [{"contract": "soap"}, {"contract": "slate"}, ACME | {"api_key": "secret"}])
def test_what_could_not_be_read_again_is_not_written(home: dict[str, str], table: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        write_profile(read(home), "acme", table)
    assert "secret" not in caught.value.message
    assert not config_dir(home).exists()


def test_a_name_that_is_taken_names_its_file(home: dict[str, str]) -> None:
    mine = config_dir(home) / "config.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text('[profiles.acme]\ncontract = "local"\n')
    with pytest.raises(ConfigError, match="already") as caught:
        write_profile(read(home), "acme", ACME)
    assert str(mine) in caught.value.message


def test_the_default_is_the_programs_until_the_user_says_otherwise(home: dict[str, str]) -> None:
    write_profile(read(home), "acme", ACME)
    path = write_default(read(home), "acme")
    settings = load(home)
    assert (settings.current, settings.origin("profile")) == ("acme", str(path))
    mine = config_dir(home) / "config.toml"
    mine.write_text('default_profile = "local"\n')
    assert load(home).current == "local"
    with pytest.raises(ConfigError, match="comes first") as caught:
        write_default(read(home), "acme")
    assert str(mine) in caught.value.message
    assert mine.read_text() == 'default_profile = "local"\n'
    assert load(home | {"CARDWALL_PROFILE": "acme"}).current == "acme"


def test_a_default_that_is_gone_is_said_and_can_be_mended(home: dict[str, str]) -> None:
    write_profile(read(home), "acme", ACME)
    write_default(read(home), "acme").write_text("other\n")
    with pytest.raises(ConfigError, match="no profile 'other'"):
        load(home)
    write_default(read(home), "acme")
    assert load(home).current == "acme"


def test_a_removed_profile_is_the_default_no_more(home: dict[str, str]) -> None:
    path = write_profile(read(home), "acme", ACME)
    write_default(read(home), "acme")
    assert remove_profile(read(home), "acme") == path
    assert not path.exists()
    assert load(home).current == "local"


def test_only_what_the_program_wrote_is_removed(home: dict[str, str]) -> None:
    mine = config_dir(home) / "config.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text('[profiles.acme]\ncontract = "local"\n')
    with pytest.raises(ConfigError, match="yours to edit"):
        remove_profile(read(home), "acme")
    with pytest.raises(ConfigError, match="always there"):
        remove_profile(read(home), "local")
    with pytest.raises(NotFound):
        remove_profile(read(home), "nobody")


def test_a_key_is_written_for_its_owner_and_read_back(home: dict[str, str]) -> None:
    path = key_file(read(home), "acme")
    write_key(path, "cw_secret\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_profile(read(home), "acme", ACME | {"api_key": {"file": str(path)}})
    source = load(home).named("acme").api_key
    assert source is not None
    assert source.read() == "cw_secret"


@pytest.mark.parametrize("key", ["", "two\nlines", "schlüssel", "\x1b[0m"])
def test_what_is_no_key_is_not_written_or_shown(home: dict[str, str], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        write_key(key_file(read(home), "acme"), key)
    assert not key or key not in caught.value.message
    assert not config_dir(home).exists()
