"""Which organisation a certificate belongs to, by the rule the operator has set.

The authority vouches for the fields of a subject; which of them holds the identifier
differs from one authority to the next.  A certificate that is listed by its fingerprint
belongs to whom the list says, whatever its subject says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.certificate import Certificate
from edoc_connector.signature.choices import SubjectField

OIDS: Final[Mapping[SubjectField, x509.ObjectIdentifier]] = {
    SubjectField.ORGANIZATION_IDENTIFIER: NameOID.ORGANIZATION_IDENTIFIER,
    SubjectField.SERIAL_NUMBER: NameOID.SERIAL_NUMBER,
    SubjectField.USER_ID: NameOID.USER_ID,
    SubjectField.COMMON_NAME: NameOID.COMMON_NAME,
    SubjectField.ORGANIZATION_NAME: NameOID.ORGANIZATION_NAME,
    SubjectField.UNIT_NAME: NameOID.ORGANIZATIONAL_UNIT_NAME,
    SubjectField.TITLE: NameOID.TITLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The rule: the fields that are read, what may stand before a code, and the list.

    `certificates` are SHA-256 fingerprints in lower-case hexadecimal.
    """

    fields: tuple[SubjectField, ...] = (SubjectField.ORGANIZATION_IDENTIFIER,)
    prefixes: tuple[str, ...] = ()
    certificates: Mapping[str, tuple[OrganizationCode, ...]] = field(
        default_factory=dict
    )

    def owners(self, certificate: Certificate) -> tuple[OrganizationCode, ...]:
        """Return the identifiers this certificate stands for; there may be none."""
        listed = self.certificates.get(certificate.digest)
        if listed is not None:
            return listed
        subject = certificate.x509.subject
        found = (self._code(subject, each) for each in self.fields)
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def read(self) -> str:
        """What is read of a subject, for people."""
        prefixes = ", ".join(f'"{it}"' for it in self.prefixes)
        fields = ", ".join(self.fields)
        return f"{fields} (prefixes: {prefixes})" if prefixes else fields

    def belongs_to(self, certificate: Certificate, code: OrganizationCode) -> bool:
        """Tell whether it belongs to this body, in whatever form its code is written.

        Nobody seals for nobody: no certificate belongs to an empty code.
        """
        owners = self.owners(certificate)
        return bool(code) and any(owner.is_same_body(code) for owner in owners)

    def _code(self, subject: x509.Name, name: SubjectField) -> OrganizationCode:
        values = [it.value for it in subject.get_attributes_for_oid(OIDS[name])]
        # Of two values one would have to be chosen, and somebody might choose another.
        if len(values) != 1 or not isinstance(values[0], str):
            return OrganizationCode("")
        # Controls show nowhere, so the authority may have read another code.
        if not values[0].isprintable():
            return OrganizationCode("")
        text = values[0].strip()
        bare = (
            text.removeprefix(it).strip() for it in self.prefixes if text.startswith(it)
        )
        code = next(bare, text)
        # Codes have ASCII letters only.  What only looks like one, or hides a letter,
        # may have passed an authority as another than the one it imitates.
        return OrganizationCode(code if code.isascii() else "")
