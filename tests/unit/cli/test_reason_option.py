"""No decision that others read goes out without a reason."""

import pytest

from edoc_connector.errors import ExitCode
from tests.support.shell import edoc

NEEDS = (
    ("document", "recall", "28", "--yes"),
    ("document", "update", "28", "--by", "29", "--yes"),
    ("document", "replace", "28", "--by", "29", "--yes"),
    ("document", "refuse", "28"),
    ("quarantine", "reject", "1", "--yes"),
    ("reconciliation", "close", "1"),
)


@pytest.mark.parametrize("command", NEEDS, ids=lambda it: it[1])
@pytest.mark.parametrize("reason", ["", "   ", "\u200b \n"])
def test_a_reason_that_says_nothing_is_a_mistake_of_the_caller(capsys, command, reason):
    done = edoc(capsys, *command, "--reason", reason)

    assert done.code == ExitCode.USAGE
    assert "say why in a few words with --reason" in done.err


@pytest.mark.parametrize("command", NEEDS, ids=lambda it: it[1])
def test_a_reason_has_to_be_given(capsys, command):
    done = edoc(capsys, *command)

    assert done.code == ExitCode.USAGE
    assert "--reason" in done.err


def test_what_is_missing_is_said_in_vietnamese_too(capsys):
    done = edoc(capsys, "--lang", "vi", *NEEDS[0], "--reason", "")

    assert "hãy ghi ngắn gọn lý do bằng --reason" in done.err
