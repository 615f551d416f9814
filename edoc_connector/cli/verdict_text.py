"""What was found of a seal, in the words of people: for `verify` and for `show`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_, Reason
from edoc_connector.model.verdict import Indication, SealForm, TimeSource

SOURCES: Final = {
    TimeSource.TIMESTAMP: N_("proven by a time stamp"),
    TimeSource.RECEPTION: N_("when the packet was here"),
}

NO_SEALS: Final = (N_("absent"), N_("placeholder"))
"""Forms that have a word in each language; the others are names of a standard."""


class Found(Protocol):
    """A verdict, fresh or kept."""

    @property
    def indication(self) -> Indication:
        """Passed, or indeterminate."""
        ...

    @property
    def form(self) -> SealForm:
        """What stood where a seal stands."""
        ...

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """What is missing for a proof."""
        ...

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What a reader should know besides."""
        ...

    @property
    def sealed_at(self) -> datetime | None:
        """What the sealer says."""
        ...

    @property
    def proven_at(self) -> datetime:
        """When it existed at the latest."""
        ...

    @property
    def time_source(self) -> TimeSource:
        """Who says that."""
        ...


def verdict_fields(
    invocation: Invocation, found: Found
) -> Iterator[tuple[str, object]]:
    """Yield the outcome first, then what is open, then the times."""
    yield (
        N_("Seal"),
        f"{invocation.text(found.indication)}  {invocation.text(found.form)}",
    )
    for reason in found.doubts:
        yield N_("Because"), invocation.reason(reason)
    for reason in found.notes:
        yield N_("Note"), invocation.reason(reason)
    yield N_("Sealed at"), invocation.time(found.sealed_at)
    source = invocation.text(SOURCES[found.time_source])
    yield N_("Existed at"), f"{invocation.time(found.proven_at)}  ({source})"
