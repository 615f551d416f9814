import dataclasses
from datetime import date
from pathlib import Path

import pytest

from edoc_connector.checks import (
    BrokerUrl,
    DatabaseUrl,
    Filled,
    Fingerprint,
    Identifier,
    KeyPlace,
    Limits,
    Listed,
    ObjectId,
    ProfileName,
    Rising,
    ServiceUrl,
    SwitchedOn,
)
from edoc_connector.errors import (
    PasswordInSettings,
    SettingOutOfRange,
    SettingUnfit,
    SettingWrong,
)
from edoc_connector.settings import PeriodSettings
from edoc_connector.toml import Place

PLACE = Place(Path("/etc/edoc/edoc.toml"), "axis.url")


@pytest.mark.parametrize("value", [1, 5, 10])
def test_a_number_within_its_limits_is_taken(value):
    assert Limits(1, 10).accept(value, PLACE) == value


@pytest.mark.parametrize("value", [0, 11, -1, float("nan"), float("inf")])
def test_a_number_outside_its_limits_is_refused_with_both(value):
    with pytest.raises(SettingOutOfRange, match="1 to 10 is allowed"):
        Limits(1, 10).accept(value, PLACE)


@pytest.mark.parametrize("value", ["", ()])
def test_what_must_be_filled_in_is_not_empty(value):
    with pytest.raises(SettingUnfit, match="must be filled in"):
        Filled().accept(value, PLACE)


@pytest.mark.parametrize(
    "code",
    ["G22", "H20.14", "H20.14.5", "000.00.14.H20", "020100107370", "0100107370-001"],
)
def test_identifiers_old_and_new_are_taken(code):
    assert Identifier().accept(code, PLACE) == code


@pytest.mark.parametrize(
    "code", ["", "h20", "H20.", ".H20", "H20 ", "H20\n", "H20#", "H20\u200b", "H20-14"]
)
def test_what_is_no_identifier_is_refused(code):
    with pytest.raises(SettingWrong, match=r"H20\.14"):
        Identifier().accept(code, PLACE)


@pytest.mark.parametrize(
    "url",
    ["amqp://h20@127.0.0.1:5672/edoc", "amqps://h20@broker.example", "amqp://a@[::1]/"],
)
def test_the_url_of_a_broker_is_taken(url):
    assert BrokerUrl("axis.password").accept(url, PLACE) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://h20@broker.example/edoc",
        "amqp://broker.example/edoc",
        "amqp://h20@broker.example/edoc",
        "amqp://h20@10.0.0.7/edoc",
        "amqp://h20@/edoc",
        "amqp://h20@broker.example:70000/edoc",
        "amqp://h20@[::1/edoc",
        "localhost",
        "",
    ],
)
def test_what_is_no_url_of_a_broker_is_refused_without_being_shown(url):
    with pytest.raises(SettingUnfit, match="must be") as caught:
        BrokerUrl("axis.password").accept(url, PLACE)

    assert "h20@broker.example/" not in str(caught.value)
    assert "found" not in caught.value.details


@pytest.mark.parametrize(
    ("check", "url"),
    [
        (BrokerUrl("axis.password"), "amqp://h20:hunter2@broker.example/edoc"),
        (BrokerUrl("axis.password"), "amqp://h20:@broker.example/edoc"),
        (DatabaseUrl("axis.password"), "postgresql+psycopg://u:hunter2@h/d"),
        (DatabaseUrl("axis.password"), "postgresql+psycopg://u@h/d?password=hunter2"),
    ],
)
def test_a_password_in_a_url_is_refused_and_its_right_place_is_told(check, url):
    with pytest.raises(PasswordInSettings, match=r"set axis\.password = ") as caught:
        check.accept(url, PLACE)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:///dms.db", "sqlite:////etc/edoc/dms.db"),
        ("sqlite:////var/dms.db", "sqlite:////var/dms.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://u@h:5432/d", "postgresql+psycopg://u@h:5432/d"),
    ],
)
def test_a_sqlite_file_starts_where_the_settings_are(written, read):
    assert DatabaseUrl("dms.password").accept(written, PLACE) == read


@pytest.mark.parametrize("url", ["dms.db", "", "//x:y:z"])
def test_what_is_no_url_of_a_database_is_refused(url):
    with pytest.raises(SettingUnfit, match="must be"):
        DatabaseUrl("dms.password").accept(url, PLACE)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("vanban", "vanban"),
        ("our.toml", "/etc/edoc/our.toml"),
        ("maps/our", "/etc/edoc/maps/our"),
        ("/srv/our.toml", "/srv/our.toml"),
    ],
)
def test_a_mapping_is_named_or_is_a_path_from_where_the_settings_are(written, read):
    assert ProfileName().accept(written, PLACE) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("seal.pem", "/etc/edoc/seal.pem"),
        ("/root/seal.p12", "/root/seal.p12"),
        ("pkcs11:token=seal;object=a", "pkcs11:token=seal;object=a"),
    ],
)
def test_a_key_is_a_file_from_where_the_settings_are_or_on_a_token(written, read):
    assert KeyPlace("password").accept(written, PLACE) == read


@pytest.mark.parametrize(
    "value", ["", "pkcs11:", "pkcs11:token=seal", "pkcs11:id=%1;id=2"]
)
def test_what_names_no_key_is_refused_with_an_example(value):
    with pytest.raises(
        SettingUnfit, match="such as pkcs11:token=seal;object=seal-2026"
    ):
        KeyPlace("password").accept(value, PLACE)


@pytest.mark.parametrize(
    "name", ["pin-value", "pin-source", "PIN-value", "pin%2dvalue"]
)
def test_a_pin_in_a_uri_is_refused_unseen_and_its_right_place_is_told(name):
    place = Place(PLACE.file, "seal.keys.new.key")

    with pytest.raises(PasswordInSettings, match=r"seal\.keys\.new\.password") as got:
        KeyPlace("password").accept(f"pkcs11:object=a?{name}=246810", place)

    assert "246810" not in str(got.value)


@pytest.mark.parametrize(
    "url", ["", "http://tsa.example/", "https://tsa.example:8443/stamp"]
)
def test_the_address_of_a_service_is_taken_or_none(url):
    assert ServiceUrl("seal.timestamp.password").accept(url, PLACE) == url


@pytest.mark.parametrize(
    "url", ["tsa.example", "ftp://tsa.example/", "http://", "https://a@tsa.example/"]
)
def test_what_is_no_address_of_a_service_is_refused(url):
    with pytest.raises(SettingUnfit, match="an address of http or https"):
        ServiceUrl("seal.timestamp.password").accept(url, PLACE)


def test_a_password_in_the_address_of_a_service_is_refused():
    with pytest.raises(PasswordInSettings, match=r"seal\.timestamp\.password"):
        ServiceUrl("seal.timestamp.password").accept("http://a:b@tsa.example/", PLACE)


@pytest.mark.parametrize(
    "oid", ["", "1.3.6.1.4.1.99999.1", "2.999.0", "0.4.0.2023.1.1"]
)
def test_an_object_identifier_is_taken(oid):
    assert ObjectId().accept(oid, PLACE) == oid


@pytest.mark.parametrize("oid", ["1", "3.1.2", "1.40.1", "1.2.03", "policy", "1.2.3\n"])
def test_what_is_no_object_identifier_is_refused(oid):
    with pytest.raises(SettingUnfit, match="an OID"):
        ObjectId().accept(oid, PLACE)


@pytest.mark.parametrize(
    "written",
    [
        "AB:" * 31 + "CD",
        "ab" * 31 + "cd",
        "sha256 Fingerprint=" + "AB:" * 31 + "CD",
        "SHA256 Fingerprint=" + "AB:" * 31 + "CD",
    ],
)
def test_a_fingerprint_is_read_as_openssl_prints_it(written):
    assert Fingerprint().accept(written, PLACE) == "ab" * 31 + "cd"


@pytest.mark.parametrize(
    "value",
    ["", "ab" * 20, "zz" * 32, "ab" * 33, "SHA1 Fingerprint=" + "ab" * 32],
)
def test_what_is_no_fingerprint_is_refused(value):
    with pytest.raises(SettingWrong, match="openssl x509 -fingerprint -sha256"):
        Fingerprint().accept(value, PLACE)


@dataclasses.dataclass(frozen=True)
class Trusted:
    anchors: tuple[Path, ...]
    periods: dict[Path, object]


def test_a_period_is_that_of_a_file_that_is_trusted():
    known = Trusted((Path("/a.pem"),), {Path("/a.pem"): None})

    assert Listed("periods", "anchors").accept(known, PLACE) is known


def test_a_period_of_a_file_that_is_not_trusted_is_a_slip():
    slip = Trusted((Path("/a.pem"),), {Path("/b.pem"): None})

    with pytest.raises(SettingUnfit, match=r'periods\."/b.pem" must be a file that'):
        Listed("periods", "anchors").accept(slip, PLACE)


@pytest.mark.parametrize("days", [(None, None), (1, None), (None, 1), (1, 1), (1, 2)])
def test_a_period_may_be_open_or_ends_after_it_begins(days):
    period = PeriodSettings(
        **dict(zip(("since", "until"), map(day, days), strict=True))
    )

    assert Rising("since", "until").accept(period, PLACE) is period


def test_a_period_that_ends_before_it_begins_is_refused():
    period = PeriodSettings(since=day(2), until=day(1))

    with pytest.raises(SettingUnfit, match="until = 2026-01-01 must be >= "):
        Rising("since", "until").accept(period, PLACE)


def day(number):
    return number and date(2026, 1, number)


@dataclasses.dataclass
class Watched:
    require: str
    check: bool = False


@pytest.mark.parametrize(
    "table",
    [Watched("all", check=True), Watched("nothing", check=True), Watched("nothing")],
)
def test_what_asks_for_nothing_may_be_switched_off(table):
    assert SwitchedOn("check", "require", least="nothing").accept(table, PLACE) is table


def test_what_asks_for_something_may_not_be_switched_off():
    rule = SwitchedOn("check", "require", least="nothing")

    with pytest.raises(SettingUnfit, match=r"check = false must be true \(.*require ="):
        rule.accept(Watched("all"), PLACE)
