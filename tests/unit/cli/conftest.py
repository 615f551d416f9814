"""Each call of the command may choose another language; the next test starts anew."""

import pytest


@pytest.fixture(autouse=True)
def language_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """`main` sets LANGUAGE for the process; this puts it back."""
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("COLUMNS", "80")
