import base64

import pytest

from edoc_connector.envelope import encoded
from edoc_connector.envelope.encoded import Encoded
from edoc_connector.errors import AttachmentDamaged

DATA = bytes(range(256)) * 3 + b"x"
TEXT = base64.b64encode(DATA)


def decoded(text):
    return b"".join(Encoded(text, 0, len(text), "a.pdf").decoded())


@pytest.fixture(params=[4, 7, 8, 64, 4096], autouse=True)
def _pieces_of(request, monkeypatch):
    monkeypatch.setattr(encoded, "PIECE_BYTES", request.param)


@pytest.mark.parametrize(
    "mark", [b"", b"\n", b"\r\n", b" \t", b"&#xD;\n", b"&#13;&#10;"]
)
def test_white_space_in_base64_is_overlooked(mark):
    lines = [TEXT[start : start + 76] for start in range(0, len(TEXT), 76)]

    assert decoded(mark + mark.join(lines) + mark) == DATA


def test_only_the_stretch_that_was_named_is_decoded():
    text = b"!!!!" + TEXT + b"!!!!"

    assert b"".join(Encoded(text, 4, 4 + len(TEXT), "a").decoded()) == DATA


def test_nothing_decodes_to_nothing():
    assert decoded(b"") == b""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"QUJD*UJD", "not base64"),
        (b"QUJDQUJD&amp;", "not base64"),
        (b"QUJD-_JD", "not base64"),
        (b"QUJDQUJ\xff", "not base64"),
        (b"QUJDQUJ\0", "not base64"),
        (b"QUJDQUI=QUJD", "not base64|after its end"),
        (b"QUJDQUJDQUJD=", "cut off"),
        (b"QUJDQUJDQQ", "cut off"),
        (b"=", "cut off"),
        (b"====", "not base64"),
        (b"Q===", "not base64"),
    ],
)
def test_anything_that_is_not_strict_base64_is_refused(text, problem):
    with pytest.raises(AttachmentDamaged, match=problem) as caught:
        decoded(text)

    assert caught.value.details["name"] == "a.pdf"
