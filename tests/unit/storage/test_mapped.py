import os
from pathlib import Path

import pytest

from edoc_connector.storage import mapped
from edoc_connector.storage.mapped import HELD_BYTES, MAPPED_BYTES, MappedFile, map_file
from tests.support.memory import growth

MEGABYTE = 1 << 20


def mapping(folder: Path, data: bytes) -> MappedFile | bytes:
    path = folder / "file"
    path.write_bytes(data)
    with path.open("rb") as file:
        return map_file(file)


@pytest.fixture
def small_steps(monkeypatch):
    """Map a file of one byte, and let go of what was looked at every few bytes."""
    monkeypatch.setattr(mapped, "MAPPED_BYTES", 1)
    monkeypatch.setattr(mapped, "HELD_BYTES", 3)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("sub", [b"<", b"]]>", b"abc", b"zz", b"]"])
def test_what_is_sought_is_found_where_bytes_would_find_it(tmp_path, sub):
    data = b"<abc]]]>zabc<]]>"
    content = mapping(tmp_path, data)

    for start in range(len(data) + 1):
        assert content.find(sub, start) == data.find(sub, start)
        for end in range(len(data) + 3):
            assert content.find(sub, start, end) == data.find(sub, start, end)


@pytest.mark.usefixtures("small_steps")
def test_it_is_sliced_as_bytes_are(tmp_path):
    content = mapping(tmp_path, b"abcdefgh")

    assert content[2:5] == b"cde"
    assert content[-3:] == b"fgh"
    assert content[:] == b"abcdefgh"


def test_an_empty_file_is_no_bytes(tmp_path):
    content = mapping(tmp_path, b"")

    assert content == b""


@pytest.mark.parametrize("size", [MAPPED_BYTES - 1, MAPPED_BYTES, MAPPED_BYTES + 1])
def test_a_short_file_is_whole_too_wherever_somebody_has_read_to(tmp_path, size):
    data = os.urandom(size)
    path = tmp_path / "file"
    path.write_bytes(data)

    with path.open("rb", buffering=0) as file:
        file.seek(size // 2)
        content = map_file(file)

    assert content[:] == data


def test_a_large_file_that_is_searched_and_read_takes_no_memory(tmp_path):
    content = mapping(tmp_path, os.urandom(MEGABYTE).replace(b"<", b"-") * 100)
    starts = range(0, 100 * MEGABYTE, MEGABYTE)

    with growth() as grown:
        found = content.find(b"<")
        read = sum(len(content[at : at + MEGABYTE]) for at in starts)

    assert (found, read) == (-1, 100 * MEGABYTE)
    assert grown.megabytes < 3 * HELD_BYTES / MEGABYTE
