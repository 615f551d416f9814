"""What keeps a document from being sent: one value for each thing to put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by

from edoc_connector.errors import Reason, RowBroken


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document, and which error says it to people.

    `field` is a path of `model.fields`; `value` is what stands there, short and
    printable; `limit` is what should, where that can be said.  `more` is what else the
    sentence needs.
    """

    error: type[RowBroken]
    field: str
    value: str = ""
    limit: str = ""
    more: Mapping[str, str] = made_by(default_factory=dict)

    @property
    def remedy(self) -> str:
        """What to do about it, as a message of the catalogue."""
        return self.error.remedy

    @property
    def reason(self) -> Reason:
        """The same as it is stored, and said by `language.say`."""
        details = {"field": self.field, "value": self.value, "limit": self.limit}
        stated = {name: text for name, text in details.items() if text}
        return Reason(self.error.code, {**stated, **self.more})
