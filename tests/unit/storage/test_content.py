import errno
import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path
from unittest.mock import Mock

import pytest

from edoc_connector.errors import ContentMissing, StorageUnavailable
from edoc_connector.storage import content
from edoc_connector.storage.content import ContentStore, Stored
from tests.support.computing import Others

DATA = b"%PDF-1.4 " + bytes(range(256)) * 1024
DIGEST = hashlib.sha256(DATA).hexdigest()
ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path):
    return ContentStore(tmp_path / "content")


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def pieces(data=DATA, size=1000):
    return (data[start : start + size] for start in range(0, len(data), size))


def test_what_was_added_comes_back_byte_for_byte(store):
    stored = store.add(pieces())

    assert stored == Stored(DIGEST, len(DATA))
    assert b"".join(store.chunks(DIGEST)) == DATA
    with store.open(DIGEST) as file:
        assert file.read() == DATA
    with store.mapped(DIGEST) as mapped:
        assert bytes(mapped) == DATA
    assert store.path(DIGEST).read_bytes() == DATA


def test_no_bytes_are_a_content_too(store):
    stored = store.add(())

    assert stored == Stored(hashlib.sha256().hexdigest(), 0)
    assert list(store.chunks(stored.digest)) == []
    with store.mapped(stored.digest) as mapped:
        assert bytes(mapped) == b""


def test_the_name_of_the_file_is_what_sha256sum_says(store):
    store.add((DATA,))

    path = store.path(DIGEST)

    said = subprocess.run(["sha256sum", path], capture_output=True, check=True)
    assert said.stdout.split()[0].decode() == path.name
    assert path.relative_to(store._folder) == Path(DIGEST[0], DIGEST)


def test_a_writer_says_what_was_stored_when_the_block_has_ended(store):
    with store.writer() as writer:
        assert writer.file.writable()
        assert writer.file.write(DATA) == len(DATA)
        with pytest.raises(RuntimeError):
            _ = writer.stored

    assert writer.stored == Stored(DIGEST, len(DATA))


def test_a_writer_that_fails_keeps_nothing(store, tmp_path):
    def broken():
        yield DATA
        raise LookupError

    with pytest.raises(LookupError):
        store.add(broken())

    assert files_in(tmp_path) == []


def test_content_that_is_there_is_not_written_again(store, tmp_path):
    store.add((DATA,))
    before = store.path(DIGEST).stat()

    store.add((DATA,))

    after = store.path(DIGEST).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert files_in(tmp_path) == [store.path(DIGEST)]


def test_content_that_was_cut_short_is_mended_by_the_next_one_who_has_it(store):
    store.add((DATA,))
    with store.path(DIGEST).open("r+b") as file:
        file.truncate(10)

    store.add((DATA,))

    assert store.path(DIGEST).read_bytes() == DATA


@pytest.mark.parametrize(
    "digest", [ABSENT, "", "../../etc/passwd", DIGEST.upper(), DIGEST + "\n", "a" * 63]
)
def test_what_is_not_there_is_missing_and_what_is_no_digest_never_there(store, digest):
    store.add((DATA,))

    assert not store.has(digest)
    for ask in (store.path, store.open):
        with pytest.raises(ContentMissing):
            ask(digest)
    with pytest.raises(ContentMissing):
        next(store.chunks(digest))
    with pytest.raises(ContentMissing), store.mapped(digest):
        pass


def test_a_digest_of_dots_reaches_no_file_outside(store, tmp_path):
    store.add((DATA,))
    secret = tmp_path / "secret"
    secret.write_text("key")

    assert not store.has("../secret")
    store.remove("../../../secret")

    assert secret.exists()


def test_bytes_that_became_others_on_the_disk_are_noticed(store):
    store.add((DATA,))
    with store.path(DIGEST).open("r+b") as file:
        file.write(b"%pdf")

    with pytest.raises(ContentMissing):
        list(store.chunks(DIGEST))


def test_what_was_removed_is_gone_and_may_be_removed_again(store):
    store.add((DATA,))

    store.remove(DIGEST)
    store.remove(DIGEST)

    assert not store.has(DIGEST)


def test_views_of_a_mapped_content_outlive_the_block(store):
    store.add((DATA,))

    with store.mapped(DIGEST) as mapped:
        view = memoryview(mapped)[:4]

    assert bytes(view) == b"%PDF"


def test_nobody_else_on_the_computer_reads_contents(store, tmp_path):
    old = os.umask(0)
    try:
        store.add((DATA,))
    finally:
        os.umask(old)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in files_in(tmp_path)}
    folders = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "content").rglob("*")
        if path.is_dir()
    }
    assert modes == {0o600}
    assert folders == {0o700}
    assert stat.S_IMODE((tmp_path / "content").stat().st_mode) == 0o700


def test_many_who_add_the_same_at_once_keep_it_once(store, tmp_path):
    threads = [threading.Thread(target=store.add, args=(pieces(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert files_in(tmp_path) == [store.path(DIGEST)]


def test_all_contents_that_are_there_can_be_named(store):
    others = {store.add((bytes([number]),)).digest for number in range(3)}

    with store.writer():
        assert set(store.digests()) == others


# What earlier releases kept, a folder further down.


@pytest.fixture
def old(store):
    path = store._folder / DIGEST[:2] / DIGEST[2:4] / DIGEST
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    return path


def test_what_an_earlier_release_has_kept_is_found(store, old):
    assert store.has(DIGEST)
    assert store.path(DIGEST) == old
    assert b"".join(store.chunks(DIGEST)) == DATA
    with store.mapped(DIGEST) as mapped:
        assert bytes(mapped) == DATA
    assert list(store.digests()) == [DIGEST]


def test_what_an_earlier_release_has_kept_is_removed(store, old):
    store.remove(DIGEST)

    assert not store.has(DIGEST)
    assert not old.exists()


def test_what_is_kept_again_is_named_once_and_gone_when_it_is_removed(store, old):
    store.add((DATA,))

    assert store.path(DIGEST) != old
    assert list(store.digests()) == [DIGEST]
    store.remove(DIGEST)
    assert not store.has(DIGEST)
    assert list(store.digests()) == []


# A power cut or a kill at every call to the system.


class Crash(BaseException):
    """The end of the process: nothing after it is done, not even the tidying up."""


CALLS = (
    (os, "open"),
    (os, "fsync"),
    (os, "close"),
    (fcntl, "flock"),
    (Path, "mkdir"),
    (os, "replace"),
    (os, "unlink"),
)


class Fuse:
    """Lets so many calls through, and then none for ever."""

    def __init__(self, left):
        self.left = left

    def around(self, call, end=Crash):
        def fused(*arguments, **named):
            if self.left <= 0:
                raise end
            self.left -= 1
            return call(*arguments, **named)

        return fused


def break_after(monkeypatch, calls):
    fuse = Fuse(calls)
    for owner, name in CALLS:
        monkeypatch.setattr(owner, name, fuse.around(getattr(owner, name)))
    return fuse


def count_calls(store):
    with pytest.MonkeyPatch.context() as patch:
        fuse = break_after(patch, 1000)
        store.add((DATA,))
    return 1000 - fuse.left


def test_a_crash_at_any_call_leaves_all_of_a_content_or_nothing(tmp_path):
    calls = count_calls(ContentStore(tmp_path / "measured"))
    assert calls > 12

    for survived in range(calls):
        store = ContentStore(tmp_path / f"{survived}")
        with pytest.MonkeyPatch.context() as patch:
            break_after(patch, survived)
            with pytest.raises(Crash):
                store.add((DATA,))

        if store.has(DIGEST):
            assert store.path(DIGEST).read_bytes() == DATA
        store.sweep()
        assert store.add((DATA,)) == Stored(DIGEST, len(DATA))
        assert files_in(tmp_path / f"{survived}") == [store.path(DIGEST)]


def noting(monkeypatch):
    """Return a list that tells from now on what is synced and renamed."""
    order = []

    def noted(name, call):
        def noting(*arguments, **named):
            returned = call(*arguments, **named)
            order.append(name)
            return returned

        return noting

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(os, "replace", noted("rename", os.replace))
    return order


def test_a_content_has_its_name_only_when_its_bytes_are_on_the_disk(store, monkeypatch):
    order = noting(monkeypatch)

    store.add((DATA,))
    store.add((b"another",))

    founded, each = ["sync", "sync"], ["sync", "rename", "sync"]
    assert order == [*founded, *each, *each]


def test_contents_of_a_batch_have_their_names_when_all_bytes_are_on_the_disk(
    store, monkeypatch
):
    store.add((b"so that the store is founded",))
    order = noting(monkeypatch)

    with store.batch() as batch:
        several = [batch.add((bytes([number]) * 1000,)) for number in range(5)]
        assert order == []
        assert not any(store.has(it.digest) for it in several)

    assert order[:10] == ["sync"] * 5 + ["rename"] * 5
    assert set(order[10:]) == {"sync"}
    assert [store.path(it.digest).read_bytes()[:1] for it in several] == [
        bytes([number]) for number in range(5)
    ]


def test_a_batch_waits_for_the_names_of_a_folder_once(store, monkeypatch):
    store.add((b"so that the store is founded",))
    order = noting(monkeypatch)

    with store.batch() as batch:
        several = [batch.add((bytes([number]),)) for number in range(40)]

    folders = {it.digest[0] for it in several}
    assert len(folders) < len(several)
    assert order == ["sync"] * 40 + ["rename"] * 40 + ["sync"] * len(folders)


def test_what_was_there_is_brought_to_the_disk_all_the_same(store, monkeypatch):
    store.add((DATA,))
    order = noting(monkeypatch)

    store.add((DATA,))

    # The bytes, and the folder: who put it there may not have come so far yet.
    assert order == ["sync", "sync"]


def test_a_folder_that_somebody_has_removed_is_made_again_and_brought_to_the_disk(
    store, monkeypatch
):
    store.add((DATA,))
    shutil.rmtree(store.path(DIGEST).parent)
    order = noting(monkeypatch)

    store.add((DATA,))

    assert store.path(DIGEST).read_bytes() == DATA
    assert order == ["sync", "sync", "sync", "rename", "sync"]


def test_a_store_that_somebody_has_removed_is_made_again(store, tmp_path):
    store.add((DATA,))
    shutil.rmtree(tmp_path / "content")

    store.add((DATA,))

    assert store.path(DIGEST).read_bytes() == DATA


def test_of_a_batch_that_fails_nothing_is_kept(store, tmp_path):
    def several():
        with store.batch() as batch:
            batch.add((DATA,))
            raise LookupError

    with pytest.raises(LookupError):
        several()

    assert files_in(tmp_path) == []


def test_one_that_fails_is_missing_in_its_batch_and_the_others_are_kept(
    store, tmp_path
):
    def broken():
        yield b"the half"
        raise LookupError

    with store.batch() as batch:
        batch.add((DATA,))
        with pytest.raises(LookupError):
            batch.add(broken())
        again = batch.add((DATA,))

    assert again.digest == DIGEST
    assert files_in(tmp_path) == [store.path(DIGEST)]


def test_a_disk_that_fails_at_one_of_a_batch_keeps_none_of_it(store, tmp_path):
    def several():
        with store.batch() as batch:
            for number in range(3):
                batch.add((bytes([number]),))

    with pytest.MonkeyPatch.context() as patch:
        fuse = Fuse(2)
        patch.setattr(os, "fsync", fuse.around(os.fsync, OSError(errno.EIO, "broken")))
        with pytest.raises(StorageUnavailable, match="broken"):
            several()

    assert files_in(tmp_path) == []


def test_every_folder_down_to_the_store_is_on_the_disk(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda number: (
            synced.append(Path(f"/proc/self/fd/{number}").readlink()),
            fsync(number),
        ),
    )
    store = ContentStore(tmp_path / "content" / "spool", tmp_path)

    store.add((DATA,))

    assert {tmp_path, tmp_path / "content", tmp_path / "content" / "spool"} <= set(
        synced
    )


def test_sweeping_removes_what_a_killed_writer_left(store, tmp_path):
    program = (
        "import os, sys, pathlib\n"
        "from edoc_connector.storage.content import ContentStore\n"
        "def chunks():\n"
        "    yield b'x' * 1000000\n"
        "    os.kill(os.getpid(), 9)\n"
        "ContentStore(pathlib.Path(sys.argv[1])).add(chunks())\n"
    )
    folder = tmp_path / "content"
    ended = subprocess.run([sys.executable, "-c", program, folder], check=False)
    assert ended.returncode == -9
    assert len(files_in(folder)) == 1

    swept = store.sweep()

    assert swept == 1
    assert files_in(folder) == []


def test_sweeping_leaves_living_writers_alone(store):
    with store.writer() as writer:
        writer.file.write(DATA)

        assert store.sweep() == 0

    assert store.has(DIGEST)


def test_sweeping_where_nothing_was_ever_written_finds_nothing(store):
    assert store.sweep() == 0


def test_a_file_that_vanishes_while_sweeping_is_gone_too(tmp_path):
    assert not content._remove_unless_locked(tmp_path / "gone")


# A disk that does not do its part.


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_full_disk_is_a_reason_to_try_again(store, call, tmp_path):
    full = Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StorageUnavailable, match="No space left") as refused:
            store.add((DATA,))

    assert refused.value.retryable
    assert files_in(tmp_path) == []
    assert store.add((DATA,)).digest == DIGEST


def test_a_really_full_disk_is_a_reason_to_try_again(tmp_path):
    """The system itself refuses the bytes: no file of this process may be longer."""
    program = (
        "import resource, signal, sys, pathlib\n"
        "from edoc_connector.errors import StorageUnavailable\n"
        "from edoc_connector.storage.content import ContentStore\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))\n"
        "store = ContentStore(pathlib.Path(sys.argv[1]))\n"
        "try:\n"
        "    store.add(b'x' * 100000 for _ in range(9))\n"
        "except StorageUnavailable:\n"
        "    sys.exit(77)\n"
    )
    folder = tmp_path / "content"

    ended = subprocess.run([sys.executable, "-c", program, folder], check=False)

    assert ended.returncode == 77
    assert files_in(folder) == []


def test_an_error_of_what_is_read_is_not_taken_for_one_of_our_disk(store):
    def unreadable():
        yield b"first"
        raise OSError(errno.EIO, "the disk of the DMS")

    with pytest.raises(OSError, match="the disk of the DMS"):
        store.add(unreadable())


def test_others_compute_while_the_disk_is_waited_for(store, monkeypatch):
    store.add((b"the first one makes the folders",))
    others, computed = Others(monkeypatch, content), []
    fsync = os.fsync

    def sync(number):
        computed.append(others.compute())
        fsync(number)

    monkeypatch.setattr(os, "fsync", sync)

    with others.baton.held():
        store.add((DATA,))

    assert computed
    assert all(computed)
