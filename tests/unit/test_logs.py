import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import BusUnavailable, ContentChanged, Reason
from edoc_connector.logs import HANDLES, STANDARD, Format, Level, configure

PACKAGE = Path(__file__).parents[2] / "edoc_connector"
SUBJECT = "V/v xử lý đơn thư tố cáo của công dân"


SOUGHT = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing")


@pytest.fixture(autouse=True)
def loggers_as_before(monkeypatch) -> Iterator[None]:
    for name in SOUGHT:
        monkeypatch.setattr(logging, name, getattr(logging, name))
    root, ours = logging.getLogger(), logging.getLogger("edoc_connector")
    before = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def written(
    form: Format, *, level: Level = Level.INFO, name: str = "edoc_connector.test"
) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    configure(level, form, stream)
    return logging.getLogger(name), stream


def change() -> None:
    raise ContentChanged(field="subject", expected="SECRET-A", found="SECRET-B")


def disconnect() -> None:
    try:
        Path("/SECRET/none").read_bytes()
    except OSError as error:
        raise BusUnavailable(address="a", problem="b") from error


def test_a_line_is_an_event_with_its_handles():
    log, stream = written(Format.TEXT)

    log.warning("publish_postponed", extra={"delivery": "d-1", "attempts": 3})

    stamp, line = stream.getvalue().split(" ", 1)
    assert stamp.endswith("+00:00")
    assert line == (
        "WARNING publish_postponed logger=edoc_connector.test delivery=d-1 attempts=3\n"
    )


def test_no_handle_is_a_field_that_every_record_has():
    assert not HANDLES & STANDARD


def test_programs_get_one_object_per_line_with_the_same_names():
    log, stream = written(Format.JSON)

    log.info("sent", extra={"recipient": "H20", "bytes": 5})

    line = json.loads(stream.getvalue())
    del line["at"]
    assert line == {
        "level": "info",
        "event": "sent",
        "logger": "edoc_connector.test",
        "recipient": "H20",
        "bytes": 5,
    }


@pytest.mark.parametrize("form", list(Format))
def test_a_field_that_is_no_handle_is_withheld_and_said_to_be(form):
    log, stream = written(form)

    log.info("taken", extra={"subject": SUBJECT, "signer": "x", "document": "d-1"})

    line = stream.getvalue()
    assert "xử lý" not in json.dumps(line, ensure_ascii=False)
    assert "\\u1eed" not in line
    assert "signer,subject" in line
    assert "d-1" in line


@pytest.mark.parametrize("form", list(Format))
def test_the_message_of_an_exception_is_not_written(form):
    log, stream = written(form)

    try:
        change()
    except ContentChanged:
        log.exception("step_failed")

    line = stream.getvalue()
    assert "SECRET" not in line
    assert "ContentChanged" in line
    assert "content-changed" in line
    assert "test_logs.change:" in line


def test_an_error_that_is_not_ours_is_named_by_its_type():
    log, stream = written(Format.JSON)

    try:
        int("SECRET")
    except ValueError:
        log.exception("step_failed")

    line = json.loads(stream.getvalue())
    assert line["error"] == "ValueError"
    assert "error_code" not in line
    assert "SECRET" not in stream.getvalue()


def test_the_cause_of_an_exception_is_named():
    log, stream = written(Format.JSON)

    try:
        disconnect()
    except BusUnavailable:
        log.warning("step_failed", exc_info=True)

    assert json.loads(stream.getvalue())["cause"] == "FileNotFoundError"
    assert "SECRET" not in stream.getvalue()


def test_of_a_reason_the_code_is_written_and_not_what_it_quotes():
    log, stream = written(Format.JSON)

    reason = Reason("content-changed", {"found": "SECRET"})
    log.info("refused", extra={"reason": reason})

    assert json.loads(stream.getvalue())["reason"] == "content-changed"


def test_what_a_library_says_is_not_repeated():
    log, stream = written(Format.JSON, name="sqlalchemy.engine")

    log.warning("INSERT INTO documents VALUES (%s)", SUBJECT)

    line = json.loads(stream.getvalue())
    del line["at"]
    assert line == {
        "level": "warning",
        "event": "library_message",
        "logger": "sqlalchemy.engine",
    }


def test_what_a_library_says_below_a_warning_is_not_written():
    log, stream = written(Format.JSON, level=Level.DEBUG, name="pika.adapters")

    log.info("connected")

    assert stream.getvalue() == ""


def test_less_than_the_level_is_not_written():
    log, stream = written(Format.TEXT, level=Level.WARNING)

    log.info("sent")

    assert stream.getvalue() == ""


def test_a_long_value_is_cut():
    log, stream = written(Format.JSON)

    log.info("sent", extra={"document": "x" * 5000})

    assert len(json.loads(stream.getvalue())["document"]) == 201


@given(st.text())
def test_no_value_forges_a_line_or_a_field(value):
    for form in Format:
        log, stream = written(form)

        log.info("sent", extra={"document": value, "recipient": "H20"})

        lines = stream.getvalue().splitlines()
        assert len(lines) == 1
        if form is Format.JSON:
            assert json.loads(lines[0])["recipient"] == "H20"
        else:
            assert lines[0].isprintable()
            assert lines[0].endswith(" recipient=H20")


def test_a_quote_does_not_end_a_value_early():
    log, stream = written(Format.TEXT)

    log.info("sent", extra={"document": 'a" recipient=H99 "b'})

    assert stream.getvalue().endswith("document=\"a' recipient=H99 'b\"\n")


def calls_of_log() -> Iterator[tuple[str, ast.Call]]:
    """Every `log.info(...)` and so on in the package."""
    for module in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                yield f"{module.name}:{node.lineno}", node


def test_every_event_of_the_code_is_a_constant_name():
    calls = list(calls_of_log())

    assert len(calls) > 10
    for place, call in calls:
        event = call.args[-1]  # `log.log` has its level before it
        names = [event.body, event.orelse] if isinstance(event, ast.IfExp) else [event]
        for name in names:
            assert isinstance(name, ast.Constant), place
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name.value), place


def test_every_field_of_the_code_is_a_handle_that_is_written():
    for place, call in calls_of_log():
        for keyword in call.keywords:
            if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
                names = {key.value for key in keyword.value.keys}
                assert names <= HANDLES, place


def test_no_handle_has_the_name_of_something_every_record_has():
    assert frozenset() == HANDLES & STANDARD


def test_a_log_goes_to_standard_error(capsys):
    configure(Level.INFO, Format.TEXT)

    logging.getLogger("edoc_connector.test").info("sent")

    out, err = capsys.readouterr()
    assert out == ""
    assert " sent " in err
