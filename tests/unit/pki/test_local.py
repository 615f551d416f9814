"""Lists carried in and answers kept say something; nobody else is asked."""

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.local import LocalRevocation
from edoc_connector.pki.shelf import NoShelf
from edoc_connector.signature.ports import Answer
from tests.support.builders import SENT_AT
from tests.support.revocation import CRL, authority, revocation_list, sealer

KEPT = Evidence(EvidenceKind.OCSP, b"kept")


class Shelf(NoShelf):
    """Has one answer, and remembers for what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def kept(self, about, issuer):
        self.asked += [*about, issuer]
        return [("http://ocsp.example", KEPT)]


def test_all_that_is_here_is_told_lists_that_were_carried_in_first(tmp_path) -> None:
    path = tmp_path / "a.crl"
    path.write_bytes(revocation_list())
    here = LocalRevocation(CrlFiles((path,)), Shelf())

    carried, kept = here.answers(sealer(), authority(), SENT_AT)

    assert isinstance(carried, Answer)
    assert carried.source == "a.crl"
    assert kept == Answer("http://ocsp.example", KEPT)


def test_it_looks_for_the_certificate_and_for_the_lists_it_names() -> None:
    shelf = Shelf()

    [*LocalRevocation(CrlFiles(), shelf).answers(sealer(), authority(), SENT_AT)]

    certificate, address, issuer = shelf.asked
    assert address == CRL
    assert len({certificate, issuer}) == 2
