from decimal import Decimal
from pathlib import Path

import pytest

from tui.config import Flags, KeySource, Profile, RateLimit, Settings, config_dir, data_dir, load, state_dir
from tui.errors import ConfigError

EXAMPLE = """
default_profile = "acme"
ascii = true
[profiles.local]
contract = "local"
database = "sqlite:///~/wall.db"
poll = 30
[profiles.acme]
contract = "slate"
url = "https://slate.example.com/"
api_key = { env = "SLATE_KEY" }
rate_limit = "60/min"
me = "Sam Lee"
item_url = "https://slate.example.com/items/{id}"
[profiles.support]
contract = "cekat"
url = "https://api.cekat.example"
auth = "both"
rate_limit = ["60/min", "1000/day"]
colour = "red"
[profiles.acme.boards."Sales".fields.deal_value]
kind = "currency"
currency = "USD"
sum = true
[profiles.acme.boards."Sales".columns.Won]
closed = "won"
[keys]
"item.move_right" = ["L", "greater_than_sign"]
"item.edit" = "e"
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose home is a temporary folder."""
    return {"HOME": str(tmp_path), "USER": "sam"}


def config_file(home: dict[str, str], text: str = EXAMPLE) -> Path:
    path = config_dir(home) / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def error_of(home: dict[str, str], text: str) -> str:
    path = config_file(home, text)
    with pytest.raises(ConfigError) as caught:
        load(home)
    assert str(path) in caught.value.message
    return caught.value.message


def test_without_a_file_there_is_the_local_profile(home: dict[str, str]) -> None:
    settings = load(home)
    profile = settings.profile
    assert (profile.name, profile.contract, profile.me, profile.poll, profile.read_only) == (
        "local",
        "local",
        "sam",
        5,
        False,
    )
    assert profile.database == f"sqlite:///{home['HOME']}/.local/share/cardwall/cardwall.db"
    assert settings.origin("profiles.local.poll") == "default"
    assert settings.warnings == ()


def test_places_follow_xdg_and_ignore_relative_paths(home: dict[str, str]) -> None:
    root = Path(home["HOME"])
    assert config_dir(home) == root / ".config/cardwall"
    assert data_dir(home) == root / ".local/share/cardwall"
    assert state_dir(home) == root / ".local/state/cardwall"
    chosen = home | {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "relative"}
    assert config_dir(chosen) == Path("/c/cardwall")
    assert data_dir(chosen) == Path("/d/cardwall")
    assert state_dir(chosen) == root / ".local/state/cardwall"


def test_the_example_is_read_whole(home: dict[str, str]) -> None:
    path = config_file(home)
    settings = load(home)
    acme = settings.profile
    assert acme == Profile(
        "acme",
        contract="slate",
        url="https://slate.example.com",
        api_key=KeySource("env", "SLATE_KEY"),
        rate_limit=(RateLimit(60, 60),),
        me="Sam Lee",
        item_url="https://slate.example.com/items/{id}",
        boards={
            "Sales": {
                "fields": {"deal_value": {"kind": "currency", "currency": "USD", "sum": True}},
                "columns": {"Won": {"closed": "won"}},
            }
        },
    )
    assert settings.named("local").database == f"sqlite:///{home['HOME']}/wall.db"
    assert settings.named("local").poll == 30
    support = settings.named("support")
    assert (support.auth, support.colour, support.rate_limit) == (
        "both",
        "red",
        (RateLimit(60, 60), RateLimit(1000, 86400)),
    )
    assert settings.keys == {"item.move_right": ("L", "greater_than_sign"), "item.edit": ("e",)}
    assert settings.ascii
    assert settings.origin("profiles.acme.url") == str(path)
    assert settings.origin("profile") == str(path)
    assert settings.warnings == ()


def test_flags_win_over_the_environment_over_the_file(home: dict[str, str]) -> None:
    config_file(home, 'default_profile = "a"\n[profiles.a]\ncontract = "local"\ndatabase = "a.db"\n')
    settings = load(home)
    assert settings.profile.database == f"sqlite:///{config_dir(home)}/a.db"
    environment = home | {"CARDWALL_DATABASE": "sqlite:////env.db"}
    settings = load(environment)
    assert settings.profile.database == "sqlite:////env.db"
    assert settings.origin("profiles.a.database") == "the environment (CARDWALL_DATABASE)"
    settings = load(
        environment | {"CARDWALL_PROFILE": "a"},
        Flags(profile="local", database="/flag.db", read_only=True, ascii=True, me="Ann", poll=60.0),
    )
    assert settings.current == "local"
    assert settings.origin("profile") == "--profile"
    assert settings.profile.database == "sqlite:////flag.db"
    assert (settings.profile.read_only, settings.profile.me, settings.profile.poll) == (True, "Ann", 60)
    assert settings.origin("profiles.local.database") == "--database"
    assert settings.origin("ascii") == "--ascii"
    assert load(environment | {"CARDWALL_PROFILE": "local"}).current == "local"


def test_another_file_can_be_named_and_must_then_be_there(home: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    with pytest.raises(ConfigError, match="no such file"):
        load(home | {"CARDWALL_CONFIG": "~/other.toml"})
    with pytest.raises(ConfigError, match="no such file"):
        load(home, Flags(config=str(other)))
    other.write_text('[profiles.x]\ncontract="slate"\nurl="https://x.example"\n')
    assert set(load(home, Flags(config=str(other))).profiles) == {"local", "x"}


def test_profiles_of_the_program_lie_beside_the_users(home: dict[str, str]) -> None:
    mine = config_file(home, 'ascii = true\n[profiles.a]\ncontract="slate"\nurl="https://mine.example"\n')
    beside = config_dir(home) / "profiles.d" / "b.toml"
    beside.parent.mkdir()
    beside.write_text('ascii = false\n[profiles.b]\ncontract="slate"\nurl="https://b.example"\n')
    settings = load(home)
    assert settings.named("b").url == "https://b.example"
    assert settings.origin("profiles.b.url") == str(beside)
    assert settings.files == {"a": mine, "b": beside}
    assert (settings.ascii, settings.origin("ascii")) == (True, str(mine))  # the user's own file has the last word


def test_a_name_in_two_files_is_a_mistake_of_both(home: dict[str, str]) -> None:
    mine = config_file(home, '[profiles.a]\ncontract="slate"\nurl="https://mine.example"\n')
    beside = config_dir(home) / "profiles.d" / "a.toml"
    beside.parent.mkdir()
    beside.write_text('[profiles.a]\ncontract="slate"\nurl="https://not.example"\n')
    with pytest.raises(ConfigError) as caught:
        load(home)
    assert str(mine) in caught.value.message
    assert str(beside) in caught.value.message


def test_what_nobody_knows_is_a_warning_with_a_guess(home: dict[str, str]) -> None:
    path = config_file(
        home,
        'thema = "x"\n[profiles.local]\npol = 5\n[profiles.a]\ncontract="slate"\nurl="https://a.example"\n'
        "[profiles.a.boards.Sales]\nfield = {}\n[profiles.a.boards.Sales.fields.x]\nkinds = 1\n",
    )
    assert load(home).warnings == (
        f"{path}: thema is not a setting; did you mean theme?",
        f"{path}: profiles.local.pol is not a setting; did you mean poll?",
        f"{path}: profiles.a.boards.Sales.field is not a setting; did you mean fields?",
        f"{path}: profiles.a.boards.Sales.fields.x.kinds is not a setting; did you mean kind?",
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("poll = 0", "poll"),
        ("poll = true", "poll"),
        ('poll = "fast"', "poll"),
        ("read_only = 1", "read_only"),
        ('contract = "rest"', "contract"),
        ("contract = 5", "contract"),
        ('url = "crm.example.com"', "url"),
        ('url = "https://u:p@crm.example.com"', "url"),
        ('url = "https://x y"', "url"),
        ('url = "https://[x"', "url"),
        ('api_key = "sk-inline-secret"', "api_key"),
        ("api_key = {}", "api_key"),
        ('api_key = { env = "A", file = "b" }', "api_key"),
        ('api_key = { magic = "A" }', "api_key"),
        ('auth = "basic"', "auth"),
        ('rate_limit = "60"', "rate_limit"),
        ('rate_limit = "0/min"', "rate_limit"),
        ('rate_limit = "60/fortnight"', "rate_limit"),
        ("rate_limit = [60]", "rate_limit"),
        ('item_url = "https://x.example/items"', "item_url"),
        ('item_url = "javascript:{id}"', "item_url"),
        ('me = ""', "me"),
        ('me = "a\\nb"', "me"),
        ("boards = 5", "boards"),
        ("boards = { Sales = 5 }", "boards.Sales"),
        ('boards = { Sales = { fields = { x = { kind = "money" } } } }', "boards.Sales.fields.x.kind"),
        ("boards = { Sales = { fields = { x = { min = true } } } }", "boards.Sales.fields.x.min"),
        ("boards = { Sales = { fields = { x = { options = [1] } } } }", "boards.Sales.fields.x.options"),
        ("boards = { Sales = { fields = { x = { max = inf } } } }", "boards.Sales.fields.x.max"),
        ('boards = { Sales = { fields = { x = { currency = "dollars" } } } }', "boards.Sales.fields.x.currency"),
        ("boards = { Sales = { columns = { Won = { limit = 2.5 } } } }", "boards.Sales.columns.Won.limit"),
        ("boards = { Sales = { columns = { Won = { probability = 101 } } } }", "boards.Sales.columns.Won.probability"),
        (
            "boards = { Sales = { fields = { a = { sum = true }, b = { sum = true } } } }",
            "boards.Sales.fields.b.sum",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_named(home: dict[str, str], line: str, key: str) -> None:
    message = error_of(home, f"[profiles.acme]\n{line}\n")
    assert f"profiles.acme.{key} " in message
    assert message.endswith("(at line 2)")
    assert "sk-inline" not in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = \n", "line 1"),
        ("[profiles\n", "line 1"),
        ("a = 1\na = 2\n", "line 2"),
        ("profiles = 5", "profiles should be a table"),
        ("keys = []", "keys should be a table"),
        ("profiles.a = 5", "profiles.a should be a table"),
        ("keys.x = [5]", "keys.x"),
        ("default_profile = 5", "default_profile"),
        ('[profiles.a]\nurl = "https://a.example"', "profiles.a.contract is missing"),
        ('[profiles.a]\ncontract = "slate"', "profiles.a.url is missing"),
        ('default_profile = "b"', "no profile 'b'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(home: dict[str, str], text: str, expected: str) -> None:
    assert expected in error_of(home, text)


def test_a_mistake_is_found_in_its_own_table(home: dict[str, str]) -> None:
    text = """
# [profiles.acme]
[profiles.other]
contract = "slate"
url = "https://acme.example"
poll = 5
[profiles.acme]  # the one
contract = "cekat"
url = "https://acme.example"
boards."Sales. Old".fields.x.kind = "text"

[profiles.acme.boards."Sales. New".fields]
x = { min = 0.5, max = 10, sum = true }
y.kind = "money"
"""
    message = error_of(home, text)
    assert "profiles.acme.boards.Sales. New.fields.y.kind should be one of text, long_text" in message
    assert message.endswith("(at line 14)")
    assert error_of(home, text.replace("5\n", '"fast"\n')).endswith("(at line 6)")
    config_file(home, text.replace("money", "number"))
    boards = load(home).named("acme").boards
    assert boards["Sales. New"]["fields"]["x"] == {"min": Decimal("0.5"), "max": Decimal(10), "sum": True}


def test_a_file_that_is_no_text_is_named(home: dict[str, str]) -> None:
    path = config_file(home)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load(home)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(home)


def test_a_database_flag_is_for_local_profiles(home: dict[str, str]) -> None:
    config_file(home)
    with pytest.raises(ConfigError, match="--database"):
        load(home, Flags(profile="acme", database="x.db"))
    assert load(home | {"CARDWALL_DATABASE": "x.db"}).profile.database == ""


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("~/a.db", "sqlite:///{home}/a.db"),
        ("sqlite:///~/a.db", "sqlite:///{home}/a.db"),
        ("sqlite:////abs/a.db", "sqlite:////abs/a.db"),
        ("sqlite:///a.db?timeout=5", "sqlite:///{here}/a.db?timeout=5"),
        ("postgresql+psycopg://u@h/db", "postgresql+psycopg://u@h/db"),
        ("postgresql:///db", "postgresql:///db"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_a_database_is_one_file_from_every_folder(home: dict[str, str], text: str, url: str) -> None:
    settings = load(home, Flags(database=text))
    assert settings.profile.database == url.format(home=home["HOME"], here=Path.cwd())


def test_an_api_key_in_the_environment_wins(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    config_file(home)
    monkeypatch.setenv("CARDWALL_API_KEY", "from-the-environment")
    settings = load(home | {"CARDWALL_API_KEY": "from-the-environment"})
    assert settings.profile.api_key == KeySource("env", "CARDWALL_API_KEY")
    assert load(home | {"CARDWALL_API_KEY": "x"}, Flags(profile="local")).profile.api_key is None


def test_a_stamp_tells_servers_and_keys_apart_without_showing_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMP_KEY_1", "secret-one")
    monkeypatch.setenv("STAMP_KEY_2", "secret-two")
    one = Profile("a", "slate", url="https://a.example", api_key=KeySource("env", "STAMP_KEY_1"))
    stamps = {
        one.stamp,
        Profile("a", "slate", url="https://a.example", api_key=KeySource("env", "STAMP_KEY_2")).stamp,
        Profile("a", "slate", url="https://b.example", api_key=one.api_key).stamp,
        Profile("b", "slate", url="https://a.example", api_key=one.api_key).stamp,
        Profile("a", database="sqlite:////a.db").stamp,
    }
    assert len(stamps) == 5
    assert "secret" not in "".join(stamps)
    assert one.stamp == Profile("a", "slate", url="https://a.example", api_key=one.api_key, poll=99).stamp


def test_settings_name_the_profile_that_is_not_there() -> None:
    settings = Settings(Path("/x/config.toml"), {"local": Profile("local")}, "local")
    with pytest.raises(ConfigError, match="local"):
        settings.named("nowhere")
