from dataclasses import replace

import pytest

from edoc_connector.model.document import ResponseFor
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.stated import stated
from tests.support.builders import attachment, document, organization, status


def test_text_is_composed_and_trimmed() -> None:
    sent = document(subject=" \u00a0Ve\u0302\u0300 vie\u0323\u0302c\n ")

    assert stated(sent).subject == "Về việc"


def test_a_line_ends_with_a_line_feed_whatever_the_dms_wrote() -> None:
    sent = document(subject="một\r\nhai\rba")

    assert stated(sent).subject == "một\nhai\nba"


def test_nothing_else_inside_a_text_is_touched() -> None:
    subject = "hai  dấu cách\tvà <dấu> & “ngoặc”"

    assert stated(document(subject=subject)).subject == subject


def test_a_recipient_added_by_a_node_is_not_the_senders() -> None:
    alias = organization("000.00.14.H20", in_charge="TLTVBQG_CDMDD_QD20")
    sent = document()

    assert stated(replace(sent, recipients=(*sent.recipients, alias))) == stated(sent)


def test_entries_that_say_nothing_are_gone() -> None:
    nobody = organization(
        "",
        **dict.fromkeys(
            ("in_charge", "name", "address", "email", "telephone", "fax", "website"), ""
        ),
    )
    sent = document(
        recipients=(nobody,),
        responses=(ResponseFor(organization=OrganizationCode(" ")),),
        to_places=("", "Lưu: VT", " "),
    )

    clean = stated(sent)

    assert (clean.recipients, clean.responses) == ((), ())
    assert clean.to_places == ("Lưu: VT",)


def test_a_code_is_trimmed_as_nodes_trim_it_and_stays_a_code() -> None:
    sent = document(sender=organization(" H20\r\n"))

    code = stated(sent).sender.code

    assert code == "H20"
    assert type(code) is OrganizationCode


@pytest.mark.parametrize("unsealed", ["description", "field_name", "mime_type"])
def test_what_no_seal_covers_is_not_delivered(unsealed: str) -> None:
    sent = document(attachments=(attachment(**{unsealed: "đã sửa"}),))

    assert getattr(stated(sent).attachments[0], unsealed) == ""


def test_the_handle_to_an_attachments_bytes_stays_as_it_is() -> None:
    sent = document(attachments=(attachment(content_id=" cid:1 ", name=" a.pdf "),))

    kept = stated(sent).attachments[0]

    assert (kept.content_id, kept.name) == (" cid:1 ", "a.pdf")


def test_a_status_is_cleaned_too() -> None:
    told = status(description=" Đã đến ", staff=None)

    assert stated(told) == replace(told, description="Đã đến")


def test_the_form_is_its_own_form() -> None:
    sent = document(subject="  x\u0301\r\n")

    assert stated(stated(sent)) == stated(sent)
