"""Rows that become documents, and rows that do not."""

from dataclasses import replace
from datetime import date

import pytest

from edoc_connector.dms.mapping import DmsMapping
from edoc_connector.dms.outgoing import Draft, Row, code_problems, draft_of, revision_of
from edoc_connector.errors import (
    AttachmentMissing,
    FieldInvalid,
    FieldMissing,
    RecipientMissing,
    StateSecret,
)
from edoc_connector.model.document import (
    BusinessType,
    Code,
    Document,
    ResponseFor,
    Signer,
)
from edoc_connector.model.organization_code import Problem
from tests.support import builders
from tests.support.registers import demo_mapping

VALUES = {
    "row_id": 7,
    "number": "15",
    "notation": "UBND-VX",
    "subject": "Về việc kết nối",
    "promulgation_date": "2026-11-23",
    "secrecy": None,
}
RECIPIENTS = ({"code": "H20.14", "name": "Sở"},)


def row(to=RECIPIENTS, attachments=(), **changes: object) -> Row:
    return Row(document={**VALUES, **changes}, recipients=to, attachments=attachments)


def mapping(**changes: object) -> DmsMapping:
    whole = demo_mapping()
    return replace(whole, documents=replace(whole.documents, **changes))


def listed(separator: str = ",") -> DmsMapping:
    whole = demo_mapping()
    recipients = replace(whole.recipients, select=None, separator=separator)
    return replace(whole, recipients=recipients)


def drafted(given: Row | None = None, with_: DmsMapping | None = None) -> Draft:
    return draft_of(given or row(), with_ or demo_mapping(), builders.organization())


def made(given: Row | None = None, with_: DmsMapping | None = None) -> Document:
    """The document of a row; raises its problem, which must be the only one."""
    draft = drafted(given, with_)
    if draft.problems:
        (problem,) = draft.problems
        raise problem
    assert draft.document is not None
    return draft.document


def test_the_document_id_is_that_of_the_decision():
    assert made().document_id == "H20,2026/11/23,15/UBND-VX"


def test_every_field_finds_its_place():
    document = made(
        row(
            content="Tóm tắt",
            promulgation_place="Đồng Tháp",
            type=2,
            type_detail="18",
            type_name="Công văn",
            signer_competence="TM.",
            signer_position="Chủ tịch",
            signer_name="Người ký mẫu",
            due_date="01/12/2026",
            sphere="Nội bộ",
            typer_notation="VT",
            promulgation_amount=2,
            page_amount=3,
            steering_type=1,
            to_places="Như trên; Lưu: VT",
        )
    )

    assert document.content == "Tóm tắt"
    assert document.promulgation_place == "Đồng Tháp"
    assert (document.type.type, document.type.detail) == (2, 18)
    assert document.signer == Signer(
        competence="TM.", position="Chủ tịch", full_name="Người ký mẫu"
    )
    assert document.due_date == date(2026, 12, 1)
    assert document.other.sphere == "Nội bộ"
    assert document.other.typer_notation == "VT"
    assert document.other.promulgation_amount == 2
    assert document.other.page_amount == 3
    assert document.steering_type == 1
    assert document.to_places == ("Như trên", "Lưu: VT")
    assert document.business is not None
    assert document.business.type is BusinessType.NEW


# --- số, ký hiệu ---


@pytest.mark.parametrize(
    ("combined", "number", "notation"),
    [
        ("15/UBND-VX", "15", "UBND-VX"),
        ("28/2018/QĐ-TTg", "28/2018", "QĐ-TTg"),
        ("15/2018-UBND", "15", "2018-UBND"),
        ("12a/BC-UBND", "12a", "BC-UBND"),
        ("15/UBND/VX", "15", "UBND/VX"),
    ],
)
def test_a_notation_that_holds_the_number_is_split_by_the_standard(
    combined, number, notation
):
    document = made(row(number=None, notation=combined), mapping(combined_code=True))

    assert document.code == Code(number, notation)


@pytest.mark.parametrize("combined", [True, False])
@pytest.mark.parametrize("notation", ["UBND-VX", None, "/UBND-VX", "15/"])
def test_a_document_without_a_number_is_not_sent(combined, notation):
    with pytest.raises(FieldMissing, match="Code/CodeNumber"):
        made(row(number=None, notation=notation), mapping(combined_code=combined))


def test_a_notation_is_not_split_where_the_mapping_does_not_say_so():
    with pytest.raises(FieldMissing, match="Code/CodeNumber"):
        made(row(number=None, notation="15/UBND-VX"))


# --- độ mật, độ khẩn ---


@pytest.mark.parametrize("open_", [None, "", 0, "0", "Thường", "thường "])
def test_what_is_open_is_sent(open_):
    assert made(row(secrecy=open_))


@pytest.mark.parametrize("secret", ["Mật", "tuyệt mật", 1, "3", "Không rõ"])
def test_what_is_not_known_to_be_open_is_not_sent(secret):
    with pytest.raises(StateSecret):
        made(row(secrecy=secret))


def test_a_secret_row_is_refused_for_that_before_anything_else():
    with pytest.raises(StateSecret):
        made(row(secrecy="Mật", number=None, subject=None))


def test_a_register_may_count_secrecy_in_its_own_way():
    own = mapping(secrecy={"5": 0, "0": 1})

    assert made(row(secrecy=5), own)
    with pytest.raises(StateSecret):
        made(row(secrecy=0), own)


@pytest.mark.parametrize(
    ("word", "priority"),
    [("Hỏa tốc", 3), ("Hoả tốc", 3), ("Ho\u0309a tốc", 3), ("KHẨN", 1), (None, 0)],
)
def test_urgency_is_read_however_it_is_spelt(word, priority):
    assert made(row(priority=word)).priority == priority


@pytest.mark.parametrize(("code", "priority"), [(5, 0), ("1", 1), (4, 4)])
def test_a_register_may_count_urgency_in_its_own_way(code, priority):
    own = mapping(priority={"5": 0, "1": 1, "2": 2, "3": 3, "4": 4})

    assert made(row(priority=code), own).priority == priority


def test_without_a_table_urgency_is_counted_as_in_the_standard():
    assert made(row(priority=2), mapping(priority={})).priority == 2


def test_a_word_nobody_explained_is_refused_rather_than_guessed():
    with pytest.raises(
        FieldInvalid, match=r"OtherInfo/Priority cannot be used \(Siêu khẩn\)"
    ):
        made(row(priority="Siêu khẩn"))


# --- nơi nhận ---


def test_a_list_in_one_column_is_taken_apart():
    document = made(row(recipients=" H20.14;H22 ; ;H20.14"), listed(";"))

    assert [one.code for one in document.recipients] == ["H20.14", "H22"]


def test_a_recipient_named_twice_gets_it_once():
    twice = ({"code": "H22"}, {"code": "H20.14"}, {"code": "H22\u200b"})

    document = made(row(twice))

    assert [one.code for one in document.recipients] == ["H22", "H20.14"]


def test_old_and_new_code_of_one_body_are_one_recipient():
    twice = ({"code": "000.00.14.H20", "name": "Sở"}, {"code": "H20.14"})

    (recipient,) = made(row(twice)).recipients

    assert (recipient.code, recipient.name) == ("000.00.14.H20", "Sở")


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("H20 . 14", "H20.14"),
        ("H20\u200b.14\u00a0", "H20.14"),
        ("Ｈ２０．１４", "H20.14"),
        ("0100107370-001", "0100107370-001"),
        ("vxp.saas.03", "vxp.saas.03"),
    ],
)
def test_a_code_is_sent_as_it_is_meant(pasted, code):
    (recipient,) = made(row(({"code": pasted},))).recipients

    assert recipient.code == code


def test_what_was_taken_out_of_the_codes_is_told():
    pasted = ({"code": "H20. 14"}, {"code": "H22\u200b"}, {"code": None})

    problems = code_problems(row(pasted), demo_mapping())

    assert problems == (Problem.INVISIBLE, Problem.SPACE)


def test_the_blanks_of_a_column_of_fixed_width_are_not_worth_a_word():
    assert code_problems(row(({"code": "H20.14    "},)), demo_mapping()) == ()


def test_the_blanks_of_a_list_are_not_worth_a_word_and_the_rest_is():
    clean = row(recipients="H20.14, G22")
    pasted = row(recipients="H20.14, G22\ufeff")

    assert code_problems(clean, listed()) == ()
    assert code_problems(pasted, listed()) == (Problem.INVISIBLE,)


@pytest.mark.parametrize(("given", "how"), [((), None), ((), listed())])
def test_a_document_to_nobody_is_not_sent(given, how):
    with pytest.raises(RecipientMissing):
        made(row(given), how)


@pytest.mark.parametrize("code", [None, "", "null", " NULL\u200b"])
def test_a_recipient_without_identifier_is_not_left_out_silently(code):
    nameless = (*RECIPIENTS, {"code": code, "name": "Phòng Nội vụ"})

    with pytest.raises(FieldMissing, match="Phòng Nội vụ"):
        made(row(nameless))


def test_a_recipient_of_whom_nothing_is_known_is_named_by_its_field():
    with pytest.raises(FieldMissing, match="To/OrganId is"):
        made(row(({"code": ""},)))


@pytest.mark.parametrize("code", ["UBND tỉnh", "H20.", "02.29.W00", "x" * 36])
def test_any_code_is_read_and_whether_it_serves_is_said_later(code):
    (recipient,) = made(row(({"code": code},))).recipients

    assert recipient.code == code


# --- trả lời ---


def test_a_reply_names_the_document_as_its_sender_does():
    document = made(
        row(
            reply_organization="G22",
            reply_code="9815/VPCP-KSTT",
            reply_date="2026-11-16",
        )
    )

    assert document.responses == (
        ResponseFor(
            organization="G22",
            code="9815/VPCP-KSTT",
            document_id="G22,2026/11/16,9815/VPCP-KSTT",
            promulgation_date=date(2026, 11, 16),
        ),
    )


def test_the_code_in_a_reply_is_cleaned_too():
    document = made(row(reply_organization="G22 .\u200b01", reply_code="1/A"))

    assert document.responses[0].organization == "G22.01"


def test_an_id_the_register_knows_is_kept_as_it_is():
    document = made(row(reply_organization="G22", reply_document_id="abc-1"))

    assert document.responses[0].document_id == "abc-1"


def test_a_reply_without_a_date_has_no_id():
    document = made(row(reply_organization="G22", reply_code="1/A"))

    assert document.responses[0].document_id == ""


def test_a_reply_to_somebody_unknown_is_refused():
    with pytest.raises(FieldMissing, match="ResponseFor/OrganId"):
        made(row(reply_code="1/A"))


def test_no_reply_is_none():
    assert made().responses == ()


def test_a_document_without_a_day_is_not_sent():
    with pytest.raises(FieldMissing, match="PromulgationInfo/PromulgationDate"):
        made(row(promulgation_date=None))


# --- phiên bản ---


def look(_name: str, _path: str) -> str:
    return "10 123"


def test_the_revision_of_the_register_is_taken_where_there_is_one():
    assert revision_of(row(revision=4), look) == "4"


def test_the_same_row_has_the_same_revision_whatever_the_order_of_columns():
    backwards = Row(
        document=dict(reversed(VALUES.items())), recipients=RECIPIENTS, attachments=()
    )

    assert revision_of(row(), look) == revision_of(backwards, look)


def test_a_file_that_changed_makes_a_new_revision():
    with_file = row(attachments=({"name": "a.pdf", "path": "a.pdf"},))

    def gone(name: str, _path: str) -> str:
        raise AttachmentMissing(name=name)

    revisions = {
        revision_of(with_file, look),
        revision_of(with_file, lambda *_: "10 124"),
        revision_of(with_file, gone),
    }
    assert len(revisions) == 3


def test_a_file_in_a_column_is_not_looked_for_in_the_folder():
    in_column = row(attachments=({"name": "a.pdf", "size": 3},))

    def never(_name: str, _path: str) -> str:
        raise AssertionError

    assert revision_of(in_column, never)


def test_a_row_is_called_what_people_call_it():
    assert row().label == "15/UBND-VX"
    assert row(number=None, notation=None).label == "7"


# --- all at once ---


def test_a_row_tells_all_that_it_lacks():
    draft = drafted(
        row(
            to=({"code": None, "name": "Phòng Nội vụ"}, {"code": "H21"}),
            number=None,
            subject=" ",
            promulgation_date="hôm qua",
            priority="Siêu khẩn",
            reply_code="1/A",
        )
    )

    assert [problem.details["field"] for problem in draft.problems] == [
        "Code/CodeNumber",
        "Subject",
        "PromulgationInfo/PromulgationDate",
        'To/OrganId "Phòng Nội vụ"',
        "OtherInfo/Priority",
        "ResponseFor/OrganId",
    ]


def test_what_can_be_read_is_drafted_all_the_same():
    draft = drafted(row(number=None, content="Tóm tắt"))

    assert draft.document is not None
    assert draft.document.content == "Tóm tắt"
    assert draft.document.document_id == ""


def test_a_secret_is_not_read():
    draft = drafted(row(secrecy="Mật", number=None))

    assert draft.document is None
    assert [problem.code for problem in draft.problems] == ["state-secret"]


# --- loại văn bản ---


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        ({"type_name": "Công văn"}, (2, 18, "Công văn")),
        ({"type_name": "Công văn", "type": 71}, (2, 18, "Công văn")),
        ({"type_name": "Quyết định", "type": 1}, (1, 8, "Quyết định")),
        ({"type": 18}, (2, 18, "Công văn")),
        ({"type_name": "Phiếu báo", "type": 71}, (71, None, "Phiếu báo")),
        ({}, (None, None, "")),
    ],
)
def test_a_type_is_written_with_its_numbers_in_the_standard(stated, written):
    kind = made(row(**stated)).type

    assert (kind.type, kind.detail, kind.name) == written


def test_a_register_that_does_not_speak_of_steering_steers_nobody():
    assert made().steering_type == 0
