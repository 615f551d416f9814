from pathlib import Path

import pytest

from edoc_connector.token_uri import holds_pin, is_token_uri, parse_token_uri


def test_a_uri_names_a_token_and_a_key_on_it():
    uri = parse_token_uri(
        "pkcs11:token=S%E1%BB%9F;serial=12ab;object=seal;type=private;id=%01%ff"
        ";slot-id=3;manufacturer=M;model=X?module-path=/usr/lib/token.so"
    )

    assert (uri.token, uri.serial, uri.object, uri.id) == (
        "Sở",
        "12ab",
        "seal",
        b"\x01\xff",
    )
    assert (uri.slot_id, uri.manufacturer, uri.model) == (3, "M", "X")
    assert uri.module == Path("/usr/lib/token.so")


def test_what_is_not_named_may_be_anything():
    uri = parse_token_uri("pkcs11:object=seal")

    assert (uri.token, uri.serial, uri.id, uri.slot_id, uri.module) == (
        "",
        "",
        b"",
        None,
        None,
    )
    assert str(uri) == "pkcs11:object=seal"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seal.pem", "no PKCS#11 URI"),
        ("pkcs11:" + "object=a" * 200, "no PKCS#11 URI"),
        ("pkcs11:", "neither object nor id"),
        ("pkcs11:token=seal", "neither object nor id"),
        ("pkcs11:object=a;object=b", "named twice"),
        ("pkcs11:object=a;type=cert", "more than a private key"),
        ("pkcs11:object=a;x-vendor=1", "more than a private key"),
        ("pkcs11:object=a?module-name=token", "more than a private key"),
        ("pkcs11:object=a?module-path=token.so", "must be absolute"),
        ("pkcs11:object=a;slot-id=one", "invalid literal"),
        ("pkcs11:object=a?pin-value=1234", "a PIN does not belong there"),
        ("pkcs11:object=a?pin-source=file:/pin", "a PIN does not belong there"),
    ],
)
def test_what_names_no_one_key_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_token_uri(text)


@pytest.mark.parametrize(
    "text", ["pkcs11:a?PIN-VALUE=1", "pkcs11:a?pin%2Dvalue=1", "pkcs11:a?pin-source=x"]
)
def test_a_pin_is_seen_however_it_is_written(text):
    assert holds_pin(text)


def test_a_path_is_told_from_a_uri():
    assert is_token_uri("PKCS11:object=seal")
    assert not is_token_uri("pkcs11.pem")
