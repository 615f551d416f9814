"""What a site chose is what its packets look like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.app import site_of
from edoc_connector.envelope import rewrapping
from edoc_connector.envelope.read import read
from edoc_connector.errors import EnvelopeTooLarge
from edoc_connector.flows.packing import pack
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.settings import load
from tests.support import builders, pki
from tests.support.world import World

SHEET = b"so,ky hieu\n" * 1000


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def packed(sender, other_files):
    """The packet of a document with one spreadsheet, as this site makes it."""
    attachment = builders.attachment(SHEET, name="biểu.csv", content_type="text/csv")
    stored = sender.storage.content.add([SHEET])
    assert stored.digest == attachment.sha256
    site = replace(sender.site, other_files=other_files)
    document = builders.document(sender=site.organization, attachments=(attachment,))
    done = pack(site, sender.storage, document)
    return b"".join(sender.storage.content.chunks(done.packet))


def zips_in(packet):
    return packet.count(b"<ContentType>application/zip</ContentType>")


@pytest.mark.parametrize(("choice", "zips"), [(OtherFiles.ZIP, 1), (OtherFiles.RAW, 0)])
def test_other_files_travel_as_the_site_chose(world, choice, zips):
    packet = packed(world.sender, choice)

    received = read(packet, max_bytes=1 << 20)
    (attachment,) = received.envelope.content.attachments
    assert zips_in(packet) == zips
    assert b"".join(received.contents.chunks(attachment)) == SHEET


def test_a_file_too_large_for_a_zip_is_the_envelopes_fault(world, monkeypatch):
    monkeypatch.setattr(rewrapping, "MOST_BYTES", len(SHEET) - 1)

    with pytest.raises(EnvelopeTooLarge):
        packed(world.sender, OtherFiles.ZIP)


@pytest.mark.parametrize(
    ("said", "choice"), [("", OtherFiles.ZIP), ('other_files = "raw"', OtherFiles.RAW)]
)
def test_the_choice_is_made_in_the_settings(tmp_path, said, choice):
    site = site_of(load(settings(tmp_path, said)), clock=lambda: builders.SENT_AT)

    assert site.other_files is choice


def settings(folder, said):
    key = pki.p256_key().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (folder / "seal.key").write_bytes(key)
    (folder / "seal.key").chmod(0o600)
    (folder / "seal.pem").write_bytes(pki.pem(pki.certificate(key=pki.p256_key())))
    (folder / "root.pem").write_bytes(pki.pem(pki.root()))
    path = folder / "edoc.toml"
    path.write_text(
        f"""
        organization = {{ code = "{builders.SENDER}", name = "UBND" }}
        state.folder = "state"
        axis = {{ url = "amqp://h20@127.0.0.1/edoc", password = "env:P" }}
        seal = {{ key = "seal.key", certificate = "seal.pem" }}
        trust.anchors = ["root.pem"]
        dms = {{ url = "sqlite:///dms.db", profile = "demo" }}
        [packet]
        {said}
        """,
        encoding="utf-8",
    )
    return path
