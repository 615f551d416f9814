"""`python -m edoc_connector` is `edoc`."""

from __future__ import annotations

from edoc_connector.cli import main

if __name__ == "__main__":
    main()
