from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.demo.authority import LISTS, create_authority
from edoc_connector.errors import KeyUnusable
from edoc_connector.model.verdict import Indication
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.keys import load_key
from edoc_connector.pki.request import KeyKind, certificate_request, create_key
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.trust import check_trust
from edoc_connector.signature.verify import verify
from tests.support.builders import SENDER, SENT_AT
from tests.support.pki import p256_key
from tests.support.seals import received

NAME = "Ủy ban nhân dân tỉnh"


@pytest.mark.parametrize("kind", KeyKind)
def test_a_site_set_up_with_the_demo_authority_seals_what_others_verify(
    kind: KeyKind, tmp_path: Path
) -> None:
    authority = create_authority(tmp_path / "authority", now=SENT_AT)
    path, issued = tmp_path / "seal.key", tmp_path / "seal.crt"
    private = create_key(path, kind=kind, password=b"x")
    request = certificate_request(private, code=SENDER, name=NAME)

    issued.write_bytes(authority.issue(request, code=SENDER, name=NAME, now=SENT_AT))

    policy = Policy(anchors=load_anchors([authority.anchors]))
    arrived = received(key=load_key(path, issued, b"x"))
    lists = CrlFiles(tuple(tmp_path / "authority" / name for name in LISTS))
    found = verify(
        arrived,
        policy,
        account=SENDER,
        received_at=SENT_AT,
        now=SENT_AT,
        revocation=Carried(lists),
    )
    assert found.verdict.indication is Indication.PASSED


@dataclass
class Carried:
    """The lists of these files, and nobody else."""

    files: CrlFiles

    def answers(self, certificate, issuer, at):
        del certificate, at
        return self.files.answers(issuer)


def test_the_authority_says_whose_certificate_it_is_not_the_request(
    tmp_path: Path,
) -> None:
    authority = create_authority(tmp_path, now=SENT_AT)
    request = certificate_request(p256_key(), code="G22", name="khác")
    path = tmp_path / "seal.pem"

    path.write_bytes(authority.issue(request, code=SENDER, name=NAME, now=SENT_AT))

    issued = x509.load_pem_x509_certificate(path.read_bytes())
    assert read_certificate(issued.public_bytes(Encoding.DER)).organization == SENDER


def test_a_request_that_was_changed_is_refused(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, now=SENT_AT)
    request = x509.load_pem_x509_csr(
        certificate_request(p256_key(), code=SENDER, name=NAME)
    )
    der = request.public_bytes(Encoding.DER).replace(b"H20", b"H21")
    changed = x509.load_der_x509_csr(der).public_bytes(Encoding.PEM)

    with pytest.raises(KeyUnusable, match="not signed with it"):
        authority.issue(changed, code=SENDER, name=NAME, now=SENT_AT)


def test_the_demo_root_says_what_it_is(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, now=SENT_AT)

    root = read_certificate(load_anchors([tmp_path / "root.pem"])[0].der)

    assert "demonstration" in root.subject
    assert (
        load_anchors([tmp_path / "issuing.pem"])
        == load_anchors([authority.anchors])[1:]
    )


def test_a_demo_certificate_lasts_a_year(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, now=SENT_AT)
    request = certificate_request(p256_key(), code=SENDER, name=NAME)
    pem = authority.issue(request, code=SENDER, name=NAME, now=SENT_AT)
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)

    for days in (0, 364):
        check_trust(
            read_certificate(der),
            load_anchors([authority.anchors]),
            SENT_AT + timedelta(days=days),
        )
