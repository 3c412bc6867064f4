"""The steps in which a profile is put together, the same at the shell, in the wall and by flags."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from msgspec import Struct, field

from tui.config import checks
from tui.config.settings import Auth, ProfileContract, Settings
from tui.config.writing import check_name, key_file, profile_file

Answers = dict[str, str]
"""Step to what was answered, as it was typed; a step that was left out is not in it."""

COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "magenta")
KEY_KINDS = ("env", "command", "keyring", "file", "none")
_YES_NO = ("no", "yes")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Step(Struct, frozen=True):
    """One question."""

    name: str
    question: str
    choices: tuple[str, ...] = ()
    """What can be answered; empty for a text."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What a choice means."""
    default: str | None = None
    """What an empty answer means; None when there must be one."""
    wanted: Callable[[Answers], bool] = lambda _: True
    check: Callable[[str], object] = str
    """Raises ValueError with what the answer should be."""
    secret: bool = False
    """Whether what is typed must not be seen."""


def _on_network(answers: Answers) -> bool:
    return answers.get("contract") != "local"


def _plain_http(answers: Answers) -> bool:
    parts = urlsplit(answers.get("url", ""))
    return _on_network(answers) and parts.scheme == "http" and parts.hostname not in _LOOPBACK


def _has_key(answers: Answers) -> bool:
    return _on_network(answers) and answers.get("key") not in (None, "none")


def _lacks_key_file(answers: Answers) -> bool:
    if not _on_network(answers) or answers.get("key") != "file":
        return False
    return not os.path.exists(os.path.expanduser(answers.get("key_source", "")))  # noqa: PTH110, PTH111  # as typed


def _limits(text: str) -> object:
    try:
        return checks.rate_limit(_listed(text))
    except ValueError:
        raise ValueError("should look like 60/min, 1000/day") from None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _key(text: str) -> object:
    if not (text.isascii() and text.isprintable() and text.strip()):
        raise ValueError("should be one line of plain characters")
    return text


STEPS: tuple[Step, ...] = (
    Step("name", "what to call the profile", check=check_name),
    Step(
        "contract",
        "what the server speaks",
        get_args(ProfileContract)[1:] + get_args(ProfileContract)[:1],
        {
            "slate": "/v1/ext/items: changes carry a version",
            "cekat": "/api/crm/boards: no versions, values are texts",
            "local": "no server: a database on this machine",
        },
    ),
    Step("url", "the server's address, like https://crm.example.com", wanted=_on_network, check=checks.url),
    Step(
        "allow_plain_http",
        "that address is not encrypted: anyone on the way can read the key; use it all the same?",
        _YES_NO,
        default="no",
        wanted=_plain_http,
    ),
    Step(
        "database",
        "the database's file or address; empty for the usual one",
        default="",
        wanted=lambda answers: not _on_network(answers),
        check=checks.text,
    ),
    Step(
        "auth",
        "how the server is told the key",
        get_args(Auth),
        {"bearer": "Authorization: Bearer KEY", "api_key": "api_key: KEY", "both": "both headers"},
        default="bearer",
        wanted=lambda answers: answers.get("contract") == "cekat",
    ),
    Step(
        "key",
        "where the API key comes from",
        KEY_KINDS,
        {
            "env": "an environment variable",
            "command": "what a command prints, like pass show crm",
            "keyring": "the keyring of this machine",
            "file": "a file that only you can read; it can be written for you",
            "none": "the server asks for no key",
        },
        wanted=_on_network,
    ),
    Step("key_source", "the variable, command, keyring entry or file", wanted=_has_key, check=checks.text),
    Step("key_text", "the key to write there; it is not shown", wanted=_lacks_key_file, check=_key, secret=True),
    Step(
        "rate_limit",
        "the server's request limits, like 60/min, 1000/day; empty for what it says",
        default="",
        wanted=_on_network,
        check=_limits,
    ),
    Step("me", "your name on this server; empty for what it says", default="", check=checks.text),
    Step("colour", "a colour to know it by: red for production", ("none", *COLOURS), default="none"),
    Step("read_only", "only look, never change anything?", _YES_NO, default="no"),
)


def wanted(answers: Answers) -> Iterator[Step]:
    """The steps that belong to what was answered so far."""
    return (step for step in STEPS if step.wanted(answers))


def checked(step: Step, text: str, settings: Settings) -> str:
    """An answer in the form in which it is kept. Raises ValueError with what it should be."""
    said = text.strip()
    if not said:
        if step.default is None:
            raise ValueError("needs an answer")
        return step.default
    if step.choices:
        found = [choice for choice in step.choices if choice == said] or [
            choice for choice in step.choices if choice.startswith(said.lower())
        ]
        if len(found) != 1:
            raise ValueError(f"should be one of {', '.join(step.choices)}")
        return found[0]
    step.check(said)
    if step.name == "name" and (said in settings.files or profile_file(settings, said).exists()):
        raise ValueError("is taken")
    return said


def suggested(step: Step, answers: Answers, settings: Settings) -> str:
    """What stands in a step's line before anything is typed."""
    if step.name != "key_source":
        return step.default or ""
    name = answers["name"]
    return {
        "env": f"{name.upper().replace('-', '_')}_KEY",
        "command": f"pass show {name}",
        "keyring": name,
        "file": str(key_file(settings, name)),
    }[answers["key"]]


def table_of(answers: Answers) -> dict[str, Any]:
    """The profile as it is written; what has its usual value is left out."""
    table: dict[str, Any] = {"contract": answers["contract"]}
    for name in ("url", "database", "me"):
        if answers.get(name):
            table[name] = answers[name]
    if answers.get("auth", "bearer") != "bearer":
        table["auth"] = answers["auth"]
    if _has_key(answers):
        table["api_key"] = {answers["key"]: answers["key_source"]}
    if limits := _listed(answers.get("rate_limit", "")):
        table["rate_limit"] = limits if len(limits) > 1 else limits[0]
    if answers.get("colour", "none") != "none":
        table["colour"] = answers["colour"]
    table |= {name: True for name in ("read_only", "allow_plain_http") if answers.get(name) == "yes"}
    return table
