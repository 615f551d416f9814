"""What click itself says to people, so that the catalogue has it.

click looks these up by gettext, in the catalogue that `language.speak` chooses.
"""

from __future__ import annotations

from typing import Final

from edoc_connector.errors import N_


def NP_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802  (as N_)
    """Mark a message of two forms for the catalogue."""
    return singular, plural


HELP: Final = (
    N_("Usage:"),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Show this message and exit."),
    N_("TEXT"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
)

MISTAKES: Final = (
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("Could not open file {filename!r}: {message}"),
    N_("unknown error"),
    N_("Choose from:\n\t{choices}"),
    N_("Argument {name!r} takes {nargs} values."),
    N_("file"),
    N_("directory"),
    N_("path"),
    NP_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    NP_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    NP_(
        "Got unexpected extra argument ({args})",
        "Got unexpected extra arguments ({args})",
    ),
    NP_(
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
)

NEVER: Final = (
    "Aborted!",
    "(dynamic)",
    "deprecated",
    "%(prog)s, version %(version)s",
    "Missing parameter: {param_name}",
    "Missing {param_type}",
    "Value must be an iterable.",
    "{value!r} is not a valid UUID.",
    "{value!r} is not a valid boolean. Recognized values: {states}",
    "{name} {filename!r} is not executable.",
    "{value!r} does not match the format {format}.",
    "{value!r} does not match the formats {formats}.",
    "Takes {nargs} values but 1 was given.",
    "Takes {nargs} values but {len} were given.",
    "{len_type} values are required, but {len_value} was given.",
    "{len_type} values are required, but {len_value} were given.",
    "Invalid start character for option ({option})",
    "Show the version and exit.",
    "Error: invalid input",
    "Error: The two entered values do not match.",
    "Repeat for confirmation",
    "Press any key to continue...",
    "Choice({choices})",
)
"""What it would say of things that no command of ours has, or that we say ourselves."""

QUESTIONS: Final = (
    N_("Do you want to continue?"),
    N_("Confirm the action without prompting."),
)
