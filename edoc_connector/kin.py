"""Databases of one kind share what was learnt of their statements.

SQLAlchemy compiles a statement once for each engine.  A process that has a hundred
databases open, two or three for each organisation that it serves, would have all of it
a hundred times: that was a third of its memory.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

MOST_STATEMENTS: Final = 500
"""As many as an engine keeps by itself."""

Kind = tuple[str, str, str, Any]

_known: dict[Kind, tuple[sa.Dialect, LRUCache[Any, Any]]] = {}
_lock: Final = Lock()


def share_statements(engine: sa.Engine, family: str) -> None:
    """Have this engine, once it has connected, use what others of its kind know.

    Of one kind is what has one driver and one version of the server, and is of one
    `family`: what translates errors hangs on what is shared.
    """

    def join(*_of: object) -> None:
        own = engine.dialect
        version = getattr(own, "server_version_info", None)
        with _lock:
            mine = (own, LRUCache[Any, Any](MOST_STATEMENTS))
            known = _known.setdefault((family, own.name, own.driver, version), mine)
        engine.dialect = known[0]
        engine.update_execution_options(compiled_cache=known[1])

    if getattr(engine.dialect, "server_version_info", None) is not None:
        join()  # it has connected before
    else:
        sa.event.listen(engine, "first_connect", join)
