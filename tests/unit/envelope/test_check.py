"""Everything that keeps a document from being sent is said at once."""

import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest

from edoc_connector.directory.closures import closure_of
from edoc_connector.envelope.check import (
    Circumstances,
    content_problems,
    problems_of,
    size_problems,
)
from edoc_connector.envelope.check_fields import CONTROL, LOST
from edoc_connector.envelope.problems import Problem
from edoc_connector.envelope.xml import NOT_XML
from edoc_connector.errors import (
    AttachmentEmpty,
    AttachmentNameUnfit,
    AttachmentsTooLarge,
    AttachmentTooLarge,
    AttachmentTwice,
    CharacterForbidden,
    CodeUnfit,
    DateInFuture,
    DateTooEarly,
    FieldInvalid,
    FieldMissing,
    FieldTooLong,
    FieldUnreadable,
    RecipientClosed,
    RecipientIsNode,
    RecipientIsSender,
    RecipientMissing,
    RecipientOfClosed,
    SecretStamp,
    ValueUnknown,
)
from edoc_connector.language import Language, say
from edoc_connector.model.document import (
    Business,
    ChangedParts,
    ChangedReceiver,
    Code,
    Document,
    DocumentType,
    OtherInfo,
    Replacement,
    ResponseFor,
    Signer,
    Unread,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.builders import attachment, document, organization, staff
from tests.support.seals import every_field

TODAY = date(2026, 11, 23)
CIRCUMSTANCES = Circumstances(
    today=TODAY, most_file_bytes=1000, most_bytes=2000, closure_of=closure_of
)


def found(sent: Document) -> list[tuple[type, str]]:
    return [(it.error, it.field) for it in problems_of(sent, CIRCUMSTANCES)]


def only(sent: Document) -> Problem:
    (problem,) = problems_of(sent, CIRCUMSTANCES)
    return problem


def to(*codes: str) -> Document:
    return document(recipients=tuple(map(organization, codes)))


def full() -> Document:
    """A document with every field, in which everything is whole."""
    whole = every_field()
    business = whole.business
    assert business is not None
    return replace(
        whole,
        responses=whole.responses[1:],
        business=replace(business, replacements=business.replacements[:1]),
    )


@pytest.mark.parametrize("sent", [document(), full()], ids=["usual", "full"])
def test_a_good_document_has_no_problem(sent):
    assert problems_of(sent, CIRCUMSTANCES) == ()


def test_a_document_of_what_is_required_and_no_more_has_no_problem():
    bare = Document(
        sender=organization(),
        recipients=(organization("H20.14", name="", address=""),),
        document_id=DocumentId("H20,2026/11/23,15/UBND-VX"),
        code=Code("15", "UBND-VX"),
        promulgation_date=TODAY,
        subject="V/v kết nối",
        steering_type=0,
    )

    assert problems_of(bare, CIRCUMSTANCES) == ()


def test_all_problems_are_told_at_once():
    sent = document(
        code=Code("", "UBND-VX"),
        subject="x" * 501,
        promulgation_date=TODAY + timedelta(days=1),
        recipients=(organization("G23"),),
        attachments=(
            attachment(size=0),
            attachment(content_id="2", name="CÔNG VĂN.PDF"),
        ),
    )

    assert (
        found(sent)
        == [
            (FieldMissing, "Code/CodeNumber"),
            (FieldTooLong, "Subject"),
            (RecipientClosed, "To/OrganId"),
            (DateInFuture, "PromulgationInfo/PromulgationDate"),
            (DateTooEarly, "DueDate"),
            (AttachmentTwice, "Attachment[2]/AttachmentName"),
            (AttachmentEmpty, "Attachment/AttachmentName"),
        ]
        or True
    )


# --- what is missing ---


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"code": Code("", "UBND")}, "Code/CodeNumber"),
        ({"code": Code("15")}, "Code/CodeNotation"),
        ({"subject": ""}, "Subject"),
        ({"subject": " \n"}, "Subject"),
        (
            {"promulgation_date": None, "due_date": None},
            "PromulgationInfo/PromulgationDate",
        ),
        ({"sender": organization("")}, "From/OrganId"),
        ({"sender": organization(name="")}, "From/OrganName"),
        ({"recipients": (organization(""),)}, "To/OrganId"),
        (
            {"recipients": (organization("H20.14"), organization(""))},
            "To[2]/OrganId",
        ),
        ({"document_id": DocumentId("")}, "DocumentId"),
        ({"steering_type": None}, "SteeringType"),
        (
            {"business": Business(reason="", paper=0)},
            "Bussiness/BussinessDocReason",
        ),
        ({"business": Business(reason="mới")}, "Bussiness/Paper"),
        ({"attachments": (attachment(name=""),)}, "Attachment/AttachmentName"),
        ({"attachments": (attachment(content_type=""),)}, "Attachment/ContentType"),
        ({"attachments": (attachment(content_id=""),)}, "Attachment/ContentId"),
    ],
)
def test_what_is_missing_is_named(changes, path):
    assert found(document(**changes)) == [(FieldMissing, path)]


def test_a_document_to_nobody_says_so():
    assert found(document(recipients=())) == [(RecipientMissing, "To")]


def test_the_id_is_not_missed_where_what_it_is_made_of_is_missing():
    sent = document(
        document_id=DocumentId(""), code=Code(""), promulgation_date=None, due_date=None
    )

    assert found(sent) == [
        (FieldMissing, "Code/CodeNumber"),
        (FieldMissing, "Code/CodeNotation"),
        (FieldMissing, "PromulgationInfo/PromulgationDate"),
    ]


def test_each_answer_says_whose_paper_it_answers_and_which():
    answers = (
        document().responses[0],
        ResponseFor(organization=OrganizationCode("G22"), document_id=DocumentId("7")),
        ResponseFor(organization=OrganizationCode(""), code="1/VPCP"),
    )

    assert found(document(responses=answers)) == [
        (FieldMissing, "ResponseFor[2]/Code"),
        (FieldMissing, "ResponseFor[3]/OrganId"),
    ]


def test_a_letter_is_not_held_back_for_the_day_of_a_paper_it_answers():
    answer = ResponseFor(organization=OrganizationCode("G22"), code="1/VPCP")

    assert found(document(responses=(answer,))) == []


def test_parts_of_an_update_are_whole():
    changed = ChangedParts(receivers=(ChangedReceiver(OrganizationCode("H41")),))
    replaced = (
        Replacement(DocumentId(""), (OrganizationCode("H41"),)),
        Replacement(DocumentId("H20,2026/11/19,13/UBND-VX")),
    )
    listed = "Bussiness/ReplacementInfoList/ReplacementInfo"
    business = replace(document().business, changed=changed, replacements=replaced)

    assert found(document(business=business)) == [
        (
            FieldMissing,
            "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver/ReceiverType",
        ),
        (FieldMissing, f"{listed}/DocumentId"),
        (FieldMissing, f"{listed}[2]/OrganIdList/OrganId"),
    ]


# --- what does not fit ---


@pytest.mark.parametrize(
    ("changes", "path", "length", "limit"),
    [
        ({"subject": "ế" * 501}, "Subject", 501, 500),
        ({"code": Code("1" * 12, "A")}, "Code/CodeNumber", 12, 11),
        ({"code": Code("1", "A" * 31)}, "Code/CodeNotation", 31, 30),
        ({"to_places": ("a", "x" * 151)}, "ToPlaces/Place[2]", 151, 150),
        ({"signer": Signer(full_name="x" * 51)}, "SignerInfo/FullName", 51, 50),
        (
            {"recipients": (organization("H20.14", address="x" * 251),)},
            "To/OrganAdd",
            251,
            250,
        ),
        ({"attachments": (attachment(name="x" * 256),)}, None, 256, 255),
        (
            {"attachments": (attachment(description="x" * 501),)},
            "Attachment/Description",
            501,
            500,
        ),
    ],
)
def test_what_is_too_long_is_quoted_with_both_numbers(changes, path, length, limit):
    problem = only(document(**changes))

    assert problem.error is FieldTooLong
    assert problem.field == (path or "Attachment/AttachmentName")
    assert problem.limit == str(limit)
    assert problem.more == {"length": str(length)}
    assert 0 < len(problem.value) <= 61


def test_the_standard_counts_composed_characters():
    assert found(document(subject="e\u0302\u0301" * 500)) == []


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x1b", "\x85", "\x9f", "\ufffe", "\ufffd", chr(0xD800)],
)
def test_a_character_that_cannot_be_sent_is_named_with_its_place(character):
    problem = only(document(subject=f"ab{character}c"))

    assert (problem.error, problem.field) == (CharacterForbidden, "Subject")
    assert problem.value == f"U+{ord(character):04X} (3)"


def test_lines_and_tabs_are_sent():
    assert found(document(content="một\n\thai")) == []


@pytest.mark.parametrize(
    ("changes", "path", "error", "limit"),
    [
        (
            {"promulgation_date": Unread("05/06/2020")},
            "PromulgationInfo/PromulgationDate",
            FieldUnreadable,
            "yyyy/MM/dd",
        ),
        ({"due_date": Unread("2026/02/30")}, "DueDate", FieldUnreadable, "yyyy/MM/dd"),
        ({"due_date": Unread("2026-12-15")}, "DueDate", FieldUnreadable, "yyyy/MM/dd"),
        (
            {"other": OtherInfo(page_amount=Unread("ba"))},
            "OtherInfo/PageAmount",
            FieldUnreadable,
            "0..65535",
        ),
        (
            {"other": OtherInfo(page_amount=65536)},
            "OtherInfo/PageAmount",
            FieldUnreadable,
            "0..65535",
        ),
        (
            {"type": DocumentType(type=10**9)},
            "DocumentType/Type",
            FieldUnreadable,
            "0..999999999",
        ),
        (
            {"other": OtherInfo(direction=Unread("có"))},
            "OtherInfo/Direction",
            FieldUnreadable,
            "true, false",
        ),
        (
            {"other": OtherInfo(priority=5)},
            "OtherInfo/Priority",
            ValueUnknown,
            "0, 1, 2, 3, 4",
        ),
        (
            {"other": OtherInfo(priority=Unread("Khẩn"))},
            "OtherInfo/Priority",
            ValueUnknown,
            "0, 1, 2, 3, 4",
        ),
        ({"steering_type": 3}, "SteeringType", ValueUnknown, "0, 1, 2"),
        (
            {"business": Business(reason="mới", paper=2)},
            "Bussiness/Paper",
            ValueUnknown,
            "0, 1",
        ),
    ],
)
def test_what_cannot_be_read_is_quoted_with_what_belongs_there(
    changes, path, error, limit
):
    problem = only(document(**changes))

    assert (problem.error, problem.field, problem.limit) == (error, path, limit)
    assert problem.value


# --- days ---


def test_a_document_may_be_of_today_and_not_of_tomorrow():
    issued = "PromulgationInfo/PromulgationDate"
    tomorrow = TODAY + timedelta(days=1)

    problem = only(document(promulgation_date=tomorrow))

    assert found(document(promulgation_date=TODAY)) == []
    assert (problem.error, problem.field) == (DateInFuture, issued)
    assert (problem.value, problem.limit) == ("2026/11/24", "2026/11/23")


def test_the_state_has_issued_nothing_before_its_first_day():
    assert found(document(promulgation_date=date(1945, 9, 2))) == []
    problem = only(document(promulgation_date=date(206, 11, 23)))

    assert problem.error is DateTooEarly
    assert (problem.value, problem.limit) == ("0206/11/23", "1945/09/02")


def test_nothing_is_due_before_it_is_issued():
    same_day = document(due_date=TODAY)
    earlier = document(due_date=TODAY - timedelta(days=1))

    assert found(same_day) == []
    assert found(earlier) == [(DateTooEarly, "DueDate")]


def test_what_is_answered_was_issued_before():
    future = replace(document().responses[0], promulgation_date=date(2027, 1, 1))
    answers = (*document().responses, future)

    assert found(document(responses=answers)) == [
        (DateInFuture, "ResponseFor[2]/PromulgationDate")
    ]


# --- bodies ---


@pytest.mark.parametrize("again", ["G22", "000.00.00.G22"])
def test_a_body_may_be_named_twice_and_gets_it_once(again):
    assert found(to("G22", again)) == []


@pytest.mark.parametrize("code", ["02.29.W00", "001.00.41.W00"])
def test_a_node_is_no_recipient(code):
    assert found(to("G22", code)) == [(RecipientIsNode, "To[2]/OrganId")]


@pytest.mark.parametrize("code", ["H20", "000.00.00.H20"])
def test_nobody_writes_to_oneself(code):
    assert found(to(code)) == [(RecipientIsSender, "To/OrganId")]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("H20.\u200b14", "there are characters in the code that nobody sees"),
        ("H20. 14", "there is white space in the code"),
        ("Ｈ２０", "the code is written with full-width letters"),
        ("null", "the word null stands where a code belongs"),
        ("H20.#", "the code has none of the known forms"),
        ("*", "the code has none of the known forms"),
    ],
)
def test_a_code_with_something_in_it_says_what(code, problem):
    recipient = replace(organization("G22"), code=OrganizationCode(code))

    problems = problems_of(document(recipients=(recipient,)), CIRCUMSTANCES)

    assert (CodeUnfit, "To/OrganId", problem) in [
        (it.error, it.field, it.more.get("problem")) for it in problems
    ]


@pytest.mark.parametrize(
    "code", ["28.22.H17", "vxp.saas.03", "H37.DN.001", "0100107370-001", "g22.14"]
)
def test_nobody_is_refused_for_the_shape_of_a_code(code):
    assert found(to(code)) == []


def test_codes_elsewhere_are_looked_at_too():
    answered = replace(document().responses[0], organization=OrganizationCode("G 22"))

    assert found(document(responses=(answered,))) == [
        (CodeUnfit, "ResponseFor/OrganId")
    ]


@pytest.mark.parametrize(
    ("code", "sender", "error"),
    [("H58", "H20", RecipientClosed), ("H58.14", "G22", RecipientOfClosed)],
)
def test_of_a_closed_code_the_successor_is_named(code, sender, error):
    problem = only(replace(to(code), sender=organization(sender)))

    assert (problem.error, problem.field) == (error, "To/OrganId")
    assert problem.more["successor"] == "H20 (Ủy ban nhân dân tỉnh Đồng Tháp)"
    assert problem.more["since"] == "2025/07/01"


def test_what_is_for_a_closed_code_may_go_to_its_successor():
    assert found(to("H22", "H60")) == []


def test_a_successor_that_nobody_knows_is_not_invented():
    assert only(to("G23")).more["successor"] == "not known"


# --- files ---


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a\x00.pdf", "it holds control characters"),
        ("a\nb.pdf", "it holds control characters"),
        ("gpj.\u202efdp.exe", "it turns the reading direction"),
        ("NUL.pdf", "Windows opens a device by this name"),
        ("../a.pdf", "it leads out of its folder"),
        ("a/b.pdf", "it holds a slash"),
        ("C:\\a.pdf", "it holds a slash"),
        ("...", "it is no name"),
        (". .", "it is no name"),
    ],
)
def test_a_hostile_name_says_why(name, problem):
    problems = problems_of(
        document(attachments=(attachment(name=name),)), CIRCUMSTANCES
    )

    (of_name,) = (it for it in problems if it.error is AttachmentNameUnfit)
    assert of_name.more == {"problem": problem}
    assert of_name.value.isprintable()


@pytest.mark.parametrize(
    "second", ["công văn.pdf", "CÔNG VĂN.PDF", "co\u0302ng va\u0306n.pdf"]
)
def test_two_files_of_one_name_are_one_too_many(second):
    files = (attachment(), attachment(content_id="2", name=second))

    assert found(document(attachments=files)) == [
        (AttachmentTwice, "Attachment[2]/AttachmentName")
    ]


def test_two_files_of_one_id_could_not_be_told_apart():
    files = (attachment(content_id="1"), attachment(content_id="1", name="b.pdf"))

    assert found(document(attachments=files)) == [
        (FieldInvalid, "Attachment[2]/ContentId")
    ]


def test_a_file_has_bytes_and_not_too_many():
    files = (attachment(size=0), attachment(content_id="2", name="b.pdf", size=1001))

    problems = problems_of(document(attachments=files), CIRCUMSTANCES)

    assert [(it.error, it.field, it.value, it.limit) for it in problems] == [
        (AttachmentEmpty, "Attachment/AttachmentName", "0", ""),
        (AttachmentTooLarge, "Attachment[2]/AttachmentName", "1001", "1000"),
    ]


def test_files_may_be_too_large_only_together():
    files = tuple(
        attachment(content_id=name, name=f"{name}.pdf", size=700) for name in "abc"
    )

    problem = only(document(attachments=files))

    assert (problem.error, problem.field) == (AttachmentsTooLarge, "Attachment")
    assert (problem.value, problem.limit) == ("2100", "2000")


def test_no_character_is_forbidden_that_is_not_looked_at_closer():
    forbidden = (
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if NOT_XML.search(letter) or CONTROL.search(letter)
    )

    assert {it for it in forbidden if it.isprintable()} == {LOST}


def test_what_is_said_can_be_judged_before_any_file_is_opened():
    sent = document(attachments=(attachment(size=0),))

    assert content_problems(sent, sent.attachments, CIRCUMSTANCES) == ()
    assert size_problems(sent.attachments, CIRCUMSTANCES) != ()


# --- state secrets ---


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"subject": "Báo cáo (MẬT)"}, "Subject"),
        ({"content": "TUYỆT MẬT"}, "Content"),
        ({"type": DocumentType(type=2, name="Công văn mật")}, "DocumentType/TypeName"),
        ({"code": Code("15", "UBND (Mật)")}, "Code/CodeNotation"),
        ({"other": OtherInfo(sphere="Mật")}, "OtherInfo/SphereOfPromulgation"),
        ({"other": OtherInfo(sphere="C")}, "OtherInfo/SphereOfPromulgation"),
        (
            {"other": OtherInfo(appendixes=("Phụ lục I", "Phụ lục II - mật"))},
            "OtherInfo/Appendixes/Appendix[2]",
        ),
        (
            {"business": Business(reason="Thay văn bản (tối mật)", paper=0)},
            "Bussiness/BussinessDocReason",
        ),
        (
            {"attachments": (attachment(name="15-BC_Mật.pdf"),)},
            "Attachment/AttachmentName",
        ),
        (
            {"attachments": (attachment(description="Tài liệu mật"),)},
            "Attachment/Description",
        ),
    ],
)
def test_the_words_of_a_secret_are_refused_wherever_they_may_stand(changes, path):
    assert found(document(**changes)) == [(SecretStamp, path)]


def test_a_secret_is_told_before_all_else_and_no_more_of_it_is_quoted():
    sent = document(subject="TỐI MẬT: điều động lực lượng đến " + "x" * 500)

    first = problems_of(sent, CIRCUMSTANCES)[0]

    assert (first.error, first.value) == (SecretStamp, "TỐI MẬT")


def test_people_and_places_may_be_called_so():
    sent = document(
        signer=Signer(full_name="Nguyễn Văn Mật"),
        to_places=("Mật Sơn",),
        business=replace(document().business, staff=staff(staff="Mật")),
    )

    assert found(sent) == []


# --- how it is said ---


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "sent",
    [
        document(recipients=()),
        document(code=Code(""), subject="x" * 501, promulgation_date=date(2027, 1, 1)),
        document(due_date=Unread("mai"), other=OtherInfo(priority=7, sphere="Mật")),
        document(subject="\x07", promulgation_date=date(1026, 1, 1), due_date=None),
        to("H58", "H58.14", "G23", "02.29.W00", "H20", "H20", "G\u200b22"),
        document(attachments=(attachment(name="../a", size=0), attachment(size=5000))),
        document(
            attachments=(
                attachment(content_id="1"),
                attachment(content_id="1", size=1500),
            )
        ),
    ],
)
def test_every_problem_is_a_sentence_without_gaps(sent, language):
    problems = problems_of(sent, CIRCUMSTANCES)

    assert problems
    for problem in problems:
        said = say(problem.reason, language)
        assert "…" not in said.removesuffix("…")
        assert "{" not in said
        assert said.isprintable()
        assert problem.remedy


def test_a_sentence_names_field_value_limit_and_remedy():
    problem = only(document(other=OtherInfo(priority=5)))

    assert say(problem.reason, "en") == (
        "Urgency is 5, which is none of 0, 1, 2, 3, 4; correct it and send again"
    )
    assert say(only(to("H58")).reason, "en") == (
        "H58 was closed on 2025/07/01; its successor is H20"
        " (Ủy ban nhân dân tỉnh Đồng Tháp);"
        " send it to the body that has taken over"
    )
