"""A connector of several organisations, made as its operator makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.shell import edoc

COMMON = """
[organizations]
folder = "offices"
[state]
folder = "state"
[axis]
url = "amqp://h53@127.0.0.1:1/edoc"
password = "env:BROKER"
[trust]
anchors = ["authority.pem"]
"""


def offices(folder: Path, capsys: Any, *codes: str) -> Path:
    """Write common settings and add these; nobody has a certificate yet."""
    common = folder / "edoc.toml"
    common.write_text(COMMON, encoding="utf-8")
    for code in codes:
        named = (f"--code={code}", f"--name=UBND {code}", "--key-type=ecdsa")
        place = str(folder / "offices")
        done = edoc(capsys, "init", place, "--into", str(common), *named)
        assert done.code == 0, done.err
    return common
