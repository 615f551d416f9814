"""Programs and libraries we did not write judge what we produced."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from tests.support.builders import SENT_AT
from tests.support.pki import issuing, pem, root

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"

PACKAGES: Final = {
    "xmlsec1": "xmlsec1",
    "openssl": "openssl",
    "pdfsig": "poppler-utils",
    "unzip": "unzip",
    "softhsm2-util": "softhsm2",
    "xmllint": "libxml2-utils",
}


def program(name: str) -> str:
    """Return where the program is; without it CI fails and a laptop skips."""
    found = shutil.which(name)
    if found:
        return found
    message = f"{name} is not installed; run: apt-get install -y {PACKAGES[name]}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def xmlsec1_says(
    signed: bytes,
    folder: Path,
    *,
    anchors: bytes = b"",
    between: bytes = b"",
    at: datetime = SENT_AT,
) -> str:
    """Return the verdict of `xmlsec1 --verify`: `OK`, or what it complains of.

    The program gets the file and the authorities, nothing of ours.
    """
    packet, trusted, untrusted = (
        folder / name for name in ("seal.xml", "r.pem", "i.pem")
    )
    packet.write_bytes(signed)
    trusted.write_bytes(anchors or pem(root()))
    untrusted.write_bytes(between or pem(issuing()))
    done = subprocess.run(
        [
            program("xmlsec1"),
            "--verify",
            "--enabled-key-data",
            "x509",
            "--trusted-pem",
            trusted,
            "--untrusted-pem",
            untrusted,
            "--verification-time",
            f"{at:%Y-%m-%d %H:%M:%S}",
            packet,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return "OK" if done.returncode == 0 else done.stderr + done.stdout


def xmllint_says(
    packets: Sequence[bytes], schema: Path, folder: Path, *options: str
) -> list[str]:
    """Return the verdict of `xmllint --schema` on each packet.

    It is `validates`, `fails to validate`, or nothing for what is no XML to it.
    """
    files = [folder / f"{number}.edxml" for number in range(len(packets))]
    for file, packet in zip(files, packets, strict=True):
        file.write_bytes(packet)
    command = [program("xmllint"), "--noout", *options, "--schema", schema, *files]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=50
    )
    assert "failed to compile" not in done.stderr, done.stderr
    said = dict.fromkeys(map(str, files), "")
    for line in done.stderr.splitlines():
        file, _, verdict = line.partition(" ")
        if file in said:
            said[file] = verdict
    return [*said.values()]


def signxml_says(
    signed: bytes, folder: Path, *, authorities: bytes = b"", at: datetime = SENT_AT
) -> list[bytes]:
    """Return what signxml's XAdES verifier finds signed, in the order of References.

    Raises `signxml.InvalidSignature`, or whatever it finds wrong.
    """
    from signxml import SignatureConfiguration
    from signxml.xades import XAdESVerifier

    trusted = folder / "trusted.pem"
    trusted.write_bytes(authorities or pem(root()) + pem(issuing()))
    config = SignatureConfiguration(expect_references=2, verification_time=at)
    results = XAdESVerifier().verify(
        signed, ca_pem_file=str(trusted), id_attribute="Id", expect_config=config
    )
    return [result.signed_data for result in results]


def libxmlsec_says(signed: bytes, authorities: Sequence[bytes]) -> str:
    """Return the verdict of libxmlsec1 1.3 through python-xmlsec: `OK`, or why not.

    It knows RSA-PSS, and no other clock than that of this computer.  Only certificates
    that lead to the authorities (PEM) give it a key.
    """
    import xmlsec

    root = etree.fromstring(signed)
    manager = xmlsec.KeysManager()
    for pem_bytes in authorities:
        manager.load_cert_from_memory(
            pem_bytes, xmlsec.KeyFormat.PEM, xmlsec.KeyDataType.TRUSTED
        )
    context = xmlsec.SignatureContext(manager)
    context.set_enabled_key_data([xmlsec.KeyData.X509])
    for element in root.iter("*"):
        if "Id" in element.attrib:
            context.register_id(element, "Id")
    try:
        context.verify(next(root.iter(f"{DS}Signature")))
    except xmlsec.Error as error:
        return str(error)
    return "OK"
