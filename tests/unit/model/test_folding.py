import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.model.folding import START_LETTERS, folded, starts


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ủy ban nhân dân xã Đức Huệ", "uy ban nhan dan xa duc hue"),
        ("UỶ BAN NHÂN DÂN XÃ ĐỨC HUỆ", "uy ban nhan dan xa duc hue"),
        ("Văn phòng HĐND-UBND (cũ)", "van phong hdnd ubnd cu"),
        ("Cu\u031b quan Đa\u0323i", "cu quan dai"),
        ("  ", ""),
    ],
)
def test_tones_capitals_and_signs_make_no_difference(name, words):
    assert folded(name) == words


@given(st.text())
def test_folding_again_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


def test_a_name_is_there_from_each_of_its_words_on():
    assert list(starts("xa duc hue")) == ["xa duc hue", "duc hue", "hue"]


def test_of_a_long_name_only_the_beginnings_are_kept():
    assert max(map(len, starts("phong " * 50))) == START_LETTERS
