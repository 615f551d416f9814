"""What is wrong with the description of an axis, its plan, or one of its brokers."""

from edoc_connector.errors.settings import SettingsInvalid
from edoc_connector.errors.tree import N_, EdocError, ExitCode


class AxisMistaken(SettingsInvalid):
    """A description that is written rightly and cannot be: mail would go astray."""

    code = "axis-mistaken"
    template = N_("{where}: at {name}: {problem}")


class SecretInPlan(SettingsInvalid):
    """A link signs in by a password, which would stand in the plan."""

    code = "secret-in-plan"
    template = N_(
        "{where}: the links of {broker} sign in by a password, which then stands in"
        " definitions.json; give the broker a certificate, or say --with-passwords"
    )


class NotOurPlan(EdocError):
    """A folder that holds something else than the plan of this broker."""

    code = "not-our-plan"
    template = N_(
        "{path} is not empty and holds no plan of {broker}; nothing was changed"
    )
    remedy = N_("name another folder, or overwrite its files with --force")
    exit_code = ExitCode.USAGE


class BrokerUnknown(EdocError):
    """No broker of the axis has this name."""

    code = "broker-unknown"
    template = N_("{axis} has no broker {name}; its brokers are: {known}")
    exit_code = ExitCode.NOT_FOUND
