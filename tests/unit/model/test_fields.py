"""The table of fields, held against what is really written."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from edoc_connector.model.fields import FIELDS, Cardinality, FieldKind, field_at
from edoc_connector.model.stages import PacketError
from tests.support.builders import (
    attachment,
    contents,
    envelope,
    packet_of,
    staff,
    status,
)
from tests.support.seals import DRAFT, every_field

SILENT = {
    "edXML",
    "edXMLEnvelope",
    "edXMLHeader",
    "MessageHeader",
    "TraceHeaderList",
    "edXMLBody",
    "edXMLManifest",
    "AttachmentEncoded",
}
"""What says nothing about which field it is, so that no path begins with it."""


def written() -> Iterator[str]:
    """The path of every value in a document and a status that have everything."""
    file = attachment(
        DRAFT, description="Phụ lục", field_name="tep", mime_type="application/zip"
    )
    document = replace(every_field(), attachments=(file,))
    errors = (PacketError("N.MessageHeader.Subject", "thiếu"),)
    full = envelope(document, errors=errors)
    told = status(staff=staff(department_id="VP", staff_id="VT1"))
    for packet in (packet_of(full, files=contents(DRAFT)), packet_of(envelope(told))):
        for element in etree.fromstring(packet).iter():
            if not len(element):
                yield path_of(element)


def path_of(element: etree._Element) -> str:
    way = [element, *element.iterancestors()][::-1]
    names = (etree.QName(step).localname for step in way)
    return "/".join(name for name in names if name not in SILENT)


BYTES = "Attachment/ContentTransferEncoded"


def test_each_value_that_can_be_written_has_one_entry_and_none_is_left_over():
    assert {*written()} - {BYTES} == set(FIELDS)


def test_the_table_stands_in_the_order_in_which_a_document_is_written():
    of_document = [path for path in dict.fromkeys(written()) if path in FIELDS]
    ours = [path for path in FIELDS if not path.startswith(("Attachment", "Reference"))]

    before = of_document[: of_document.index("TraceHeader/Timestamp") + 1]
    assert before == ours[: ours.index("TraceHeader/Timestamp") + 1]


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_field_has_its_names_and_its_source(field):
    assert field.label.vietnamese[0].isupper()
    assert field.label.english[0].isupper()
    assert field.label.vietnamese != field.label.english
    assert field.source


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_only_codes_have_a_table_and_only_texts_have_a_length(field):
    assert bool(field.codes) == (field.kind is FieldKind.CODE)
    assert field.limit is None or field.kind is FieldKind.TEXT
    assert (field.format == "") == (field.kind is FieldKind.TEXT)


def test_what_is_of_the_standard_says_which_number_it_has_there():
    assert FIELDS["OtherInfo/Priority"].number == "1.11.1"
    assert FIELDS["From/OrganId"].number == "1.1.1"
    assert FIELDS["Bussiness/StaffInfo/Mobile"].number == "2.2.5"
    assert FIELDS["Subject"].source == "QCVN 102:2016 1.6; NĐ 30/2020 Phụ lục VI"


def test_a_field_says_in_which_form_it_is_written():
    assert FIELDS["DueDate"].format == "yyyy/MM/dd"
    assert FIELDS["OtherInfo/Priority"].format == "0, 1, 2, 3, 4"
    assert FIELDS["StatusCode"].format == "01, 02, 03, 04, 05, 06, 13, 15, 16"


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("Code/CodeNumber", 11),
        ("Code/CodeNotation", 30),
        ("Subject", 500),
        ("From/OrganId", 35),
        ("To/OrganizationInCharge", 200),
        ("To/OrganAdd", 250),
        ("To/Website", 100),
        ("DocumentId", 100),
        ("ToPlaces/Place", 150),
    ],
)
def test_of_two_lengths_the_smaller_stands_that_packets_keep_to(path, limit):
    assert FIELDS[path].limit == limit


def test_an_official_id_fits_into_its_field_and_so_does_a_code():
    longest = sum(
        FIELDS[path].limit or 0
        for path in ("From/OrganId", "Code/CodeNumber", "Code/CodeNotation")
    )

    assert longest + len(",2026/11/23,/") <= (FIELDS["DocumentId"].limit or 0)
    assert FIELDS["ResponseFor/Code"].limit == 11 + 1 + 30


def test_siblings_share_their_entry():
    assert field_at("To[2]/OrganId") == FIELDS["To/OrganId"]
    changed = "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver[12]/OrganId"
    assert field_at(changed) is not None
    assert field_at("Other[2]/Thing") is None


def test_what_stands_once_or_more_is_required():
    assert FIELDS["Subject"].is_required
    assert FIELDS["Subject"].group == ""
    replaced = FIELDS[
        "Bussiness/ReplacementInfoList/ReplacementInfo/OrganIdList/OrganId"
    ]
    assert replaced.cardinality is Cardinality.SOME
    assert replaced.is_required
    assert not FIELDS["ToPlaces/Place"].is_required
    assert (FIELDS["To/OrganName"].group, FIELDS["To/OrganName"].name) == (
        "To",
        "OrganName",
    )
