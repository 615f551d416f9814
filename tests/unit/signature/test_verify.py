import ast
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography import x509

from edoc_connector.errors import (
    CertificateChanged,
    CertificateRevoked,
    CertificateUntrusted,
    ContentChanged,
    LinkUnproven,
    SealAbsent,
    SealedInFuture,
    SealInvalid,
    SealMalformed,
    SealPlaceholder,
    SenderMismatch,
    SignatureWrong,
)
from edoc_connector.language import say
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import (
    FoundSeal,
    ReceivedEnvelope,
    TraceStamp,
    VerifiedEnvelope,
)
from edoc_connector.model.verdict import Indication, SealForm
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.choices import Unsealed
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Answer, Revocation
from edoc_connector.signature.stated import stated
from edoc_connector.signature.statement import statement_digest
from edoc_connector.signature.verify import verify
from tests.support import pki
from tests.support.builders import (
    PDF,
    RECIPIENT,
    SENDER,
    SENT_AT,
    attachment,
    document,
    organization,
    status,
)
from tests.support.pki import (
    DAY,
    certificate,
    name,
    p256_key,
    p256_sealer,
    policy,
    rsa_key,
    rsa_sealer,
    sealer,
    stranger,
)
from tests.support.seals import (
    every_field,
    rebuilt,
    received,
    with_content,
    with_seal,
)

PACKAGE = Path(__file__).parents[3] / "edoc_connector"
NOW = SENT_AT + timedelta(minutes=5)


def judge(  # noqa: PLR0913  (each with a default)
    arrived: ReceivedEnvelope,
    trusted: Policy | None = None,
    *,
    account: str | None = SENDER,
    at=None,
    now=NOW,
    asked: Revocation | None = None,
) -> VerifiedEnvelope:
    return verify(
        arrived,
        trusted or policy(),
        account=account,
        received_at=at or now,
        now=now,
        revocation=asked or pki.revocation(),
    )


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
def test_what_was_sealed_is_verified(key) -> None:
    arrived = received(every_field(), key=key)

    verified = judge(arrived)

    assert verified.envelope == arrived.envelope
    assert verified.contents is arrived.contents
    assert verified.statement_digest == statement_digest(every_field())
    assert verified.certificate_digest == sha256(key.certificate).hexdigest()
    assert (verified.sealed_at, verified.verified_at) == (SENT_AT, NOW)


def test_a_status_is_verified() -> None:
    told = received(status(), key=rsa_sealer(RECIPIENT))

    assert judge(told, account=RECIPIENT).envelope.content == status()


# What nodes of the axis do to a packet, alone and together.


def objects_dropped(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    return rebuilt(arrived)


def direction_added(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    other = replace(arrived.envelope.content.other, direction=False)
    return with_content(arrived, other=other)


def stamp_appended(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    stamps = (
        *arrived.envelope.trace,
        TraceStamp(OrganizationCode("02.29.W00"), SENT_AT + timedelta(minutes=1)),
        TraceStamp(OrganizationCode(""), SENT_AT + timedelta(minutes=2)),
    )
    return replace(arrived, envelope=replace(arrived.envelope, trace=stamps))


def text_trimmed(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    return with_content(arrived, subject=arrived.envelope.content.subject.strip())


def alias_added(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    alias = organization("000.00.14.H20", in_charge="TLTVBQG_CDMDD_QD20")
    recipients = (*arrived.envelope.content.recipients, alias)
    return with_content(arrived, recipients=recipients)


def attachments_relabelled(arrived: ReceivedEnvelope) -> ReceivedEnvelope:
    relabelled = tuple(
        replace(one, content_type="application/zip", description="")
        for one in arrived.envelope.content.attachments
    )
    return with_content(arrived, attachments=relabelled)


EFFECTS = [
    objects_dropped,
    direction_added,
    stamp_appended,
    text_trimmed,
    alias_added,
    attachments_relabelled,
]


@pytest.mark.parametrize("effects", range(2 ** len(EFFECTS)))
def test_a_rebuilt_packet_still_verifies(effects: int) -> None:
    sent = document(
        subject="  Về việc kết nối\r\nphần mềm ",
        attachments=(attachment(description="bản chính"),),
    )
    arrived = received(sent)

    for number, effect in enumerate(EFFECTS):
        if effects >> number & 1:
            arrived = effect(arrived)

    assert judge(arrived).statement_digest == statement_digest(sent)


def test_what_is_delivered_is_what_the_statement_says() -> None:
    arrived = alias_added(received(document(subject=" Ve\u0302\u0300 việc ")))

    delivered = judge(arrived).envelope.content

    assert delivered == stated(arrived.envelope.content)
    assert [to.code for to in delivered.recipients] == [RECIPIENT]
    assert delivered.subject == "Về việc"


# What is refused, in the order of the steps.


def test_1_a_packet_without_a_seal_is_refused() -> None:
    with pytest.raises(SealAbsent):
        judge(received(seal=None))


def test_2_a_seal_of_another_form_is_refused() -> None:
    with pytest.raises(SealMalformed):
        judge(with_seal(received(), references=()))


def test_3_a_changed_field_is_refused_by_name_and_values() -> None:
    with pytest.raises(ContentChanged) as refused:
        judge(with_content(received(), subject="khác"))

    assert refused.value.details == {
        "field": "Subject",
        "expected": document().subject,
        "found": "khác",
    }


def test_3_a_changed_attachment_is_refused_by_name() -> None:
    with pytest.raises(
        ContentChanged, match=r'^Attachment "công văn\.pdf" SHA-256 was'
    ):
        judge(with_content(received(), attachments=(attachment(PDF[:-1] + b"x"),)))


def test_3_another_sender_in_from_is_refused_by_name() -> None:
    forged = with_content(received(), sender=organization("H21"))

    with pytest.raises(
        ContentChanged, match=r"From/OrganId .* sealed H20, arrived H21"
    ):
        judge(forged, account="H21")


def test_3_a_status_cannot_be_said_to_be_about_another_document() -> None:
    told = received(status(), key=rsa_sealer(RECIPIENT))
    other = replace(status().response_for, document_id="H20,2026/11/23,16/UBND-VX")

    with pytest.raises(ContentChanged, match="ResponseFor/DocumentId"):
        judge(with_content(told, response_for=other), account=RECIPIENT)


def test_4_a_replaced_certificate_is_refused_by_both_digests() -> None:
    other = received(key=stranger()).seal

    with pytest.raises(CertificateChanged) as refused:
        judge(with_seal(received(), certificates=other.certificates))

    assert refused.value.details == {
        "expected": sha256(rsa_sealer().certificate).hexdigest(),
        "found": sha256(stranger().certificate).hexdigest(),
    }


def test_4_a_changed_stamp_of_the_sender_is_refused() -> None:
    arrived = received()
    stamp = TraceStamp(OrganizationCode(SENDER), SENT_AT - timedelta(minutes=1))
    forged = replace(arrived.envelope, trace=(stamp, *arrived.envelope.trace))

    with pytest.raises(ContentChanged, match="TraceHeader/Timestamp"):
        judge(replace(arrived, envelope=forged))


def test_4_a_missing_stamp_of_the_sender_is_refused() -> None:
    arrived = received()

    with pytest.raises(SealMalformed, match="no TraceHeader of the sender"):
        judge(replace(arrived, envelope=replace(arrived.envelope, trace=())))


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
def test_5_another_signature_value_is_refused(key) -> None:
    other = received(document(subject="khác"), key=key).seal

    with pytest.raises(SignatureWrong, match="Cơ quan H20"):
        judge(with_seal(received(key=key), signature_value=other.signature_value))


def test_5_the_name_of_another_algorithm_is_refused() -> None:
    method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

    with pytest.raises(SignatureWrong):
        judge(with_seal(received(), signature_method=method))


def test_6_a_seal_from_tomorrow_is_refused() -> None:
    with pytest.raises(SealedInFuture, match="check both clocks"):
        judge(received(), now=SENT_AT - DAY)


def test_6_clocks_may_differ_a_little() -> None:
    assert judge(received(), now=SENT_AT - timedelta(minutes=59))


def test_10_a_certificate_of_an_unknown_authority_is_refused() -> None:
    with pytest.raises(CertificateUntrusted, match="no path to a trust anchor"):
        judge(received(key=stranger()))


def test_10_a_certificate_that_had_expired_is_refused() -> None:
    expired = sealer(rsa_key(), certificate(not_after=SENT_AT - DAY))

    with pytest.raises(CertificateUntrusted, match="valid from"):
        judge(received(key=expired))


def test_10_a_certificate_that_expired_since_sealed_all_the_same() -> None:
    assert judge(received(), at=NOW, now=SENT_AT + timedelta(days=3650))


def test_10_a_seal_with_an_old_date_is_judged_by_the_day_it_came() -> None:
    """Whoever has the key of an expired certificate can set a clock back."""
    later = SENT_AT + timedelta(days=3650)

    with pytest.raises(CertificateUntrusted, match="valid from"):
        judge(received(), at=later, now=later)


def test_10_nothing_is_trusted_by_default() -> None:
    with pytest.raises(CertificateUntrusted, match="no trust anchor is set"):
        judge(received(), Policy(anchors=()))


def test_7_the_seal_of_another_organisation_is_refused() -> None:
    other = rsa_sealer(RECIPIENT)

    with pytest.raises(SenderMismatch) as refused:
        judge(received(key=other))

    assert refused.value.details == {
        "claimed": "H20",
        "evidence": "certificate",
        "actual": "H20.14",
    }


def test_7_the_seal_of_nobody_in_particular_is_refused() -> None:
    private = sealer(rsa_key(), certificate(subject=name("somebody")))

    with pytest.raises(
        SenderMismatch,
        match=r"to CN=somebody \(trust.binding: organizationIdentifier\)",
    ):
        judge(received(key=private))


def test_8_the_account_of_another_organisation_is_refused() -> None:
    with pytest.raises(SenderMismatch, match="account G22 of the broker belongs to"):
        judge(received(), account="G22")


def test_8_an_account_may_speak_for_those_it_is_listed_for() -> None:
    listed = policy(accounts={"node-7": (SENDER, RECIPIENT)})

    assert judge(received(), listed, account="node-7")


def test_8_a_listed_account_no_longer_speaks_for_its_own_name() -> None:
    listed = policy(accounts={SENDER: (RECIPIENT,)})

    with pytest.raises(SenderMismatch):
        judge(received(), listed)


def test_8_over_a_link_the_seal_alone_proves_the_sender() -> None:
    linked = policy(links=frozenset({"link-tw"}))

    assert judge(received(), linked, account="link-tw")
    with pytest.raises(SenderMismatch):
        judge(received(key=rsa_sealer(RECIPIENT)), linked, account="link-tw")


# Peers that cannot seal yet.

PLACEHOLDER = FoundSeal(
    canonicalization_method="http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    signature_method="http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    references=(),
    signature_value="AAAA",
    certificates=("MIIFqTCCBJG",),
)


def lets(accepted: Unsealed, **changes: Any) -> Policy:
    return policy(unsealed={SENDER: accepted}, **changes)


@pytest.mark.parametrize(
    ("accepted", "seal", "form"),
    [
        (Unsealed.ACCEPT_ABSENT, None, SealForm.ABSENT),
        (Unsealed.ACCEPT_PLACEHOLDER, None, SealForm.ABSENT),
        (Unsealed.ACCEPT_PLACEHOLDER, PLACEHOLDER, SealForm.PLACEHOLDER),
    ],
)
def test_who_may_send_without_a_seal_is_believed_by_the_account_alone(
    accepted, seal, form
) -> None:
    arrived = replace(received(), seal=seal)

    verified = judge(arrived, lets(accepted))

    assert (verified.certificate_digest, verified.sealed_at) == (None, None)
    assert verified.verdict.form is form
    assert verified.verdict.indication is Indication.INDETERMINATE
    assert [it.code for it in verified.verdict.doubts] == ["unsealed-accepted"]
    assert verified.statement_digest == statement_digest(arrived.envelope.content)


def test_of_a_file_without_a_seal_nobody_says_who_sent_it() -> None:
    arrived = replace(received(), seal=None)

    verified = judge(arrived, lets(Unsealed.ACCEPT_ABSENT), account=None)

    (doubt,) = verified.verdict.doubts
    assert doubt.code == "unsealed-unvouched"
    assert "nothing in this file proves who sent it" in say(doubt, "en")


def test_what_is_not_sealed_is_refused_of_everybody_else() -> None:
    with pytest.raises(SealAbsent):
        judge(replace(received(), seal=None))
    with pytest.raises(SealPlaceholder):
        judge(replace(received(), seal=PLACEHOLDER))


def test_a_placeholder_is_more_than_absent() -> None:
    arrived = replace(received(), seal=PLACEHOLDER)

    with pytest.raises(SealPlaceholder):
        judge(arrived, lets(Unsealed.ACCEPT_ABSENT))


def test_a_seal_that_is_there_must_hold_also_of_who_needs_none() -> None:
    changed = with_content(received(), subject="khác")

    with pytest.raises(ContentChanged):
        judge(changed, lets(Unsealed.ACCEPT_PLACEHOLDER))


def test_without_a_seal_the_account_must_be_the_senders_own() -> None:
    arrived = replace(received(), seal=None)

    with pytest.raises(SenderMismatch, match="account G22"):
        judge(arrived, lets(Unsealed.ACCEPT_ABSENT), account="G22")


def test_without_a_seal_nothing_proves_the_sender_beyond_a_link() -> None:
    arrived = replace(received(), seal=None)
    linked = lets(Unsealed.ACCEPT_ABSENT, links=frozenset({"link-tw"}))

    with pytest.raises(LinkUnproven):
        judge(arrived, linked, account="link-tw")


def test_11_a_certificate_that_was_revoked_before_is_refused() -> None:
    with pytest.raises(CertificateRevoked) as refused:
        judge(received(), asked=list_with(revoked_at=SENT_AT - DAY))

    assert refused.value.details["why"] == "its key was compromised"


def test_11_a_certificate_that_was_revoked_since_sealed_all_the_same() -> None:
    verified = judge(received(), asked=list_with(revoked_at=NOW + DAY / 2))

    assert verified.verdict.indication is Indication.PASSED
    assert [it.code for it in verified.verdict.notes] == ["revoked-later"]


def test_11_without_an_answer_the_verdict_is_open() -> None:
    verdict = judge(received(), asked=StoredRevocation(())).verdict

    assert verdict.indication is Indication.INDETERMINATE
    assert {it.code for it in verdict.doubts} == {"revocation-not-published"}


def test_11_nobody_is_asked_about_a_seal_that_does_not_hold() -> None:
    class Asked:
        questions: ClassVar[list[object]] = []

        def answers(self, *question: object) -> Iterable[Answer]:
            self.questions.append(question)
            return ()

    for stranger_account in ("G22", SENDER):
        with pytest.raises(SealInvalid):
            judge(
                received(key=rsa_sealer(RECIPIENT)),
                account=stranger_account,
                asked=Asked(),
            )

    assert Asked.questions == []


def test_11_what_proves_it_is_kept() -> None:
    verdict = judge(received()).verdict

    assert {it.kind for it in verdict.evidence} == {EvidenceKind.CRL}
    again = StoredRevocation(verdict.evidence)
    assert judge(received(), asked=again).verdict == verdict


def list_with(*, revoked_at: datetime) -> Revocation:
    """The lists of the authorities, with the sealing certificate on one."""
    mine = x509.load_der_x509_certificate(rsa_sealer().certificate)
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(mine.serial_number)
        .revocation_date(revoked_at)
        .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        .build()
    )
    lists = (
        pki.crl("root", p256_key(-2)),
        pki.crl("issuing", p256_key(-1), entry),
    )
    return StoredRevocation(tuple(Evidence(EvidenceKind.CRL, one) for one in lists))


def test_8_a_file_is_checked_without_an_account() -> None:
    assert judge(received(), account=None)


def test_what_a_reason_quotes_is_short() -> None:
    with pytest.raises(SealInvalid) as refused:
        judge(with_content(received(), sender=organization("H" * 5000)))

    assert all(len(value) <= 200 for value in refused.value.details.values())


def test_only_verify_makes_a_verified_envelope() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and "VerifiedEnvelope"
        in {getattr(node.func, "id", ""), getattr(node.func, "attr", "")}
    }

    assert makers == {"signature/verify.py"}


def test_no_xml_engine_takes_part_in_signing_or_verifying() -> None:
    imported = {
        name
        for path in (PACKAGE / "signature").rglob("*.py")
        for name in _imports(ast.parse(path.read_text("utf-8")))
    }

    assert not {
        name for name in imported if name.split(".")[0] in {"lxml", "xml", "signxml"}
    }


def _imports(module: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found
