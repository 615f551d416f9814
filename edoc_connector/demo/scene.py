"""The documents of the demo, as data: what each register holds, and how it must end.

The same number of documents is always the same scene.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain, count, islice
from typing import Final

from edoc_connector.demo.paper import Kind, Paper
from edoc_connector.demo.plot import (
    BROKEN,
    MORE,
    NOWHERE,
    OFFICES,
    ORGANIZATIONS,
    PLOTS,
    More,
    Plot,
)
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode

FIRST_DAY: Final = date(2026, 11, 16)
DAYS: Final = 5

FORM_SUBJECT: Final = "Về việc gửi, nhận văn bản điện tử"

FILES: Final = {
    Kind.LETTER: "{code}.pdf",
    Kind.SCAN: "Hồ sơ kỹ thuật (bản quét).pdf",
    Kind.SHEET: "Phụ lục số liệu.xlsx",
    Kind.IMAGE: "Bản quét có dấu.png",
}
KEPT_IN_FOLDER: Final = {Kind.SHEET, Kind.IMAGE}
SCAN_MEGABYTES: Final = 12


class Outcome(StrEnum):
    """How a document and one of its recipients must end.

    TURNED_DOWN by the receiver's clerk; RECALLED and REPLACED by its sender, with the
    receiver's consent, and KEPT without it.  AGREED and DECLINED is what becomes of the
    recall or the replacement itself.
    """

    CONFIRMED = "confirmed"
    UNROUTABLE = "unroutable"
    REFUSED = "refused"
    TURNED_DOWN = "turned-down"
    RECALLED = "recalled"
    REPLACED = "replaced"
    KEPT = "kept"
    AGREED = "agreed"
    DECLINED = "declined"


class Deed(StrEnum):
    """What the receiver's clerk does with a document, in the end."""

    LEAVE = "leave"
    REGISTER = "register"
    FINISH = "finish"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class SceneChange:
    """What a document does to an earlier one of the same register, and why.

    With a `refusal` the receiver's clerk does not want that, and says why.
    """

    kind: ChangeKind
    original: int
    reason: str
    refusal: str = ""


NOT_CARRIED: Final = frozenset({Outcome.REFUSED, Outcome.UNROUTABLE})


@dataclass(frozen=True, slots=True)
class Reply:
    """The document that is answered."""

    organization: OrganizationCode
    code: str
    promulgated: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFile:
    """A file of a document, in the register or in its folder.

    `paper` is None for one that the register names and that is not there.
    """

    name: str
    paper: Paper | None
    in_folder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneDocument:
    """A row of the sender's register; `row_id` counts within that register."""

    row_id: int
    sender: Organization
    recipients: tuple[Organization, ...]
    number: str | None
    notation: str
    promulgated: date
    place: str
    type_name: str
    subject: str
    competence: str
    position: str
    priority: str
    due: date | None
    reply: Reply | None
    files: tuple[SceneFile, ...]
    deed: Deed = Deed.LEAVE
    refusal: str = ""
    ending: Outcome = Outcome.CONFIRMED
    change: SceneChange | None = None

    @property
    def label(self) -> str:
        """Number and notation, as the connector calls it."""
        return f"{self.number}/{self.notation}" if self.number else self.notation

    def outcome(self, recipient: Organization) -> Outcome:
        """Say how it must end with one recipient."""
        if self.number is None:
            return Outcome.REFUSED
        return Outcome.UNROUTABLE if recipient == NOWHERE else self.ending

    @property
    def is_put(self) -> bool:
        """Whether its receivers have it in their registers: a recall is no document."""
        return self.change is None or self.change.kind is not ChangeKind.RECALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One line of the expected result."""

    sender: OrganizationCode
    row_id: str
    label: str
    recipient: OrganizationCode
    outcome: Outcome
    deed: Deed
    is_put: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole exchange."""

    organizations: tuple[Organization, ...]
    documents: tuple[SceneDocument, ...]

    def sent_by(self, organization: OrganizationCode) -> tuple[SceneDocument, ...]:
        """Return the documents of one register."""
        return tuple(
            document
            for document in self.documents
            if document.sender.code == organization
        )

    @property
    def expected(self) -> tuple[Expected, ...]:
        """How every document must end with every recipient."""
        return tuple(
            Expected(
                sender=document.sender.code,
                row_id=str(document.row_id),
                label=document.label,
                recipient=recipient.code,
                outcome=(outcome := document.outcome(recipient)),
                deed=Deed.LEAVE if outcome in NOT_CARRIED else document.deed,
                is_put=document.is_put and outcome not in NOT_CARRIED,
            )
            for document in self.documents
            for recipient in document.recipients
        )


def scene(documents: int = len(PLOTS), *, first_day: date = FIRST_DAY) -> Scene:
    """Return this many documents that can be sent, and one row that is broken.

    The first twelve differ from each other; more are more of the same.  They are issued
    on the `DAYS` days from `first_day` on.  The last one is the broken one, and nobody
    does anything with them: `life.lively` adds that.
    """
    plots = islice(chain(PLOTS, more(MORE)), documents)
    written = written_in_turn(plots, first_day)
    return Scene(ORGANIZATIONS, (*written, _broken(written, first_day)))


def lately(today: date) -> date:
    """Return a first day from which on no document is of the future."""
    return today - timedelta(days=DAYS)


def more(kinds: Sequence[More]) -> Iterable[Plot]:
    """Yield plots of these kinds without an end, all with papers of the same form."""
    for turn in count(1):
        for sender, recipients, type_name, priority in kinds:
            yield Plot(
                sender=sender,
                recipients=recipients,
                type_name=type_name,
                priority=priority,
                subject=f"{FORM_SUBJECT}, đợt {turn}",
                form=True,
            )


def written_in_turn(plots: Iterable[Plot], first_day: date) -> Sequence[SceneDocument]:
    """Return the documents of these plots, each in the next row of its office."""
    written: list[SceneDocument] = []
    rows: Counter[Organization] = Counter()
    for plot in plots:
        rows[plot.sender] += 1
        answered = written[-plot.answers] if plot.answers else None
        row_id = rows[plot.sender]
        written.append(written_as(plot, row_id, answered, first_day=first_day))
    return written


def written_as(
    plot: Plot, row_id: int, answered: SceneDocument | None, *, first_day: date
) -> SceneDocument:
    """Return the document of a plot as its office writes it into this row."""
    office = OFFICES[plot.sender]
    number = str(office.first_number + row_id - 1)
    day = first_day + timedelta(days=row_id % DAYS)
    papers_day = first_day if plot.form else day
    return SceneDocument(
        row_id=row_id,
        sender=plot.sender,
        recipients=plot.recipients,
        number=number,
        notation=office.notation,
        promulgated=day,
        place=office.place,
        type_name=plot.type_name,
        subject=plot.subject,
        competence=office.competence,
        position=office.position,
        priority=plot.priority,
        due=day + timedelta(days=plot.due_in_days) if plot.due_in_days else None,
        reply=_reply(answered),
        files=tuple(_file(plot, kind, number, papers_day) for kind in plot.papers),
    )


def _reply(answered: SceneDocument | None) -> Reply | None:
    if answered is None:
        return None
    return Reply(answered.sender.code, answered.label, answered.promulgated)


def _file(plot: Plot, kind: Kind, number: str, day: date) -> SceneFile:
    notation = OFFICES[plot.sender].notation
    return SceneFile(
        name=FILES[kind].format(code=f"{number}_{notation}"),
        paper=_paper(plot, kind, f"{'     ' if plot.form else number}/{notation}", day),
        in_folder=kind in KEPT_IN_FOLDER or plot.form,
    )


def _paper(plot: Plot, kind: Kind, code: str, day: date) -> Paper:
    office = OFFICES[plot.sender]
    return Paper(
        kind=kind,
        superior=plot.sender.in_charge,
        issuer=plot.sender.name,
        code=code,
        place=office.place,
        day=day,
        type_name=plot.type_name,
        subject=FORM_SUBJECT if plot.form else plot.subject,
        addressees=tuple(recipient.name for recipient in plot.recipients),
        signature=office.signature,
        pages=plot.pages,
        megabytes=SCAN_MEGABYTES if kind is Kind.SCAN else 0,
    )


def _broken(written: Sequence[SceneDocument], first_day: date) -> SceneDocument:
    """Return a row without a number whose file is gone, after its sender's others."""
    row_id = 1 + sum(document.sender == BROKEN.sender for document in written)
    whole = written_as(BROKEN, row_id, None, first_day=first_day)
    gone = SceneFile(name="Báo cáo (bản ký).pdf", paper=None, in_folder=True)
    return replace(whole, number=None, files=(gone,))
