from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from edoc_connector.errors import KeyUnusable
from edoc_connector.pki.request import (
    KeyKind,
    certificate_request,
    create_key,
)
from tests.support.builders import SENDER
from tests.support.pki import p256_key, rsa_key

NAME = "Ủy ban nhân dân tỉnh"


@pytest.mark.parametrize("kind", KeyKind)
def test_a_new_key_can_be_read_again(kind: KeyKind, tmp_path: Path) -> None:
    path = tmp_path / "seal.key"

    private = create_key(path, kind=kind, password=None)

    read = load_pem_private_key(path.read_bytes(), None)
    assert read.private_numbers() == private.private_numbers()


def test_a_new_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"

    create_key(path, kind=KeyKind.P_256, password=None)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_with_a_password_is_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"

    create_key(path, kind=KeyKind.P_256, password=b"mat khau")

    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    path.write_bytes(b"the only copy")

    with pytest.raises(KeyUnusable, match="there is a key already"):
        create_key(path, kind=KeyKind.P_256, password=None)

    assert path.read_bytes() == b"the only copy"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="No such file"):
        create_key(tmp_path / "none" / "k", kind=KeyKind.P_256, password=None)


@pytest.mark.parametrize("private", [rsa_key(), p256_key()], ids=["rsa", "p256"])
def test_a_request_names_the_organisation_and_proves_the_key(private) -> None:
    request = x509.load_pem_x509_csr(
        certificate_request(private, code=SENDER, name=NAME)
    )

    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == (f"CN={NAME},O={NAME},2.5.4.97=H20,C=VN")


def test_a_name_longer_than_a_certificate_takes_is_cut_at_a_letter() -> None:
    request = x509.load_pem_x509_csr(
        certificate_request(p256_key(), code=SENDER, name="Ủ" * 60)
    )

    assert request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == (
        "Ủ" * 21
    )


def test_an_organisation_without_a_name_is_named_by_its_code() -> None:
    request = x509.load_pem_x509_csr(
        certificate_request(p256_key(), code=SENDER, name=" ")
    )

    assert "CN=H20" in request.subject.rfc4514_string()
