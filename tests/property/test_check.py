"""Any document has problems that can be said, or none and can be sent."""

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope.check import Circumstances, problems_of
from edoc_connector.envelope.problems import Problem
from edoc_connector.errors import FieldTooLong, FieldUnreadable, ValueUnknown
from edoc_connector.language import Language, say
from edoc_connector.model.document import Code, Document, DocumentType, Signer, Unread
from tests.support import builders, conforming
from tests.support.profiles import said
from tests.support.strategies import DATES, NUMBERS, OTHER, TEXTS, documents

CIRCUMSTANCES = Circumstances(
    today=date(2026, 11, 23), most_file_bytes=10_000, most_bytes=20_000
)
LONG = st.text("aế ", max_size=600).map(str.strip)
DAYS = DATES | st.text(max_size=12).map(Unread)
VALUES = {
    "subject": TEXTS | LONG,
    "content": TEXTS | LONG,
    "code": st.builds(Code, TEXTS, TEXTS),
    "promulgation_place": TEXTS,
    "promulgation_date": DAYS,
    "due_date": DAYS,
    "type": st.builds(DocumentType, type=NUMBERS, detail=NUMBERS, name=TEXTS),
    "signer": st.builds(Signer, position=TEXTS | LONG, full_name=TEXTS),
    "other": OTHER,
    "steering_type": st.none() | st.integers(-1, 4),
    "to_places": st.lists(TEXTS | LONG, max_size=2).map(tuple),
    "application_type": TEXTS,
}
CHANGES = st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: VALUES[name] for name in names})
)


def problems(document: Document) -> tuple[Problem, ...]:
    return problems_of(document, CIRCUMSTANCES)


@given(documents())
def test_the_problems_of_any_document_are_sentences(drawn):
    document, _ = drawn

    for problem in problems(document):
        for language in Language:
            assert say(problem.reason, language).isprintable()


@given(conforming.documents())
def test_what_is_within_the_table_of_fields_is_never_called_too_long_or_unreadable(
    drawn,
):
    document, _ = drawn

    errors = {problem.error for problem in problems(document)}

    assert not errors & {FieldTooLong, FieldUnreadable, ValueUnknown}


@given(CHANGES)
def test_a_document_without_problems_fits_the_writing_profile(changes):
    document = builders.document(**changes)

    assume(not problems(document))

    assert said(builders.packet(document), Profile.WRITING) == []
