"""What a site chose is what its packets look like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.app.connector import stamping_of
from edoc_connector.app.sites import site_of
from edoc_connector.envelope import rewrapping
from edoc_connector.envelope.read import read
from edoc_connector.errors import EnvelopeTooLarge, SettingsInvalid
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.pki.timestamp import HttpTimeStamper
from edoc_connector.settings import load
from tests.support import builders, pki, timestamping
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


def settings(folder, said, *, seal="", trust=""):
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
        dms = {{ url = "sqlite:///dms.db", profile = "demo" }}
        [packet]
        {said}
        [trust]
        anchors = ["root.pem"]
        {trust}
        [seal]
        key = "seal.key"
        certificate = "seal.pem"
        {seal}
        """,
        encoding="utf-8",
    )
    return path


def test_a_time_stamping_service_is_asked_as_the_settings_say(tmp_path, monkeypatch):
    monkeypatch.setenv("TSA_PASSWORD", "mật khẩu")
    said = """
    [seal.timestamp]
    url = "http://tsa.example/"
    account = "h20"
    password = "env:TSA_PASSWORD"
    policy = "1.2.3"
    wait_seconds = 5
    """
    chosen = load(settings(tmp_path, "", seal=said))
    site = site_of(chosen, clock=lambda: builders.SENT_AT)

    stamping = stamping_of(chosen, site)

    assert stamping is not None
    assert stamping.wait_seconds == 5
    assert isinstance(stamping.stamper, HttpTimeStamper)
    assert stamping.stamper.url == "http://tsa.example/"
    assert "mật khẩu" not in repr(stamping)


def test_without_the_address_of_a_service_none_is_asked(tmp_path):
    chosen = load(settings(tmp_path, ""))

    assert stamping_of(chosen, site_of(chosen, lambda: builders.SENT_AT)) is None


def test_authorities_of_time_stamps_may_be_others_than_those_of_seals(tmp_path):
    (tmp_path / "time.pem").write_bytes(pki.pem(timestamping.root()))
    path = settings(tmp_path, "", trust='timestamp_anchors = ["time.pem"]')

    policy = site_of(load(path), lambda: builders.SENT_AT).policy

    assert policy.timestamp_anchors == pki.trusted(timestamping.root())
    assert policy.anchors == pki.trusted(pki.root())


def test_a_file_that_holds_no_such_authority_is_named_with_its_setting(tmp_path):
    path = settings(tmp_path, "", trust='timestamp_anchors = ["seal.pem"]')

    with pytest.raises(SettingsInvalid, match=r"^trust\.timestamp_anchors: "):
        site_of(load(path))
