"""One organisation of the demo: its folder, its settings, its running connector."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from edoc_connector.demo.authority import ANCHORS, LISTS, Authority
from edoc_connector.demo.life import ASKING
from edoc_connector.demo.tether import Process, kill, start_tethered, stop
from edoc_connector.model.change import ChangeMode
from edoc_connector.model.document import Organization
from edoc_connector.pki.request import KeyKind, certificate_request, create_key

STOP_SECONDS: Final = 12.0

SETTINGS: Final = """\
language = "vi"

[organization]
code = {code}
name = {name}
in_charge = {in_charge}
address = {address}
email = {email}

[state]
folder = "state"

[axis]
{axis}

[seal]
key = "seal.key.pem"
certificate = "seal.certificate.pem"
password = "file:seal.password"

[trust]
anchors = [{anchors}]
links = [{links}]

[trust.revocation]
crls = [{crls}]

[dms]
url = {dms}
profile = "demo"
files = "files"

[changes]
recall = {recall}

[poll]
every_seconds = 0.5

[retry]
first_seconds = 0.2
most_seconds = 2.0
"""


BY_PASSWORD: Final = """\
url = "amqp://{account}@127.0.0.1:{port}/edoc"
password = "file:axis.password"\
"""  # noqa: S105  (where it is, not what)

BY_CERTIFICATE: Final = """\
url = "amqps://{account}@localhost:{port}/edoc"
certificate = "axis.certificate.pem"
key = "axis.key.pem"
authorities = [{authorities}]\
"""

PORT: Final = re.compile(r"@(127\.0\.0\.1|localhost):\d+/edoc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a site is told whose broker has links: whom it believes, and how far.

    It signs in by certificate; `links` are the accounts that bring others' mail.
    """

    authorities: Path
    links: tuple[str, ...]


@dataclass(slots=True)
class DemoSite:
    """An organisation with everything it owns, in one folder."""

    organization: Organization
    folder: Path
    process: Process | None = None

    @property
    def account(self) -> str:
        """Its broker account: the code itself."""
        return self.organization.code

    @property
    def settings(self) -> Path:
        """Its settings file."""
        return self.folder / "edoc.toml"

    @property
    def dms(self) -> Path:
        """Its document database."""
        return self.folder / "dms.sqlite"

    @property
    def log(self) -> Path:
        """What its connector says."""
        return self.folder / "connector.log"

    @property
    def axis_password(self) -> str:
        """The password of its account, made with the folder."""
        return (self.folder / "axis.password").read_text()

    def create(self, authority: Authority, kind: KeyKind, now: datetime) -> None:
        """Make the folder with key, certificate and passwords."""
        self.folder.mkdir(mode=0o700, parents=True)
        for name in ("axis.password", "seal.password"):
            write_secret(self.folder / name, secrets.token_urlsafe(24))
        password = (self.folder / "seal.password").read_bytes()
        key = create_key(self.folder / "seal.key.pem", kind=kind, password=password)
        own = self.organization
        request = certificate_request(key, code=own.code, name=own.name)
        certificate = authority.issue(request, code=own.code, name=own.name, now=now)
        (self.folder / "seal.certificate.pem").write_bytes(certificate)

    def write_settings(
        self, port: int, authority: Path, linked: Linked | None = None
    ) -> None:
        """Write the settings, once the broker's port is known."""
        own = self.organization
        axis = BY_CERTIFICATE if linked else BY_PASSWORD
        authorities = _toml(str(linked.authorities)) if linked else ""
        text = SETTINGS.format(
            code=_toml(own.code),
            name=_toml(own.name),
            in_charge=_toml(own.in_charge),
            address=_toml(own.address),
            email=_toml(own.email),
            axis=axis.format(account=self.account, port=port, authorities=authorities),
            links=", ".join(map(_toml, linked.links if linked else ())),
            anchors=_toml(str(authority / ANCHORS)),
            crls=", ".join(_toml(str(authority / name)) for name in LISTS),
            dms=_toml(f"sqlite:///{self.dms}"),
            recall=_toml(ChangeMode.ASK if own in ASKING else ChangeMode.APPLY),
        )
        self.settings.write_text(text, encoding="utf-8")

    def move_to(self, port: int) -> None:
        """Write another port into the settings, and leave what else they say."""
        text = self.settings.read_text(encoding="utf-8")
        self.settings.write_text(PORT.sub(rf"@\1:{port}/edoc", text), "utf-8")

    def start(self) -> None:
        """Start its connector as an operator would: `edoc run`."""
        command = [sys.executable, "-m", "edoc_connector"]
        self.process = start_tethered(
            [*command, "--settings", str(self.settings), "run"],
            environment=os.environ,
            folder=self.folder,
            log=self.log,
        )

    def kill(self) -> None:
        """End the connector as a power cut would."""
        if self.process is not None:
            kill(self.process)
        self.process = None

    def stop(self) -> None:
        """End the connector as systemd would."""
        if self.process is not None:
            stop(self.process, patience_seconds=STOP_SECONDS)
        self.process = None

    def is_running(self) -> bool:
        """Whether its connector is alive."""
        return self.process is not None and self.process.poll() is None

    def peak_megabytes(self) -> int:
        """Return the most memory its connector has had so far; 0 if it does not run."""
        if self.process is None or not self.is_running():
            return 0
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(it for it in status.splitlines() if it.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


def write_secret(path: Path, secret: str) -> None:
    """Write a new file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)


def _toml(text: str) -> str:
    """Return a text as a TOML string; JSON strings are TOML strings."""
    return json.dumps(text, ensure_ascii=False)
