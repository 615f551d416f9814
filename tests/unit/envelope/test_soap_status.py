from datetime import date, datetime

import pytest

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import EnvelopeForeign, EnvelopeMalformed
from edoc_connector.model.deviations import Departure
from edoc_connector.model.document import Unread
from edoc_connector.model.status import StatusCode
from tests.support.dialects import received, status_in

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def soap_status(
    *, issued="05/06/2020", said="16/09/2020 08:30:01", code="03", namespace=SOAP
):
    """A status of the old days, as a .NET gateway writes it."""
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{namespace}" xmlns:edXML="{namespace}">'
        "<SOAP-ENV:Header><edXML:Status>"
        "<edXML:ResponseFor><edXML:OrganId>H20</edXML:OrganId>"
        f"<edXML:Code>15/UBND-VX</edXML:Code>"
        f"<edXML:PromulgationDate>{issued}</edXML:PromulgationDate>"
        "<edXML:DocumentId>18661</edXML:DocumentId></edXML:ResponseFor>"
        "<edXML:From><edXML:OrganId>000.00.14.H20</edXML:OrganId></edXML:From>"
        f"<edXML:StatusCode>{code}</edXML:StatusCode>"
        "<edXML:Description>Đã vào sổ</edXML:Description>"
        f"<edXML:Timestamp>{said}</edXML:Timestamp>"
        "<edXML:StaffInfo><edXML:Staff>Văn thư</edXML:Staff></edXML:StaffInfo>"
        "</edXML:Status></SOAP-ENV:Header></SOAP-ENV:Envelope>"
    ).encode()


@pytest.mark.parametrize("namespace", [SOAP, SOAP.rstrip("/")])
def test_a_status_in_soap_is_a_status(namespace):
    status = status_in(soap_status(namespace=namespace))

    assert status.code is StatusCode.ACCEPTED
    assert status.sender.code == "000.00.14.H20"
    assert status.response_for.organization == "H20"
    assert status.response_for.document_id == "18661"
    assert status.staff.staff == "Văn thư"
    assert status.at == datetime(2020, 9, 16, 8, 30, 1, tzinfo=VIETNAM)


def test_its_days_stand_first_so_nothing_is_guessed():
    status = status_in(soap_status(issued="05/06/2020"))

    assert status.response_for.promulgation_date == date(2020, 6, 5)


@pytest.mark.parametrize("issued", ["05/13/2020", "hôm qua"])
def test_a_date_it_cannot_mean_stays_the_text_it_is(issued):
    told = status_in(soap_status(issued=issued)).response_for.promulgation_date

    assert isinstance(told, Unread)


def test_its_form_is_named():
    (deviation,) = received(soap_status()).deviations

    assert deviation.kind is Departure.STATUS_SOAP


def test_a_document_in_soap_is_called_by_its_name():
    packet = soap_status().replace(b"StatusCode", b"Subject")

    with pytest.raises(EnvelopeForeign, match="SOAP"):
        received(packet)


def test_a_code_that_nobody_knows_is_refused():
    with pytest.raises(EnvelopeMalformed, match="StatusCode is '99'"):
        received(soap_status(code="99"))
