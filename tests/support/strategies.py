"""Documents, statuses and files as hypothesis draws them: any that can be written.

What no packet can carry is left out: characters XML refuses, white space at the ends of
a value (nodes trim it), groups of nothing but nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from hypothesis import strategies as st

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.values import (
    read_date,
    read_number,
    read_stamp,
    read_truth,
)
from edoc_connector.model.document import (
    Business,
    BusinessType,
    ChangedParts,
    ChangedReceiver,
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    Unread,
)
from edoc_connector.model.file_names import hostility_of
from edoc_connector.model.organization_code import cleaned
from edoc_connector.model.stages import Envelope, PacketError, TraceStamp
from edoc_connector.model.status import Status, StatusCode
from tests.support import builders

WHITE_SPACE: Final = " \t\r\n"
CHARACTERS: Final = st.one_of(
    st.sampled_from("aăâđêôơưẠỹ<>&\"' \t\r\n\u00a0\u200b\U0001f4c4"),
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs"),
        exclude_characters="\ufffe\uffff",
    ),
)
TEXTS: Final = st.text(CHARACTERS, max_size=40).map(
    lambda text: text.strip(WHITE_SPACE)
)
WORDS: Final = TEXTS.filter(bool)
CODES: Final = WORDS.map(lambda text: cleaned(text)[0]).filter(
    lambda code: code and code != "null"
)
FILE_NAMES: Final = WORDS.filter(lambda name: not hostility_of(name))
NUMBERS: Final = st.none() | st.integers(0, 999_999_999)
DATES: Final = st.none() | st.dates(date(1, 1, 2))
MOMENTS: Final = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001  (the zone is given beside it)
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(VIETNAM),
).map(lambda at: at.replace(microsecond=0))


def filled(kind: type, **fields: st.SearchStrategy) -> st.SearchStrategy:
    """Draw a group of fields of which not all are empty."""
    return st.builds(kind, **fields).filter(lambda group: group != kind())


ORGANIZATIONS: Final = st.builds(
    Organization,
    code=CODES,
    in_charge=TEXTS,
    name=TEXTS,
    address=TEXTS,
    email=TEXTS,
    telephone=TEXTS,
    fax=TEXTS,
    website=TEXTS,
)
RESPONSES: Final = st.builds(
    ResponseFor,
    organization=CODES,
    code=TEXTS,
    document_id=TEXTS,
    promulgation_date=DATES,
)
STAFF: Final = filled(
    Staff,
    department=TEXTS,
    department_id=TEXTS,
    staff=TEXTS,
    staff_id=TEXTS,
    email=TEXTS,
    mobile=TEXTS,
)
CHANGED: Final = filled(
    ChangedParts,
    document_info=NUMBERS,
    document_receiver=NUMBERS,
    receivers=st.lists(
        st.builds(ChangedReceiver, CODES, st.integers(0, 1)), max_size=3
    ).map(tuple),
)
BUSINESS: Final = st.builds(
    Business,
    document_id=TEXTS,
    type=st.sampled_from(BusinessType),
    reason=TEXTS,
    paper=NUMBERS,
    changed=st.none() | CHANGED,
    replacements=st.lists(
        st.builds(Replacement, WORDS, st.lists(CODES, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    staff=st.none() | STAFF,
)
OTHER: Final = st.builds(
    OtherInfo,
    priority=NUMBERS,
    sphere=TEXTS,
    typer_notation=TEXTS,
    promulgation_amount=NUMBERS,
    page_amount=NUMBERS,
    reply_fors=TEXTS,
    direction=st.booleans(),
    reference_codes=TEXTS,
    appendixes=st.lists(WORDS, max_size=2).map(tuple),
)
ERRORS: Final = st.lists(st.builds(PacketError, WORDS, TEXTS), max_size=2).map(tuple)
FILES: Final = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=200),
        st.binary(min_size=3000, max_size=3200).map(lambda data: data * 3),
    ),
    max_size=4,
).map(lambda files: [data for data in files if not data.startswith(b"PK")])


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, builders.MemoryContents]:
    """Draw a document and where its files are."""
    files = draw(FILES)
    document = Document(
        sender=draw(ORGANIZATIONS),
        recipients=tuple(draw(st.lists(ORGANIZATIONS, min_size=1, max_size=3))),
        document_id=draw(TEXTS),
        code=Code(draw(WORDS), draw(TEXTS)),
        promulgation_place=draw(TEXTS),
        promulgation_date=draw(DATES),
        type=DocumentType(type=draw(NUMBERS), detail=draw(NUMBERS), name=draw(TEXTS)),
        subject=draw(TEXTS),
        content=draw(TEXTS),
        signer=draw(
            st.builds(Signer, competence=TEXTS, position=TEXTS, full_name=TEXTS)
        ),
        due_date=draw(DATES),
        other=draw(OTHER),
        responses=tuple(draw(st.lists(RESPONSES, max_size=2))),
        steering_type=draw(NUMBERS),
        task_codes=tuple(draw(st.lists(WORDS, max_size=2))),
        application_type=draw(TEXTS),
        to_places=tuple(draw(st.lists(WORDS, max_size=2))),
        business=draw(st.none() | BUSINESS),
        attachments=tuple(
            builders.attachment(
                data,
                content_id=f"{number}-{draw(WORDS)}".strip(WHITE_SPACE),
                name=draw(FILE_NAMES),
                content_type=draw(WORDS),
                description=draw(TEXTS),
            )
            for number, data in enumerate(files)
        ),
    )
    return document, builders.contents(*files, step=draw(st.integers(100, 9000)))


def unread(read: Callable[[str], object]) -> st.SearchStrategy[Unread]:
    """Draw a text that is none of the values that are read here."""
    texts = WORDS.filter(lambda text: text != "null")
    return texts.map(read).filter(lambda value: isinstance(value, Unread))


@st.composite
def odd_envelopes(draw: st.DrawFn) -> tuple[Envelope, builders.MemoryContents]:
    """Draw one with much in it that nobody can read, and with reports of nodes."""
    if draw(st.booleans()):
        status = replace(draw(statuses()), at=draw(st.none() | unread(read_stamp)))
        return Envelope(status, errors=draw(ERRORS)), builders.contents()
    document, files = draw(documents())
    other = replace(
        document.other,
        priority=draw(unread(read_number)),
        direction=draw(unread(read_truth)),
    )
    odd = replace(
        document,
        promulgation_date=draw(unread(read_date)),
        due_date=draw(unread(read_date)),
        type=replace(document.type, type=draw(unread(read_number))),
        steering_type=draw(unread(read_number)),
        other=other,
    )
    stamps = st.builds(TraceStamp, CODES, st.none() | unread(read_stamp))
    trace = tuple(draw(st.lists(stamps, max_size=2)))
    return Envelope(odd, trace, draw(ERRORS)), files


@st.composite
def envelopes(draw: st.DrawFn) -> tuple[Envelope, builders.MemoryContents]:
    """Draw an envelope of either kind, and where its files are."""
    if draw(st.booleans()):
        return Envelope(draw(statuses())), builders.contents()
    document, files = draw(documents())
    trace = draw(st.lists(st.builds(TraceStamp, CODES, MOMENTS), max_size=3))
    return Envelope(document, tuple(trace)), files


def statuses() -> st.SearchStrategy[Status]:
    """Draw a status."""
    return st.builds(
        Status,
        sender=ORGANIZATIONS,
        response_for=RESPONSES,
        staff=st.none() | STAFF,
        code=st.sampled_from(StatusCode),
        description=TEXTS,
        at=MOMENTS,
    )
