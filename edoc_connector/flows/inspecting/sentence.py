"""A sentence that people read, and the words for what is asked of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from edoc_connector.errors import N_, Reason
from edoc_connector.model.change import KINDS
from edoc_connector.model.document import BusinessType
from edoc_connector.model.status import StatusCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A message of the catalogue; a reason in it is said with its causes and remedy."""

    template: str
    details: Mapping[str, object]
    reason: Reason | None = None
    status: StatusCode | None = None


def say(template: str, **details: object) -> Sentence:
    """Make a sentence of a message and what stands in its gaps."""
    return Sentence(template=template, details=details)


CHANGES: Final[Mapping[int, str]] = {
    BusinessType.RECALL: N_("a recall"),
    BusinessType.UPDATE: N_("an update"),
    BusinessType.REPLACE: N_("a replacement"),
}

KIND_WORDS: Final[Mapping[str, str]] = {
    KINDS[type_]: words for type_, words in CHANGES.items()
}


def kind_words(business_type: int) -> str:
    """Return what a change of this type is called in a sentence."""
    return CHANGES.get(business_type, N_("a change"))
