"""Passwords as RabbitMQ stores them, and where a plan needs them.

The plan for a real axis needs none: nodes and links sign in by certificate.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from edoc_connector.axis.names import link_account

SALT_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a plan was told of passwords: hashes of accounts, and those of our links."""

    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Account of a node or a link -> the hash of its password."""
    link_passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Broker -> the password by which it signs in to its neighbours."""

    @classmethod
    def of(cls, nodes: Mapping[str, str], links: Mapping[str, str]) -> Self:
        """Return what belongs to the passwords of these nodes and brokers."""
        accounts = {**nodes, **{link_account(name): links[name] for name in links}}
        return cls(
            hashes={name: hashed(name, accounts[name]) for name in accounts},
            link_passwords=links,
        )


NO_SECRETS: Final = Secrets()


def hashed(account: str, password: str) -> str:
    """Return the hash of a password, the same each time that is asked.

    The salt is there so that equal passwords of two accounts do not look equal; it
    comes from the account, so that a plan made again is the same plan.
    """
    salt = hashlib.sha256(f"edoc account {account}".encode()).digest()[:SALT_BYTES]
    return salted_hash(password, salt)


def salted_hash(password: str, salt: bytes) -> str:
    """Return the password as RabbitMQ stores it: base64(salt + SHA-256(salt + it))."""
    if len(salt) != SALT_BYTES:
        raise ValueError("RabbitMQ's salt has 32 bits")
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode("ascii")
