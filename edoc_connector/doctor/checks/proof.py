"""What is looked at because seals hang on it: clocks and certificates."""

from __future__ import annotations

from typing import Final

from edoc_connector.doctor.finding import Check, Group
from edoc_connector.errors import N_

OF_PROOF: Final = (
    Check(
        code="clock-broker",
        group=Group.CLOCKS,
        title=N_("the clock of the broker agrees with ours"),
        why=N_(
            "certificates begin and end by it; what is logged there is compared here"
        ),
        fix=N_("have both computers follow the time (timedatectl set-ntp true)"),
    ),
    Check(
        code="clock-database",
        group=Group.CLOCKS,
        title=N_("the clock of our database server agrees with ours"),
        why=N_("deadlines and leases compare both"),
        fix=N_("have both computers follow the time (timedatectl set-ntp true)"),
    ),
    Check(
        code="clock-partner",
        group=Group.CLOCKS,
        title=N_("the clocks of partners agree with ours"),
        why=N_(
            "a seal from the future is refused, and of two statuses the later counts"
        ),
        fix=N_(
            "if only one partner is off, tell it; if all are off alike, it is our clock"
        ),
    ),
    Check(
        code="key-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificates of our seal keys hold"),
        why=N_(
            "without a certificate that holds nothing is sealed, and nothing leaves"
        ),
        fix=N_("ask your authority for a new one now, then: edoc key use NAME"),
    ),
    Check(
        code="key-revoked",
        group=Group.CERTIFICATES,
        title=N_("no key of ours was revoked"),
        why=N_("whatever it seals is refused by everybody"),
        fix=N_("have another key seal: edoc key use NAME"),
    ),
    Check(
        code="revocation-silent",
        group=Group.CERTIFICATES,
        title=N_("somebody answers whether certificates were revoked"),
        why=N_(
            "without an answer, what arrives is delivered for the time of"
            " trust.revocation.grace_hours and waits after it"
        ),
        fix=N_(
            "let this computer reach the OCSP and CRL addresses of the authorities, or"
            " name files in trust.revocation.crls"
        ),
    ),
    Check(
        code="anchor-ends",
        group=Group.CERTIFICATES,
        title=N_("the authorities we trust hold"),
        why=N_("when one ends, every seal beneath it is refused"),
        fix=N_("add the certificate that follows it to trust.anchors"),
    ),
    Check(
        code="line-certificate-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificate of our account at the broker holds"),
        why=N_("when it ends the broker lets us in no more"),
        fix=N_(
            "ask for a new one, and put it in place of the old file; the service reads"
            " it by itself"
        ),
    ),
    Check(
        code="broker-certificate-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificate of the broker holds"),
        why=N_("when it ends no connector goes near that broker any more"),
        fix=N_("tell the operator of the axis"),
    ),
)
