"""Work on another server, and put a new profile together."""

from __future__ import annotations

from tui.app.clean import plain
from tui.app.command import command
from tui.app.context import Context
from tui.app.profiles import left_behind
from tui.errors import ConfigError

GROUP = "Program"


def needs_profiles(context: Context) -> str | None:
    """Guard: the wall was opened with the user's profiles."""
    return None if context.app.profiles else "This wall is of one server only: it was opened without your profiles."


@command(
    "profile.switch",
    keys=("g p",),
    title="Open another profile…",
    group=GROUP,
    guard=needs_profiles,
    words="account user server connection change log in out login logout",
)
def switch(context: Context) -> None:
    """Work on another server or as another user: what waits here is kept."""
    from tui.app.screens.profiles import NEW, PROFILE, ProfilesScreen

    profiles = context.app.profiles
    if profiles is None:
        return
    try:
        settings = profiles.settings()
    except ConfigError as problem:
        context.say(problem.message, "error")
        return
    now = context.session.profile_name

    def chosen(row: str | None) -> None:
        if row == NEW:
            add(context)
        elif row and (name := row.removeprefix(PROFILE)) != now:
            context.work(_open(context, name))

    context.open(ProfilesScreen(settings, now), chosen)


@command(
    "profile.add",
    title="New profile…",
    group=GROUP,
    guard=needs_profiles,
    words="account user server connection key log in login",
)
def add(context: Context) -> None:
    """Put a profile together, step by step, and ask its server before it is written."""
    from tui.app.screens.profile_wizard import OPEN, ProfileWizard

    profiles = context.app.profiles
    if profiles is None:
        return

    def written(answer: str | None) -> None:
        what, _, name = (answer or "").partition(" ")
        if what == OPEN:
            context.work(_open(context, name))
        elif name:
            keys = context.app.keymap.shown_keys("profile.switch", 1)
            context.say(f"The profile {plain(name)} is written." + (f" {keys} opens it." if keys else ""))

    try:
        context.open(ProfileWizard(profiles), written)
    except ConfigError as problem:
        context.say(problem.message, "error")


async def _open(context: Context, name: str) -> None:
    """The old session is closed when the new one is there: a profile that cannot be opened changes nothing."""
    profiles, before = context.app.profiles, context.session
    if profiles is None:
        return
    context.say(f"Opening {plain(name)}.")
    try:
        opened = await profiles.open(name)
    except ConfigError:
        context.app.wall.hush()
        context.app.wall.paint()
        raise
    if context.screen is not context.app.wall or context.session is not before:
        await opened.session.close()  # the user has gone on: nothing is taken from under a form
        context.say(f"{plain(name)} could be opened now; close this and choose it again.")
        return
    kept = left_behind(before.store.state)
    await context.app.change_session(opened)
    here = f"{plain(before.profile_name)}: {kept}, to be sent when it is opened again." if kept else ""
    context.say(f"This is {plain(name)}. {here}".rstrip())
    context.app.call_later(profiles.forget)
