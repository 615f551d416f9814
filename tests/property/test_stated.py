"""What is stated of a content is what is stated of it as it is delivered."""

from dataclasses import fields, is_dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edoc_connector.envelope.names import NODE_ALIAS
from edoc_connector.model.document import Document, Unread
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.stated import stated
from edoc_connector.signature.statement import statement
from tests.support import strategies
from tests.support.builders import organization, status
from tests.support.seals import every_field

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
DIRT = st.sampled_from(
    ["", " ", "\u00a0", "\r\n", "\r", "\u3000", "\t", "\u0085", "o\u0301", "\u1680x"]
)


def soiled(value: object, data: st.DataObject) -> object:
    """The same with something before and behind every text, or instead of it."""
    if isinstance(value, OrganizationCode):
        return OrganizationCode(soiled(str(value), data))
    if type(value) is str:
        return (
            data.draw(DIRT) + data.draw(st.sampled_from([value, ""])) + data.draw(DIRT)
        )
    if isinstance(value, tuple):
        return tuple(soiled(one, data) for one in value)
    if is_dataclass(value):
        return replace(
            value,
            **{it.name: soiled(getattr(value, it.name), data) for it in fields(value)},
        )
    return value


def same(content: object) -> bool:
    return statement(content) == statement(stated(content))


@given(strategies.envelopes() | strategies.odd_envelopes())
@SLOW
def test_any_content_states_what_its_delivered_form_states(drawn) -> None:
    assert same(drawn[0].content)


@given(st.data())
@SLOW
def test_however_untidy_it_is(data: st.DataObject) -> None:
    assert same(soiled(every_field(), data))
    assert same(soiled(status(), data))


@given(st.data())
@SLOW
def test_whomever_a_node_has_added_and_however_it_wrote_that(data) -> None:
    alias = organization("H20.99", in_charge=data.draw(DIRT) + NODE_ALIAS)
    sent = every_field()
    added: Document = replace(
        sent, recipients=(alias, *sent.recipients), due_date=Unread(data.draw(DIRT))
    )

    assert same(added)
