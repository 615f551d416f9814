import re

from edoc_connector.errors import ContentChanged
from edoc_connector.language import say
from edoc_connector.signature.fields import leaves
from edoc_connector.signature.words import FIELDS
from tests.support.builders import status
from tests.support.seals import every_field


def said(field: str) -> str:
    return say(ContentChanged(field=field, expected="a", found="b"), "vi")


def test_every_field_that_a_seal_covers_has_a_name_for_the_clerk() -> None:
    stated = {path for path, _ in (*leaves(every_field()), *leaves(status()))}
    names = {re.sub(r"\[\d+\]", "", path) for path in stated}

    unnamed = {name for name in names if name not in FIELDS}

    assert {name for name in unnamed if not name.startswith("Attachment/")} == set()


def test_a_clerk_reads_which_field_was_changed() -> None:
    assert said("Subject").startswith("Trích yếu đã bị thay đổi")
    assert said("DueDate").startswith("Hạn trả lời đã bị thay đổi")
    assert said("From/OrganId").startswith("Mã định danh nơi gửi đã bị thay đổi")


def test_of_several_recipients_the_clerk_reads_which() -> None:
    assert said("To[2]/OrganId").startswith("Mã định danh nơi nhận (2) đã bị")


def test_a_changed_attachment_is_named_by_its_file() -> None:
    sentence = said('Attachment[3] "phụ lục.docx" SHA-256')

    assert sentence.startswith('Nội dung (SHA-256) tệp đính kèm (3) "phụ lục.docx" đã')


def test_a_field_nobody_has_a_word_for_is_said_as_it_is_written() -> None:
    assert said("Other[2]/Thing").startswith("Other[2]/Thing đã bị thay đổi")
