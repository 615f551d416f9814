"""What links bring back and nobody believes: said in the log, and kept nowhere."""

from __future__ import annotations

import logging

from edoc_connector.bus.returned import Returned

log = logging.getLogger(__name__)


def pass_over(returned: Returned, cause: str) -> None:
    """Say why what came back says nothing."""
    log.warning(
        "return_passed_over",
        extra={
            "message_id": returned.message.message_id,
            "recipient": returned.message.recipient,
            "account": returned.account,
            "cause": cause,
        },
    )
