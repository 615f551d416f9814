import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import edoc_connector.settings as settings_module
from edoc_connector.app.inquiry import inspector_of
from edoc_connector.errors import (
    SettingOutOfRange,
    SettingsInvalid,
    SettingsNotFound,
    SettingsRefused,
    SettingUnfit,
)
from edoc_connector.language import Language
from edoc_connector.parts import policy_of
from edoc_connector.secret import SecretReference
from edoc_connector.settings import Settings, all_keys, find, load
from edoc_connector.settings.reading import PLACES
from edoc_connector.signature.choices import SealAlgorithm
from tests.support.catalogue import translations
from tests.support.pki import authority_today, pem

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config/edoc.example.toml"
SMALLEST = """
[organization]
code = "H20"
name = "UBND tỉnh"
[state]
folder = "state"
[axis]
url = "amqp://h20@127.0.0.1/edoc"
password = "env:BROKER_PASSWORD"
[seal]
key = "seal.p12"
[trust]
anchors = ["root.pem"]
[dms]
url = "sqlite:///dms.db"
profile = "vanban"
"""


def site(folder: Path, more: str = "") -> Path:
    path = folder / "edoc.toml"
    path.write_text(more + SMALLEST, encoding="utf-8")
    return path


def test_the_smallest_file_says_who_and_where_and_no_more(tmp_path):
    settings = load(site(tmp_path))

    assert settings.organization.code == "H20"
    assert settings.axis.segment_bytes == 4_194_304
    assert settings.language is Language.VIETNAMESE
    assert settings.seal.key == str(tmp_path / "seal.p12")
    assert settings.trust.accounts == {}


def test_what_follows_from_something_else_is_filled_in(tmp_path):
    settings = load(site(tmp_path))

    assert settings.axis.queue == "edoc.inbox.H20"
    assert settings.state.database == f"sqlite:///{tmp_path}/state/edoc.sqlite"


URL = 'url = "amqp://h20@127.0.0.1/edoc"'
PASSWORD = 'password = "env:BROKER_PASSWORD"'
FAR = 'url = "amqps://h20@broker.example/edoc"'
PAIR = 'certificate = "axis.pem"\nkey = "axis.key.pem"'


def signed_in(folder, url, proof):
    path = site(folder)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(URL, url).replace(PASSWORD, proof), encoding="utf-8")
    return load(path).axis


def test_a_certificate_takes_the_place_of_the_password(tmp_path):
    axis = signed_in(tmp_path, FAR, PAIR)

    assert axis.certificate == tmp_path / "axis.pem"
    assert axis.password is None


@pytest.mark.parametrize(
    ("url", "proof", "expected"),
    [
        (FAR, PASSWORD, r"axis\.certificate must be filled in"),
        (FAR, "", r"axis\.certificate must be filled in"),
        (URL, "", r"axis\.password"),
        (URL, PAIR, r"axis\.url must be amqps"),
        (FAR, 'certificate = "axis.pem"', r"axis\.key must be filled in"),
        (FAR, "password_over_network = true", r"axis\.password"),
    ],
)
def test_no_password_goes_over_the_network_by_mistake(tmp_path, url, proof, expected):
    with pytest.raises(SettingsInvalid, match=expected):
        signed_in(tmp_path, url, proof)


def test_a_password_goes_over_the_network_where_somebody_wants_it(tmp_path):
    axis = signed_in(tmp_path, FAR, f"{PASSWORD}\npassword_over_network = true")

    assert axis.password is not None


def test_only_the_algorithms_of_the_settings_are_read(tmp_path):
    path = site(tmp_path)
    text = path.read_text(encoding="utf-8")
    named = 'algorithms = ["rsa-pss-sha256", "ecdsa-p384-sha384"]'
    path.write_text(text.replace("[dms]", f"{named}\n[dms]"), encoding="utf-8")
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))

    policy = policy_of(load(path))

    assert policy.algorithms == {
        SealAlgorithm.RSA_PSS_SHA256,
        SealAlgorithm.ECDSA_SHA384,
    }


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ('account = "h20"', "password"),
        ('password = "file:stamp.password"', "account"),
    ],
)
def test_account_and_password_of_the_time_stamps_come_together(
    tmp_path, given, missing
):
    path = site(tmp_path)
    text = path.read_text(encoding="utf-8")
    table = f"[seal.timestamp]\n{given}\n[trust]"
    path.write_text(text.replace("[trust]", table), encoding="utf-8")

    with pytest.raises(SettingUnfit, match=rf"seal\.timestamp\.{missing} must be"):
        load(path)


def test_a_site_without_seal_and_trust_is_told_each_name(tmp_path):
    path = site(tmp_path)
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[seal]"), text.index("[dms]")
    path.write_text(text[:start] + text[end:], encoding="utf-8")

    with pytest.raises(SettingsRefused) as got:
        load(path)

    told = [it.details["name"] for it in got.value.problems]
    assert told == ["seal.key", "trust.anchors"]


def test_further_keys_stand_beside_the_default_one(tmp_path):
    path = site(tmp_path)
    text = path.read_text(encoding="utf-8")
    next_one = '[seal.keys]\nnext = { key = "next.pem" }'
    path.write_text(text.replace("[trust]", f"{next_one}\n[trust]"), encoding="utf-8")

    keys = all_keys(load(path).seal)

    assert {name: key.key for name, key in keys.items()} == {
        "default": str(tmp_path / "seal.p12"),
        "next": str(tmp_path / "next.pem"),
    }


def test_paths_do_not_depend_on_where_the_command_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(site(tmp_path).parent)

    settings = load(Path("edoc.toml"))

    assert settings.state.folder == tmp_path / "state"
    assert settings.state.database == f"sqlite:///{tmp_path}/state/edoc.sqlite"
    assert settings.dms.url == f"sqlite:///{tmp_path}/dms.db"


def test_what_is_given_is_not_filled_in(tmp_path):
    path = site(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("[seal]", 'queue = "ours"\n[seal]')
        .replace("[axis]", 'database = "postgresql+psycopg://e@db/edoc"\n[axis]'),
        encoding="utf-8",
    )

    settings = load(path)

    assert settings.axis.queue == "ours"
    assert settings.state.database == "postgresql+psycopg://e@db/edoc"


def test_a_message_must_fit_through_a_broker_of_16_mib(tmp_path):
    path = site(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[seal]", "segment_bytes = 16777216\n[seal]"), encoding="utf-8"
    )

    with pytest.raises(SettingOutOfRange, match=r"axis\.segment_bytes is 16777216"):
        load(path)


def test_the_file_named_comes_before_the_environment():
    environment = {"EDOC_SETTINGS": "/b.toml"}

    assert find(environment, Path("/a.toml")) == Path("/a.toml")
    assert find(environment) == Path("/b.toml")


def test_the_folder_comes_before_etc(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site(tmp_path)

    assert find({}) == Path("edoc.toml")


def test_no_file_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "edoc_connector.settings.reading.PLACES", (tmp_path / "none.toml",)
    )

    with pytest.raises(SettingsNotFound, match="edoc init"):
        find({})


def test_the_last_place_is_the_one_of_the_service():
    assert PLACES[-1] == Path("/etc/edoc/edoc.toml")


SECRETS = {"password", "database_password"}
TABLES = {
    "organization.takes_over",
    "seal.keys",
    "trust.accounts",
    "trust.binding.certificates",
    "trust.periods",
    "trust.revocation.addresses",
    "trust.unsealed",
}
"""Their keys are the customer's own, and the example has one of each."""
SHOWN_ENTRIES = {"seal.keys.next", "trust.accounts.province"}


def keys_of(kind: type, prefix: str = "") -> dict[str, object]:
    """Every dotted key of a settings class, with its default."""
    keys: dict[str, object] = {}
    hints = get_type_hints(kind)
    for each in fields(kind):
        if is_dataclass(hints[each.name]) and each.name not in SECRETS:
            keys |= keys_of(hints[each.name], f"{prefix}{each.name}.")
        else:
            keys[prefix + each.name] = each.default
    return keys


def keys_in(example: str) -> dict[str, str]:
    """Every dotted key of the example, set or shown as a default."""
    table = ""
    keys: dict[str, str] = {}
    for line in example.splitlines():
        if line.startswith("["):
            table = line.strip("[]") + "."
        name, equals, value = line.removeprefix("# ").partition(" = ")
        if equals and name.isidentifier():
            keys[table + name] = value
    return keys


def test_the_example_is_itself_right():
    assert load(EXAMPLE).organization.code


def test_the_example_has_every_key():
    shown = keys_in(EXAMPLE.read_text(encoding="utf-8"))

    assert shown.keys() - SHOWN_ENTRIES == keys_of(Settings).keys() - TABLES


def test_the_example_shows_the_defaults_that_are():
    defaults = keys_of(Settings)
    text = EXAMPLE.read_text(encoding="utf-8")

    for name, shown in keys_in(text).items():
        if f"\n# {name.rpartition('.')[2]} = {shown}" in text and name in defaults:
            default = defaults[name] if defaults[name] is not None else ""
            default = [*default] if isinstance(default, tuple) else default
            assert tomllib.loads(f"value = {shown}")["value"] == default, name


def test_the_example_explains_every_key_in_both_languages():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()

    for number, line in enumerate(lines):
        name, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and name.isidentifier() and name not in {"level", "province"}:
            said = " ".join(lines[max(0, number - 4) : number])
            assert any(letter in said for letter in "ăâđêôơưáàạốồệếấầứử"), name


def test_a_key_says_what_it_means_where_it_is_declared():
    for kind in sections():
        for field, text in zip(kind.body[1::2], kind.body[2::2], strict=True):
            assert isinstance(field, ast.AnnAssign)
            assert isinstance(text, ast.Expr), field.target


def sections() -> list[ast.ClassDef]:
    """The source of every class of settings, but of the one that holds them all."""
    modules = Path(settings_module.__file__).parent.glob("*.py")
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in modules]
    nodes = [node for tree in trees for node in tree.body]
    found = [it for it in nodes if isinstance(it, ast.ClassDef)]
    assert {it.name for it in found} <= set(settings_module.__all__)
    assert "Settings" in {it.name for it in found}
    return [it for it in found if it.name != "Settings"]


def names_of(kind: type, prefix: str = "") -> set[str]:
    """Every dotted name that means something in a settings file, tables too."""
    names: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        names |= {prefix + name}
        for inner in classes_in(hint):
            names |= names_of(inner, f"{prefix}{name}.")
    return names


def classes_in(hint: object) -> Iterator[type]:
    if is_dataclass(hint) and hint is not SecretReference:
        yield hint
    for argument in get_args(hint):
        yield from classes_in(argument)


NAMES = names_of(Settings)
TABLES_OF_IT = "|".join({it.partition(".")[0] for it in NAMES})
NAMED = re.compile(rf"(?<![\w./-])(?:{TABLES_OF_IT})\.[a-z_.]*[a-z]")
NO_SETTINGS = re.compile(r".*\.(pem|toml|xml)|seal\.keys\.\w+|changes\.decisions")
"""Files, names that the customer gives, and a table of the mapping."""


def settings_in(texts: Iterable[str]) -> set[str]:
    named = {it for text in texts for it in NAMED.findall(text)}
    return {it for it in named if not NO_SETTINGS.fullmatch(it)}


def test_every_setting_that_a_message_names_is_one():
    named = settings_in(text for pair in translations().items() for text in pair)

    assert len(named) > 15
    assert named - NAMES == set()


PAGES = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.name)
def test_every_setting_that_a_page_names_is_one(page):
    quoted = re.findall(r"`([a-z_.]+)`", page.read_text(encoding="utf-8"))

    assert settings_in(quoted) - NAMES == set()


@pytest.mark.parametrize("required", ["intact", "trusted"])
def test_pdfs_of_which_something_is_required_must_be_looked_at(tmp_path, required):
    table = f'[pdf]\ncheck = false\nrequire = "{required}"\n'

    with pytest.raises(SettingsInvalid, match=r"pdf\.check = false .*pdf\.require"):
        load(site(tmp_path, table))


def test_lists_that_are_carried_in_count_for_pdfs_too(tmp_path):
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    table = '[trust.revocation]\ncrls = ["a.crl"]\n'

    inspector = inspector_of(load(site(tmp_path, table)))

    assert inspector.known.source.files.paths == (tmp_path / "a.crl",)


def test_where_nobody_asks_for_revocation_no_list_counts(tmp_path):
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    table = "[trust.revocation]\ncheck = false\n"

    inspector = inspector_of(load(site(tmp_path, table)))

    assert inspector.known is None
