import json
from dataclasses import dataclass
from datetime import date

import msgspec
import pytest

from edoc_connector.errors import Reason
from edoc_connector.json_text import (
    from_json,
    from_plain,
    plain_from_json,
    schema_of,
    to_json,
    to_plain,
)
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True)
class Letter:
    to: tuple[OrganizationCode, ...]
    subject: str = ""
    on: date | None = None


LETTER = Letter((OrganizationCode("H20.14"),), "Về việc mã", date(2026, 11, 23))
TEXT = '{"to":["H20.14"],"subject":"Về việc mã","on":"2026-11-23"}'


def test_a_dataclass_is_written_field_by_field():
    assert to_json(LETTER) == TEXT


def test_what_was_written_is_read_back_with_its_types():
    read = from_json(TEXT, Letter)

    assert read == LETTER
    assert type(read.to[0]) is OrganizationCode


def test_a_code_is_written_as_the_text_it_is_wherever_it_stands():
    code = OrganizationCode("G22")

    assert to_json([code, {code: code}]) == '["G22",{"G22":"G22"}]'


def test_the_names_of_a_mapping_are_sorted():
    assert to_json({"b": 1, "a": 2}) == '{"a":2,"b":1}'


def test_what_is_not_data_is_not_written():
    with pytest.raises(TypeError, match="no JSON for object"):
        to_json(object())


@pytest.mark.parametrize("code", ["7", "null", "[]", "{}"])
def test_a_code_that_is_not_text_is_not_read(code):
    with pytest.raises(msgspec.DecodeError):
        from_json(f'{{"to":[{code}]}}', Letter)


def test_a_reason_keeps_its_causes():
    causes = (Reason("field-missing", {"field": "Subject"}), Reason("x"))
    reason = Reason("several-problems", {"count": "2"}, causes)

    assert from_json(to_json(reason), Reason) == reason


def test_a_reason_stored_before_reasons_had_causes_is_still_read():
    stored = '{"code":"field-missing","details":{"field":"Trích yếu"}}'

    assert from_json(stored, Reason) == Reason("field-missing", {"field": "Trích yếu"})


def test_a_plain_value_is_that_which_the_text_says():
    plain = plain_from_json(TEXT)

    assert plain == json.loads(TEXT)
    assert from_plain(plain, Letter) == LETTER
    assert to_plain(LETTER) == {**plain, "to": ("H20.14",)}


def test_a_type_that_is_not_data_has_no_schema():
    @dataclass(frozen=True)
    class Strange:
        thing: complex

    with pytest.raises(TypeError, match="no JSON for complex"):
        schema_of(Strange)
