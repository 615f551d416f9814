"""Exchange signed official documents between a DMS and the national axis."""

__version__ = "0.1.0"
