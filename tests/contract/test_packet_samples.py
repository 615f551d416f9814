"""Real packets by other software, read in place; skipped where they are not."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

import pytest

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.salvage import salvage
from edoc_connector.errors import AttachmentDamaged, EnvelopeMalformed
from edoc_connector.model.document import (
    BusinessType,
    ChangedReceiver,
    Code,
    Priority,
    Unread,
)
from edoc_connector.model.status import StatusCode
from tests.support.builders import packet_of
from tests.support.dialects import (
    MAX_BYTES,
    document_in,
    file_in,
    received,
    status_in,
)

SAMPLES = Path(__file__).parents[2] / "../shared/samples"
OFFICIAL_DOC = "8385739ec4a4ed36d71eabcaead629641ffc5ffff3d487ff5c34d2f821c9f36e"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample packets here")


def sample(name):
    return (SAMPLES / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("new", BusinessType.NEW),
        ("revocation", BusinessType.RECALL),
        ("update", BusinessType.UPDATE),
        ("replacement", BusinessType.REPLACE),
    ],
)
def test_the_official_documents_are_read(name, kind):
    packet = sample(f"official/edoc_{name}.edxml")

    document = document_in(packet)

    assert document.business.type is kind
    assert document.document_id == "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"
    assert document.code.notation == "VPCP-TTĐT"
    assert document.subject.startswith("V/v kết nối, liên thông")
    assert document.due_date == date(2018, 9, 28)
    assert document.other.page_amount == 22
    assert document.to_places[1] == "Uy ban nhan dan cac tinh, TP"
    assert document.business.staff.mobile == "84912000001"
    assert document.attachments[0].name == "1896_QD-TTg_m_294779.doc"
    assert document.attachments[0].sha256 == OFFICIAL_DOC
    assert file_in(packet).startswith(b"<?xml")  # the axis's own example is no .doc


def test_the_official_documents_say_what_they_change():
    update = document_in(sample("official/edoc_update.edxml"))
    replacement = document_in(sample("official/edoc_replacement.edxml"))
    recall = document_in(sample("official/edoc_revocation.edxml"))

    assert update.business.changed.receivers == (
        ChangedReceiver("000.00.00.H41", 0),
        ChangedReceiver("000.00.00.H14", 1),
    )
    assert replacement.business.replacements[0].document_id == (
        "000.00.00.G22,2014/01/30,7806/VPCP-TTĐT"
    )
    assert [to.code for to in replacement.recipients] == [
        "000.00.00.H41",
        "000.00.00.H14",
        "000.00.00.G17",
    ]
    assert recall.responses[0].code == "267/VPCP-TTĐT"


def test_the_official_placeholder_of_a_seal_is_found_as_text():
    seal = received(sample("official/edoc_new.edxml")).seal

    assert seal.certificates == ("MIIFqTCCBJG",)
    assert seal.signature_method.endswith("#rsa-sha1")
    assert seal.references[0].digest_value == "FwgIqsSYJshUS2+wlOM61L+q7Aw="
    assert len(seal.references[0].transforms) == 2


@pytest.mark.parametrize(
    ("name", "code", "sender", "told"),
    [
        ("inbox__01", "01", "000.00.00.H41", "000.00.00.G22"),
        ("rejection_02", "02", "000.00.00.H41", "000.00.00.G22"),
        ("acceptance_03", "03", "000.00.00.H41", "000.00.00.G22"),
        ("assignment_04", "04", "000.00.00.H41", "000.00.00.G22"),
        ("processing_05", "05", "000.00.00.H41", "000.00.00.G22"),
        ("finish_06", "06", "000.00.00.H41", "000.00.00.G22"),
        ("cancellation_13", "13", "000.00.00.G22", "000.00.00.H41"),
        ("change-acceptance_15", "15", "000.00.00.H41", "000.00.00.G22"),
        ("change-rejection_16", "16", "000.00.00.H41", "000.00.00.G22"),
    ],
)
def test_the_nine_official_statuses_are_read(name, code, sender, told):
    status = status_in(sample(f"official/status_{name}.edxml"))

    assert (status.code, status.sender.code) == (StatusCode(code), sender)
    assert status.response_for.organization == told
    assert status.response_for.code == "7816/VPCP-TTĐT"
    assert status.response_for.promulgation_date == date(2015, 9, 30)
    assert status.response_for.document_id.endswith("7816/VPCP-TTĐT")
    assert status.staff.email == "ngoctram@nghean.vn"
    assert status.at == datetime(2015, 9, 20, 11, 8, 36, tzinfo=VIETNAM)
    assert status.description


def test_a_packet_that_nodes_rebuilt_and_stamped_is_read():
    packet = sample("delivered/852e179c-8eca-4502-ac38-0b97321f29c3.edxml")

    envelope = received(packet).envelope

    assert envelope.content.code == Code("1223412", "PRO-TEST-CASE1")
    assert envelope.content.responses == ()
    assert envelope.content.business is None
    assert [stamp.organization for stamp in envelope.trace] == [
        "01.02.G22",
        "001.00.20.TT2",
    ]
    assert envelope.content.attachments[0].name == "GUIDE_INSTALL OPENVPN.SIGNED.PDF"
    assert not file_in(packet).startswith(b"PK")


# --- what is reported ---------------------------------------------------------

LIBRARY: Final = {
    "order",  # TraceHeader before Bussiness
    "signature-placeholder",
    "signature-namespace",
    "wrapped-needlessly",  # a .doc in a ZIP
}
STATUS: Final = {"order"}  # OrganName before OrganizationInCharge

REPORTED: Final = {
    "official/edoc_new.edxml": LIBRARY
    | {"organization-code", "document-id-of-another"},  # to 28.22.H17, by A80 as G22
    "official/edoc_replacement.edxml": LIBRARY,
    "official/edoc_revocation.edxml": LIBRARY,
    "official/edoc_update.edxml": LIBRARY,
    **{
        f"official/status_{name}.edxml": STATUS
        for name in (
            "inbox__01",
            "rejection_02",
            "acceptance_03",
            "assignment_04",
            "processing_05",
            "finish_06",
            "cancellation_13",
            "change-acceptance_15",
            "change-rejection_16",
        )
    },
    "delivered/852e179c-8eca-4502-ac38-0b97321f29c3.edxml": {
        "document-id-form",  # a UUID
        "not-nfc",
        "empty-element",  # <ResponseFor />
        "organization-code",  # 01.02.G22 has stamped it
        "signature-placeholder",
        "signature-namespace",
        "content-type-lies",  # what is inside is no PDF
        "wrapped-needlessly",
    },
    "dotnet/form.edxml": {
        "comments",
        "extra-namespaces",
        "extra-root-children",
        "order",
        "code-not-split",
        "document-id-of-another",
        "organization-code",
        "date-unreadable",
        "number-unreadable",
        "too-long",
        "extra-attributes",
        "empty-element",
        "unprefixed-children",
        "signature-empty",
    },
    "broken/undeclared-prefix.edxml": {
        "comments",
        "order",
        "document-id-form",
        "not-nfc",
        "empty-element",
        "organization-code",
        "foreign-namespace",
        "signature-placeholder",
    },
}


@pytest.mark.parametrize("name", REPORTED)
def test_how_each_sample_departs_from_our_form_is_reported(name):
    found = salvage(sample(name), max_bytes=MAX_BYTES)

    assert {deviation.kind.value for deviation in found.deviations} == REPORTED[name]


def test_no_sample_is_left_out():
    here = {str(path.relative_to(SAMPLES)) for path in SAMPLES.glob("*/*.edxml")}

    assert here == set(REPORTED)


@pytest.mark.parametrize("name", [name for name in REPORTED if "official" in name])
def test_what_was_read_of_a_sample_is_written_and_read_again(name):
    found = received(sample(name))

    packet = packet_of(found.envelope, files=found.contents)

    assert received(packet).envelope == found.envelope


# --- what is refused ----------------------------------------------------------


def test_a_form_with_remarks_for_values_keeps_them_as_text():
    found = salvage(sample("dotnet/form.edxml"), max_bytes=MAX_BYTES)
    document = found.envelope.content

    assert [type(problem) for problem in found.problems] == [AttachmentDamaged]
    assert document.promulgation_date == Unread(
        "2020/06/02(Ngày tháng nam ban hành yyyy/mm/dd)"
    )
    assert document.due_date == Unread("2020/06/04(Hạn trả lời của VB)")
    assert document.other.page_amount == Unread("0(Số trang)")
    assert document.priority == Priority.NORMAL
    assert document.business.type is BusinessType.UPDATE
    assert document.signer.full_name.startswith("Hoàng Văn Truyền")
    assert found.envelope.trace[0].at == datetime(
        2020, 6, 2, 15, 48, 40, tzinfo=VIETNAM
    )


def test_a_file_that_is_no_file_is_refused_by_its_name():
    with pytest.raises(AttachmentDamaged, match=r"signed\.pdf .* not base64"):
        received(sample("dotnet/form.edxml"))


def test_a_packet_that_is_not_well_formed_is_refused_by_its_line():
    with pytest.raises(EnvelopeMalformed, match="line 116: the prefix xlink of"):
        received(sample("broken/undeclared-prefix.edxml"))


def test_a_packet_that_is_not_well_formed_still_says_what_it_was_about():
    found = salvage(sample("broken/undeclared-prefix.edxml"), max_bytes=MAX_BYTES)
    document = found.envelope.content

    assert document.code == Code("12234555512", "PRO-TEST-CASE1")
    assert document.subject == "Văn bản liên thông chỉ đạo - 190701"
    assert document.sender.code == "002.00.20.H13"
    assert [type(problem) for problem in found.problems] == [
        EnvelopeMalformed,
        AttachmentDamaged,
    ]
