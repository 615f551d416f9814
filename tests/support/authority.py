"""A private authority on disk, kept with `openssl ca`, `openssl ocsp` and its lists.

Its certificates name addresses that do not exist; a test says where to ask instead.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from edoc_connector.signature.validation import Path as CertificatePath
from tests.support.second_opinion import program

OCSP_ADDRESS: Final = "http://ocsp.authority.example"
CRL_ADDRESS: Final = "http://crl.authority.example/issuing.crl"

P_256: Final = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA: Final = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
CONFIG: Final = f"""\
[ca]
default_ca = issuing
[issuing]
dir = .
database = index.txt
new_certs_dir = issued
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 30
default_crl_days = 7
policy = anything
unique_subject = no
rand_serial = yes
crl_extensions = list
[anything]
commonName = supplied
[req]
distinguished_name = nothing
[nothing]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
authorityInfoAccess = OCSP;URI:{OCSP_ADDRESS}
crlDistributionPoints = URI:{CRL_ADDRESS}
[silent]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
[responder]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, OCSPSigning
noCheck = yes
[useless]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[list]
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, in files."""

    certificate: Path
    key: Path

    @property
    def x509(self) -> x509.Certificate:
        """The certificate."""
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())


@dataclass(frozen=True, slots=True)
class RealAuthority:
    """An authority in a folder of its own."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, name: str = "issuing authority") -> RealAuthority:
        """Make a key, a root certificate and an empty register."""
        folder.mkdir(parents=True)
        (folder / "issued").mkdir()
        (folder / "openssl.cnf").write_text(CONFIG)
        (folder / "index.txt").touch()
        (folder / "crlnumber").write_text("01\n")
        authority = cls(folder)
        authority._key("ca.key", *P_256)
        authority._openssl(
            *("req", "-x509", "-new", "-config", "openssl.cnf", "-key", "ca.key"),
            *("-subj", f"/CN={name}", "-days", "3650"),
            *("-extensions", "authority", "-out", "ca.pem"),
        )
        return authority

    @property
    def own(self) -> Identity:
        """The authority itself."""
        return Identity(self.folder / "ca.pem", self.folder / "ca.key")

    def issue(
        self, name: str, kind: str = "signer", *, until: str | None = None
    ) -> Identity:
        """Issue a certificate of a kind in `CONFIG`; a name `rsa...` gets such a key.

        It is valid since 2020; `until` ends it, as 20210101000000Z.
        """
        self._key(f"{name}.key", *(RSA if name.startswith("rsa") else P_256))
        self._openssl(
            *("req", "-new", "-config", "openssl.cnf", "-key", f"{name}.key"),
            *("-subj", f"/CN={name}", "-out", f"{name}.csr"),
        )
        dates = ("-startdate", "20200101000000Z")
        self._openssl(
            *("ca", "-batch", "-notext", "-config", "openssl.cnf"),
            *("-extensions", kind, "-in", f"{name}.csr", "-out", f"{name}.pem"),
            *(*dates, "-enddate", until) if until else dates,
        )
        return Identity(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def revoke(self, identity: Identity, reason: str = "keyCompromise") -> None:
        """Take a certificate back, as of now."""
        self._openssl(
            *("ca", "-config", "openssl.cnf", "-revoke", str(identity.certificate)),
            *("-crl_reason", reason),
        )

    def crl(self, *, hours: int = 24, pem: bool = False) -> bytes:
        """Return a new list of revoked certificates, DER unless PEM is asked for."""
        self._openssl(
            *("ca", "-config", "openssl.cnf", "-gencrl"),
            *("-crlhours", str(hours), "-out", "crl.pem"),
        )
        if pem:
            return (self.folder / "crl.pem").read_bytes()
        return self._openssl("crl", "-in", "crl.pem", "-outform", "DER")

    def ocsp(
        self,
        asked: bytes,
        signer: Identity | None = None,
        *,
        minutes: int = 60,
        options: tuple[str, ...] = (),
    ) -> bytes:
        """Return what `openssl ocsp` answers, signed by the authority or another."""
        by = signer or self.own
        return self._openssl(
            *("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-nmin", str(minutes)),
            *("-rsigner", str(by.certificate), "-rkey", str(by.key)),
            *("-reqin", "-", "-respout", "-", *options),
            given=asked,
        )

    def question(self, *about: Identity) -> bytes:
        """Return a request without a nonce, as openssl makes it."""
        named = (it for one in about for it in ("-cert", str(one.certificate)))
        return self._openssl(
            "ocsp", "-issuer", "ca.pem", *named, "-no_nonce", "-reqout", "-"
        )

    def path(self, identity: Identity) -> CertificatePath:
        """The path from a certificate of this authority to it."""
        return identity.x509, self.own.x509

    def _key(self, name: str, *kind: str) -> None:
        self._openssl("genpkey", "-out", name, *kind)

    def _openssl(self, *arguments: str, given: bytes = b"") -> bytes:
        done = subprocess.run(
            [program("openssl"), *arguments],
            cwd=self.folder,
            input=given,
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


def now() -> datetime:
    """What time it is for openssl, which knows no other."""
    return datetime.now(UTC)
