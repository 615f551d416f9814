"""The root of all errors, why something stands where it stands, and the exit codes.

A module beside this one has the errors of one part; this one knows none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Final


class ExitCode(IntEnum):
    """What the shell is told.  README prints this table; a test compares them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SETTINGS = 2
    UNAVAILABLE = 3
    NOT_WHOLE = 4
    NOT_VERIFIED = 5
    NOT_FOUND = 6
    NOT_AS_EXPECTED = 7
    BUSY = 8
    INDETERMINATE = 9
    ATTENTION = 10


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something stands where it stands: storable, and sayable in any language.

    Where there are several reasons at once, this one only counts its `causes`.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[Reason, ...] = ()


FILLED: Final = {"cause": "detail", "because": "problem"}
"""A detail that is a message with gaps, and the detail it is when they are filled."""

Why = Mapping[str, object]
"""What is wrong, as details of an error; none where nothing is."""


def why(because: str, **details: object) -> Why:
    """Say what is wrong by a message and what stands in its gaps."""
    return {"because": because, **details}


class EdocError(Exception):
    """The root.  Shown to people as `template` filled with `details`.

    What is sent to others says `told` instead, where it has one: what a person here
    wrote stands alone there, without a word of ours before it.

    The details of `FILLED` are messages themselves, with gaps for the other details;
    each reader gets them in their own language.
    """

    code: ClassVar[str] = "failed"
    template: ClassVar[str] = N_("the work could not be done: {problem}")
    remedy: ClassVar[str] = ""
    told: ClassVar[str] = ""
    retryable: ClassVar[bool] = False
    quotable: ClassVar[bool] = False
    days: ClassVar[tuple[str, ...]] = ()
    fatal: ClassVar[bool] = False
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, **details: object) -> None:
        self.details = {name: str(value) for name, value in details.items()}
        for message, filled in FILLED.items():
            if message in self.details:
                self.details[filled] = self.details[message].format_map(self.details)
        said = filter(None, (self.template, self.remedy))
        super().__init__("; ".join(said).format(**self.details))

    @property
    def reason(self) -> Reason:
        """The same fact as data, to be stored beside what it is about."""
        return Reason(self.code, self.details)


def cause_of(error: EdocError) -> Why:
    """Return the problem of an error as the `detail` of the message of another one."""
    said = {**error.details, "detail": error.details["problem"]}
    del said["problem"]
    if "because" in said:
        said["cause"] = said.pop("because")
    return said


def kind_of(code: str) -> type[EdocError] | None:
    """Return the error of a code, or None if this release has none."""
    return next((kind for kind in every_error() if kind.code == code), None)


def every_error() -> Iterator[type[EdocError]]:
    """All error types, the root first."""
    waiting: list[type[EdocError]] = [EdocError]
    while waiting:
        kind = waiting.pop(0)
        yield kind
        waiting.extend(kind.__subclasses__())
