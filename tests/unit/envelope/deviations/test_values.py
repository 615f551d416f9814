"""Departures in values, each made from our own packet by changing one thing."""

from dataclasses import replace

import pytest

from edoc_connector.model.deviations import Departure, Deviation
from tests.support import builders
from tests.support.departures import deviations_in, kinds_in, with_change
from tests.support.dialects import changed, without


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("15/12/2026", Departure.DATE_FORMAT),
        ("2026-12-15", Departure.DATE_FORMAT),
        ("2026/12/15 08:00:00", Departure.DATE_FORMAT),
        ("05/06/2026", Departure.DATE_AMBIGUOUS),
        ("hôm qua", Departure.DATE_UNREADABLE),
        ("2026/02/30", Departure.DATE_UNREADABLE),
        (" 2026/12/15", Departure.UNTRIMMED),
    ],
)
def test_a_date_that_is_not_ours_is_named(text, kind):
    packet = with_change(">2026/12/15<", f">{text}<")

    assert deviations_in(packet) == (
        Deviation(kind, "MessageHeader/DueDate", text.strip()),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("00", Departure.NUMBER_FORMAT),
        ("-1", Departure.NUMBER_NEGATIVE),
        ("mười", Departure.NUMBER_UNREADABLE),
        ("9", Departure.UNKNOWN_VALUE),
    ],
)
def test_a_number_that_is_not_ours_is_named(text, kind):
    packet = with_change("<edXML:SteeringType>0<", f"<edXML:SteeringType>{text}<")

    assert deviations_in(packet) == (
        Deviation(kind, "MessageHeader/SteeringType", text),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", Departure.TRUTH_FORMAT),
        ("TRUE", Departure.TRUTH_FORMAT),
        ("có", Departure.TRUTH_UNREADABLE),
    ],
)
def test_a_truth_that_is_not_ours_is_named(text, kind):
    packet = with_change("<edXML:Direction>false<", f"<edXML:Direction>{text}<")

    assert kinds_in(packet) == [kind]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("null", [Departure.NULL_WORD]),
        ("hôm qua", [Departure.DATE_UNREADABLE]),
        ("2026-11-23T08:30:00", [Departure.DATE_FORMAT]),
    ],
)
def test_a_stamp_that_is_not_ours_is_named(text, kinds):
    packet = with_change("2026/11/23 08:30:00", text)

    assert kinds_in(packet) == kinds


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("H20.14\u200b", "H20.14\ufffd: invisible"),
        ("h20.14", "h20.14: lower-case"),
        ("02.29.W00", "02.29.W00: node"),
    ],
)
def test_an_unusual_code_is_named_with_what_is_unusual(code, found):
    document = builders.document(responses=())
    packet = changed(
        builders.packet(document),
        "<edXML:OrganId>H20.14</edXML:OrganId>",
        f"<edXML:OrganId>{code}</edXML:OrganId>",
    )

    kind = Departure.ORGANIZATION_CODE
    assert Deviation(kind, "MessageHeader/To/OrganId", found) in deviations_in(packet)


def test_a_node_that_stamps_is_nothing_unusual():
    stamp = builders.envelope().trace[0]
    envelope = builders.envelope()
    node = replace(stamp, organization=type(stamp.organization)("02.29.W00"))

    packet = builders.packet_of(replace(envelope, trace=(stamp, node)))

    assert deviations_in(packet) == ()


def test_the_word_null_is_no_code():
    packet = changed(
        builders.packet(builders.document(responses=())),
        "<edXML:OrganId>H20.14<",
        "<edXML:OrganId>H20.14</edXML:OrganId></edXML:To>"
        "<edXML:To><edXML:OrganId>null<",
    )

    assert Departure.NULL_WORD in kinds_in(packet)


def test_letters_with_their_marks_apart_are_named():
    assert Departure.NOT_NFC in kinds_in(
        with_change(
            "Về việc kết nối, liên thông phần mềm quản lý văn bản</edXML:Subject",
            "Ve\u0302\u0300 việc</edXML:Subject",
        )
    )


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("DocumentId", "DocumentId"),
        ("Subject", "Subject"),
        ("CodeNotation", "Code/CodeNotation"),
        ("PromulgationInfo", "PromulgationInfo/PromulgationDate"),
        ("SteeringType", "SteeringType"),
    ],
)
def test_a_missing_field_is_named(name, where):
    packet = without(
        builders.packet(builders.document(responses=(), business=None)), name
    )

    kind = Departure.MISSING_FIELD
    assert Deviation(kind, f"MessageHeader/{where}") in deviations_in(packet)


@pytest.mark.parametrize(
    ("number", "is_apart"),
    [("15", True), ("28/2018", True), ("15/UBND", False), ("28/2018/QĐ", False)],
)
def test_a_number_that_holds_the_notation_is_named(number, is_apart):
    packet = with_change("CodeNumber>15<", f"CodeNumber>{number}<")

    assert (Departure.CODE_NOT_SPLIT in kinds_in(packet)) is not is_apart


@pytest.mark.parametrize("text", ["18661", "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb"])
def test_a_document_id_of_another_form_is_named(text):
    packet = with_change(
        "<edXML:DocumentId>H20,2026/11/23,15/UBND-VX<", f"<edXML:DocumentId>{text}<"
    )

    kind = Departure.DOCUMENT_ID_FORM
    assert deviations_in(packet) == (Deviation(kind, "MessageHeader/DocumentId", text),)


@pytest.mark.parametrize(
    ("old", "where"),
    [
        (">UBND-VX<", "MessageHeader/Code/CodeNotation"),
        (">Văn bản điện tử mới<", "TraceHeaderList/Bussiness/BussinessDocReason"),
    ],
)
def test_a_value_longer_than_the_standard_lets_it_be_is_named(old, where):
    packet = with_change(old, f">{'x' * 501}<")

    (deviation,) = deviations_in(packet)

    assert (deviation.kind, deviation.where) == (Departure.TOO_LONG, where)


def test_a_value_of_just_the_length_that_is_allowed_is_not_named():
    assert deviations_in(with_change(">UBND-VX<", f">{'x' * 30}<")) == ()


def test_recipients_that_are_one_body_are_named():
    recipients = (
        builders.organization("H20.14"),
        builders.organization("000.00.14.H20", in_charge="TLTVBQG_CDMDD_QD20"),
        builders.organization("000.00.14.H20"),
    )
    packet = builders.packet(builders.document(recipients=recipients))

    kinds = kinds_in(packet)

    assert kinds == [
        Departure.DUPLICATE_RECIPIENT_ALIAS,
        # Alias and repetition stand at one place of one name.
        Departure.DUPLICATE_RECIPIENT,
    ]
