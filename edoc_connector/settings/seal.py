"""How packets are written and sealed: the keys, and the time stamping service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from edoc_connector.checks import (
    KeyNames,
    KeyPlace,
    Limits,
    ObjectId,
    OnToken,
    ServiceUrl,
    Together,
)
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.own_key import DEFAULT_KEY
from edoc_connector.secret import SecretReference
from edoc_connector.signature.choices import AlgorithmName

OF_TOKEN: Final = OnToken("key", "module")
"""A PKCS#11 library beside a key in a file would be read by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSettings:
    """How a packet is written, where the standard leaves a choice."""

    other_files: OtherFiles = OtherFiles.ZIP
    """How files travel that are neither PDF nor Word nor ZIP: zip or raw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampSettings:
    """The time stamping service, and how long it may take."""

    url: Annotated[str, ServiceUrl("seal.timestamp.password")] = ""
    """Its address, http or https; empty: documents leave without a time stamp."""
    account: str = ""
    """The name it knows us by, where it wants one."""
    password: SecretReference | None = None
    """The password of that account, by reference."""
    policy: Annotated[str, ObjectId()] = ""
    """The policy that is asked for, an OID; empty: whatever the service has."""
    wait_seconds: Annotated[float, Limits(1, 180)] = 20.0
    """How long a document waits for its stamp; then it leaves without one."""
    timeout_seconds: Annotated[float, Limits(1, 600)] = 180.0
    """How long a request may take for a stamp that is fetched later."""
    attempts: Annotated[int, Limits(1, 1000)] = 50
    """How often it is tried to fetch a stamp later."""
    at_once: Annotated[int, Limits(1, 16)] = 4
    """The most requests at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """A key with its certificate."""

    key: Annotated[str, KeyPlace("password")]
    """The private key: a PEM file, a PKCS#12 file (.p12, .pfx), or a `pkcs11:` URI."""
    certificate: Path | None = None
    """The certificate, PEM; empty where PKCS#12 or the token holds it."""
    password: SecretReference | None = None
    """The password of the key file or PIN of the token, by reference; empty: none."""
    module: Path | None = None
    """The PKCS#11 library that speaks to the token."""
    algorithm: AlgorithmName | None = None
    """How it signs; empty: as is usual for a key of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSettings(KeySettings):
    """The key with which everything that leaves is sealed, and others to follow it."""

    timestamp: Annotated[TimestampSettings, Together("account", "password")] = (
        TimestampSettings()
    )
    """The time stamping service, and how long it may take."""
    keys: Annotated[
        Mapping[str, Annotated[KeySettings, OF_TOKEN]], KeyNames(DEFAULT_KEY)
    ] = field(default_factory=dict)
    """Further keys by their names; `edoc key use NAME` puts one into use."""


def all_keys(seal: SealSettings) -> Mapping[str, KeySettings]:
    """Return the keys by their names; the one in `[seal]` itself is the default one."""
    return {DEFAULT_KEY: seal, **seal.keys}
