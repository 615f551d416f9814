from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime

import pytest

from edoc_connector.model.document import ChangedParts, Document, DocumentType
from edoc_connector.signature.fields import fields_of, grown, leaves
from tests.support.builders import document, status
from tests.support.seals import every_field


def test_every_field_of_the_standard_is_stated_under_its_own_name() -> None:
    stated = dict(leaves(every_field()))

    assert stated["From/OrganId"] == "H20"
    assert stated["To[2]/OrganId"] == "H20.14.2"
    assert stated["Code/CodeNotation"] == "UBND-VX"
    assert stated["PromulgationInfo/PromulgationDate"] == "2026/11/23"
    assert stated["OtherInfo/Direction"] == "true"
    assert stated["OtherInfo/Appendixes/Appendix[2]"] == "Phụ lục II"
    assert stated["ResponseForTask/TaskCode[2]"] == "T2"
    assert stated["Bussiness/BussinessDocType"] == "3"
    assert stated["Bussiness/BussinessDocumentInfo/ReceiverList/Receiver[2]/OrganId"]
    assert stated[
        "Bussiness/ReplacementInfoList/ReplacementInfo/OrganIdList/OrganId[2]"
    ]
    assert stated["Attachment[2]/Name"] == "phụ lục.docx"


@pytest.mark.parametrize("content", [every_field(), document(), status()])
def test_the_fields_grow_again_from_their_leaves(content) -> None:
    assert grown(leaves(content)) == fields_of(content)


def test_no_field_of_the_model_is_forgotten() -> None:
    sent = every_field()

    for path, changed in every_change(sent):
        if path not in UNSEALED:
            assert leaves(changed) != leaves(sent), path


UNSEALED = {
    "attachments.content_id",
    "attachments.content_type",
    "attachments.description",
    "attachments.field_name",
    "attachments.mime_type",
}
"""What nodes change or drop; `stated` drops it too, so that none of it is delivered."""


def every_change(  # noqa: PLR0911  (one case per kind of value)
    value: object, path: str = ""
) -> list[tuple[str, object]]:
    """The value with each of its parts changed, one at a time."""
    match value:
        case None:
            return []
        case bool():
            return [(path, not value)]
        case datetime():
            return [(path, value.replace(second=59))]
        case date():
            return [(path, value.replace(day=1))]
        case str() | int() if hasattr(value, "name"):
            return [(path, next(one for one in type(value) if one != value))]
        case str():
            return [(path, value + "x")]
        case int():
            return [(path, value + 1)]
        case tuple():
            shorter = [(path, value[1:])] if value else []
            return shorter + [
                (below, (*value[:number], changed, *value[number + 1 :]))
                for number, one in enumerate(value)
                for below, changed in every_change(one, path)
            ]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return [
                (below, replace(value, **{field.name: changed}))
                for field in fields(value)
                for below, changed in every_change(
                    getattr(value, field.name), f"{path}.{field.name}".lstrip(".")
                )
            ]
    raise AssertionError(f"{path} has no value to change: {value!r}")


def test_no_field_of_a_status_is_forgotten() -> None:
    told = status(staff=every_field().business.staff)

    for path, changed in every_change(told):
        assert leaves(changed) != leaves(told), path


def test_what_is_empty_is_not_there() -> None:
    sent = document(subject="", due_date=None, steering_type=None, business=None)

    stated = dict(leaves(sent))

    assert not {"Subject", "DueDate", "SteeringType"} & stated.keys()
    assert not any(path.startswith("Bussiness") for path in stated)


def test_a_direction_that_nodes_add_says_nothing() -> None:
    assert "OtherInfo/Direction" not in dict(leaves(document()))


def test_a_number_below_zero_says_nothing_as_in_the_axis_library() -> None:
    sent = document(type=DocumentType(type=-1, detail=0))

    stated = dict(leaves(sent))

    assert "DocumentType/Type" not in stated
    assert stated["DocumentType/TypeDetail"] == "0"


def test_an_update_that_changes_nothing_is_not_there() -> None:
    sent = document()
    changed = replace(sent.business, changed=ChangedParts(), staff=None)

    stated = leaves(replace(sent, business=changed))

    assert not any("BussinessDocumentInfo" in path for path, _ in stated)


def test_a_status_is_stated_in_vietnam_time() -> None:
    told = status(at=datetime(2026, 11, 23, 18, 0, 5, tzinfo=UTC))

    assert dict(leaves(told))["Timestamp"] == "2026/11/24 01:00:05"


def test_a_status_without_staff_states_none() -> None:
    assert "StaffInfo/Staff" not in dict(leaves(status(staff=None)))


@pytest.mark.parametrize("content", [every_field(), status()], ids=["edoc", "status"])
def test_a_path_is_said_once(content: Document) -> None:
    paths = [path for path, _ in leaves(content)]

    assert len(paths) == len(set(paths))


def test_no_document_states_what_a_status_states() -> None:
    assert "StatusCode" in dict(leaves(status()))
    assert "StatusCode" not in dict(leaves(every_field()))
