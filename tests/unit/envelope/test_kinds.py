import pytest

from edoc_connector.envelope.kinds import Kind, kind_of, meant_by


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", Kind.PDF),
        (b"\n\n%PDF-1.7", Kind.PDF),
        (b"x" * 2000 + b"%PDF-", Kind.UNKNOWN),
        (b"PK\x03\x04", Kind.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
        (b"{\\rtf1", Kind.RTF),
        (b"<?xml version", Kind.XML),
        (b"\xff\xd8\xff\xe0", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n", Kind.PNG),
        (b"II*\x00", Kind.TIFF),
        ("Văn bản".encode(), Kind.UNKNOWN),
        (b"", Kind.UNKNOWN),
    ],
)
def test_a_kind_is_known_by_its_first_bytes(head, kind):
    assert kind_of(head) is kind


@pytest.mark.parametrize(
    ("content_type", "kinds"),
    [
        ("application/pdf", {Kind.PDF}),
        (" Application/PDF; name=a.pdf", {Kind.PDF}),
        ("application/docx", {Kind.ZIP}),
        ("application/vnd.oasis.opendocument.text", {Kind.ZIP}),
        ("application/msword", {Kind.OLE, Kind.RTF, Kind.XML, Kind.ZIP}),
        ("application/octet-stream", set()),
        ("unk", set()),
        ("", set()),
    ],
)
def test_a_label_means_the_kinds_it_is_used_for(content_type, kinds):
    assert meant_by(content_type) == kinds
