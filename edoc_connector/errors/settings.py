"""What is wrong with the settings, or with what they name."""

from collections.abc import Iterable

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class SettingsInvalid(EdocError):
    """A settings file, or a value in it, cannot be used as it stands."""

    code = "settings-invalid"
    quotable = True
    template = N_("{where}: {problem}")
    exit_code = ExitCode.SETTINGS


class SettingsRefused(SettingsInvalid):
    """Several problems in one file, told at once as `problems`."""

    code = "settings-refused"
    template = N_("{where} has problems: {count}")

    def __init__(self, where: object, problems: Iterable[SettingsInvalid]) -> None:
        self.problems = tuple(problems)
        super().__init__(where=where, count=len(self.problems))


class SettingsUnreadable(SettingsInvalid):
    """There is no such file, or it may not be read."""

    code = "settings-unreadable"
    template = N_("the settings file {where} cannot be read: {problem}")


class SettingsNotToml(SettingsInvalid):
    """The file is not written as TOML; the problem names line and column."""

    code = "settings-not-toml"
    template = N_("{where} is not written as TOML: {problem}")


class SettingsNotFound(SettingsInvalid):
    """No settings file in any of the places where one is looked for."""

    code = "settings-not-found"
    template = N_(
        "no settings file was found ({where});"
        " name one with --settings or EDOC_SETTINGS, or make one with: edoc init"
    )


class NobodyTrusted(SettingsNotFound):
    """Without settings a reader must say whose seals to believe."""

    code = "nobody-trusted"
    template = N_(
        "nobody is trusted yet: name the certificates of the authorities, root and"
        " issuing, with --anchor, or a settings file with --settings (none in {where})"
    )


class SettingUnknown(SettingsInvalid):
    """A name nobody reads: most often a slip of the finger."""

    code = "setting-unknown"
    template = N_("{where}: unknown setting {name}; did you mean {near}?")


class SettingForeign(SettingsInvalid):
    """A name nobody reads, and nothing that is near to it."""

    code = "setting-foreign"
    template = N_("{where}: unknown setting {name}; the settings here are: {known}")


class SettingMissing(SettingsInvalid):
    """A setting without which there is no connector."""

    code = "setting-missing"
    template = N_("{where}: the setting {name} is missing; it must be {expected}")


class SettingWrong(SettingsInvalid):
    """A value of the wrong kind."""

    code = "setting-wrong"
    template = N_("{where}: {name} is {found}, but must be {expected}")


class SettingUnfit(SettingsInvalid):
    """A value that does not serve; it is not shown, it may hold a password."""

    code = "setting-unfit"
    template = N_("{where}: {name} must be {expected}")


class SettingOutOfRange(SettingsInvalid):
    """A number outside its limits."""

    code = "setting-out-of-range"
    template = N_("{where}: {name} is {found}; {least} to {most} is allowed")


class OfficesCollide(SettingsInvalid):
    """Two organisations of one connector would keep what is theirs in one place."""

    code = "offices-collide"
    template = N_(
        "{first} and {second} have the same {name} ({found});"
        " each organisation needs its own"
    )


class RegisterShared(SettingsInvalid):
    """Two organisations read one register, and the mapping does not tell them apart."""

    code = "register-shared"
    template = N_(
        "{first} and {second} have the same dms.url, and {statement} of the mapping"
        " {profile} does not select by :organization; so each would send what the other"
        " has written"
    )


class OfficeFirst(SettingsInvalid):
    """An organisation would come before the first one, which takes strangers' mail."""

    code = "office-first"
    template = N_(
        "{code} would come before the first organisation of this connector, whose file"
        " is {first}; mail for a code that nobody here has goes to the first one"
    )
    remedy = N_(
        "nothing was written; say who stays the first, under [organizations] in"
        ' {where}: files = ["{first}"], and call this again'
    )


class OfficesMissing(SettingsInvalid):
    """The settings speak of several organisations, and there is no file of one."""

    code = "offices-missing"
    template = N_(
        "{where}: [organizations] leads to no file; name a folder that has one .toml"
        " file for each organisation"
    )
    remedy = N_("edoc init FOLDER --into {where} writes one")


class SettingCommon(SettingsInvalid):
    """What all organisations of a connector share stands in the file of one of them."""

    code = "setting-common"
    template = N_(
        "{where}: {name} is the same for all organisations of this connector;"
        " it belongs into {common}"
    )


class PasswordInSettings(SettingsInvalid):
    """A password stands in a file that is copied, printed and mailed around."""

    code = "password-in-settings"
    template = N_(
        "{where}: {name} holds a password, and settings never do."
        " Write the password to a file without showing it:"
        ' (umask 077; read -rs p; printf %s "$p" > edoc.password)'
        ' and set {setting} = "file:edoc.password"'
        ' (or "env:NAME" for an environment variable)'
    )


class PasswordInOption(SettingsInvalid):
    """A password stands on a command line, which all of this computer can read."""

    code = "password-in-option"
    template = N_(
        "{option} is a password, and everybody on this computer sees what is typed"
        " here. Write the password to a file without showing it:"
        ' (umask 077; read -rs p; printf %s "$p" > edoc.password)'
        " and say {option} file:edoc.password"
        " (or {option} env:NAME for an environment variable)"
    )


class SettingFileUnreadable(SettingsInvalid):
    """A setting names a file that is not there, or not for us."""

    code = "setting-file-unreadable"
    template = N_("{name} names {path}, which cannot be read: {problem}")


class ProfileUnknown(SettingsInvalid):
    """No mapping of this name is shipped."""

    code = "profile-unknown"
    template = N_(
        "dms.profile: no mapping {name} is shipped; there is: {shipped};"
        " or name your own, a file that ends in .toml"
    )


class DriverMissing(SettingsInvalid):
    """A database whose driver is not installed."""

    code = "driver-missing"
    template = N_(
        "{setting}: the driver for this database is missing; install the connector"
        " again as edoc-connector[postgres]; docs/install.md says how"
    )


class PdfCheckerMissing(SettingsInvalid):
    """Something is required of PDFs, and nothing here can read them."""

    code = "pdf-checker-missing"
    template = N_(
        "{setting}: what checks PDFs is missing; install the connector again as"
        " edoc-connector[pdf]; docs/install.md says how"
    )


class SecretUnreadable(SettingsInvalid):
    """A password was named by reference and is not there."""

    code = "secret-unreadable"
    template = N_(
        "{setting} names the secret {reference}, which cannot be read: {problem}"
    )


class SecretExposed(SecretUnreadable):
    """A secret file that others on this computer may read."""

    code = "secret-exposed"
    template = N_(
        "{setting}: others may read {path}; take that from them with: chmod 600 {path}"
    )
