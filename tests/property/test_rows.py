"""Whatever stands in a register, its rows become documents or are refused."""

from datetime import date, datetime
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.dms.attachments import files_of
from edoc_connector.dms.fields import ATTACHMENT, DOCUMENT
from edoc_connector.dms.outgoing import Row, draft_of, revision_of
from edoc_connector.envelope.write import write
from edoc_connector.errors import RowBroken
from edoc_connector.model.document import Document
from edoc_connector.model.stages import Envelope, SealedEnvelope
from tests.support import builders
from tests.support.registers import demo_mapping

WORDS = st.sampled_from(["15", "UBND-VX", "Thường", "2026-11-23", "H20.14", "0", ""])
VALUES = st.one_of(
    st.none(),
    WORDS,
    st.text(st.characters(codec=None), max_size=60),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.decimals(),
    st.booleans(),
    st.binary(max_size=20),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
)
GOOD = {
    "number": "15",
    "subject": "Về việc",
    "promulgation_date": date(2026, 11, 23),
    "secrecy": 0,
}


def rows(names) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(sorted(names)), VALUES)


def made(row: Row) -> Document | None:
    mapping = demo_mapping()
    draft = draft_of(row, mapping, builders.organization())
    broken = (*draft.problems, *files_of(row.attachments, required=False).problems)
    assert all(isinstance(problem, RowBroken) for problem in broken)
    return None if broken else draft.document


@given(rows(DOCUMENT), st.lists(rows(["code", "name"])), st.lists(rows(ATTACHMENT)))
def test_a_row_is_a_document_or_it_is_broken(document, recipients, attachments):
    row = Row(document=document, recipients=recipients, attachments=attachments)

    made(row)

    assert row.label == row.label.strip()
    assert revision_of(row, lambda *_: "") == revision_of(row, lambda *_: "")


@given(rows(DOCUMENT))
def test_what_passes_can_be_written_as_a_packet(changes):
    row = Row(
        document={"row_id": 1, **GOOD, **changes},
        recipients=({"code": "H20.14"},),
        attachments=(),
    )

    document = made(row)

    if document is not None:
        out = BytesIO()
        write(SealedEnvelope(Envelope(document), b""), builders.contents(), out)
        assert out.getvalue()


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_has_one_day_in_vietnam(moment: datetime):
    first, second = (
        made(
            Row(
                document={**GOOD, "promulgation_date": value},
                recipients=({"code": "H20.14"},),
                attachments=(),
            )
        )
        for value in (moment, moment.isoformat())
    )

    assert first == second
