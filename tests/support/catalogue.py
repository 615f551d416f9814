"""The Vietnamese catalogue as people edit it."""

from babel.messages.pofile import read_po

from edoc_connector.language import FOLDER

PO = FOLDER / "vi/LC_MESSAGES/edoc.po"


def translations() -> dict[str, str]:
    """Every message with its translation; of two forms, the first."""
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="vi")
    return {
        message.id[0] if isinstance(message.id, tuple) else message.id: (
            message.string[0] if isinstance(message.string, tuple) else message.string
        )
        for message in catalogue
        if message.id
    }
