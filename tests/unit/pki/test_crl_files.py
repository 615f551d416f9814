from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.pki.crl_files import CrlFiles, check_crl_files, crl_der
from edoc_connector.signature.ports import Answer, Silence
from tests.support.builders import SENT_AT
from tests.support.pki import name
from tests.support.revocation import authority, entry, revocation_list


def pem(data: bytes) -> bytes:
    return x509.load_der_x509_crl(data).public_bytes(Encoding.PEM)


def test_lists_in_either_form_are_read(tmp_path) -> None:
    data = revocation_list()
    paths = tmp_path / "a.crl", tmp_path / "b.pem"
    paths[0].write_bytes(data)
    paths[1].write_bytes(b"\n" + pem(data))

    found = [*CrlFiles(paths).answers(authority())]

    assert [it.evidence.data for it in found] == [data, data]
    assert [it.source for it in found] == ["a.crl", "b.pem"]


def test_lists_of_other_authorities_are_left_out(tmp_path) -> None:
    path = tmp_path / "a.crl"
    path.write_bytes(revocation_list(issuer=name("another")))

    assert [*CrlFiles((path,)).answers(authority())] == []


def test_a_file_is_read_again_when_it_has_changed_and_not_before(tmp_path) -> None:
    path = tmp_path / "a.crl"
    first, second = revocation_list(), revocation_list(entry(SENT_AT))
    path.write_bytes(first)
    files = CrlFiles((path,))
    (before,) = files.answers(authority())

    (same,) = files.answers(authority())
    replacement = tmp_path / "new"
    replacement.write_bytes(second)
    replacement.replace(path)
    (after,) = files.answers(authority())

    assert isinstance(before, Answer)
    assert isinstance(same, Answer)
    assert isinstance(after, Answer)
    assert same.evidence is before.evidence
    assert after.evidence.data == second


def test_a_file_that_is_no_list_is_silent_and_said_so(tmp_path) -> None:
    broken, damaged = tmp_path / "a.crl", tmp_path / "b.crl"
    broken.write_bytes(b"<html>")
    damaged.write_bytes(b"-----BEGIN X509 CRL-----\n????\n-----END X509 CRL-----\n")

    found = [*CrlFiles((broken, damaged, tmp_path / "gone.crl")).answers(authority())]

    no_list = "it holds no list of revoked certificates"
    assert found == [
        Silence("a.crl", no_list),
        Silence("b.crl", no_list),
        Silence("gone.crl", "No such file or directory"),
    ]


def test_settings_are_checked_before_the_first_packet(tmp_path) -> None:
    good, bad = tmp_path / "a.crl", tmp_path / "b.crl"
    good.write_bytes(revocation_list())
    bad.write_bytes(b"")

    told = [*check_crl_files([good, bad, tmp_path / "gone.crl"])]

    assert [it.details["path"] for it in told] == [
        str(bad),
        str(tmp_path / "gone.crl"),
    ]
    assert all("trust.revocation.crls" in str(it) for it in told)


def test_what_is_no_list_stays_as_it_is() -> None:
    assert crl_der(b"<html>") == b"<html>"
