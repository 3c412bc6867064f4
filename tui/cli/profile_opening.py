"""The profiles of this run as the commands and the wall use them: looked at, written, and opened one after another."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.cli.link import Connect, budget_of, linked

if TYPE_CHECKING:
    from tui.api.budget_gate import BudgetGate
    from tui.api.looking import Look
    from tui.app.profiles import Opened
    from tui.config import Flags, Profile, Settings
    from tui.config.steps import Answers


async def looked_at(profile: Profile, folder: Path) -> Look:
    """Whether a profile's server can be reached, takes its key and shows boards."""
    from tui.api.looking import Look, look
    from tui.errors import CardwallError

    try:
        if profile.contract == "local":
            _check_there(profile.database)
        gate = await asyncio.to_thread(budget_of, profile, folder)
    except CardwallError as problem:  # nothing was sent: no key was given, or not one that can be sent
        return Look(reached=False, accepted=False, problem=problem)
    try:
        with linked(profile, gate=gate) as connect:
            return await look(connect)
    finally:
        if gate is not None:
            await gate.settled()


def _check_there(database: str) -> None:
    """Raises NotFound for a database that opening the profile would make: a look makes none."""
    from tui.cli.database import check_there
    from tui.errors import NotFound

    try:
        check_there(database)
    except NotFound as missing:
        raise NotFound(f"{missing.message.partition(';')[0]} yet; opening the profile makes it") from None


def drafted(settings: Settings, answers: Answers) -> Profile:
    """The profile that answers make, with a key that was typed in place of the file it will be in."""
    from tui.config.api_key import GivenKey
    from tui.config.loading import check_profile
    from tui.config.steps import table_of
    from tui.config.writing import profile_file

    profile = check_profile(profile_file(settings, answers["name"]), answers["name"], table_of(answers))
    if answers.get("key_text") and profile.api_key is not None:
        source = profile.api_key
        return replace(profile, api_key=GivenKey(source.kind, source.text, key=answers["key_text"]))
    return profile


def write(settings: Settings, answers: Answers) -> Path:
    """Write what was answered: first the key, when there is one to keep, then the profile; the profile's file."""
    from tui.config.steps import table_of
    from tui.config.writing import write_key, write_profile

    if answers.get("key_text"):
        write_key(Path(answers["key_source"]).expanduser(), answers["key_text"])
    return write_profile(settings, answers["name"], table_of(answers))


class RunProfiles:
    """See `tui.app.profiles.Profiles`; embedded servers stay until `close`, so that going back to one is quick."""

    def __init__(self, flags: Flags, began: Profile, connect: Connect, folder: Path) -> None:
        self._flags = flags
        self._began = began
        self._folder = folder
        self._servers: dict[str, Connect] = {began.database: connect} if began.contract == "local" else {}
        self._links = ExitStack()
        self.opened = {began.name: began}
        """The profiles that this run has worked with."""

    def close(self) -> None:
        """Stop every server that was started for a switch."""
        self._links.close()

    def settings(self) -> Settings:
        """What the files say now."""
        from tui.config import Flags, known

        return known(os.environ, Flags(config=self._flags.config))

    async def look(self, answers: Answers) -> Look:
        """What the server of a profile that is being put together says."""
        profile = await asyncio.to_thread(drafted, self.settings(), answers)
        return await looked_at(profile, self._folder)

    def write(self, answers: Answers) -> Path:
        """Write what was answered."""
        return write(self.settings(), answers)

    async def open(self, name: str) -> Opened:
        """A session of another profile, not started yet. Raises ConfigError."""
        from tui.app.profiles import Opened
        from tui.app.views import FileViews
        from tui.cli import collector
        from tui.cli.screen import session_of

        profile = self._profile(name)
        gate, stamp = await asyncio.to_thread(self._prepared, profile)
        connect = self._connect(profile, gate)
        self.opened[name] = profile
        session = session_of(profile, stamp, connect, self._folder, profile.board, gate)
        collector.spare_loaded_items(session.store)
        views = FileViews(self._folder / "views.json", stamp)
        return Opened(session, views, profile.colour or "")

    def forget(self) -> None:
        """Collect what the profile before has left, which was kept out of the collector's sight."""
        from tui.cli import collector

        collector.collect_everything()

    def _profile(self, name: str) -> Profile:
        from tui.config import Flags, load

        if name == self._began.name:
            return self._began
        # The key in the environment is meant for the profile that was opened with it, and for no other server.
        environ = {key: value for key, value in os.environ.items() if key != "CARDWALL_API_KEY"}
        flags = Flags(profile=name, config=self._flags.config, read_only=self._flags.read_only)
        return load(environ, flags).profile

    def _prepared(self, profile: Profile) -> tuple[BudgetGate | None, str]:
        """Both read the key, which may run a command."""
        return budget_of(profile, self._folder), profile.stamp

    def _connect(self, profile: Profile, gate: BudgetGate | None) -> Connect:
        if profile.contract != "local":
            return self._links.enter_context(linked(profile, gate=gate))
        if profile.database not in self._servers:
            self._servers[profile.database] = self._links.enter_context(linked(profile))
        return self._servers[profile.database]
