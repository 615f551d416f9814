"""What the doctor looks at, and what was found: data, said in words elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from edoc_connector.errors import N_, EdocError, Reason


class State(StrEnum):
    """How it is.  What could not be seen is never called well."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNSEEN = "unseen"


class Group(StrEnum):
    """What a check is about; the order is that of the page and of the output."""

    SERVICE = "service"
    BROKER = "broker"
    ROUTES = "routes"
    CLOCKS = "clocks"
    CERTIFICATES = "certificates"
    ROOM = "room"
    DATABASE = "database"
    REGISTER = "register"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is looked at: why it matters, and what to do where it is not well.

    `code` stays for ever; each has a section in docs/doctor.md.
    """

    code: str
    group: Group
    title: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is; `what` is a message, filled with `details`, or a reason."""

    code: str
    state: State
    what: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    reason: Reason | None = None


class Telling(Protocol):
    """How something is told: well, soon or bad."""

    def __call__(self, code: str, what: str, **details: object) -> Finding:
        """Return the finding."""
        ...


def well(code: str, what: str = "", **details: object) -> Finding:
    """Return that all is well with it."""
    return _finding(code, State.GREEN, what, details)


def soon(code: str, what: str, **details: object) -> Finding:
    """Return that it holds today, and not for long, or not surely."""
    return _finding(code, State.AMBER, what, details)


def bad(code: str, what: str, **details: object) -> Finding:
    """Return that documents are lost, late or refused because of it, or soon are."""
    return _finding(code, State.RED, what, details)


def unseen(code: str, what: str, **details: object) -> Finding:
    """Return that nobody could look."""
    return _finding(code, State.UNSEEN, what, details)


def because(code: str, state: State, error: EdocError) -> Finding:
    """Return it with an error of ours as what was found."""
    return Finding(code, state, reason=error.reason)


def _finding(
    code: str, state: State, what: str, details: Mapping[str, object]
) -> Finding:
    return Finding(code, state, what, {key: str(it) for key, it in details.items()})


NO_MANAGEMENT = N_("no management plugin is named (axis.management)")
"""Why most of a broker is not seen by an ordinary account."""
