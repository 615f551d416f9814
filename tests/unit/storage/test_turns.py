import threading
import time

import pytest

from edoc_connector.errors import StorageUnavailable
from edoc_connector.storage import Storage, turns


@pytest.fixture
def storage(tmp_path):
    opened = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    opened.migrate()
    yield opened
    opened.close()


def in_a_thread(job):
    thread = threading.Thread(target=job)
    thread.start()
    return thread


def test_the_next_writer_begins_when_the_one_before_it_ends(storage):
    begun = threading.Event()

    def second():
        with storage.work():
            begun.set()

    with storage.work():
        thread = in_a_thread(second)
        assert not begun.wait(0.2)
    assert begun.wait(5)
    thread.join()


def test_a_writer_that_fails_gives_its_turn_away(storage):
    with pytest.raises(KeyError), storage.work():
        raise KeyError

    with storage.work():
        pass


def test_who_waits_too_long_for_a_turn_may_try_again_later(storage, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.1)
    problems = []

    def second():
        began = time.monotonic()
        with pytest.raises(StorageUnavailable) as caught, storage.work():
            pass
        problems.append((caught.value.retryable, time.monotonic() - began < 4))

    with storage.work():
        in_a_thread(second).join()

    assert problems == [(True, True)]


def test_a_reader_waits_for_nobody(storage):
    read = threading.Event()

    def look():
        with storage.reading() as work:
            work.outbox.waiting()
        read.set()

    with storage.work():
        in_a_thread(look).join()

    assert read.is_set()
