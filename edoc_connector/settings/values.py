"""What settings of several sections hold."""

from __future__ import annotations

from typing import Annotated

from edoc_connector.checks import Filled, Identifier

Code = Annotated[str, Identifier()]
Text = Annotated[str, Filled()]
