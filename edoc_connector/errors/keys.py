"""Why a key does not seal."""

from edoc_connector.errors.settings import SettingsInvalid
from edoc_connector.errors.tree import N_, ExitCode


class KeyUnusable(SettingsInvalid):
    """The key, its certificate or their password does not serve."""

    code = "key-unusable"
    template = N_("the key {path} cannot be used: {problem}")


class TokenAway(KeyUnusable):
    """The token or HSM of the key is not there; what is to be sealed waits for it."""

    code = "token-away"
    retryable = True
    exit_code = ExitCode.UNAVAILABLE
    template = N_(
        "the token of {path} is not there ({problem}); plug it in: the post waits for"
        " it and nothing is lost"
    )


class ModuleUnusable(KeyUnusable):
    """The library of a token's maker cannot be loaded."""

    code = "module-unusable"
    template = N_("the PKCS#11 module {path} cannot be used: {problem}")


class PinRefused(KeyUnusable):
    """The token does not take the PIN.  It is not asked again: it would lock itself."""

    code = "pin-refused"
    retryable = True
    template = N_("the token of {path} cannot be opened: {problem}")


class KeyOfAnother(KeyUnusable):
    """The certificate names another organisation, so nobody would believe the seal."""

    code = "key-of-another"
    template = N_(
        "the certificate of {path} belongs to {found}, not to {code}; read was {read},"
        " as trust.binding says: set it as your authority fills in the subject, or ask"
        " for a certificate that names {code}"
    )


class KeyExposed(KeyUnusable):
    """A key file that others on this computer may read: they could seal as we do."""

    code = "key-exposed"
    template = N_(
        "others may read the key {path}; take that from them with: chmod 600 {path}"
    )


class CertificateOutOfDate(KeyUnusable):
    """Nobody would believe a seal made today, so none is made."""

    code = "certificate-out-of-date"
    retryable = True
    template = N_(
        "the certificate of the key {path} is valid from {since} to {until}, and today"
        " is {today}; check the clock of this computer, or ask your authority for a new"
        " certificate"
    )


class KeyRevoked(KeyUnusable):
    """The authority took the certificate back.  A person decides what seals now."""

    code = "key-revoked"
    retryable = True
    template = N_(
        "the certificate of the key {name} was revoked, and seals nothing more;"
        " choose another key with: edoc key use NAME"
    )


class KeyUnknown(KeyUnusable):
    """No key of this name in the settings."""

    code = "key-unknown"
    template = N_(
        "the settings have no key {name}; add it as [seal.keys.{name}]"
        " and start the service anew"
    )


class KeyWaits(KeyUnusable):
    """What is wrong with the key that seals, while the service runs: it waits."""

    code = "key-waits"
    retryable = True
    template = N_("nothing can be sealed: {problem}")
