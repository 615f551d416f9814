import socket
from threading import Thread

import pytest

from edoc_connector.json_text import from_json
from edoc_connector.model.pdf_signatures import PdfState
from edoc_connector.pdf import worker
from edoc_connector.pdf.examined import Examined, not_examined
from edoc_connector.pdf.wire import receive, send, send_file
from edoc_connector.pdf.worker import FORBIDDEN, MEMORY
from tests.support.builders import SENT_AT

FOUND = Examined(state=PdfState.CHECKED)


@pytest.fixture
def ask(monkeypatch, tmp_path):
    """Serve files in this process; yields what asks about one."""
    alarms = []
    monkeypatch.setattr(worker.signal, "alarm", alarms.append)
    ours, theirs = socket.socketpair()
    path = tmp_path / "file"
    path.write_bytes(b"content")
    threads = []

    def asked(examine, files=1):
        thread = Thread(target=run, args=(examine,))
        thread.start()
        threads.append(thread)
        for _ in range(files):
            with path.open("rb") as file:
                file.read()
                send_file(ours, file.fileno())
                send(ours, SENT_AT.isoformat().encode())
            yield from_json(receive(ours, seconds=10), Examined)

    def run(examine):
        try:
            worker.serve(theirs, examine, seconds=7, idle_seconds=0.2)
        except SystemExit:
            alarms.append("left")

    yield lambda examine, files=1: [*asked(examine, files)]
    ours.close()
    for thread in threads:
        thread.join()
    assert alarms[:2] == [7, 0]
    theirs.close()


def test_each_file_is_read_from_its_beginning_and_reported_on(ask):
    read, times = [], []

    def examine(file, seen_at):
        read.append(file.read())
        times.append(seen_at)
        return FOUND

    assert ask(examine, files=3) == [FOUND] * 3
    assert read == [b"content"] * 3
    assert times == [SENT_AT] * 3


def test_a_file_that_needs_too_much_memory_is_said_to(ask):
    def examine(_file, _seen_at):
        raise MemoryError

    assert ask(examine) == [not_examined(MEMORY)]


@pytest.mark.parametrize("event", FORBIDDEN)
def test_what_reading_a_file_does_not_need_is_refused(event):
    with pytest.raises(PermissionError, match=event):
        worker._refuse(event, ())


def test_what_it_does_need_is_not():
    worker._refuse("open", ())
