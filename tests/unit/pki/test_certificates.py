from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import SettingsInvalid
from edoc_connector.language import say
from edoc_connector.pki.certificates import Period, load_anchors
from tests.support.pki import anchors, certificate, issuing, name, pem, root


def written(folder: Path, data: bytes) -> Path:
    path = folder / "anchors.pem"
    path.write_bytes(data)
    return path


def test_every_authority_of_a_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, pem(root()) + b"\n# words between\n" + pem(issuing()))

    assert load_anchors([path]) == anchors()


def test_authorities_may_stand_in_several_files(tmp_path: Path) -> None:
    first, second = tmp_path / "root.pem", tmp_path / "issuing.pem"
    first.write_bytes(pem(root()))
    second.write_bytes(pem(issuing()))

    assert load_anchors([first, second]) == anchors()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no certificate in PEM form"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "PEM"),
        (pem(certificate(subject=name("leaf"))), "CN=leaf is not the certificate"),
        (pem(root()) + pem(certificate(basic=False)), "is not the certificate"),
    ],
    ids=["empty", "no certificate", "a sealer's", "no basic constraints"],
)
def test_what_is_no_authority_is_refused(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsInvalid, match=problem) as refused:
        load_anchors([written(tmp_path, data)])

    assert "anchors.pem" in refused.value.details["where"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"none\.pem: No such file"):
        load_anchors([tmp_path / "none.pem"])


def test_a_file_may_be_trusted_for_some_days_only(tmp_path: Path) -> None:
    first, second = tmp_path / "root.pem", tmp_path / "issuing.pem"
    first.write_bytes(pem(root()))
    second.write_bytes(pem(issuing()))

    known = load_anchors(
        [first, second], {first: Period(date(2016, 1, 1), date(2026, 6, 30))}
    )

    assert known[0].since == datetime(2015, 12, 31, 17, tzinfo=UTC)
    assert known[0].until
    assert known[0].until.astimezone(VIETNAM).isoformat() == (
        "2026-06-30T23:59:59.999999+07:00"
    )
    assert (known[1].since, known[1].until) == (None, None)


def test_what_is_no_authority_is_said_in_the_readers_language(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_anchors([written(tmp_path, pem(certificate(subject=name("leaf"))))])

    assert "CN=leaf không phải" in say(refused.value, "vi")
