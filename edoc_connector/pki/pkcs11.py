"""The only module that speaks PKCS#11: libraries, tokens, sessions, objects.

A library is started for one caller at a time, and so it is called.  Residual risk: a
token that hangs cannot be interrupted; sealing waits for it, everything else goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import Hash

from edoc_connector.errors import (
    N_,
    KeyUnusable,
    ModuleUnusable,
    PinRefused,
    TokenAway,
)
from edoc_connector.pki.keys import WRONG_KIND
from edoc_connector.signature.algorithms import HASHES, PublicKey
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.token_uri import TokenUri

if TYPE_CHECKING:  # the library is an extra, and only tokens need it
    import pkcs11

CURVES: Final = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1.name,
    bytes.fromhex("06052b81040022"): ec.SECP384R1.name,
}
"""CKA_EC_PARAMS of the curves we seal with: their object identifiers, DER."""

WRONG_PIN: Final = N_(
    "the token does not accept the PIN that its setting password names"
)
NO_MORE_TRIES: Final = N_(
    "a wrong PIN was entered before, and a token locks after a few; see that"
    " the PIN that its setting password names is right, and try it once with:"
    " edoc settings check"
)
LAST_TRY: Final = N_(
    "the token would lock after one more wrong PIN, or has locked; enter the right one"
    " with the program of its maker, and see that the PIN that its setting password"
    " names is right"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """Where a key is and how one gets at it.

    `careful` keeps away from a token at which a wrong PIN was entered: whoever runs
    unattended does not use up the tries of a person.
    """

    uri: TokenUri
    module: Path | None
    pin: str | None = field(repr=False)
    careful: bool = True


@dataclass(slots=True)
class Module:
    """A library, loaded once per process; hold its `lock` around every call.

    `generation` counts its starts: a handle of an earlier one means nothing, or worse,
    another object.
    """

    library: Any
    lock: RLock = field(default_factory=RLock)
    generation: int = 0

    def open(self, source: TokenSource) -> Opened:
        """Sign in and find the key.

        Raises `TokenAway`, `PinRefused`, or the `KeyUnusable` that says what is wrong.
        """
        with _named(source):
            session = _session(self._token(source), source)
            key = _key(session, source)
            pin = source.pin if _wants_pin_each_time(key) else None
        return Opened(source, self, self.generation, session, key, pin)

    def restart(self) -> None:
        """Start it anew: some see a token that was plugged in again only then."""
        self.generation += 1
        self.library.reinitialize()

    def _token(self, source: TokenSource) -> pkcs11.Token:
        found = self._tokens(source.uri)
        if not found:
            self.restart()
            found = self._tokens(source.uri)
        if not found:
            problem = N_("no such token is plugged in")
            raise TokenAway(path=source.uri, problem=problem)
        if len(found) > 1:
            problem = N_("several tokens answer to it; name one by serial or slot-id")
            raise KeyUnusable(path=source.uri, problem=problem)
        return found[0]

    def _tokens(self, uri: TokenUri) -> list[pkcs11.Token]:
        from pkcs11 import TokenFlag  # noqa: PLC0415

        return [
            token
            for token in self._answering()
            if TokenFlag.TOKEN_INITIALIZED in token.flags and _fits(token, uri)
        ]

    def _answering(self) -> Iterator[pkcs11.Token]:
        """Yield the tokens that answer; one that is broken does not hide the others."""
        from pkcs11 import PKCS11Error  # noqa: PLC0415

        for slot in self.library.get_slots(token_present=True):
            with suppress(PKCS11Error):
                yield slot.get_token()


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, signed in, and the key in it."""

    source: TokenSource
    module: Module
    generation: int
    session: Any
    key: Any
    pin: str | None = field(repr=False)
    """Only for a key that wants the PIN at each signature."""

    @property
    def holds(self) -> bool:
        """Whether its handles still mean what they meant."""
        return self.generation == self.module.generation

    def sign(self, algorithm: SealAlgorithm, data: bytes) -> bytes:
        """Sign in the form XML has.  Raises `TokenAway` for a session that was lost."""
        from pkcs11 import MGF, Mechanism  # noqa: PLC0415

        mechanism, parameters = Mechanism.SHA256_RSA_PKCS, None
        if algorithm is SealAlgorithm.RSA_PSS_SHA256:
            mechanism = Mechanism.SHA256_RSA_PKCS_PSS
            parameters = (Mechanism.SHA256, MGF.SHA256, HASHES[algorithm].digest_size)
        elif algorithm is not SealAlgorithm.RSA_PKCS1_SHA256:
            # It takes the hash and gives r || s, as XML wants it.
            mechanism, data = Mechanism.ECDSA, _hashed(algorithm, data)
        with _named(self.source):
            value = self.key.sign(
                data, mechanism=mechanism, mechanism_param=parameters, pin=self.pin
            )
        return bytes(value)

    def certificates(self) -> list[bytes]:
        """Return all certificates on the token, DER."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415

        asked = {Attribute.CLASS: ObjectClass.CERTIFICATE}
        with _named(self.source):
            found = [*self.session.get_objects(asked)]
            return [bytes(each[Attribute.VALUE]) for each in found]

    def is_of_kind(self, public: PublicKey) -> bool:
        """Whether a public key is of the kind, and on the curve, of the key."""
        from pkcs11 import Attribute, KeyType  # noqa: PLC0415

        with _named(self.source):
            kind = self.key[Attribute.KEY_TYPE]
            if isinstance(public, rsa.RSAPublicKey):
                return bool(kind == KeyType.RSA)
            if kind != KeyType.EC:
                return False
            curve = CURVES.get(bytes(self.key[Attribute.EC_PARAMS]))
        return curve == public.curve.name


def module_of(source: TokenSource) -> Module:
    """Return the library of a token, loaded and started.  Raises `KeyUnusable`."""
    path = source.uri.module or source.module
    if path is None:
        problem = N_("say in its setting module which library speaks to its token")
        raise KeyUnusable(path=source.uri, problem=problem)
    return load_module(path)


@cache
def load_module(path: Path) -> Module:
    """Load a library, once per process."""
    try:
        import pkcs11  # noqa: PLC0415
    except ImportError as error:
        problem = N_(
            "keys on tokens need an extra; install the connector again as"
            " edoc-connector[pkcs11]; docs/install.md says how"
        )
        raise ModuleUnusable(path=path, problem=problem) from error
    try:
        return Module(pkcs11.lib(str(path)))
    except pkcs11.PKCS11Error as error:
        problem = N_("it is no PKCS#11 library that can be loaded")
        raise ModuleUnusable(path=path, problem=problem) from error


def _fits(token: pkcs11.Token, uri: TokenUri) -> bool:
    said = (
        (uri.token, token.label),
        (uri.serial, token.serial.decode(errors="replace")),
        (uri.manufacturer, token.manufacturer_id),
        (uri.model, token.model),
        ("" if uri.slot_id is None else str(uri.slot_id), str(token.slot.slot_id)),
    )
    return all(wanted in ("", found) for wanted, found in said)


def _session(token: pkcs11.Token, source: TokenSource) -> pkcs11.Session:
    from pkcs11 import UserAlreadyLoggedIn  # noqa: PLC0415

    if source.pin is None:
        return token.open()
    _keep_tries(token, source)
    try:
        return token.open(user_pin=source.pin)
    except UserAlreadyLoggedIn:  # who signs in, does it for the whole process
        return token.open()


def _keep_tries(token: pkcs11.Token, source: TokenSource) -> None:
    """Raise `PinRefused` where one wrong PIN more would cost too much."""
    from pkcs11 import TokenFlag  # noqa: PLC0415

    flags = token.flags
    if flags & (TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED):
        raise PinRefused(path=source.uri, problem=LAST_TRY)
    if source.careful and flags & TokenFlag.USER_PIN_COUNT_LOW:
        raise PinRefused(path=source.uri, problem=NO_MORE_TRIES)


def _key(session: pkcs11.Session, source: TokenSource) -> Any:  # noqa: ANN401  (its class is made at run time)
    from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415

    asked: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if source.uri.object:
        asked[Attribute.LABEL] = source.uri.object
    if source.uri.id:
        asked[Attribute.ID] = source.uri.id
    found = [*session.get_objects(asked)]
    if len(found) != 1:
        raise KeyUnusable(path=source.uri, problem=_how_many(len(found), source))
    key: Any = found[0]
    if key[Attribute.KEY_TYPE] not in (KeyType.RSA, KeyType.EC):
        raise KeyUnusable(path=source.uri, problem=WRONG_KIND)
    if not hasattr(key, "sign"):
        raise KeyUnusable(path=source.uri, problem=N_("it may not sign (CKA_SIGN)"))
    return key


def _how_many(count: int, source: TokenSource) -> str:
    if count:
        return N_("several keys answer to it; name one by its id")
    if source.pin is None:
        return N_("no key answers to it; say in its setting password where the PIN is")
    return N_("no private key on the token answers to it")


def _wants_pin_each_time(key: Any) -> bool:  # noqa: ANN401
    from pkcs11 import Attribute, PKCS11Error  # noqa: PLC0415

    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except PKCS11Error:  # a token that never heard of it
        return False


def _hashed(algorithm: SealAlgorithm, data: bytes) -> bytes:
    digest = Hash(HASHES[algorithm])
    digest.update(data)
    return digest.finalize()


@contextmanager
def _named(source: TokenSource) -> Iterator[None]:
    """Give the errors of the library our names."""
    import pkcs11  # noqa: PLC0415

    try:
        yield
    except (
        pkcs11.PinIncorrect,
        pkcs11.PinInvalid,
        pkcs11.PinLenRange,
        pkcs11.PinLocked,
        pkcs11.PinExpired,
        pkcs11.UserPinNotInitialized,
    ) as error:
        raise PinRefused(path=source.uri, problem=WRONG_PIN) from error
    except (pkcs11.MechanismInvalid, pkcs11.MechanismParamInvalid) as error:
        problem = N_(
            "its token cannot sign in this way; choose another in its setting algorithm"
        )
        raise KeyUnusable(path=source.uri, problem=problem) from error
    except pkcs11.PKCS11Error as error:
        raise TokenAway(path=source.uri, problem=type(error).__name__) from error
