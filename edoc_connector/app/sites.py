"""Who we are and whom we trust, with our keys opened, or without."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from edoc_connector.clock import Clock, system_clock
from edoc_connector.errors import (
    KeyUnknown,
    SettingsInvalid,
)
from edoc_connector.flows.site import Site
from edoc_connector.model.change import ChangeKind
from edoc_connector.parts import (
    aliases_of,
    binding_of,
    deadlines_of,
    organization_of,
    policy_of,
    taken_over_of,
)
from edoc_connector.pki.keys import load_key
from edoc_connector.pki.pkcs11 import TokenSource
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.pki.standing import key_problems
from edoc_connector.pki.token_key import open_token_key
from edoc_connector.secret import value_of
from edoc_connector.settings import (
    KeySettings,
    Settings,
    all_keys,
)
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import SealKey
from edoc_connector.token_uri import is_token_uri, parse_token_uri


def site_of(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return who we are and whom we trust, with our keys opened."""
    return _site(settings, clock, ring_of(settings), policy_of(settings))


def site_without_keys(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return the same for who seals nothing: no key is opened, and no token asked."""
    return _site(settings, clock, KeyRing((), _no_key), policy_of(settings))


def counter_of(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return the same for who takes mail in and judges nothing: nobody is trusted.

    So mail is safe with an organisation whose keys or authorities do not serve today.
    """
    return _site(settings, clock, KeyRing((), _no_key), Policy(anchors=()))


def _no_key(name: str) -> RingKey:
    return RingKey(name, "", None, KeyUnknown(name=name))


def _site(settings: Settings, clock: Clock, ring: KeyRing, policy: Policy) -> Site:
    return Site(
        organization=organization_of(settings),
        ring=ring,
        policy=policy,
        language=settings.language,
        clock=clock,
        worker=str(settings.state.folder),
        max_packet_bytes=settings.axis.max_packet_bytes,
        segment_bytes=settings.axis.segment_bytes,
        other_files=settings.packet.other_files,
        grace=timedelta(hours=settings.trust.revocation.grace_hours),
        pdf_require=settings.pdf.require,
        deadlines=deadlines_of(settings),
        changes={kind: getattr(settings.changes, kind) for kind in ChangeKind},
        aliases=aliases_of(settings),
        takes_over=taken_over_of(settings),
    )


def ring_of(settings: Settings, *, careful: bool = True) -> KeyRing:
    """Return all our keys, each opened or with what is wrong with it.

    `careful` tries no PIN at a token at which a wrong one was entered before: only who
    has a person before him may.
    """
    kept, binding = all_keys(settings.seal), binding_of(settings)

    def opened(name: str) -> RingKey:
        place = kept[name].key
        try:
            key = key_of(kept[name], careful=careful)
        except SettingsInvalid as error:
            return RingKey(name, place, None, error)
        code = settings.organization.code
        problems = key_problems(place, key.certificate, code=code, binding=binding)
        return RingKey(name, place, key, next(problems, None))

    return KeyRing(kept, opened)


def key_of(kept: KeySettings, *, careful: bool = True) -> SealKey:
    """Open a key with the certificate that belongs to it.  Raises `SettingsInvalid`."""
    password = value_of(kept.password)
    if not is_token_uri(kept.key):
        secret = password.encode() if password is not None else None
        return load_key(Path(kept.key), kept.certificate, secret, kept.algorithm)
    source = TokenSource(
        uri=parse_token_uri(kept.key),
        module=kept.module,
        pin=password,
        careful=careful,
    )
    return open_token_key(source, kept.certificate, kept.algorithm)
