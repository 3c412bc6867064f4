"""From a profile to a client: how each contract is told the key, and what cannot be connected."""

import pytest

from tui.api.cekat import CekatBackend
from tui.api.connect import auth_headers, connect
from tui.api.slate import SlateBackend
from tui.config import KeySource, Profile
from tui.config.settings import Auth
from tui.errors import ConfigError

BEARER, KEY = {"authorization": "Bearer sk-1"}, {"api_key": "sk-1"}


@pytest.mark.parametrize(("auth", "headers"), [("bearer", BEARER), ("api_key", KEY), ("both", BEARER | KEY)])
def test_cekat_is_told_the_key_as_the_profile_says(auth: Auth, headers: dict[str, str]) -> None:
    profile = Profile("p", contract="cekat", auth=auth)
    assert auth_headers(profile, "sk-1") == headers
    assert auth_headers(profile, "") == {}


def test_slate_is_told_the_key_in_its_own_header() -> None:
    assert auth_headers(Profile("p", contract="slate", auth="both"), "sk-1") == {"x-api-key": "sk-1"}


async def test_a_profiles_contract_decides_who_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_KEY", "sk-very-secret")
    key = KeySource("env", "CONNECT_KEY")
    cekat = connect(Profile("p", contract="cekat", url="https://crm.example.com", api_key=key))
    slate = connect(Profile("p", contract="slate", url="https://crm.example.com"))
    assert isinstance(cekat, CekatBackend)
    assert isinstance(slate, SlateBackend)
    await cekat.close()
    await slate.close()


def test_what_cannot_be_connected_names_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="profile p: a local profile"):
        connect(Profile("p"))
    with pytest.raises(ConfigError, match="profile p: url: plain http"):
        connect(Profile("p", contract="cekat", url="http://crm.example.com"))
    with pytest.raises(ConfigError, match="NO_SUCH_KEY"):
        connect(Profile("p", contract="cekat", url="https://x.example", api_key=KeySource("env", "NO_SUCH_KEY")))
