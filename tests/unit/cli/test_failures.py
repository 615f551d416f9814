import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from edoc_connector.cli.failures import INTERRUPTED, PIPE_CLOSED, exit_code_of
from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import (
    BrokerNotStarted,
    BusUnavailable,
    ExitCode,
    LedgerBroken,
    NotFound,
)
from edoc_connector.language import Language


def code_of(work, language: Language = Language.ENGLISH) -> int:
    return exit_code_of(work, Invocation(language))


def raising(error: BaseException):
    def work() -> None:
        raise error

    return work


def test_what_ends_well_is_zero():
    assert code_of(lambda: None) == 0


def test_a_command_may_return_its_own_code():
    assert code_of(lambda: ExitCode.NOT_AS_EXPECTED) == 7


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(what="x"), ExitCode.NOT_FOUND),
        (BusUnavailable(address="a", problem="p"), ExitCode.UNAVAILABLE),
        (LedgerBroken(position=3, problem="p"), ExitCode.NOT_WHOLE),
        (click.UsageError("x"), ExitCode.USAGE),
        (KeyboardInterrupt(), INTERRUPTED),
        (click.Abort(), INTERRUPTED),
    ],
)
def test_each_failure_has_its_code(error, code):
    assert code_of(raising(error)) == code


def test_a_failure_is_said_in_the_language_of_the_call(capsys):
    code_of(raising(NotFound(what="15/QĐ")), Language.VIETNAMESE)

    assert capsys.readouterr().err == "Lỗi: không tìm thấy 15/QĐ [not-found]\n"


def test_a_defect_shows_no_traceback_and_says_where_it_is(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    code = code_of(raising(ZeroDivisionError("inner detail")))

    (file,) = tmp_path.iterdir()
    out, err = capsys.readouterr()
    assert code == ExitCode.FAILED
    assert (out, len(err.splitlines())) == ("", 1)
    assert str(file) in err
    assert "inner detail" not in err
    assert "Traceback" in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lines", [1, 1000])
def test_a_reader_who_goes_away_is_not_told_about_it(lines):
    code = (
        "import click\n"
        "from edoc_connector import cli\n"
        "def work(): [click.echo('x' * 1000) for _ in range({lines})]\n"
        "cli.command.get_command = lambda *_: click.Command('w', callback=work)\n"
        "cli.main(['w'])\n"
    )
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-c", code.replace("{lines}", str(lines))],
        cwd=Path(__file__).parents[3],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (PIPE_CLOSED, b"")


def test_a_pipe_that_broke_elsewhere_is_a_defect(capfd):
    assert code_of(raising(BrokenPipeError())) == ExitCode.FAILED
    assert "BrokenPipeError" in capfd.readouterr().err


def test_a_folder_the_system_keeps_from_us_is_named(capsys):
    refused = PermissionError(errno.EACCES, "Permission denied", "/srv/edoc/state")

    assert code_of(raising(refused)) == ExitCode.FAILED
    assert capsys.readouterr().err == (
        "Error: /srv/edoc/state cannot be used: Permission denied;"
        " check owner, permissions and disk [file-refused]\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_under_the_output_is_told_once():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "edoc_connector", "--help"],
            cwd=Path(__file__).parents[3],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == ExitCode.FAILED
    assert done.stderr == (
        b"Error: standard output cannot be written:"
        b" No space left on device [output-refused]\n"
    )


def test_without_an_output_there_is_nothing_to_say():
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m edoc_connector --help >&-"],
        cwd=Path(__file__).parents[3],
        stderr=subprocess.PIPE,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_no_detail_moves_the_cursor_of_who_reads_it(capsys):
    code_of(raising(NotFound(what="15\x1b[2J\nĐã xong")))

    assert capsys.readouterr().err == (
        "Error: nothing is known of 15\ufffd[2J Đã xong [not-found]\n"
    )


def test_the_log_of_our_own_broker_keeps_its_lines(capsys):
    code_of(raising(BrokerNotStarted(problem="p", log="one\ntwo\x1b")))

    assert "p\none\ntwo\ufffd [" in capsys.readouterr().err
