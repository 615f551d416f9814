"""Tokens of SoftHSM2: made, filled, pulled out and plugged in again as people do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.pki.pkcs11 import TokenSource, load_module
from edoc_connector.signature.algorithms import PrivateKey
from edoc_connector.token_uri import parse_token_uri
from tests.support.second_opinion import program

MODULES: Final = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)
PIN, SO_PIN = "246810", "135791113"


@dataclass(slots=True)
class SoftHsm:
    """A folder of tokens that is nobody else's."""

    folder: Path
    module: Path
    count: int = 0

    def token(self) -> Token:
        """A new, empty token."""
        self.count += 1
        label = f"token {self.count}"
        before = self._folders()
        self._run("--init-token", "--free", "--label", label, "--so-pin", SO_PIN)
        (made,) = self._folders() - before
        self.restart()
        return Token(self, label, made)

    def restart(self) -> None:
        """Let the library look again, as the start of another process would."""
        load_module(self.module).restart()

    def _folders(self) -> set[Path]:
        return set((self.folder / "tokens").iterdir())

    def _run(self, *arguments: str | Path) -> None:
        subprocess.run(
            [program("softhsm2-util"), *arguments, "--pin", PIN],
            check=True,
            capture_output=True,
            timeout=30,
        )


@dataclass(slots=True)
class Token:
    """One token; `folder` is where SoftHSM2 keeps it."""

    hsm: SoftHsm
    label: str
    folder: Path

    def uri(self, **changes: str) -> str:
        """How settings name the key called "seal" on it."""
        names = {"token": self.label.replace(" ", "%20"), "object": "seal"} | changes
        return "pkcs11:" + ";".join(f"{name}={it}" for name, it in names.items() if it)

    def source(self, **changes: Any) -> TokenSource:
        """How a key on it is opened."""
        uri = changes.pop("uri", None) or self.uri()
        values = {"module": self.hsm.module, "pin": PIN} | changes
        return TokenSource(uri=parse_token_uri(uri), **values)

    def put(self, private: PrivateKey, *, label: str = "seal", id: str = "01") -> None:  # noqa: A002
        """Bring a key onto it with the program that comes with it."""
        path = self.hsm.folder / "key.pem"
        path.write_bytes(
            private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        names = ("--token", self.label, "--label", label, "--id", id)
        self.hsm._run("--import", path, *names)
        path.unlink()
        self.hsm.restart()

    def create(self, attributes: dict[Any, Any]) -> None:
        """Bring an object onto it with all its attributes."""
        library = load_module(self.hsm.module).library
        token = library.get_token(token_label=self.label)
        with token.open(rw=True, user_pin=PIN) as session:
            session.create_object(attributes)

    def put_certificate(self, der: bytes) -> None:
        """Bring a certificate onto it."""
        from pkcs11 import Attribute, CertificateType, ObjectClass

        self.create(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: "seal",
                Attribute.ID: b"\x01",
                Attribute.SUBJECT: b"0\x00",
                Attribute.VALUE: der,
            }
        )

    def pull_out(self) -> None:
        """Take it away, under the feet of whoever has it open."""
        self.folder.rename(self._drawer)

    def plug_in(self) -> None:
        """Bring it back."""
        self._drawer.rename(self.folder)

    @property
    def _drawer(self) -> Path:
        return self.hsm.folder / f"drawer {self.label}"


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """SoftHSM2 with a folder of its own; without it CI fails and a laptop skips."""
    program("softhsm2-util")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {folder / 'tokens'}\n"
        "objectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(config)
    module = next(path for path in MODULES if path.exists())
    yield SoftHsm(folder, module)
    del os.environ["SOFTHSM2_CONF"]
    shutil.rmtree(folder)
