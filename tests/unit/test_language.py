import ast
import string
from datetime import date
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.cli.words import HELP, MISTAKES, NEVER, QUESTIONS
from edoc_connector.errors import (
    CertificateUntrusted,
    ContentChanged,
    DateInFuture,
    FieldMissing,
    FieldTooLong,
    IllegalMove,
    Reason,
    SettingWrong,
    TimeNotProven,
    cause_of,
    every_error,
    told_together,
)
from edoc_connector.language import (
    MOVES,
    Language,
    language_of,
    name_of,
    say,
    say_in_short,
    translate,
    word_of,
)
from edoc_connector.model.change import CHANGE_MOVES
from edoc_connector.model.delivery import (
    DELIVERY_MOVES,
    DOCUMENT_MOVES,
    INBOX_MOVES,
    InboxEvent,
    InboxState,
)
from edoc_connector.model.fields import field_at
from edoc_connector.model.tables import Term
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.fields import leaves
from edoc_connector.signature.trust import check_trust, find_path
from tests.support.builders import SENT_AT, status
from tests.support.catalogue import PO, translations
from tests.support.pki import DAY, anchors, certificate, der, p256_key, rsa_key
from tests.support.seals import every_field

PACKAGE = Path(__file__).parents[2] / "edoc_connector"


def messages_of(module: Path) -> set[str]:
    """What a module marks with N_, without the tool that makes the catalogue."""
    return {
        ast.literal_eval(call.args[0])
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"N_", "NP_"}
        and isinstance(call.args[0], ast.Constant)
    }


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_message_of_the_code_has_a_vietnamese_translation():
    known = translations()

    missing = {
        message
        for module in PACKAGE.rglob("*.py")
        for message in messages_of(module)
        if not known.get(message)
    }

    assert missing == set(), "run scripts/catalogue and translate edoc.po"


def test_the_catalogue_has_no_message_that_the_code_does_not_have():
    used = set().union(*(messages_of(module) for module in PACKAGE.rglob("*.py")))

    assert translations().keys() - used == set(), "run scripts/catalogue"


def test_the_compiled_catalogue_is_the_one_that_people_edit():
    import gettext

    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for message, translation in translations().items():
        found = compiled.ngettext(message, "", 2)
        assert (found or compiled.gettext(message)) == translation, (
            "run scripts/catalogue"
        )


def test_a_translation_has_the_details_of_its_message():
    plural = {
        "choice",
        "choices",
        "nargs",
        "number_type",
        "possibility",
        "possibilities",
    }

    for message, translation in translations().items():
        differing = names_in(message) ^ names_in(translation)
        # click writes each word of "thư mục" with a capital, as nobody does.
        titled = {"name"} if "{name} {filename!r}" in message else set()
        assert differing <= plural | titled, message


def test_no_translation_holds_another_message():
    """Two lines of work that both add messages may be merged into one another."""
    known = translations()
    sentences = [message for message in known if len(message) > SENTENCE]

    mixed = {
        message: other
        for message, translation in known.items()
        for other in sentences
        if other in translation
    }

    assert mixed == {}


SENTENCE = 24
"""Letters; shorter ones are names and words that both languages have."""


def test_a_translation_is_in_vietnamese_and_not_the_message_again():
    same = {
        message
        for message, translation in translations().items()
        if message == translation
    }

    assert {message for message in same if names_in(message) == set()} == set()


def test_every_error_is_said_in_both_languages():
    for kind in every_error():
        details = {name: f"<{name}>" for name in names_in(kind.template)}

        for language in Language:
            said = say(Reason(kind.code, details), language)
            assert all(detail in said for detail in details.values())


def test_an_error_and_its_reason_are_said_alike():
    error = FieldMissing(field="x")

    assert say(error, "vi") == say(error.reason, "vi")
    assert say(error, "en") == str(error)


def test_a_detail_that_is_a_message_is_translated_too():
    error = SettingWrong(where="f", name="n", found="a table", expected="a list")

    assert "một bảng" in say(error, "vi")
    assert "một danh sách" in say(error, "vi")


def test_no_english_stands_in_what_a_vietnamese_sender_is_told_of_a_certificate():
    expired = read_certificate(der(certificate(not_after=SENT_AT - DAY)))
    weak = read_certificate(der(certificate(key=rsa_key(bits=1024))))

    with pytest.raises(CertificateUntrusted) as late:
        check_trust(expired, anchors(), SENT_AT)
    with pytest.raises(CertificateUntrusted) as short:
        check_trust(weak, anchors(), SENT_AT)
    with pytest.raises(CertificateUntrusted) as forged:
        find_path(certificate(issuer_key=p256_key(9)), anchors(), SENT_AT)

    assert "phải có hiệu lực tại thời điểm " in say(late.value, "vi")
    assert "khóa RSA 1024 bit quá ngắn" in say(short.value, "vi")
    assert "(có chứng thư số không do" in say(forged.value, "vi")


def test_what_is_wrong_with_the_certificate_of_a_time_stamp_is_said_in_vietnamese():
    inner = CertificateUntrusted(
        certificate="x", because="an RSA key of {bits} bits is too short, {limit} are"
        " needed", bits=1024, limit=2048,
    )  # fmt: skip
    outer = TimeNotProven(
        **{
            **cause_of(inner),
            "because": "the certificate {certificate} is not trusted: {detail}",
        }
    )

    said = say(outer, "vi")

    assert "khóa RSA 1024 bit quá ngắn" in said
    assert "too short" not in said
    assert say(outer, "en") == str(outer)


def test_times_are_told_as_people_in_vietnam_read_them():
    revoked = Reason(
        "revoked-later",
        {"certificate": "x", "why": "-", "revoked_at": "2026-11-22T18:00:01+00:00"},
    )

    assert "lúc 01:00:01 23/11/2026" in say(revoked, "vi")
    assert "at 2026-11-23 01:00:01" in say(revoked, "en")


def test_what_cannot_be_done_to_a_thing_names_both_in_words():
    error = IllegalMove(event=InboxEvent.REJECT, state=InboxState.REJECTED)

    assert "việc từ chối hẳn;" in say(error, "vi")
    assert "to reject it" in say(error, "en")
    for moves in EVERY_TABLE:
        events = {event for row in moves.values() for event in row}
        assert events <= MOVES["event"].keys()
        assert moves.keys() <= MOVES["state"].keys()


EVERY_TABLE = (DOCUMENT_MOVES, DELIVERY_MOVES, INBOX_MOVES, CHANGE_MOVES)


@pytest.mark.parametrize(
    ("language", "told"), [("vi", "23/11/2026"), ("en", "2026-11-23")]
)
def test_days_are_told_as_people_write_them(language, told):
    future = DateInFuture(
        row="1", field="PromulgationDate", value="2026-11-23", limit="2026-11-23"
    )

    assert translate("{until}", language, until="2026-11-23") == told
    assert translate("{day}", language, day=date(2026, 11, 23)) == told
    assert say(future, language).count(told) == 2


@pytest.mark.parametrize("text", ["23/11/2026", "23/11/26.", "soon", ""])
def test_what_is_no_stored_time_is_told_as_it_stands(text):
    assert translate("{until}", "vi", until=text) == text


def test_a_value_that_only_looks_like_a_time_is_quoted_as_it_was():
    changed = ContentChanged(
        field="x", expected="2026-11-22T18:00:01+00:00", found="another"
    )

    assert "2026-11-22T18:00:01+00:00" in say(changed, "vi")


def test_an_empty_detail_stays_empty():
    assert translate("{x}", "vi", x="") == ""
    assert translate("", "vi") == ""


def test_a_reason_of_another_release_is_still_said():
    assert "from-2031" in say(Reason("from-2031", {"x": "y"}), "vi")
    assert "from-2031" in say(Reason("from-2031"), "en")


def test_a_reason_stored_by_another_release_may_lack_a_detail():
    said = say(Reason("field-too-long", {"field": "x", "length": "5"}), "en")

    assert said == "x has 5 characters, … are allowed; shorten it"


@given(st.sampled_from([kind.code for kind in every_error()]), st.text())
def test_no_detail_breaks_a_sentence(code, text):
    names = ("field", "problem", "where", "name", "found", "expected")

    assert say(Reason(code, dict.fromkeys(names, text)), "vi")


@pytest.mark.parametrize(
    ("chosen", "environment", "language"),
    [
        ("", {}, "en"),
        ("vi", {"LANG": "en_US.UTF-8"}, "vi"),
        ("en", {"LANG": "vi_VN.UTF-8"}, "en"),
        ("", {"LANG": "vi_VN.UTF-8"}, "vi"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("", {"LANG": "vi_VN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ("", {"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN"}, "vi"),
        ("", {"LC_ALL": "C.UTF-8", "EDOC_LANG": "vi"}, "vi"),
        ("", {"LC_ALL": "", "LANG": "vi"}, "vi"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_environments(
    chosen, environment, language
):
    assert language_of(environment, chosen) == language


def forms(words) -> set[str]:
    return {
        it for word in words for it in (word if isinstance(word, tuple) else [word])
    }


OF_DEVELOPERS = (
    "DeprecationWarning",
    "Could not determine name",
    "No options defined but a name was passed",
    "Arguments take exactly one parameter declaration",
    "defined twice",
    "cannot use the same flag",
    "Unknown color",
)
"""In messages that nobody meets but who writes a command."""


def said_by_click() -> set[str]:
    """Return what the modules of click look up in the catalogue of who uses it."""
    modules = ("core", "decorators", "exceptions", "formatting", "parser", "types")
    source = [Path(click.__file__).with_name(f"{name}.py") for name in modules]
    calls = [
        (getattr(it.func, "id", ""), it.args)
        for module in source
        for it in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(it, ast.Call)
    ]
    return {
        ast.literal_eval(it)
        for name, arguments in calls
        for it in arguments[: {"_": 1, "ngettext": 2}.get(name, 0)]
        if isinstance(it, ast.Constant)
    }


def test_whatever_click_says_to_people_is_in_the_catalogue():
    known = forms([*HELP, *MISTAKES, *QUESTIONS, *NEVER])

    said = said_by_click()
    to_people = {it for it in said if not any(word in it for word in OF_DEVELOPERS)}
    assert len(to_people) > 40
    assert to_people - known == set()


def test_the_words_of_click_are_still_the_words_of_click():
    source = "".join(
        module.read_text(encoding="utf-8")
        for module in Path(click.__file__).parent.glob("*.py")
    )

    for form in forms([*HELP, *MISTAKES, *QUESTIONS]) - said_by_click():
        assert form in source, form


# --- words of the standard ---


def changed(field: str, language: str = "vi") -> str:
    return say(ContentChanged(field=field, expected="a", found="b"), language)


def test_every_field_that_a_seal_covers_has_a_name_for_the_clerk():
    stated = {path for path, _ in (*leaves(every_field()), *leaves(status()))}

    unnamed = {path for path in stated if field_at(path) is None}

    assert {path for path in unnamed if not path.startswith("Attachment")} == set()


@pytest.mark.parametrize(
    ("field", "vietnamese", "english"),
    [
        ("Subject", "Trích yếu", "Subject"),
        ("DueDate", "Hạn trả lời", "Due date"),
        ("From/OrganId", "Mã định danh nơi gửi", "Identifier of the sender"),
        (
            "To[2]/OrganId",
            "Mã định danh nơi nhận (2)",
            "Identifier of the recipient (2)",
        ),
        (
            'To/OrganId "Sở"',
            'Mã định danh nơi nhận "Sở"',
            'Identifier of the recipient "Sở"',
        ),
        (
            'Attachment[3] "phụ lục.docx" SHA-256',
            'Nội dung (SHA-256) tệp đính kèm (3) "phụ lục.docx"',
            'Attachment[3] "phụ lục.docx" SHA-256',
        ),
        ("Other[2]/Thing", "Other[2]/Thing", "Other[2]/Thing"),
        ("Độ mật", "Độ mật", "Độ mật"),
    ],
)
def test_a_field_is_called_as_its_reader_calls_it(field, vietnamese, english):
    assert name_of(field, "vi") == vietnamese
    assert name_of(field, "en") == english
    assert changed(field).startswith(f"{vietnamese} đã bị thay đổi")
    assert changed(field, "en").startswith(f"{english} was changed")


FILE_NAME = "Attachment/AttachmentName"


def test_a_value_that_looks_like_a_field_stays_what_somebody_wrote():
    said = say(ContentChanged(field="Subject", expected=FILE_NAME, found="-"), "vi")

    assert FILE_NAME in said


def test_a_term_has_a_word_in_each_language():
    term = Term("Hỏa tốc", "Express")

    assert (word_of(term, "vi"), word_of(term, "en")) == ("Hỏa tốc", "Express")


# --- several reasons at once ---

TWO = told_together(
    [
        FieldMissing(field="Subject").reason,
        FieldTooLong(field="Code/CodeNumber", length=12, limit=11).reason,
    ]
)


def test_several_reasons_are_said_one_after_the_other():
    assert say(TWO, "en") == (
        "2 problems keep the document from being sent:"
        " (1) Subject is missing; fill it in the document register and send again;"
        " (2) Number has 12 characters, 11 are allowed; shorten it"
    )
    assert "(1) thiếu Trích yếu" in say(TWO, "vi")
    assert "(2) Số của văn bản" in say(TWO, "vi")


def test_in_short_only_their_number_is_said():
    assert say_in_short(TWO, "en") == "2 problems keep the document from being sent"


def test_a_single_reason_speaks_for_itself():
    missing = FieldMissing(field="Subject").reason

    assert told_together([missing]) == missing
    assert say_in_short(missing, "en") == say(missing, "en")


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00+14:00"])
def test_the_end_of_a_certificate_without_end_is_said_as_it_is(end):
    assert translate("until {until}", Language.VIETNAMESE, until=end) == f"until {end}"
