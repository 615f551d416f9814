"""How the demo ended: what every document came to, held against what was expected.

Three witnesses are heard: the sender's connector, the sender's register and the
receiver's register, the last two by SQL of the demo's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.demo import dms
from edoc_connector.demo.dms import IncomingRow, OutgoingRow, StoredFile
from edoc_connector.demo.scene import Expected, Outcome, Scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.errors import Reason
from edoc_connector.flows.standing import Actor
from edoc_connector.flows.story import Leg, Story, outgoing
from edoc_connector.ledger.facts import DocumentSent
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document and recipient: what was expected, what became of it, how fast."""

    expected: Expected
    state: str = "waiting"
    reason: Reason | None = None
    must_act: Actor
    seconds: float = 0.0
    is_taken: bool = False
    is_sent: bool = False

    @property
    def is_as_expected(self) -> bool:
        """Whether it ended as it must."""
        return self.state == STATES[self.expected.outcome]


STATES: Final[Mapping[Outcome, str]] = {
    Outcome.CONFIRMED: "delivered",
    Outcome.UNROUTABLE: "unroutable",
    Outcome.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The books.  A unit is one document for one recipient.

    `refused` are those that were not carried, with a reason that was told; `lost` must
    be in a register and are not; `duplicated` are in one more than once; `altered` have
    a file that is not the sender's, byte for byte.
    """

    documents: int
    taken: int
    sent: int
    delivered: int
    confirmed: int
    refused: int
    lost: int
    duplicated: int
    altered: int
    seconds: float
    peak_megabytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything the report shows."""

    lines: tuple[Line, ...]
    arrived: tuple[tuple[str, IncomingRow], ...]
    totals: Totals

    @property
    def is_as_expected(self) -> bool:
        """Whether every line is right and nothing was lost, doubled or altered."""
        wrong = self.totals.lost + self.totals.duplicated + self.totals.altered
        return not wrong and all(line.is_as_expected for line in self.lines)


def settled(sites: Sequence[DemoSite], scene: Scene) -> int:
    """Count the recipients whose end the sender's clerk can see in the register."""
    known = {(it.sender, it.row_id, it.recipient) for it in scene.expected}
    return sum(
        (site.organization.code, row.row_id, row.recipient) in known and _is_end(row)
        for site in sites
        for row in dms.outgoing(site.dms)
    )


ENDS: Final = frozenset({"Đã đến", "Không có nơi nhận", "Bị từ chối"})
"""What the demo's register says of a recipient when nothing more will happen."""


def _is_end(row: OutgoingRow) -> bool:
    return row.recipient_state in ENDS or row.state == "Không gửi được"


def judge(
    sites: Sequence[DemoSite], scene: Scene, *, seconds: float, peak_megabytes: int
) -> Result:
    """Hear all witnesses."""
    legs = dict(leg for site in sites for leg in _legs(site))
    lines = tuple(_line(expected, legs) for expected in scene.expected)
    arrived = tuple(
        (site.organization.code, row)
        for site in sites
        for row in dms.incoming(site.dms)
    )
    copies = Counter((code, row.sender, row.label) for code, row in arrived)
    wanted = {_name(it) for it in scene.expected if it.outcome is Outcome.CONFIRMED}
    found = wanted & copies.keys()
    totals = Totals(
        documents=len(scene.documents),
        taken=sum(line.is_taken for line in lines),
        sent=sum(line.is_sent for line in lines),
        delivered=len(found),
        confirmed=sum(line.state == DELIVERED for line in lines),
        refused=sum(line.state in REFUSALS for line in lines),
        lost=len(wanted - found),
        duplicated=sum(copies.values()) - len(found),
        altered=_altered(sites, arrived),
        seconds=round(seconds, 1),
        peak_megabytes=peak_megabytes,
    )
    return Result(lines=lines, arrived=arrived, totals=totals)


DELIVERED: Final = "delivered"
REFUSALS: Final = frozenset({"refused", "unroutable"})

Place = tuple[str, str, str]


def _name(expected: Expected) -> Place:
    """Return how a receiver's register names a document: to whom, from whom, what."""
    return (expected.recipient, expected.sender, expected.label)


@dataclass(frozen=True, slots=True)
class Found:
    """What a sender's connector says of one recipient of one row."""

    story: Story
    leg: Leg | None
    is_sent: bool


def _legs(site: DemoSite) -> Iterator[tuple[Place, Found]]:
    """Yield what a connector knows, by sender, row and recipient ("" for all)."""
    with (
        look_at_storage(load(site.settings)) as storage,
        storage.reading() as work,
    ):
        sent = {
            (entry.subject, entry.details["recipient"])
            for entry in work.ledger.entries()
            if entry.kind == DocumentSent.kind
        }
        for story in outgoing(work, MOST):
            yield (story.sender, story.row_id, ""), Found(story, None, is_sent=False)
            for leg in story.legs:
                is_sent = (story.id, leg.recipient) in sent
                place = (story.sender, story.row_id, leg.recipient)
                yield place, Found(story, leg, is_sent=is_sent)


MOST: Final = 1_000_000


def _line(expected: Expected, legs: Mapping[Place, Found]) -> Line:
    row = (expected.sender, expected.row_id)
    found = legs.get((*row, expected.recipient)) or legs.get((*row, ""))
    if found is None:
        return Line(expected=expected, must_act=Actor.CONNECTOR)
    standing = found.leg or found.story
    waited = standing.since - found.story.since
    return Line(
        expected=expected,
        state=standing.state,
        reason=standing.reason,
        must_act=standing.must_act,
        seconds=round(waited.total_seconds(), 1),
        is_taken=found.leg is not None,
        is_sent=found.is_sent,
    )


def _altered(
    sites: Sequence[DemoSite], arrived: Iterable[tuple[str, IncomingRow]]
) -> int:
    """Count documents whose files are not, byte for byte, those of the sender."""
    registers = {site.organization.code: site.dms for site in sites}
    sent = {
        (code, row.label): _digests(dms.outgoing_files(path, row.row_id))
        for code, path in registers.items()
        for row in dms.outgoing(path)
    }
    return sum(
        _digests(dms.incoming_files(registers[OrganizationCode(code)], row.row_id))
        != sent.get((row.sender, row.label))
        for code, row in arrived
    )


def _digests(files: Iterable[StoredFile]) -> list[str]:
    return [file.sha256 for file in files]
