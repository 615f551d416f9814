"""The connector's own database and files."""

from edoc_connector.storage.database import Storage
from edoc_connector.storage.work import Work

__all__ = ["Storage", "Work"]
