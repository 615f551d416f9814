"""What happens to tokens: pulled out, wrong PINs, two of a name, keys that may not."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import SimpleNamespace

import pytest

from edoc_connector.errors import ExitCode, KeyUnusable, PinRefused, TokenAway
from edoc_connector.pki import pkcs11
from edoc_connector.pki.pkcs11 import load_module
from edoc_connector.pki.token_key import open_token_key
from edoc_connector.signature.algorithms import signature_fits
from edoc_connector.token_uri import parse_token_uri
from tests.support.pki import (
    authority_today,
    certificate,
    der,
    ed25519_key,
    p256_key,
    p384_key,
    pem,
    rsa_key,
)
from tests.support.registers import make_register
from tests.support.softhsm import PIN

PUBLIC = p256_key().public_key()


@pytest.fixture
def token(softhsm):
    made = softhsm.token()
    made.put(p256_key())
    return made


@pytest.fixture
def issued(tmp_path):
    path = tmp_path / "seal.crt"
    path.write_bytes(pem(certificate(key=p256_key())))
    return path


def signs(key):
    value = key.sign(b"data")
    return signature_fits(PUBLIC, key.algorithm, value=value, data=b"data")


def test_while_its_token_is_away_the_post_waits_and_then_goes_on(token, issued):
    key = open_token_key(token.source(), issued, None)

    token.pull_out()
    for _ in range(3):
        with pytest.raises(TokenAway, match="nothing is lost") as got:
            key.sign(b"data")
        assert got.value.retryable
    token.plug_in()

    assert signs(key)


def test_a_token_that_is_not_there_at_the_start_is_said(token, issued):
    token.pull_out()

    with pytest.raises(TokenAway, match="no such token is plugged in"):
        open_token_key(token.source(), issued, None)
    token.plug_in()


def test_another_token_in_its_place_seals_nothing(softhsm, token, issued):
    key = open_token_key(token.source(), issued, None)
    token.pull_out()
    other = softhsm.token()
    other.put(p256_key(2))
    source = other.source(uri=other.uri())
    key.source = source  # it has the same names, and another key

    with pytest.raises(TokenAway, match="no certificate given belongs to it"):
        key.sign(b"data")
    token.plug_in()


def test_a_session_that_another_key_ended_is_opened_again(token, issued):
    first = open_token_key(token.source(), issued, None)
    second = open_token_key(token.source(), issued, None)

    first.opened.session.close()  # signs the whole process out

    assert signs(second)
    assert signs(first)


def test_a_library_that_was_started_anew_is_noticed(softhsm, token, issued):
    key = open_token_key(token.source(), issued, None)

    softhsm.restart()

    assert not key.opened.holds
    assert signs(key)


def test_two_loops_may_seal_at_once(token, issued):
    key = open_token_key(token.source(), issued, None)
    right = []

    def work():
        right.extend(signs(key) for _ in range(50))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert right == [True] * 200


def test_a_wrong_pin_is_tried_once_and_by_no_service_again(token, issued):
    with pytest.raises(PinRefused, match="does not accept the PIN"):
        open_token_key(token.source(pin="999999"), issued, None)

    with pytest.raises(PinRefused, match="try it once with: edoc settings check"):
        open_token_key(token.source(pin="999999"), issued, None)
    # Not even the right one: who runs unattended cannot know which it is.
    with pytest.raises(PinRefused, match="a wrong PIN was entered before"):
        open_token_key(token.source(), issued, None)


def test_a_person_who_has_put_the_pin_right_opens_the_token_again(token, issued):
    with pytest.raises(PinRefused):
        open_token_key(token.source(pin="999999"), issued, None)

    assert signs(open_token_key(token.source(careful=False), issued, None))
    token.hsm.restart()
    assert signs(open_token_key(token.source(), issued, None))


def test_a_pin_that_was_changed_meanwhile_is_not_tried_twice(
    token, issued, monkeypatch
):
    key = open_token_key(token.source(), issued, None)
    asked = []
    key.source = token.source(pin="999999")
    token.hsm.restart()
    module = load_module(token.hsm.module)
    open_ = type(module).open
    monkeypatch.setattr(
        type(module), "open", lambda *it: asked.append(it) or open_(*it)
    )

    for _ in range(3):
        with pytest.raises(PinRefused, match="does not accept the PIN") as got:
            key.sign(b"data")

    assert len(asked) == 1
    assert got.value.retryable  # what arrives meanwhile is not set aside


def test_without_a_pin_there_is_no_key_to_be_found(token, issued):
    with pytest.raises(KeyUnusable, match="say in its setting password where"):
        open_token_key(token.source(pin=None), issued, None)


def test_of_two_keys_of_one_name_none_is_guessed(token, issued):
    token.put(rsa_key(), id="02")

    with pytest.raises(KeyUnusable, match="name one by its id"):
        open_token_key(token.source(), issued, None)

    named = token.source(uri=token.uri(id="%01"))
    assert signs(open_token_key(named, issued, None))


def test_two_tokens_of_one_name_are_told_apart_by_their_serials(token, issued):
    key = token.source(uri="pkcs11:object=seal")
    serial = load_module(token.hsm.module).library.get_token(token_label=token.label)
    other = token.hsm.token()

    with pytest.raises(KeyUnusable, match="several tokens answer"):
        open_token_key(key, issued, None)

    named = f"pkcs11:serial={serial.serial.decode()};object=seal"
    assert signs(open_token_key(token.source(uri=named), issued, None))
    slot = f"pkcs11:slot-id={serial.slot.slot_id};object=seal"
    assert signs(open_token_key(token.source(uri=slot), issued, None))
    assert other.label != token.label


def test_a_key_that_is_not_there_is_said(token, issued):
    source = token.source(uri=token.uri(object="other"))

    with pytest.raises(KeyUnusable, match="no private key on the token"):
        open_token_key(source, issued, None)


def test_a_key_that_may_not_sign_is_said(softhsm, issued):
    token = softhsm.token()
    token.create(private_attributes(SIGN=False))

    with pytest.raises(KeyUnusable, match="it may not sign"):
        open_token_key(token.source(), issued, None)


def test_a_key_that_wants_the_pin_each_time_gets_it(softhsm, issued):
    token = softhsm.token()
    token.create(private_attributes(ALWAYS_AUTHENTICATE=True))

    key = open_token_key(token.source(), issued, None)

    assert key.opened.pin == PIN
    assert signs(key)
    assert signs(key)


def private_attributes(**changes):
    from pkcs11 import Attribute, KeyType, ObjectClass

    number = p256_key().private_numbers().private_value
    return {
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.KEY_TYPE: KeyType.EC,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.LABEL: "seal",
        Attribute.ID: b"\x01",
        Attribute.EC_PARAMS: bytes.fromhex("06082a8648ce3d030107"),
        Attribute.VALUE: number.to_bytes(32),
        Attribute.SIGN: True,
    } | {Attribute[name]: value for name, value in changes.items()}


def test_the_last_try_before_a_token_locks_is_nobodys(token):
    from pkcs11 import TokenFlag

    for flag in (TokenFlag.USER_PIN_FINAL_TRY, TokenFlag.USER_PIN_LOCKED):
        for careful in (True, False):
            source = token.source(careful=careful)
            with pytest.raises(PinRefused, match="would lock after one more"):
                pkcs11._session(SimpleNamespace(flags=flag), source)


class Broken:
    """A key on a token that signs no more, and why not."""

    def __init__(self, key, error):
        self.key, self.error, self.asked = key, error, 0

    def __getitem__(self, name):
        return self.key[name]

    def sign(self, *_, **__):
        self.asked += 1
        raise self.error


def test_a_token_that_cannot_sign_so_is_said_with_what_to_do(
    token, issued, monkeypatch
):
    from pkcs11 import MechanismInvalid

    real = pkcs11._key
    monkeypatch.setattr(pkcs11, "_key", lambda *it: Broken(real(*it), MechanismInvalid))

    with pytest.raises(KeyUnusable, match="another in its setting algorithm"):
        open_token_key(token.source(), issued, None)


def test_a_token_pulled_out_at_the_start_is_away(token, issued, monkeypatch):
    from pkcs11 import DeviceRemoved

    real = pkcs11._key
    monkeypatch.setattr(pkcs11, "_key", lambda *it: Broken(real(*it), DeviceRemoved))

    with pytest.raises(TokenAway, match="DeviceRemoved"):
        open_token_key(token.source(), issued, None)


def breaks(key, error):
    key.opened = replace(key.opened, key=Broken(key.opened.key, error))
    return key.opened.key


def test_a_token_that_signs_no_more_makes_the_post_wait(token, issued):
    from pkcs11 import MechanismInvalid

    key = open_token_key(token.source(), issued, None)
    breaks(key, MechanismInvalid)

    with pytest.raises(TokenAway):
        key.sign(b"data")


def test_a_pin_that_is_refused_at_a_signature_is_not_tried_again(token, issued):
    from pkcs11 import PinIncorrect

    key = open_token_key(token.source(), issued, None)
    broken = breaks(key, PinIncorrect)

    for _ in range(3):
        with pytest.raises(PinRefused):
            key.sign(b"data")

    assert broken.asked == 1


def test_a_token_that_never_heard_of_pins_at_each_signature_is_not_asked_for_them():
    from pkcs11 import AttributeTypeInvalid

    class Key:
        def __getitem__(self, _):
            raise AttributeTypeInvalid

    assert not pkcs11._wants_pin_each_time(Key())


def test_a_key_of_a_kind_no_seal_knows_is_said(softhsm, issued):
    from pkcs11 import Attribute, KeyType, ObjectClass

    token = softhsm.token()
    token.create(
        {
            Attribute.CLASS: ObjectClass.PRIVATE_KEY,
            Attribute.KEY_TYPE: KeyType.DSA,
            Attribute.TOKEN: True,
            Attribute.LABEL: "seal",
            Attribute.PRIME: b"\x17",
            Attribute.SUBPRIME: b"\x0b",
            Attribute.BASE: b"\x04",
            Attribute.VALUE: b"\x03",
        }
    )

    with pytest.raises(KeyUnusable, match="it holds no RSA or ECDSA key"):
        open_token_key(token.source(), issued, None)


def test_certificates_of_other_kinds_are_passed_over(token, tmp_path):
    chain = tmp_path / "chain.crt"
    strange = certificate(key=ed25519_key())
    others = (strange, certificate(key=rsa_key()), certificate(key=p384_key()))
    ours = certificate(key=p256_key())
    chain.write_bytes(b"".join(map(pem, (*others, ours))))

    assert open_token_key(token.source(), chain, None).certificate == der(ours)


def test_neither_the_key_nor_what_it_says_of_itself_shows_the_pin(token, issued):
    key = open_token_key(token.source(), issued, None)
    token.pull_out()
    with pytest.raises(TokenAway) as got:
        key.sign(b"data")
    token.plug_in()

    shown = f"{key!r} {key.source!r} {got.value!r} {got.value.details}"
    assert PIN not in shown


def test_a_library_is_named_in_the_settings_or_in_the_uri(token, issued):
    with pytest.raises(KeyUnusable, match="say in its setting module which library"):
        open_token_key(token.source(module=None), issued, None)

    uri = f"{token.uri()}?module-path={token.hsm.module}"
    assert signs(open_token_key(token.source(uri=uri, module=None), issued, None))


def test_what_is_no_library_is_said(token, issued, tmp_path):
    (tmp_path / "lib.so").write_bytes(b"no library")

    with pytest.raises(KeyUnusable, match="no PKCS#11 library that can be loaded"):
        open_token_key(token.source(module=tmp_path / "lib.so"), issued, None)


def test_without_the_extra_it_is_said_how_to_install_it(token, issued, monkeypatch):
    load_module.cache_clear()
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with pytest.raises(KeyUnusable, match=re.escape("edoc-connector[pkcs11]")):
        open_token_key(token.source(), issued, None)
    load_module.cache_clear()


def test_whoever_keeps_keys_in_files_never_loads_the_library():
    code = "import sys, edoc_connector.app.connector; print('pkcs11' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_the_uri_of_a_message_is_the_one_of_the_settings(token):
    assert str(parse_token_uri(token.uri())) == token.uri()


# --- as people meet it --------------------------------------------------------


SITE = """
[organization]
code = "H20"
name = "UBND tỉnh"
[state]
folder = "state"
[axis]
url = "amqp://h20@127.0.0.1:1/edoc"
password = "file:axis.password"
[seal]
key = "{uri}"
module = "{module}"
certificate = "seal.crt"
password = "file:token.pin"
[trust]
anchors = ["root.pem"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""


@pytest.fixture
def site(token, tmp_path):
    """A site whose key is on a token, and a way to call `edoc` in its place."""
    now = datetime.now(UTC)
    authority = authority_today()
    ours = certificate(
        key=p256_key(),
        issuer=authority.subject,
        issuer_key=p256_key(-3),
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=300),
    )
    (tmp_path / "seal.crt").write_bytes(pem(ours))
    (tmp_path / "root.pem").write_bytes(pem(authority))
    make_register(tmp_path / "dms.db")
    for name, text in (("axis.password", "x"), ("token.pin", PIN)):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(text, encoding="utf-8")
    text = SITE.format(uri=token.uri(), module=token.hsm.module)
    (tmp_path / "edoc.toml").write_text(text, encoding="utf-8")
    return tmp_path


def edoc_at(site, *arguments):
    """The command in a process of its own, as a service or a person calls it."""
    command = (sys.executable, "-m", "edoc_connector")
    done = subprocess.run(
        [*command, "--lang", "en", "--settings", site / "edoc.toml", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_site_with_a_token_is_right_and_shows_its_key(site):
    code, told = edoc_at(site, "settings", "check")
    assert code == 0
    assert told.endswith(f"{site / 'edoc.toml'} is right\n")

    code, told = edoc_at(site, "key", "list", "--json")

    assert code == 0
    assert '"state":"ready"' in told
    assert '"algorithm":"ecdsa-p256-sha256"' in told


def test_a_service_started_again_and_again_tries_a_wrong_pin_once(site):
    (site / "token.pin").write_text("999999", encoding="utf-8")

    first, second = edoc_at(site, "run", "--once"), edoc_at(site, "run", "--once")
    (site / "token.pin").write_text(PIN, encoding="utf-8")
    third = edoc_at(site, "run", "--once")
    checked = edoc_at(site, "settings", "check")
    fourth = edoc_at(site, "run", "--once", "--only", "accept")

    assert "does not accept the PIN" in first[1]
    assert "a wrong PIN was entered before" in second[1]
    assert "try it once with: edoc settings check" in third[1]
    assert [it[0] for it in (first, second, third)] == [ExitCode.SETTINGS] * 3
    assert checked[0] == ExitCode.OK
    assert fourth[0] == ExitCode.UNAVAILABLE  # the broker, which nobody started
    assert "[bus-unavailable]" in fourth[1]


def test_a_service_started_without_its_token_may_be_started_again(site, token):
    token.pull_out()

    code, told = edoc_at(site, "run", "--once")
    token.plug_in()

    assert code == ExitCode.UNAVAILABLE
    assert "[token-away]" in told
