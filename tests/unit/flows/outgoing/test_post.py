import pytest

from edoc_connector.errors import Ambiguous, NoPacket, NotARecipient
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.model.delivery import DocumentState, InboxState
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Storage
from tests.support.storage import BOTH, NOW, arrival, digest, outgoing, receive


@pytest.fixture
def storage(tmp_path):
    opened = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    opened.migrate()
    yield opened
    opened.close()


def add(storage: Storage, **changes):
    document = outgoing(**changes)
    with storage.work() as work:
        work.documents.add(document, BOTH)
    return document


def test_a_row_that_was_refused_is_corrected_and_not_sent_again(storage):
    refused = add(storage, state=DocumentState.REFUSED)

    with pytest.raises(NoPacket, match="correct it in the document register"):
        resend(storage, refused.key, at=NOW)


def test_a_document_that_is_not_sealed_yet_has_to_wait(storage):
    with pytest.raises(NoPacket, match="not sealed yet"):
        resend(storage, add(storage).key, at=NOW)


def test_who_is_no_recipient_is_told_with_those_who_are(storage):
    sealed = add(storage, packet=digest("p"), packet_bytes=1)

    with pytest.raises(NotARecipient, match=r"H99 is not .* are H20\.14, "):
        resend(storage, sealed.key, [OrganizationCode("H99")], at=NOW)


def test_who_is_named_twice_gets_it_once(storage):
    sealed = add(storage, packet=digest("p"), packet_bytes=1)
    code = BOTH[0].code

    assert resend(storage, sealed.key, [code, code], at=NOW) == (code,)


@pytest.mark.parametrize("text", ["643/UBND-THVX", "643"])
def test_what_was_set_aside_is_found_by_its_number(storage, text):
    with storage.work() as work:
        receive(
            work,
            state=InboxState.QUARANTINED,
            correlation_id="H20,2026/11/23,643/UBND-THVX",
        )

    with storage.reading() as work:
        assert tell_story(work, text).label == "643/UBND-THVX"


@pytest.mark.parametrize("text", ["2026", "28", "28/2026"])
def test_a_year_is_not_taken_for_a_number(storage, text):
    with storage.work() as work:
        receive(
            work,
            state=InboxState.QUARANTINED,
            correlation_id="H20,2026/11/23,643/UBND-THVX",
        )

    with storage.reading() as work:
        assert work.inbox.find_text(text, 20) == ()


def test_a_sent_document_is_found_by_its_number_alone(storage):
    add(storage)

    with storage.reading() as work:
        assert tell_story(work, "28").label == "28/2026/UBND-VX"


def test_what_may_be_meant_is_told_by_short_id_label_and_direction(storage):
    sent = add(storage)
    with storage.work() as work:
        entry = receive(work, "0123456789", state=InboxState.QUARANTINED)
        work.arrivals.add(arrival(entry, document_id=DocumentId("another")))

    with storage.reading() as work, pytest.raises(Ambiguous) as caught:
        tell_story(work, "28/2026/UBND-VX")

    assert caught.value.details["sent"] == f"{sent.key[:8]} 28/2026/UBND-VX"
    assert caught.value.details["received"] == "01234567 28/2026/UBND-VX"
