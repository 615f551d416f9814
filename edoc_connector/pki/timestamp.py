"""Asks a time stamping service, and believes its answer no more than a stranger's.

What does not prove to us when the seal was there is no time stamp: a service that
answers so is as good as one that does not answer.  The nonce keeps an old answer from
being taken for a new one.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from edoc_connector.clock import Clock
from edoc_connector.errors import (
    N_,
    AnswerUnusable,
    TimeNotProven,
    TimestampUnavailable,
)
from edoc_connector.pki.http import Question, ask
from edoc_connector.secret import Secret
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.stamp_request import granted, request
from edoc_connector.signature.timestamp import check_token
from edoc_connector.signature.token import MOST_BYTES, read_token

MOST_ANSWER_BYTES: Final = MOST_BYTES + 4_096
"""A token, and what a service says around it."""

NONCE_BITS: Final = 63

HEADERS: Final = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTimeStamper:
    """A service reached over HTTP (RFC 3161, 3.4), perhaps with an account.

    `trust` says which authority is believed, `policy` which of its policies is asked
    for.
    """

    url: str
    trust: Policy
    clock: Clock
    policy: str = ""
    account: str = ""
    password: Secret | None = field(default=None, repr=False)

    def stamp(self, signature_value: bytes, *, within_seconds: float) -> bytes:
        """Return a token over this signature value, checked completely.

        Raises `TimestampUnavailable`, after `within_seconds` at the latest.
        """
        try:
            return self._stamp(signature_value, within_seconds)
        except (AnswerUnusable, TimeNotProven) as error:
            raise TimestampUnavailable(**error.details) from error

    def _stamp(self, signature_value: bytes, within_seconds: float) -> bytes:
        asked_at, nonce = self.clock(), secrets.randbits(NONCE_BITS)
        question = Question(
            address=self.url,
            body=request(signature_value, nonce=nonce, policy=self.policy),
            headers={**HEADERS, **self._authorization()},
            most_bytes=MOST_ANSWER_BYTES,
            timeout_seconds=within_seconds,
        )
        token = granted(ask(question))
        self._check(token, signature_value, nonce=nonce, asked_at=asked_at)
        return token

    def _check(
        self, data: bytes, signature_value: bytes, *, nonce: int, asked_at: datetime
    ) -> None:
        info = read_token(data).info
        if info.nonce != nonce:
            raise TimeNotProven(because=N_("it answers another question"))
        if self.policy and info.policy.dotted_string != self.policy:
            raise TimeNotProven(
                because=N_("it was made under the policy {found}"),
                found=info.policy.dotted_string,
            )
        proven = check_token(data, signature_value, self.trust, now=self.clock())
        if proven.at < asked_at - self.trust.future_tolerance:
            raise TimeNotProven(
                because=N_("it says {said}, but here it is {now}; check both clocks"),
                said=proven.at.isoformat(),
                now=asked_at.isoformat(),
            )

    def _authorization(self) -> Mapping[str, str]:
        if not self.account:
            return {}
        password = self.password.value if self.password else ""
        pair = b64encode(f"{self.account}:{password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {pair}"}
