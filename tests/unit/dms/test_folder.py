"""Files beside the register."""

import errno
import os
from pathlib import Path

import pytest

from edoc_connector.dms.folder import Folder, NoFolder
from edoc_connector.errors import (
    AttachmentEmpty,
    AttachmentMissing,
    AttachmentUnreadable,
    DmsRefused,
    DmsUnavailable,
    FieldInvalid,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.pdf").write_bytes(b"content")
    (tmp_path / "secret").write_bytes(b"secret")
    return Folder(tmp_path / "files")


@pytest.mark.parametrize("path", ["a.pdf", "./a.pdf", "x/../a.pdf", "x\\..\\a.pdf"])
def test_a_file_in_the_folder_is_opened(folder, path):
    with folder.open("a.pdf", path) as file:
        assert file.read() == b"content"


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "..\\secret",
        "x/../../secret",
        "/etc/passwd",
        "a.pdf\x00",
        "a" + chr(0xD800),
    ],
)
def test_no_path_leads_out_of_the_folder(folder, path):
    with pytest.raises(FieldInvalid, match="the path of the attached file"):
        folder.open("a.pdf", path)


def test_no_link_leads_out_of_the_folder(folder):
    (folder.path / "link.pdf").symlink_to(folder.path.parent / "secret")

    with pytest.raises(FieldInvalid):
        folder.open("link.pdf", "link.pdf")


@pytest.mark.parametrize("path", ["b.pdf", "a.pdf/b", "x" * 300, "loop", ".", "pipe"])
def test_what_is_no_file_is_missing(folder, path):
    (folder.path / "loop").symlink_to("loop")
    os.mkfifo(folder.path / "pipe")

    with pytest.raises((AttachmentMissing, FieldInvalid)):
        folder.open("b.pdf", path)


def test_a_file_of_no_bytes_is_empty(folder):
    (folder.path / "b.pdf").write_bytes(b"")

    with pytest.raises(AttachmentEmpty):
        folder.look("b.pdf", "b.pdf")


def test_a_file_that_changes_looks_different(folder):
    before = folder.look("a.pdf", "a.pdf")
    os.utime(folder.path / "a.pdf", ns=(1, 1))

    assert folder.look("a.pdf", "a.pdf") != before


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.EACCES, AttachmentUnreadable),
        (errno.EIO, DmsUnavailable),
        (errno.ENOENT, AttachmentMissing),
    ],
)
@pytest.mark.parametrize("call", ["stat", "open"])
def test_one_bad_file_is_told_from_a_bad_disk(folder, monkeypatch, number, error, call):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    found = folder._inside("a.pdf")
    monkeypatch.setattr(folder, "_inside", lambda _: found)
    monkeypatch.setattr(folder, "_demand", lambda: None)
    monkeypatch.setattr(Path, call, fail)

    with pytest.raises(error):
        folder.open("a.pdf", "a.pdf")


def test_a_share_that_is_not_mounted_is_no_missing_file(tmp_path):
    gone = Folder(tmp_path / "share")

    with pytest.raises(DmsUnavailable):
        gone.look("a.pdf", "a.pdf")
    with pytest.raises(DmsUnavailable):
        gone.write("a.pdf", [b"x"])


def test_a_path_without_a_folder_in_the_settings_is_a_fault_of_the_settings():
    with pytest.raises(DmsRefused, match=r"dms\.files"):
        NoFolder().look("a.pdf", "a.pdf")


def test_a_file_is_written_whole_and_may_be_written_again(folder):
    folder.write("x/y.bin", [b"first"])
    folder.write("x/y.bin", [b"lat", b"er"])

    assert (folder.path / "x" / "y.bin").read_bytes() == b"later"
    assert [path.name for path in (folder.path / "x").iterdir()] == ["y.bin"]


def test_a_file_that_was_not_written_to_its_end_is_not_there(folder):
    def broken():
        yield b"half"
        raise KeyError

    with pytest.raises(KeyError):
        folder.write("x/y.bin", broken())

    assert list((folder.path / "x").iterdir()) == []


def test_a_full_disk_is_unavailable_and_leaves_nothing(folder, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(DmsUnavailable, match="No space left"):
        folder.write("x/y.bin", [b"x"])

    assert list((folder.path / "x").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_unavailable(folder):
    with pytest.raises(DmsUnavailable):
        folder.write("a.pdf/b.bin", [b"x"])
