"""The questions of a profile: which there are, what they take, and what is written in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.config import Settings, known
from tui.config.steps import STEPS, Answers, Step, checked, suggested, table_of, wanted

BY_NAME = {step.name: step for step in STEPS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return known({"HOME": str(tmp_path), "USER": "sam"})


def asked(answers: Answers) -> list[str]:
    return [step.name for step in wanted(answers)]


def test_what_is_asked_follows_from_what_was_answered(tmp_path: Path) -> None:
    ends = ["me", "colour", "read_only"]
    assert asked({"contract": "local"}) == ["name", "contract", "database", *ends]
    slate = {"contract": "slate", "url": "https://a.example", "key": "none"}
    assert asked(slate) == ["name", "contract", "url", "key", "rate_limit", *ends]
    assert "auth" in asked(slate | {"contract": "cekat"})
    assert "allow_plain_http" in asked(slate | {"url": "http://a.example"})
    assert "allow_plain_http" not in asked(slate | {"url": "http://127.0.0.1:8700"})
    kept = tmp_path / "kept.key"
    kept.write_text("k")
    assert "key_text" not in asked(slate | {"key": "file", "key_source": str(kept)})
    assert "key_text" in asked(slate | {"key": "file", "key_source": str(tmp_path / "none.key")})


@pytest.mark.parametrize(
    ("step", "text", "kept"),
    [
        ("contract", "s", "slate"),
        ("contract", "Cekat", "cekat"),
        ("read_only", "", "no"),
        ("url", " https://a.example/ ", "https://a.example/"),
        ("rate_limit", "60/min, 1000/day", "60/min, 1000/day"),
        ("me", "", ""),
    ],
)
def test_an_answer_is_kept_in_one_form(settings: Settings, step: str, text: str, kept: str) -> None:
    assert checked(BY_NAME[step], text, settings) == kept


@pytest.mark.parametrize(
    ("step", "text", "why"),
    [
        ("name", "", "needs an answer"),
        ("name", "a b", "one word"),
        ("contract", "soap", "one of slate, cekat, local"),
        ("url", "ftp://a", "https://crm.example.com"),
        ("rate_limit", "many", "60/min"),
        ("key_text", "zwei\tworte", "one line"),
    ],
)
def test_a_wrong_answer_says_what_it_should_be(settings: Settings, step: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked(BY_NAME[step], text, settings)


def test_what_has_its_usual_value_is_not_written() -> None:
    usual = {"name": "a", "contract": "cekat", "url": "https://a.example", "auth": "bearer", "key": "none"}
    usual |= {"rate_limit": "", "me": "", "colour": "none", "read_only": "no"}
    assert table_of(usual) == {"contract": "cekat", "url": "https://a.example"}
    full = usual | {"auth": "both", "key": "env", "key_source": "A_KEY", "rate_limit": "60/min, 1000/day"}
    full |= {"me": "Sam", "colour": "red", "read_only": "yes", "key_text": "never written"}
    assert table_of(full) == {
        "contract": "cekat",
        "url": "https://a.example",
        "auth": "both",
        "api_key": {"env": "A_KEY"},
        "rate_limit": ["60/min", "1000/day"],
        "me": "Sam",
        "colour": "red",
        "read_only": True,
    }


def test_where_a_key_may_be_is_suggested_by_the_profiles_name(settings: Settings) -> None:
    source: Step = BY_NAME["key_source"]
    said = {
        kind: suggested(source, {"name": "acme-eu", "key": kind}, settings) for kind in ("env", "command", "keyring")
    }
    assert said == {"env": "ACME_EU_KEY", "command": "pass show acme-eu", "keyring": "acme-eu"}
    assert suggested(source, {"name": "acme", "key": "file"}, settings).endswith("/profiles.d/acme.key")
