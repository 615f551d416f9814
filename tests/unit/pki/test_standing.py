from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.errors import CertificateOutOfDate
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.standing import check_dates, key_problems
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.choices import SubjectField
from tests.support.builders import SENDER, SENT_AT
from tests.support.pki import certificate, der, name, rsa_key, usage

CERTIFICATE = der(certificate())
NO_SIGNATURE = {"digital_signature": False, "content_commitment": False}


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "seal.key"
    path.touch(mode=0o600)
    path.write_bytes(
        rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def codes(path, *, code=SENDER, certificate=CERTIFICATE, binding=Binding()):  # noqa: B008
    found = key_problems(str(path), certificate, code=code, binding=binding)
    return [it.code for it in found]


def test_a_private_key_of_our_own_may_seal(key):
    assert codes(key) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_may_use_may_not(key, mode):
    key.chmod(mode)

    assert codes(key) == ["key-exposed"]


def test_all_that_is_wrong_is_told(key):
    key.chmod(0o644)

    nothing = der(certificate(usage=usage(key_cert_sign=True, **NO_SIGNATURE)))

    found = codes(key, code="H99", certificate=nothing)

    assert found == ["key-exposed", "key-of-another", "key-unusable"]


def test_whose_a_certificate_is_says_the_rule_of_the_settings(key):
    listed = Binding(
        certificates={sha256(CERTIFICATE).hexdigest(): (OrganizationCode("H99"),)}
    )

    assert codes(key, code="H99", binding=listed) == []
    assert codes(key, binding=listed) == ["key-of-another"]


def test_a_certificate_that_names_nobody_is_told_with_what_was_read(key):
    odd = der(certificate(subject=name("somebody")))
    rule = Binding(
        fields=(SubjectField.USER_ID, SubjectField.TITLE), prefixes=("MST:",)
    )

    (found,) = key_problems(str(key), odd, code=SENDER, binding=rule)

    assert f"belongs to no organisation, not to {SENDER}" in str(found)
    assert 'read was userId, title (prefixes: "MST:"), as trust.binding' in str(found)


def test_a_key_on_a_token_is_no_file_that_others_may_read():
    assert codes("pkcs11:object=seal") == []


@pytest.mark.parametrize("days", [-31, 336])
def test_outside_its_days_a_certificate_is_refused_with_them(days):
    with pytest.raises(CertificateOutOfDate, match=r"from \d{4}-\d\d-\d\d to") as got:
        check_dates("seal.p12", CERTIFICATE, SENT_AT + timedelta(days=days))

    assert "new certificate" in str(got.value)


@pytest.mark.parametrize("days", [-30, 0, 335])
def test_within_its_days_it_serves(days):
    check_dates("seal.p12", CERTIFICATE, SENT_AT + timedelta(days=days))
