import pytest

from edoc_connector.model.invisible import without_invisible


@pytest.mark.parametrize(
    "letter",
    [
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u200f",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u034f",
        "\u061c",
        "\u202e",
        "\u3164",
        "\ufe0f",
        "\U000e0041",
        "\x00",
        "\x7f",
        "\x9f",
    ],
)
def test_what_nobody_sees_is_taken_out(letter):
    text = f"{letter}Thanh tra{letter} huyện{letter}"

    assert without_invisible(text) == "Thanh tra huyện"


@pytest.mark.parametrize(
    "text", ["Sở Y tế\u00a0(Huế)", "a\tb\nc\u3000d", "ệ", "e\u0301", ""]
)
def test_what_is_seen_stays_white_space_and_marks_too(text):
    assert without_invisible(text) == text
