"""A time stamping service is believed when it proves a time, and never waited for."""

from datetime import UTC, datetime, timedelta

import pytest

from edoc_connector.errors import TimestampUnavailable
from edoc_connector.pki.timestamp import HttpTimeStamper
from edoc_connector.secret import Secret
from edoc_connector.signature.timestamp import ProvenTime, prove_time
from tests.support import pki
from tests.support.timestamping import (
    POLICY,
    Authority,
    Service,
    certificate,
    honest,
    nonce_of,
    openssl_says,
    policy,
    replying,
)

VALUE = b"the value of a signature"
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def now():
    return datetime.now(UTC)


def stamper(service, **changes):
    values = {"url": service.url, "trust": policy(), "clock": now} | changes
    return HttpTimeStamper(**values)


def why(service, within_seconds=20.0, **changes):
    with pytest.raises(TimestampUnavailable) as refused:
        stamper(service, **changes).stamp(VALUE, within_seconds=within_seconds)
    return refused.value.details["problem"]


def of_our_clock(query, value=VALUE, authority=None, **changes):
    values = {"at": NOW, "nonce": nonce_of(query)} | changes
    return replying((authority or Authority()).token(value, **values))


def test_openssl_ts_stamps_and_the_stamp_proves_the_time(tmp_path):
    with Service(honest()) as service:
        token = stamper(service).stamp(VALUE, within_seconds=20)

    found = prove_time([token], VALUE, policy(), sealed_at=now(), now=now())
    assert isinstance(found, ProvenTime)
    assert openssl_says(token, VALUE, tmp_path) == "OK"


def test_every_question_has_a_nonce_of_its_own_and_asks_for_certificates():
    with Service(honest()) as service:
        for _ in range(2):
            stamper(service).stamp(VALUE, within_seconds=20)

    first, second = service.queries
    assert nonce_of(first) != nonce_of(second)
    assert first.endswith(b"\x01\x01\xff")
    assert service.headers[0]["Content-Type"] == "application/timestamp-query"


def test_a_policy_that_is_asked_for_is_the_one_that_is_given():
    with Service(honest()) as service:
        assert stamper(service, policy=POLICY).stamp(VALUE, within_seconds=20)


def test_a_policy_that_the_service_does_not_have_is_refused_by_it():
    with Service(honest()) as service:
        assert why(service, policy="1.2.3") == "the service refused (status 2)"


def test_a_token_of_another_policy_is_none():
    with Service(of_our_clock) as service:
        problem = why(service, policy="1.2.3", clock=lambda: NOW)

    assert problem == f"it was made under the policy {POLICY}"


def test_an_account_is_named_with_its_password():
    with Service(honest()) as service:
        one = stamper(service, account="h20", password=Secret("mật khẩu"))
        one.stamp(VALUE, within_seconds=20)

    assert service.headers[0]["Authorization"] == "Basic aDIwOm3huq10IGto4bqpdQ=="
    assert "mật khẩu" not in repr(one)


def test_a_service_that_is_slow_is_left_when_time_is_up():
    with Service(honest()) as service:
        service.held.clear()

        assert why(service, within_seconds=0.5) == "it does not answer in time"


def test_a_service_that_is_down_is_unavailable_at_once():
    with Service(honest()) as service:
        pass

    assert why(service) == "Connection refused"


LIES = {
    "HTTP 500": lambda _query: (500, b"no"),
    "HTTP 302": lambda _query: (302, b""),
    "HTTP 307": lambda _query: (307, b""),
    "a page": lambda _query: (200, b"<html>Bad gateway</html>"),
    "nothing": lambda _query: (200, b""),
    "too much": lambda _query: (200, bytes(10_000_000)),
    "cut short": lambda query: (200, of_our_clock(query)[1][:-100]),
    "another seal": lambda query: of_our_clock(query, b"another value"),
    "another nonce": lambda query: of_our_clock(query, nonce=nonce_of(query) ^ 1),
    "no nonce": lambda query: of_our_clock(query, nonce=None),
    "the past": lambda query: of_our_clock(query, at=NOW - timedelta(hours=2)),
    "the future": lambda query: of_our_clock(query, at=NOW + timedelta(hours=2)),
    "a stranger": lambda query: of_our_clock(
        query,
        authority=Authority(
            certificate=certificate(issuer_key=pki.p256_key(-3)),
        ),
    ),
    "not for stamps": lambda query: of_our_clock(
        query, authority=Authority(certificate=certificate(extra=None))
    ),
}
PROBLEMS = {
    "HTTP 500": "HTTP 500",
    "HTTP 302": "HTTP 302",
    "HTTP 307": "HTTP 307",
    "a page": "cannot be read",
    "nothing": "cannot be read",
    "too much": "too large",
    "cut short": "cannot be read",
    "another seal": "something else",
    "another nonce": "another question",
    "no nonce": "another question",
    "the past": "check both clocks",
    "the future": "check both clocks",
    "a stranger": "is not trusted",
    "not for stamps": "is not for time stamping only",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_service_that_lies_is_as_good_as_none(lie):
    with Service(LIES[lie]) as service:
        assert PROBLEMS[lie] in why(service, clock=lambda: NOW)
        assert len(service.queries) == 1
