"""A mapping says in SQL and column names how one document register is read and written.

It is data, one TOML file per kind of register, so that nothing is installed in the
customer's system and nobody writes a program to connect one.  Ready mappings ship in
`config/dms/`; `config/dms/demo.toml` explains each entry.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Final

from edoc_connector.checks import Limits
from edoc_connector.dms.fields import CHANGE, INCOMING, INCOMING_FILE
from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    N_,
    ProfileUnknown,
    SettingFileUnreadable,
    SettingsUnreadable,
    SettingUnknown,
)
from edoc_connector.model.business import RANKS
from edoc_connector.model.change import ChangeDecision, ChangeKind
from edoc_connector.toml import Place, read_toml

PARAMETER: Final = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""`:name`, but neither `::type` nor `\\:name`, as SQLAlchemy reads a text statement."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement that knows these parameters and no other."""

    parameters: frozenset[str]

    @classmethod
    def using(cls, *parameters: str) -> Sql:
        """Return the check for a statement with these parameters."""
        return cls(frozenset(parameters))

    def accept(self, value: str, place: Place) -> str:
        """Return the statement, or raise `SettingUnknown` for a parameter."""
        if not value.strip():
            place.wrong(value, N_("an SQL statement"))
        for name in PARAMETER.findall(value):
            if name not in self.parameters:
                _unknown(f":{name}", [f":{known}" for known in self.parameters], place)
        return value


@dataclass(frozen=True, slots=True)
class NameOf:
    """A name out of a closed set."""

    known: frozenset[str]

    def accept(self, value: str, place: Place) -> str:
        """Return the name, or raise `SettingUnknown`."""
        if value not in self.known:
            _unknown(value, [*self.known], place)
        return value


def _unknown(name: str, known: list[str], place: Place) -> None:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0)
    where = f"{place.file}: {place.key}"
    raise SettingUnknown(where=where, name=name, near=near[0])


Mark = Annotated[str, Sql.using("row_id", "recipient", "text", "at", "business")]
ByRow = Annotated[str, Sql.using("row_id")]
ByKey = Annotated[str, Sql.using("key")]
Told = Annotated[str, Sql.using("row_id", "status", "at", "event_id")]
Waiting = Annotated[str, Sql.using("limit", "organization")]
Width = Annotated[int, Limits(1, 1_000_000)]
ColumnBytes = Annotated[int, Limits(1024, 1_073_741_824)]
MOST_COLUMN_BYTES: Final = 64 * 1024 * 1024
"""Drivers give and take a column whole, some of them in several copies."""

ParameterName = Annotated[str, NameOf(INCOMING | INCOMING_FILE)]
StatusName = Annotated[str, NameOf(frozenset(RANKS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDocuments:
    """Rows that wait to be sent.  Columns are named as in `fields.DOCUMENT`.

    `priority`, `secrecy`, `steering_type` and `business` turn the register's own words
    or codes into those of the standard; `combined_code` is for registers that leave the
    number empty and write `15/UBND-VX` into the notation.
    """

    select: Waiting
    combined_code: bool = False
    priority: Mapping[str, int] = field(default_factory=dict)
    secrecy: Mapping[str, int] = field(default_factory=dict)
    steering_type: Mapping[str, int] = field(default_factory=dict)
    business: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """To whom: rows of a table, or a list in the document's column `recipients`."""

    select: ByRow | None = None
    separator: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingAttachments:
    """The files of a row: each in a folder (`path`), or in a column (`content`).

    A file whose `size` is beyond `column_bytes` is not read out of a column.
    """

    select: ByRow
    content: Annotated[str, Sql.using("row_id", "attachment_id")] | None = None
    column_bytes: ColumnBytes = MOST_COLUMN_BYTES
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Statements for each step, about a whole document and about one recipient.

    `text_characters` is the room the register has for `:text`; what is longer is cut
    off, visibly.
    """

    text_characters: Width = 1000
    document: Mapping[Step, tuple[Mark, ...]] = field(default_factory=dict)
    recipient: Mapping[Step, tuple[Mark, ...]] = field(default_factory=dict)


class Store(StrEnum):
    """Where the bytes of incoming files go."""

    COLUMN = "column"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """How an arriving document is written, once per delivery key.

    `find` returns the row's id by `:key`; the column of the key should be unique.
    `limits` are the widths of columns; a longer text is refused, unless its name is in
    `cut`.  `values` turns the standard's values into the register's words.  A file of
    more than `column_bytes` is put into no column.
    """

    find: ByKey
    insert: Annotated[str, Sql(INCOMING)]
    insert_attachment: Annotated[str, Sql(INCOMING_FILE)]
    store: Store = Store.COLUMN
    column_bytes: ColumnBytes = MOST_COLUMN_BYTES
    limits: Mapping[ParameterName, Width] = field(default_factory=dict)
    cut: tuple[ParameterName, ...] = ()
    values: Mapping[ParameterName, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """What the register says of documents it has received, and their senders not yet.

    `values` turns its words or codes into those of the standard; without any its words
    are the codes.  `told` ticks off what was said, by the word that was said, so that a
    state that changed meanwhile is named next time.
    """

    select: Waiting
    told: tuple[Told, ...]
    values: Mapping[str, StatusName] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What clerks decide about requests; columns are named as in `fields.DECISION`.

    `values` are the register's words for agree and refuse; `settle` closes a request.
    """

    select: Waiting
    values: Mapping[str, ChangeDecision]
    settle: tuple[
        Annotated[str, Sql.using("row_id", "request", "decision", "reason", "at")], ...
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Statements for what the sender of a received document asks: thu hồi, cập nhật...

    Each has a list of statements, run in one transaction.  What has none is put before
    a person.  `kinds` are the register's words for the requests.
    """

    text_characters: Width = 1000
    recall: tuple[Annotated[str, Sql(CHANGE)], ...] = ()
    update: tuple[Annotated[str, Sql(INCOMING | CHANGE)], ...] = ()
    clear_attachments: tuple[Annotated[str, Sql(CHANGE | {"key"})], ...] = ()
    update_attachment: Annotated[str, Sql(INCOMING_FILE | {"at"})] | None = None
    replace: tuple[Annotated[str, Sql(INCOMING | CHANGE | {"new_row_id"})], ...] = ()
    ask: tuple[Annotated[str, Sql(CHANGE | {"kind"})], ...] = ()
    kinds: Mapping[ChangeKind, str] = field(default_factory=dict)
    decisions: Decisions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DmsMapping:
    """One kind of document register, both ways."""

    documents: OutgoingDocuments
    recipients: Recipients = Recipients()
    attachments: OutgoingAttachments
    marks: Marks
    incoming: Incoming
    statuses: Statuses | None = None
    changes: Changes = Changes()

    @property
    def blind(self) -> str:
        """The first entry that does not ask whose rows they are; "" if all do."""
        selects = (
            ("documents.select", self.documents),
            ("statuses.select", self.statuses),
            ("changes.decisions.select", self.changes.decisions),
        )
        return next(
            (
                name
                for name, it in selects
                if it and "organization" not in PARAMETER.findall(it.select)
            ),
            "",
        )


def load_mapping(profile: str) -> DmsMapping:
    """Return the mapping shipped under this name, or the one in this TOML file.

    Raises `SettingsInvalid`, naming the entry that is wrong or unknown.
    """
    if profile.endswith(".toml") or "/" in profile:
        return _read(Path(profile))
    shipped = files("edoc_connector.examples") / "dms"
    names = sorted(
        it.name.removesuffix(".toml")
        for it in shipped.iterdir()
        if it.name.endswith(".toml")
    )
    if profile not in names:
        raise ProfileUnknown(name=profile, shipped=", ".join(names))
    with as_file(shipped / f"{profile}.toml") as path:
        return _read(path)


def _read(path: Path) -> DmsMapping:
    try:
        return read_toml(path, DmsMapping)
    except SettingsUnreadable as error:
        problem = error.details["problem"]
        raise SettingFileUnreadable(
            name="dms.profile", path=path, problem=problem
        ) from error
