"""How the database comes from one release to the next; `HEAD` is this release's."""

from __future__ import annotations

from typing import Final

HEAD: Final = "0015"
