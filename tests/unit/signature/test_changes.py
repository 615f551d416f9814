from dataclasses import replace
from hashlib import sha256

import pytest

from edoc_connector.errors import CertificateChanged, ContentChanged
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import ReceivedEnvelope, TraceStamp
from edoc_connector.signature.changes import content_change, properties_change
from edoc_connector.signature.found import read_seal
from edoc_connector.signature.statement import render, statement_digest
from tests.support.builders import (
    SENDER,
    SENT_AT,
    attachment,
    document,
    organization,
)
from tests.support.pki import p256_sealer, rsa_sealer
from tests.support.seals import rebuilt, received, with_content, with_seal


def change(arrived: ReceivedEnvelope) -> ContentChanged:
    return content_change(
        arrived.envelope.content, arrived.seal, read_seal(arrived.seal)
    )


def details(arrived: ReceivedEnvelope) -> tuple[str, ...]:
    said = change(arrived).details
    return said["field"], said["expected"], said["found"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject": "khác"}, ("Subject", document().subject, "khác")),
        ({"subject": ""}, ("Subject", document().subject, "-")),
        ({"application_type": "X"}, ("ApplicationType", "-", "X")),
        ({"sender": organization("H21")}, ("From/OrganId", "H20", "H21")),
        (
            {"recipients": (*document().recipients, organization("G22"))},
            ("To[2]/OrganId", "-", "G22"),
        ),
        ({"to_places": ("Như trên", "x")}, ("ToPlaces/Place[2]", "Lưu: VT", "x")),
    ],
)
def test_the_field_and_both_values_are_named(changes, expected) -> None:
    assert details(with_content(received(), **changes)) == expected


def test_a_changed_attachment_is_named_by_its_file() -> None:
    two = (attachment(), attachment(b"%PDF-2", name="phụ lục.pdf"))
    changed = (two[0], attachment(b"%PDF-3", name="phụ lục.pdf"))
    sealed = received(document(attachments=two))

    said = details(with_content(sealed, attachments=changed))

    assert said == (
        'Attachment[2] "phụ lục.pdf" SHA-256',
        two[1].sha256,
        changed[1].sha256,
    )


def test_an_added_attachment_is_named_by_its_file() -> None:
    added = (*document().attachments, attachment(b"%PDF-3", name="thêm.pdf"))

    said = details(with_content(received(), attachments=added))

    assert said == ('Attachment[2] "thêm.pdf" name', "-", "thêm.pdf")


def test_a_removed_attachment_is_named_by_its_file() -> None:
    said = details(with_content(received(), attachments=()))

    assert said == ('Attachment "công văn.pdf" name', "công văn.pdf", "-")


def test_without_the_sealers_copy_only_digests_can_be_named() -> None:
    sealed = received()
    changed = with_content(rebuilt(sealed), subject="khác")

    assert details(changed) == (
        "content",
        statement_digest(sealed.envelope.content),
        statement_digest(changed.envelope.content),
    )


def test_a_copy_that_was_changed_too_is_not_believed() -> None:
    sealed = received()
    copy = tuple(
        (path, "khác" if path == "Subject" else value)
        for path, value in sealed.seal.statement
    )

    said = details(with_seal(with_content(sealed, subject="khác"), statement=copy))

    assert said[0] == "content"


def test_long_values_are_cut() -> None:
    said = details(with_content(received(), subject="x" * 5000))

    assert said[2] == "x" * 199 + "…"


def test_a_statement_with_the_same_values_in_another_order_is_only_different() -> None:
    sealed = received()
    turned = tuple(reversed(sealed.seal.statement))
    values = read_seal(sealed.seal)
    strange = replace(values, statement_digest=sha256(render(turned)).digest())

    said = content_change(
        sealed.envelope.content, replace(sealed.seal, statement=turned), strange
    )

    assert said.details["field"] == "content"


def properties(arrived: ReceivedEnvelope) -> Exception:
    return properties_change(arrived.envelope, arrived.seal, read_seal(arrived.seal))


def stamped_later(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    stamp = TraceStamp(OrganizationCode(SENDER), SENT_AT.replace(minute=31))
    return replace(arrived, envelope=replace(arrived.envelope, trace=(stamp,)))


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
def test_a_changed_stamp_is_named(key) -> None:
    said = properties(stamped_later(rebuilt(received(key=key))))

    assert isinstance(said, ContentChanged)
    assert said.details["field"] == "TraceHeader/Timestamp"
    assert said.details["found"] == "2026-11-23T08:31:00+07:00"


def test_a_replaced_certificate_is_named_by_both_digests() -> None:
    other = received(key=p256_sealer()).seal

    said = properties(with_seal(received(), certificates=other.certificates))

    assert isinstance(said, CertificateChanged)
    assert said.details["expected"] == sha256(rsa_sealer().certificate).hexdigest()
    assert said.details["found"] == sha256(p256_sealer().certificate).hexdigest()


@pytest.mark.parametrize("copy", ["", "no base64"])
def test_without_the_copy_the_sealed_certificate_is_not_known(copy: str) -> None:
    swapped = with_seal(
        received(),
        certificates=received(key=p256_sealer()).seal.certificates,
        certificate_digest=copy,
    )

    assert properties(swapped).details["expected"] == "-"


def test_a_certificate_that_cannot_be_read_was_replaced() -> None:
    said = properties(with_seal(received(), certificates=("AAAA",)))

    assert isinstance(said, CertificateChanged)
